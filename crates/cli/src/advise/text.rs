//! A report for people: by priority, rule by rule, each finding with what proves it and what mends it.

use anstyle::{AnsiColor, Style};
use homeroom_advisor::{Finding, Priority, Report, rules};
use serde_json::Value;

use super::excerpt::excerpt;
use crate::terminal::{aside, count, harmless, heading, labelled, wrapped};

/// How far a finding is indented.
const INDENT: usize = 6;

pub(super) fn report(report: &Report) -> String {
    let mut text = String::new();
    for priority in Priority::ALL {
        let findings = report.findings.iter();
        let findings: Vec<&Finding> =
            findings.filter(|it| it.priority == *priority && !it.is_accepted()).collect();
        if findings.is_empty() {
            continue;
        }
        let style = style(*priority);
        text.push_str(&format!("{style}{priority}{style:#}\n"));
        for of_rule in findings.chunk_by(|one, other| one.rule == other.rule) {
            text.push_str(&by_rule(of_rule));
        }
        text.push('\n');
    }
    let accepted: Vec<&Finding> = report.findings.iter().filter(|it| it.is_accepted()).collect();
    if !accepted.is_empty() {
        text.push_str(&heading("Accepted"));
        for finding in accepted {
            text.push_str(&acceptance(finding));
        }
        text.push('\n');
    }
    let failed = report.failed.iter().map(|failure| (failure.rule, failure.why.as_str()));
    text.push_str(&not_run("Failed", failed));
    let skipped = report.skipped.iter().map(|skipped| (skipped.rule, skipped.why.as_str()));
    text.push_str(&not_run("Not looked for", skipped));
    let failed = report.checks.iter().filter_map(|check| Some((check, check.failed.as_ref()?)));
    for (check, why) in failed {
        text.push_str(&format!("the query of {} failed: {}\n", check.id, harmless(why)));
    }
    text + &summary(report)
}

/// Rules that told nothing, those with one reason together.
fn not_run<'a>(title: &str, rules: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut by_reason: Vec<(&str, Vec<&str>)> = Vec::new();
    for (rule, why) in rules {
        match by_reason.iter_mut().find(|(known, _)| *known == why) {
            Some((_, rules)) => rules.push(rule),
            None => by_reason.push((why, vec![rule])),
        }
    }
    if by_reason.is_empty() {
        return String::new();
    }
    let reason =
        |(why, rules): (&str, Vec<&str>)| wrapped(&format!("{why}: {}", rules.join(", ")), 2);
    heading(title) + &by_reason.into_iter().map(reason).collect::<String>() + "\n"
}

/// The findings of one rule, below what holds for all of them.
fn by_rule(findings: &[&Finding]) -> String {
    let Some(first) = findings.first() else { return String::new() };
    let rule = rules::find(first.rule);
    let title = rule.map_or("", |rule| rule.title);
    let mut text = format!("\n  {}", heading(&format!("{}: {title}", first.rule)));
    let is_same = |of: fn(&Finding) -> &String| findings.iter().all(|it| of(it) == of(first));
    let (one_impact, one_mitigation) = (is_same(|it| &it.impact), is_same(|it| &it.mitigation));
    let mut of_all = Vec::new();
    if one_impact {
        of_all.push(("why", first.impact.as_str()));
    }
    if one_mitigation {
        of_all.push(("help", first.mitigation.as_str()));
    }
    text.push_str(&labelled(4, &of_all));
    for finding in findings {
        text.push_str(&one(finding, !one_impact, !one_mitigation));
    }
    text
}

