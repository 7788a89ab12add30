//! Every rule finds its fault in its fixture, and lets pass what looks like it.

use std::collections::BTreeSet;

use homeroom_advisor::{Finding, Fixture, Options, Rule, advise, rules};

use crate::database::Database;

#[tokio::test]
async fn every_rule_finds_its_fault_and_lets_pass_what_looks_alike() {
    let mut wrong = Vec::new();
    for rule in rules::all() {
        let (fault, alike) = match rule.fixture {
            Fixture::Schema { fault, alike } => (fault, alike),
            // `tests/it/migrations.rs` and the tests that the rules name.
            Fixture::Migrations { .. } | Fixture::Test(_) => continue,
        };
        let (found, expected) = (objects(&found(rule, fault).await), expected(fault));
        assert!(!expected.is_empty(), "{}: fault.sql expects nothing", rule.id);
        if found != expected {
            wrong.push(format!("{}: found {found:?} instead of {expected:?}", rule.id));
        }
        for finding in self::found(rule, alike).await {
            wrong.push(format!("{}: found {} in alike.sql", rule.id, finding.title));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_rule_is_named_and_told_as_all_others() {
    let mut ids = BTreeSet::new();
    for rule in rules::all() {
        assert!(ids.insert(rule.id), "two rules are called {}", rule.id);
        assert!(rule.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", rule.id);
        for line in [rule.title, rule.impact, rule.mitigation, rule.blocking.why()] {
            assert!(!line.is_empty() && !line.ends_with('.'), "{}: {line}", rule.id);
        }
        assert!(rule.rationale.ends_with('.'), "{}: a rationale is made of sentences", rule.id);
    }
}

/// What one rule finds after a script.
async fn found(rule: &Rule, script: &str) -> Vec<Finding> {
    let database = Database::after(script).await;
    let options = Options { rules: Some(vec![rule.id.to_owned()]), ..Options::default() };
    let report = advise(&database.client, &options).await.unwrap();
    assert_eq!(report.failed, [], "{} fails", rule.id);
    assert_eq!(report.skipped, [], "{} is skipped", rule.id);
    report.findings
}

fn objects(findings: &[Finding]) -> BTreeSet<String> {
    findings.iter().map(|finding| finding.object.to_string()).collect()
}

fn expected(script: &str) -> BTreeSet<String> {
    script.lines().filter_map(|line| line.strip_prefix("-- expect: ")).map(str::to_owned).collect()
}
