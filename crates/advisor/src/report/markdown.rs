//! A report as Markdown, for a comment below a change or a page of a wiki.

use super::Report;
use crate::finding::Finding;
use crate::markdown::{cell, detail, fenced};
use crate::rule::Priority;

pub(super) fn page(report: &Report) -> String {
    let mut page = format!(
        "# Advice on the database {}\n\n{} on {} in {}; PostgreSQL {}.\n",
        report.database,
        count(report.rules.len(), "rule", "rules"),
        count(report.tables, "table", "tables"),
        count(report.schemas.len(), "schema", "schemas"),
        report.server_version / 10_000,
    );
    let accepted: Vec<&Finding> = report.findings.iter().filter(|it| it.is_accepted()).collect();
    for priority in Priority::ALL {
        let findings = report.findings.iter();
        let findings: Vec<&Finding> =
            findings.filter(|it| it.priority == *priority && !it.is_accepted()).collect();
        if findings.is_empty() {
            continue;
        }
        page.push_str(&format!("\n## {priority}\n\n| ID | Issue | Description | Rule | Effort |\n|----|-------|-------------|------|--------|\n"));
        for finding in &findings {
            let id = finding.register.as_ref().map_or("-", |standing| standing.id.as_str());
            let cells = [
                id,
                finding.kind.word(),
                &cell(&finding.title),
                finding.rule,
                finding.effort.word(),
            ];
            page.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
        for finding in &findings {
            page.push_str(&details(finding));
        }
    }
    if report.findings.len() == accepted.len() {
        page.push_str("\nNothing to improve was found.\n");
    }
    if !accepted.is_empty() {
        page.push_str("\n## Accepted\n\n| ID | Description | Until | Reason |\n|----|-------------|-------|--------|\n");
        for finding in accepted {
            let Some(standing) = &finding.register else { continue };
            let Some(accepted) = &standing.accepted else { continue };
            let cells =
                [&standing.id, &cell(&finding.title), &accepted.until, &cell(&accepted.reason)];
            page.push_str(&format!("| {} |\n", cells.map(String::as_str).join(" | ")));
        }
    }
    let mut list = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            page.push_str(&format!("\n## {title}\n\n{}", lines.concat()));
        }
    };
    let failed = report.failed.iter().map(|it| format!("- {}: {}\n", it.rule, cell(&it.why)));
    list("Rules that failed", failed.collect());
    let skipped = report.skipped.iter().map(|it| format!("- {}: {}\n", it.rule, cell(&it.why)));
    list("Rules that had nothing to look at", skipped.collect());
    page
}

fn details(finding: &Finding) -> String {
    let mut text = format!("\n**{}**\n\n", finding.title);
    let mut add = |label: &str, value: &str| text.push_str(&detail(label, value));
    add("Object", &finding.object.to_string());
    if finding.description != finding.title {
        add("Description", &finding.description);
    }
    add("Impact", &finding.impact);
    add("Mitigation", &finding.mitigation);
    let blocking = if finding.blocking { "Yes" } else { "No" };
    add("Blocking", &format!("{blocking} - {}", finding.blocking_why));
    add("Source", &format!("rule {} ({})", finding.rule, finding.certainty));
    if let Some(location) = &finding.location {
        let place = format!("{}:{}", location.file, location.line);
        add(
            "Where",
            &if location.text.is_empty() {
                place
            } else {
                format!("{place}\n{}", fenced("sql", location.text.trim_end()))
            },
        );
    }
    if !finding.evidence.is_null() {
        let evidence = serde_json::to_string_pretty(&finding.evidence).unwrap_or_default();
        add("Evidence", &fenced("json", &evidence));
    }
    if let Some(suggestion) = &finding.suggestion {
        add("Suggested implementation", &fenced("sql", &suggestion.as_one()));
    }
    text
}

fn count(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}