fn one(finding: &Finding, impact: bool, mitigation: bool) -> String {
    let id = finding.register.as_ref().map_or("new", |standing| standing.id.as_str());
    let mut text = format!("\n    {}  {}\n", harmless(id), harmless(&finding.title));
    let mut lines: Vec<(String, String)> = Vec::new();
    let mut add = |label: &str, value: &str| lines.push((label.to_owned(), value.to_owned()));
    add("at", &finding.object.to_string());
    if let Some(standing) = &finding.register {
        if let Some(completed) = &standing.completed {
            add("back", &format!("it was completed on {completed}"));
        }
        if let Some(tracking) = &standing.tracking {
            add("tracking", tracking);
        }
    }
    if finding.description != finding.title {
        add("what", &finding.description);
    }
    if impact {
        add("why", &finding.impact);
    }
    if mitigation {
        add("help", &finding.mitigation);
    }
    if finding.blocking {
        add("blocking", &finding.blocking_why);
    }
    match &finding.evidence {
        Value::Null => {}
        Value::Object(fields) => {
            for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
                let value = if name == "proof" { proven(value) } else { plain(value) };
                add(&name.replace('_', " "), &value);
            }
        }
        other => add("evidence", &plain(other)),
    }
    if let Some(suggestion) = &finding.suggestion {
        add("sql", suggestion.up.trim_end());
    }
    text.push_str(&labelled(INDENT, &lines));
    if let Some(location) = &finding.location {
        let margin = " ".repeat(INDENT);
        for line in excerpt(location).lines() {
            text.push_str(format!("{margin}{line}").trim_end());
            text.push('\n');
        }
    }
    text
}

fn acceptance(finding: &Finding) -> String {
    let standing = finding.register.as_ref();
    let Some((standing, accepted)) =
        standing.and_then(|standing| Some((standing, standing.accepted.as_ref()?)))
    else {
        return String::new();
    };
    let why = format!("{}\nuntil {}: {}", finding.title, accepted.until, accepted.reason);
    labelled(2, &[(standing.id.as_str(), why.as_str())])
}

/// What trying a suggestion showed.
pub(super) fn proven(proof: &Value) -> String {
    let more = proof.get("why").or(proof.get("difference")).and_then(Value::as_str);
    let said = match proof.get("outcome").and_then(Value::as_str).unwrap_or_default() {
        "proven" => "tried on a copy of the schema: it mends it, and can be taken back",
        "reversible" => {
            "tried on a copy of the schema: it applies and can be taken back; without rows the rule finds nothing there"
        }
        "not_tried" => "not tried",
        "still_found" => "tried on a copy of the schema: the rule finds it still",
        "not_restored" => "tried on a copy of the schema: the down leaves another schema",
        _ => "tried on a copy of the schema: it fails",
    };
    more.map_or_else(|| said.to_owned(), |more| format!("{said}: {more}"))
}

/// A value of the evidence: texts without their quotes, lists with commas.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn summary(report: &Report) -> String {
    let of = |priority: Priority| {
        let findings = report.findings.iter();
        findings.filter(|it| it.priority == priority && !it.is_accepted()).count()
    };
    let mut counts: Vec<String> = Priority::ALL
        .iter()
        .map(|priority| (of(*priority), priority.word().to_lowercase()))
        .filter(|(number, _)| *number > 0)
        .map(|(number, priority)| format!("{number} {priority}"))
        .collect();
    let accepted = report.findings.iter().filter(|it| it.is_accepted()).count();
    if accepted > 0 {
        counts.push(format!("{accepted} accepted"));
    }
    let counts = if counts.is_empty() { "nothing found".to_owned() } else { counts.join(", ") };
    let mut text = format!(
        "{} on {} of {}: {counts}\n",
        count(report.rules.len(), "rule", "rules"),
        count(report.tables, "table", "tables"),
        harmless(&report.database),
    );
    if report.findings.iter().any(|finding| finding.register.is_none()) {
        text.push_str(&aside("enter what is new in the register: homeroom advise register update"));
    }
    text
}

fn style(priority: Priority) -> Style {
    match priority {
        Priority::Critical | Priority::High => AnsiColor::Red.on_default().bold(),
        Priority::Medium => AnsiColor::Yellow.on_default().bold(),
        Priority::Low => AnsiColor::Cyan.on_default().bold(),
    }
}
