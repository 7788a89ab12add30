//! What a rule suggests applies, mends the fault, and can be taken back.

use homeroom_advisor::{Family, Fixture, Options, Rule, advise, rules};
use tokio_postgres::Client;

use crate::database::Database;

async fn finds(client: &Client, rule: &Rule, object: &str) -> bool {
    let options = Options { rules: Some(vec![rule.id.to_owned()]), ..Options::default() };
    let report = advise(client, &options).await.unwrap();
    report.findings.iter().any(|finding| finding.object.to_string() == object)
}

/// Statements that can't share a transaction with others are tried in their plain form.
async fn run(client: &Client, rule: &Rule, sql: &str) {
    let plain = sql.replace("CONCURRENTLY ", "");
    if let Err(error) = client.batch_execute(&plain).await {
        panic!("{}: {}\n{sql}", rule.id, error.as_db_error().unwrap());
    }
}

#[tokio::test]
async fn a_suggestion_mends_the_fault_and_its_reverse_brings_it_back() {
    let mut tried = 0;
    for rule in rules::all() {
        let (Family::Index | Family::Schema, Fixture::Schema { fault, .. }) =
            (rule.family, rule.fixture)
        else {
            continue;
        };
        let database = Database::after(fault).await;
        let client = &database.client;
        let options = Options { rules: Some(vec![rule.id.to_owned()]), ..Options::default() };
        for finding in advise(client, &options).await.unwrap().findings {
            let Some(suggestion) = finding.suggestion else { continue };
            let object = finding.object.to_string();
            run(client, rule, &suggestion.up).await;
            assert!(
                !finds(client, rule, &object).await,
                "{} stays after\n{}",
                object,
                suggestion.up
            );
            if let Some(down) = suggestion.down {
                run(client, rule, &down).await;
                assert!(finds(client, rule, &object).await, "{object} is gone after\n{down}");
            }
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried}");
}
