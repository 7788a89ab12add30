//! What a run of the rules does to the register.

use homeroom_advisor::{Change, Options, Priority, Register, State, UpdateError, advise};

use super::{day, duplicates, new_entry, report_after, reread};
use crate::database::Database;

#[tokio::test]
async fn a_finding_is_entered_completed_with_its_proof_and_reopened_under_its_first_id() {
    let (two, one) =
        (report_after(&duplicates(&["a", "b"])).await, report_after(&duplicates(&["b"])).await);
    let mut register = Register::default();
    register.update(&two, day(1, 1)).unwrap();
    assert_eq!(register.update(&two, day(1, 2)).unwrap(), []);
    let changes = register.update(&one, day(2, 1)).unwrap();
    let title = "public.t_a_idx2 does nothing that public.t_a_idx1 does not do".to_owned();
    assert_eq!(changes, [Change::Completed { id: "DB-001".to_owned(), title: title.clone() }]);
    let entry = reread(&register).get("DB-001").unwrap().clone();
    assert_eq!((entry.state(day(2, 1)), &*entry.added), (State::Completed, "2026-01-01"));
    assert_eq!(entry.last_seen.as_deref(), Some("2026-01-02"));
    // The proof can be run as it stands.
    let database = Database::after(&duplicates(&["b"])).await;
    let proof = entry.proof.unwrap();
    assert!(proof.starts_with("-- Returned no row from the database"), "{proof}");
    let rows = |messages: Vec<tokio_postgres::SimpleQueryMessage>| {
        let is_row = |it: &tokio_postgres::SimpleQueryMessage| {
            matches!(it, tokio_postgres::SimpleQueryMessage::Row(_))
        };
        messages.iter().filter(|message| is_row(message)).count()
    };
    assert_eq!(rows(database.client.simple_query(&proof).await.unwrap()), 0);
    let other = proof.replace("t_a_idx2", "t_b_idx2");
    assert_eq!(rows(database.client.simple_query(&other).await.unwrap()), 1);

    let changes = register.update(&two, day(3, 1)).unwrap();
    let completed = "2026-02-01".to_owned();
    assert_eq!(changes, [Change::Reopened { id: "DB-001".to_owned(), title, completed }]);
    assert_eq!(register.entries().len(), 2);
    assert_eq!(register.get("1").unwrap().state(day(3, 1)), State::Active);
    let page = register.to_markdown(day(3, 1));
    assert!(
        page.contains("- **Reopened**: 2026-03-01, after it was completed on 2026-02-01"),
        "{page}"
    );
}

#[tokio::test]
async fn an_entry_is_not_completed_by_a_run_that_could_not_have_seen_it() {
    let mut register = Register::default();
    register.update(&report_after(&duplicates(&["a"])).await, day(1, 1)).unwrap();
    let database =
        Database::after("CREATE SCHEMA other; CREATE TABLE other.t (); CREATE TABLE t ()").await;
    let rules = Some(vec!["duplicate-index".to_owned()]);
    let elsewhere =
        Options { schemas: Some(vec!["other".to_owned()]), rules, ..Options::default() };
    let no_rule = Options { rules: Some(Vec::new()), ..Options::default() };
    for options in [elsewhere, no_rule] {
        let report = advise(&database.client, &options).await.unwrap();
        assert_eq!(register.update(&report, day(1, 2)).unwrap(), []);
    }
    let empty = report_after("SELECT").await;
    let database = empty.database.clone();
    assert_eq!(register.update(&empty, day(1, 2)), Err(UpdateError::NoTables { database }));
}

#[tokio::test]
async fn an_accepted_finding_does_not_count_until_its_day_is_over() {
    let mut report = report_after(&duplicates(&["a"])).await;
    let mut register = Register::default();
    register.update(&report, day(1, 1)).unwrap();
    register.accept("DB-1", "the old one goes with release 7", day(6, 30)).unwrap();
    let register = &mut reread(&register);
    assert_eq!(register.update(&report, day(6, 30)).unwrap(), []);
    register.annotate(&mut report, day(6, 30));
    assert_eq!(report.at_least(Priority::Low).count(), 0);
    let until = "2026-06-30".to_owned();
    let title = report.findings[0].title.clone();
    assert_eq!(
        register.update(&report, day(7, 1)).unwrap(),
        [Change::Expired { id: "DB-001".to_owned(), title, until }]
    );
    register.annotate(&mut report, day(7, 1));
    assert_eq!(report.at_least(Priority::Low).count(), 1);
}

