//! A report for people: by priority, rule by rule, each finding with what proves it and what mends it.

use anstyle::{AnsiColor, Style};
use homeroom_advisor::{Finding, Priority, Report, rules};
use serde_json::Value;

use super::excerpt::excerpt;
use crate::terminal::{aside, count, harmless, heading, labelled};

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
    for (title, rules) in [
        ("Failed", report.failed.iter().map(|it| (it.rule, &it.why)).collect::<Vec<_>>()),
        ("Not looked for", report.skipped.iter().map(|it| (it.rule, &it.why)).collect()),
    ] {
        if !rules.is_empty() {
            text.push_str(&heading(title));
            let lines = rules.iter().map(|(rule, why)| labelled(2, rule, why));
            text.push_str(&lines.collect::<String>());
            text.push('\n');
        }
    }
    let failed = report.checks.iter().filter_map(|check| Some((check, check.failed.as_ref()?)));
    for (check, why) in failed {
        text.push_str(&format!("the query of {} failed: {}\n", check.id, harmless(why)));
    }
    text + &summary(report)
}

/// The findings of one rule, below what holds for all of them.
fn by_rule(findings: &[&Finding]) -> String {
    let Some(first) = findings.first() else { return String::new() };
    let rule = rules::find(first.rule);
    let title = rule.map_or("", |rule| rule.title);
    let mut text = format!("\n  {}", heading(&format!("{}: {title}", first.rule)));
    let is_same = |of: fn(&Finding) -> &String| findings.iter().all(|it| of(it) == of(first));
    let (one_impact, one_mitigation) = (is_same(|it| &it.impact), is_same(|it| &it.mitigation));
    if one_impact {
        text.push_str(&labelled(4, "why", &first.impact));
    }
    if one_mitigation {
        text.push_str(&labelled(4, "help", &first.mitigation));
    }
    for finding in findings {
        text.push_str(&one(finding, !one_impact, !one_mitigation));
    }
    text
}

fn one(finding: &Finding, impact: bool, mitigation: bool) -> String {
    let id = finding.register.as_ref().map_or("new", |standing| standing.id.as_str());
    let mut text = format!("\n    {}  {}\n", harmless(id), harmless(&finding.title));
    let indent = 6;
    let mut add = |label: &str, value: &str| text.push_str(&labelled(indent, label, value));
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
            for (name, value) in fields {
                add(&name.replace('_', " "), &plain(value));
            }
        }
        other => add("evidence", &plain(other)),
    }
    if let Some(suggestion) = &finding.suggestion {
        add("sql", suggestion.up.trim_end());
    }
    if let Some(location) = &finding.location {
        let margin = " ".repeat(indent);
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
    labelled(2, &standing.id, &why)
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
