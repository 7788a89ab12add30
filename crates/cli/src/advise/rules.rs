//! `homeroom advise rules` and `explain`.

use anyhow::Result;
use homeroom_advisor::{Fixture, Rule, rules};
use serde_json::{Value, json};

use crate::cli::OutputArguments;
use crate::failure::Refusal;
use crate::outcome::Outcome;
use crate::terminal::{self, Rows, count, heading, labelled, wrapped};

pub(super) fn list(output: OutputArguments) -> Result<Outcome> {
    let documents: Vec<Value> = rules::all().map(document).collect();
    terminal::tell(output, &documents, || {
        let mut rows = Rows::new(&["=rule", "family", "priority", "sure", "finds"]);
        for rule in rules::all() {
            let words = [rule.family.word(), rule.priority.word(), rule.certainty.word()];
            let [family, priority, certainty] = words;
            rows.add([rule.id, family, priority, certainty, rule.title]);
        }
        let all = count(rules::all().count(), "rule", "rules");
        format!("{}\n{all}; `homeroom advise explain RULE` says more of one\n", rows.text())
    })
}

pub(super) fn explain(id: &str, output: OutputArguments) -> Result<Outcome> {
    let rule = rules::find(id).ok_or_else(|| {
        let message = format!("there is no rule {id}");
        Refusal::new(message, "`homeroom advise rules` lists those there are")
    })?;
    terminal::tell(output, &document(rule), || text(rule))
}

fn document(rule: &Rule) -> Value {
    let (fault, alike) = fixtures(rule);
    json!({
        "id": rule.id,
        "family": rule.family,
        "kind": rule.kind,
        "priority": rule.priority,
        "certainty": rule.certainty,
        "effort": rule.effort,
        "title": rule.title,
        "rationale": rule.rationale,
        "sources": rule.sources,
        "impact": rule.impact,
        "mitigation": rule.mitigation,
        "blocking": rule.blocking.is_blocking(),
        "blocking_why": rule.blocking.why(),
        "sql": rule.look.sql(),
        "fault": fault,
        "alike": alike,
    })
}

/// What has the fault, and what looks alike.
fn fixtures(rule: &Rule) -> (String, String) {
    let files = |files: &[(&str, &str)]| -> String {
        files.iter().map(|(name, text)| format!("-- {name}\n{}\n", text.trim_end())).collect()
    };
    match rule.fixture {
        Fixture::Schema { fault, alike } => (fault.to_owned(), alike.to_owned()),
        Fixture::Migrations { fault, alike } => (files(fault), files(alike)),
        Fixture::Test(test) => {
            (format!("-- no script can bring it about: {test}\n"), String::new())
        }
    }
}

fn text(rule: &Rule) -> String {
    let (fault, alike) = fixtures(rule);
    let mut text = heading(&format!("{}: {}", rule.id, rule.title));
    text.push_str(&labelled(
        0,
        &[
            ("family".to_owned(), rule.family.to_string()),
            ("kind".to_owned(), rule.kind.to_string()),
            ("priority".to_owned(), rule.priority.to_string()),
            ("how sure".to_owned(), rule.certainty.to_string()),
            ("effort".to_owned(), rule.effort.to_string()),
            ("impact".to_owned(), rule.impact.to_owned()),
            ("mitigation".to_owned(), rule.mitigation.to_owned()),
            ("blocking".to_owned(), {
                let blocking = if rule.blocking.is_blocking() { "yes" } else { "no" };
                format!("{blocking}, {}", rule.blocking.why())
            }),
        ],
    ));
    text.push_str(&format!("\n{}", heading("Why")));
    text.push_str(&wrapped(rule.rationale, 0));
    for source in rule.sources {
        text.push_str(&format!("{source}\n"));
    }
    let scripts = [
        ("The query", rule.look.sql()),
        ("A schema that has the fault", &fault),
        ("One that looks alike and has not", &alike),
    ];
    for (title, script) in scripts {
        if !script.is_empty() {
            text.push_str(&format!("\n{}{}\n", heading(title), script.trim_end()));
        }
    }
    text
}
