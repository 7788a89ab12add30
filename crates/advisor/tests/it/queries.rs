//! Statements as the server has counted them.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

use homeroom_advisor::statements::Snapshot;
use homeroom_advisor::{Family, Finding, Options, Report, advise, rules};
use homeroom_embed::ServerConfig;
use homeroom_embed::testing::{TestCluster, TestDatabase};
use tokio_postgres::Client;

use crate::database::connect;

/// A server that counts statements.
fn cluster() -> &'static TestCluster {
    static CLUSTER: OnceLock<TestCluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        let config = ServerConfig::throwaway()
            .setting("shared_preload_libraries", "pg_stat_statements")
            .setting("work_mem", "64kB");
        TestCluster::start(&config).unwrap()
    })
}

struct Counting {
    client: Client,
    database: TestDatabase,
}

/// A database after a script, whose statements are counted from then on.
async fn counting(script: &str) -> Counting {
    let database = TestDatabase::empty(cluster()).await.unwrap();
    let client = connect(database.url()).await;
    client.batch_execute(script).await.unwrap();
    client.batch_execute("ANALYZE").await.unwrap();
    client
        .batch_execute(
            "CREATE SCHEMA monitoring; CREATE EXTENSION pg_stat_statements SCHEMA monitoring",
        )
        .await
        .unwrap();
    Counting { client, database }
}

impl Counting {
    async fn run(&self, statement: &str, times: usize) {
        for _ in 0..times {
            self.client.simple_query(statement).await.unwrap();
        }
    }

    async fn report(&self, options: Options<'_>) -> Report {
        let family = rules::all().filter(|rule| rule.family == Family::Queries);
        let rules = family.map(|rule| rule.id.to_owned()).collect();
        let report =
            advise(&self.client, &Options { rules: Some(rules), ..options }).await.unwrap();
        assert_eq!(report.failed, []);
        report
    }

    async fn all_findings(&self) -> Vec<Finding> {
        self.report(Options::default()).await.findings
    }

    /// Those that don't hang on how fast the machine is.
    async fn findings(&self) -> Vec<Finding> {
        let mut findings = self.all_findings().await;
        findings.retain(|finding| finding.rule != "slow-statement");
        findings
    }
}

fn titles(findings: &[Finding]) -> BTreeSet<&str> {
    findings.iter().map(|finding| finding.title.as_str()).collect()
}

const LESSONS: &str = "CREATE TABLE lessons (id bigint PRIMARY KEY, subject integer NOT NULL, title text NOT NULL, views integer NOT NULL DEFAULT 0, deleted_at timestamptz);
    INSERT INTO lessons SELECT n, n % 4000, 'lesson ' || n FROM generate_series(1, 40000) AS n";

#[tokio::test]
async fn a_statement_that_takes_long_at_each_call_is_told() {
    let database = counting("CREATE TABLE lessons (id bigint)").await;
    database.run("SELECT pg_sleep(0.21) FROM (SELECT count(*) FROM lessons) AS one", 10).await;
    database.run("SELECT count(*) FROM lessons", 10).await;
    let findings = database.all_findings().await;
    let [finding] = &findings[..] else { panic!("{:?}", titles(&findings)) };
    assert_eq!(finding.rule, "slow-statement");
    assert!(finding.title.contains("ms a call: SELECT pg_sleep($1) FROM"), "{}", finding.title);
}

#[tokio::test]
async fn a_sort_that_goes_to_the_disk_is_told() {
    let database = counting(LESSONS).await;
    database
        .run("SELECT title FROM lessons WHERE deleted_at IS NULL ORDER BY title DESC", 20)
        .await;
    let findings = database.findings().await;
    assert_eq!(findings.iter().map(|one| one.rule).collect::<Vec<_>>(), ["spilling-statement"]);
}

#[tokio::test]
async fn a_large_table_that_is_read_for_a_few_rows_is_told_with_the_index_to_make() {
    let database = counting(LESSONS).await;
    database.run("SELECT title FROM lessons WHERE subject = 7", 3).await;
    // By its key, and most of it.
    database.run("SELECT title FROM lessons WHERE id = 7", 3).await;
    database.run("SELECT title FROM lessons WHERE subject > 7", 3).await;
    let findings = database.findings().await;
    let [finding] = &findings[..] else { panic!("{:?}", titles(&findings)) };
    assert_eq!(
        finding.title,
        "public.lessons is read from end to end for 10 of 40000 rows: SELECT title FROM lessons WHERE subject = $1"
    );
    let suggestion = finding.suggestion.as_ref().unwrap();
    assert_eq!(
        suggestion.up,
        "CREATE INDEX CONCURRENTLY lessons_subject_idx ON public.lessons (subject);"
    );
    assert_eq!(
        suggestion.down.as_deref(),
        Some("DROP INDEX CONCURRENTLY public.lessons_subject_idx;")
    );
    assert!(
        finding.evidence["plan"][0].as_str().unwrap().starts_with("Seq Scan on lessons"),
        "{}",
        finding.evidence
    );
    // Once it is made the finding is gone.
    database.client.batch_execute(&suggestion.up).await.unwrap();
    assert_eq!(database.findings().await, []);
}