#[tokio::test]
async fn what_a_person_changed_stays_when_the_finding_changes() {
    let report = report_after(&duplicates(&["a"])).await;
    let mut other = report.clone();
    other.findings[0].title = "another title".to_owned();
    let mut register = Register::default();
    register.update(&report, day(1, 1)).unwrap();
    // Nobody has touched it: it follows the finding.
    let mut untouched = register.clone();
    assert_eq!(untouched.update(&other, day(1, 2)).unwrap().len(), 1);
    assert_eq!(untouched.get("1").unwrap().title, "another title");
    // Tracking is a person's in any case.
    untouched.track("1", "HR-77").unwrap();
    untouched.update(&report, day(1, 3)).unwrap();
    assert_eq!(untouched.get("1").unwrap().tracking.as_deref(), Some("HR-77"));

    let text = register
        .to_toml()
        .replace("Drop the twin that no constraint needs", "Ask Ops \u{1f642} first");
    let mut edited = Register::parse(&text).unwrap();
    assert_eq!(edited.update(&other, day(1, 2)).unwrap(), []);
    assert!(edited.to_toml().contains("mitigation = \"Ask Ops \u{1f642} first\""));
    register.prioritize("1", Priority::Critical).unwrap();
    assert_eq!(register.update(&other, day(1, 2)).unwrap(), []);
    let mut report = report.clone();
    register.annotate(&mut report, day(1, 2));
    assert_eq!(report.findings[0].priority, Priority::Critical);
}

#[tokio::test]
async fn a_hand_written_entry_with_a_query_is_kept_true_as_well() {
    let mut register = Register::default();
    let check = Some("SELECT FROM pg_class WHERE relname = 'old' -- the name\n;".to_owned());
    register
        .add(homeroom_advisor::NewEntry { check, ..new_entry("Drop the table old") }, day(1, 1));
    register.add(new_entry("Without a query"), day(1, 1));
    let database = Database::after("CREATE TABLE old (); CREATE TABLE t ()").await;
    let run = async |register: &mut Register, today| {
        let rules = Some(Vec::new());
        let options = Options { checks: register.checks(), rules, ..Options::default() };
        let report = advise(&database.client, &options).await.unwrap();
        register.update(&report, today).unwrap()
    };
    assert_eq!(run(&mut register, day(1, 2)).await, []);
    database.client.batch_execute("DROP TABLE old").await.unwrap();
    assert!(matches!(run(&mut register, day(1, 3)).await[..], [Change::Completed { .. }]));
    assert!(register.get("1").unwrap().proof.as_deref().unwrap().contains("SELECT FROM pg_class"));
    database.client.batch_execute("CREATE TABLE old ()").await.unwrap();
    assert!(matches!(run(&mut register, day(1, 4)).await[..], [Change::Reopened { .. }]));
    assert_eq!(register.get("2").unwrap().state(day(1, 4)), State::Active);
}

#[tokio::test]
async fn a_query_of_an_entry_can_write_nothing_and_end_no_transaction() {
    let database = Database::after("CREATE TABLE t ()").await;
    let check =
        |sql: &str| homeroom_advisor::Check { id: "DB-001".to_owned(), sql: sql.to_owned() };
    let checks = vec![
        check("DELETE FROM t RETURNING 1"),
        check("SELECT 1) AS x; COMMIT; SELECT count(*) FROM (SELECT 1"),
        check("SELECT nextval(pg_get_serial_sequence('t', 'x'))"),
        check("COMMIT"),
        check("SELECT 1"),
    ];
    let report = advise(&database.client, &Options { checks, ..Options::default() }).await.unwrap();
    let rows: Vec<Option<i64>> = report.checks.iter().map(|check| check.rows).collect();
    assert_eq!(rows, [None, None, None, None, Some(1)]);
}

#[tokio::test]
async fn the_page_for_people_has_the_counts_the_active_and_the_completed() {
    let mut register = Register::default();
    register.update(&report_after(&duplicates(&["a", "b"])).await, day(1, 1)).unwrap();
    register.update(&report_after(&duplicates(&["b"])).await, day(2, 1)).unwrap();
    register.add(new_entry("A pipe | in a title"), day(2, 2));
    register.complete("1", "by hand", day(2, 2)).unwrap_err();
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"test_\d+", "[database]");
    settings.add_filter(r"PostgreSQL \d+", "PostgreSQL [major]");
    settings.bind(|| insta::assert_snapshot!(register.to_markdown(day(2, 2))));
}
