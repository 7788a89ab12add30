//! A report as JSON, SARIF and Markdown.

use homeroom_advisor::{Location, Options, Priority, Register, Report, advise, rules};
use serde_json::{Value, json};

use crate::database::Database;
use crate::json_schema::faults;

/// What was found in a database with two superfluous indexes, one of them accepted, the other one with a place in a file.
async fn report() -> Report {
    let database = Database::after(
        "CREATE TABLE t (a int, b int);
        CREATE INDEX a1 ON t (a); CREATE INDEX a2 ON t (a); CREATE INDEX b1 ON t (b); CREATE INDEX b2 ON t (b);",
    )
    .await;
    let rules = Some(vec!["duplicate-index".to_owned()]);
    let mut report =
        advise(&database.client, &Options { rules, ..Options::default() }).await.unwrap();
    report.database = "example".to_owned();
    report.server_version = 150_007;
    let today = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    let mut register = Register::default();
    register.update(&report, today).unwrap();
    register.accept("2", "it goes | with release 7", today).unwrap();
    register.prioritize("1", Priority::High).unwrap();
    register.annotate(&mut report, today);
    report.findings.first_mut().unwrap().location = Some(Location {
        file: "db/my migrations/0001_ä.up.sql".to_owned(),
        line: 3,
        column: 1,
        end_line: 3,
        end_column: 25,
        text: "CREATE INDEX a2 ON t (a);".to_owned(),
    });
    report
}

#[tokio::test]
async fn markdown_has_a_table_and_the_details() {
    insta::assert_snapshot!(report().await.to_markdown());
}

#[tokio::test]
async fn a_report_without_findings_says_so() {
    let mut report = report().await;
    report.findings.clear();
    insta::assert_snapshot!(report.to_markdown(), @r"
    # Advice on the database example

    1 rule on 1 table in 1 schema; PostgreSQL 15.

    Nothing to improve was found.
    ");
}

#[tokio::test]
async fn json_is_what_its_schema_says() {
    let schema: Value =
        serde_json::from_str(include_str!("../../../../docs/advisor-report.schema.json")).unwrap();
    let document = serde_json::to_value(report().await).unwrap();
    assert_eq!(faults(&schema, &document), Vec::<String>::new());
    // Everything that is known is there, and what is not known is told.
    let known = schema["$defs"]["finding"]["properties"].as_object().unwrap();
    assert_eq!(known.len(), document["findings"][0].as_object().unwrap().len());
    let mut other = document.clone();
    other["findings"][0]["more"] = json!(1);
    other["tables"] = json!("1");
    assert_eq!(
        faults(&schema, &other),
        ["/findings/0/more is not known", "/tables is no \"integer\": \"1\""]
    );
}

/// The snapshot is what OASIS's own schema accepts; `HOMEROOM_SARIF_SCHEMA` names the file of it to check again.
#[tokio::test]
async fn sarif_is_what_its_schema_says() {
    let log = report().await.to_sarif();
    insta::assert_snapshot!(serde_json::to_string_pretty(&log).unwrap());
    if let Some(path) = std::env::var_os("HOMEROOM_SARIF_SCHEMA") {
        let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(faults(&schema, &log), Vec::<String>::new());
    }
}

#[tokio::test]
async fn what_is_accepted_does_not_count() {
    let report = report().await;
    assert_eq!(report.at_least(Priority::Low).count(), 1);
    assert_eq!(report.at_least(Priority::High).count(), 1);
    assert_eq!(report.at_least(Priority::Critical).count(), 0);
}

/// `HOMEROOM_WRITE_DOCS=1` writes the table anew.
#[test]
fn the_documentation_lists_every_rule() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ADVISOR.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (before, rest) = page.split_once("<!-- rules -->\n").unwrap();
    let (table, after) = rest.split_once("<!-- /rules -->").unwrap();
    let mut expected =
        "| rule | family | priority | sure | finds |\n|---|---|---|---|---|\n".to_owned();
    for rule in rules::all() {
        expected.push_str(&format!(
            "| `{}` | {} | {} | {} | {} |\n",
            rule.id, rule.family, rule.priority, rule.certainty, rule.title
        ));
    }
    if std::env::var_os("HOMEROOM_WRITE_DOCS").is_some() {
        let page = format!("{before}<!-- rules -->\n{expected}<!-- /rules -->{after}");
        std::fs::write(path, page).unwrap();
    } else {
        assert_eq!(table, expected, "HOMEROOM_WRITE_DOCS=1 writes it anew");
    }
}