#[tokio::test]
async fn with_hypopg_the_plan_with_the_index_is_evidence() {
    let database = counting(LESSONS).await;
    let is_there = "SELECT count(*) > 0 FROM pg_available_extensions WHERE name = 'hypopg'";
    if !database.client.query_one(is_there, &[]).await.unwrap().get::<_, bool>(0) {
        // It is no part of PostgreSQL: without it the test before this one holds.
        return;
    }
    database.client.batch_execute("CREATE EXTENSION hypopg SCHEMA monitoring").await.unwrap();
    database.run("SELECT title FROM lessons WHERE subject = 7", 3).await;
    let findings = database.findings().await;
    let [finding] = &findings[..] else { panic!("{:?}", titles(&findings)) };
    assert_eq!(finding.certainty, homeroom_advisor::Certainty::Likely);
    let cost = |key: &str| finding.evidence[key].as_f64().unwrap();
    assert!(cost("cost_with_index") < cost("cost") / 10.0, "{}", finding.evidence);
    let hypothetical = "SELECT count(*) FROM monitoring.hypopg_list_indexes";
    let left: i64 = database.client.query_one(hypothetical, &[]).await.unwrap().get(0);
    assert_eq!(left, 0, "nothing of it stays in the session");
}

#[tokio::test]
async fn a_list_that_forgets_deleted_rows_is_told_beside_one_that_does_not() {
    let database = counting(LESSONS).await;
    database.run("SELECT id, title, deleted_at FROM lessons ORDER BY id LIMIT 10", 1).await;
    assert_eq!(database.findings().await, [], "nobody asks: that may be what is wanted");
    database.run("SELECT id FROM lessons WHERE deleted_at IS NULL LIMIT 10", 1).await;
    assert_eq!(database.findings().await, [], "one that asks is no custom");
    database.run("SELECT count(*) FROM lessons WHERE deleted_at IS NULL", 1).await;
    database.run("SELECT title FROM lessons WHERE id = 7", 1).await;
    let findings = database.findings().await;
    let found: Vec<String> =
        findings.iter().map(|one| format!("{} {}", one.rule, one.object)).collect();
    assert_eq!(found, ["soft-delete-forgotten table public.lessons"]);
    assert!(
        findings[0].evidence["do_not_ask"][0]["statement"]
            .as_str()
            .unwrap()
            .starts_with("SELECT id, title, deleted_at")
    );
}

#[tokio::test]
async fn numbers_that_two_can_give_or_overwrite_are_told() {
    let database = counting(LESSONS).await;
    database
        .run("SELECT coalesce(max(subject), 0) + 1 FROM lessons WHERE deleted_at IS NULL", 1)
        .await;
    database.run("SELECT views FROM lessons WHERE id = 7", 1).await;
    database.run("UPDATE lessons SET views = views + 1 WHERE id = 7", 1).await;
    let found = |findings: &[Finding]| findings.iter().map(|one| one.rule).collect::<Vec<_>>();
    assert_eq!(found(&database.findings().await), ["max-plus-one"], "the database adds by itself");
    database.run("UPDATE lessons SET views = 8 WHERE id = 7 AND views = 7", 1).await;
    assert_eq!(
        found(&database.findings().await),
        ["max-plus-one"],
        "it asks whether it is as it was"
    );
    database.run("UPDATE lessons SET views = 8 WHERE id = 7", 1).await;
    assert_eq!(found(&database.findings().await), ["max-plus-one", "read-modify-write"]);
}

#[tokio::test]
async fn a_statement_that_has_become_slower_is_told_by_the_figures_of_an_earlier_run() {
    let database = counting("CREATE TABLE naps (seconds float)").await;
    let nap = "SELECT pg_sleep(max(seconds)) FROM naps";
    database.run(nap, 50).await;
    let earlier = database.report(Options::default()).await.statements;
    assert_eq!(earlier.statements.len(), 1);
    database.client.batch_execute("INSERT INTO naps VALUES (0.008)").await.unwrap();
    database.run(nap, 50).await;
    let options = Options { earlier_statements: Some(&earlier), ..Options::default() };
    let findings = database.report(options).await.findings;
    assert_eq!(findings.iter().map(|one| one.rule).collect::<Vec<_>>(), ["slower-statement"]);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("statements.json");
    assert_eq!(Snapshot::read(&file).unwrap(), None);
    earlier.write(&file).unwrap();
    assert_eq!(Snapshot::read(&file).unwrap().unwrap(), earlier);
}

#[tokio::test]
async fn without_statements_the_rules_are_skipped_and_say_why() {
    let database = TestDatabase::empty(cluster()).await.unwrap();
    let client = connect(database.url()).await;
    let counting = Counting { client, database };
    let report = counting.report(Options::default()).await;
    assert_eq!(
        (report.findings.len(), report.rules.len()),
        (0, 1),
        "functions are looked at all the same"
    );
    assert!(
        report.skipped.iter().all(
            |skipped| skipped.why.contains("statements") || skipped.why.contains("earlier run")
        )
    );
    let options = Options { statements: Some(Path::new("/nowhere")), ..Options::default() };
    let report = counting.report(options).await;
    assert!(
        report.skipped.iter().any(|skipped| skipped.why == "the recording /nowhere can't be read")
    );
    let _ = counting.database.name();
}
