//! `IMPROVEMENTS.md`, as we write it.

use chrono::NaiveDate;

use super::Register;
use super::entry::{Entry, State};
use crate::finding::Suggestion;
use crate::markdown::{cell, detail, fenced};
use crate::rule::Priority;

const TITLES: &str = "| ID | Issue | Description | Impact | Effort | Tracking | Added |\n\
                      |----|-------|-------------|--------|--------|----------|-------|\n";

/// What stands in a cell that says nothing.
const NONE: &str = "-";

/// The whole page.
pub(super) fn page(register: &Register, today: NaiveDate) -> String {
    let of = |state| -> Vec<&Entry> {
        register.entries().iter().filter(|entry| entry.state(today) == state).collect()
    };
    let (active, accepted, completed) =
        (of(State::Active), of(State::Accepted), of(State::Completed));
    let mut page = String::from(
        "# Database improvements\n\n\
         <!-- Written by `homeroom advise register` from improvements.toml: change that file, not this one. -->\n\n",
    );
    page.push_str("| | Critical | High | Medium | Low | All |\n|---|---:|---:|---:|---:|---:|\n");
    for (name, entries) in [("Active", &active), ("Accepted", &accepted), ("Completed", &completed)]
    {
        let counts: Vec<String> = Priority::ALL
            .iter()
            .map(|priority| entries.iter().filter(|it| it.priority() == *priority).count())
            .chain([entries.len()])
            .map(|count| count.to_string())
            .collect();
        page.push_str(&format!("| {name} | {} |\n", counts.join(" | ")));
    }
    if let Some(updated) = register.updated() {
        page.push_str(&format!("\nLast update: {updated}.\n"));
    }
    page.push_str("\n## Active\n");
    for priority in Priority::ALL {
        let note = if *priority == Priority::Critical { " (blocking)" } else { "" };
        let entries: Vec<&Entry> =
            active.iter().copied().filter(|entry| entry.priority() == *priority).collect();
        page.push_str(&format!("\n### {priority}{note}\n\n"));
        section(&mut page, &entries, register, today);
    }
    page.push_str("\n## Accepted\n\nTo stay as it is, until the day that is said.\n\n");
    section(&mut page, &accepted, register, today);
    page.push_str("\n## Completed\n\n");
    archive(&mut page, &completed, register, today);
    page
}

fn section(page: &mut String, entries: &[&Entry], register: &Register, today: NaiveDate) {
    if entries.is_empty() {
        page.push_str("Nothing.\n");
        return;
    }
    page.push_str(TITLES);
    let none = NONE.to_owned();
    for entry in entries {
        let cells = [
            &entry.id,
            &entry.issue,
            &entry.title,
            &entry.impact,
            &entry.effort,
            entry.tracking.as_ref().unwrap_or(&none),
            &entry.added,
        ]
        .map(|text| cell(text));
        page.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    for entry in entries {
        details(page, entry, register, today);
    }
}

fn archive(page: &mut String, entries: &[&Entry], register: &Register, today: NaiveDate) {
    if entries.is_empty() {
        page.push_str("Nothing yet.\n");
        return;
    }
    page.push_str(
        "| ID | Issue | Description | Priority | Tracking | Added | Completed |\n\
         |----|-------|-------------|----------|----------|-------|-----------|\n",
    );
    let none = NONE.to_owned();
    for entry in entries {
        let completed = entry.completed.last().cloned().unwrap_or_default();
        let cells = [
            &entry.id,
            &entry.issue,
            &entry.title,
            &entry.priority,
            entry.tracking.as_ref().unwrap_or(&none),
            &entry.added,
            &completed,
        ]
        .map(|text| cell(text));
        page.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    for entry in entries {
        details(page, entry, register, today);
    }
}

fn details(page: &mut String, entry: &Entry, register: &Register, today: NaiveDate) {
    page.push_str(&format!("\n**{} Details:**\n", entry.id));
    let mut add = |label: &str, text: &str| page.push_str(&detail(label, text));
    if let Some(object) = &entry.object {
        add("Object", object);
    }
    for (label, text) in [
        ("Source", &entry.source),
        ("Description", &entry.description),
        ("Impact", &entry.effect),
        ("Mitigation", &entry.mitigation),
        ("Blocking", &entry.blocking),
        ("Suggested implementation", &entry.suggestion),
    ] {
        if let Some(text) = text {
            add(label, text);
        }
    }
    if let Some(up) = &entry.up {
        let sql = Suggestion { up: up.clone(), down: entry.down.clone() }.as_one();
        add("Suggested implementation", &fenced("sql", &sql));
    }
    if let Some(evidence) = &entry.evidence {
        let value: Option<serde_json::Value> = serde_json::from_str(evidence).ok();
        let pretty = value.and_then(|value| serde_json::to_string_pretty(&value).ok());
        add("Evidence", &fenced("json", pretty.as_deref().unwrap_or(evidence)));
    }
    if let Some(check) = &entry.check {
        add("Looked for by", &fenced("sql", check.trim_end()));
    }
    for (label, text) in &entry.details {
        add(label, text);
    }
    for (label, text) in &entry.cells {
        add(label, text);
    }
    if let Some(accepted) = &entry.accepted {
        let over = if accepted.holds(today) { "" } else { ", which is over" };
        add("Accepted", &format!("until {}{over}: {}", accepted.until, accepted.reason));
    }
    if !entry.formerly.is_empty() {
        add("Formerly", &entry.formerly.join(", "));
    }
    add("First seen", &entry.added);
    let last_seen = match (&entry.last_seen, entry.is_completed(), &entry.rule) {
        (Some(day), ..) => Some(day.clone()),
        (None, false, Some(_)) => register.updated(),
        _ => None,
    };
    if let Some(day) = last_seen {
        add("Last seen", &day);
    }
    for (completed, reopened) in entry.completed.iter().zip(&entry.reopened) {
        add("Reopened", &format!("{reopened}, after it was completed on {completed}"));
    }
    if let Some(completed) = entry.completed.last().filter(|_| entry.is_completed()) {
        add("Completed", completed);
    }
    if let Some(proof) = &entry.proof {
        add("Proof", &proven(proof.trim_end()));
    }
}

/// A proof: a long query is folded up.
fn proven(proof: &str) -> String {
    match proof.split_once('\n') {
        None => proof.to_owned(),
        Some((first, _)) if proof.lines().count() > 12 => {
            let summary = first.trim_start_matches("-- ");
            let query = fenced("sql", proof);
            format!("{summary}\n<details><summary>The query</summary>\n\n{query}\n\n</details>")
        }
        Some(_) => fenced("sql", proof),
    }
}
