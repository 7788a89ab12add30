//! Killed at any point: nothing half is recorded, and the next run continues.

use std::time::{Duration, Instant};

use homeroom_migrate::{Catalog, Error, UpOptions};

use crate::concurrency::wait_until;
use crate::database::{TestDatabase, text};
use crate::migrations::Folder;

#[tokio::test]
async fn a_backend_ended_in_mid_migration_leaves_nothing_half_and_the_next_run_continues() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let observer = database.connect().await;
    let folder = Folder::of_tables(3);
    folder.write("0002_t2", "CREATE TABLE t2 (); SELECT pg_sleep(30);", "DROP TABLE t2");
    let migrator = folder.migrator();
    let pid = text(&client, "pg_backend_pid()").await;
    let running =
        tokio::spawn(async move { migrator.up(&mut client, &UpOptions::default()).await });
    wait_until(
        &observer,
        &format!("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = {pid} AND wait_event = 'PgSleep')"),
    )
    .await;
    text(&observer, &format!("pg_terminate_backend({pid})")).await;
    let error = running.await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Failed(_) | Error::Interrupted { .. }), "{error}");

    assert_eq!(text(&observer, "SELECT to_regclass('t1')").await, "t1");
    assert_eq!(text(&observer, "SELECT to_regclass('t2')").await, "NULL");
    assert_eq!(text(&observer, "SELECT max(version) FROM homeroom_migrations").await, "1");
    folder.write("0002_t2", "CREATE TABLE t2 ();", "DROP TABLE t2");
    let mut next = database.connect().await;
    assert_eq!(folder.migrator().up(&mut next, &UpOptions::default()).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backends_ended_at_many_moments_leave_the_history_and_the_schema_in_step() {
    let database = TestDatabase::create().await;
    let folder = Folder::of_tables(60);
    let observer = database.connect().await;
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut ended = 0_u32;
    loop {
        let mut client = database.connect().await;
        let migrator = folder.migrator();
        let pid = text(&client, "pg_backend_pid()").await;
        let running =
            tokio::spawn(async move { migrator.up(&mut client, &UpOptions::default()).await });
        // Pauses of different lengths are the subject here, not a wait for something.
        tokio::time::sleep(Duration::from_micros(
            1_500 + u64::from(ended) * 700 % 9_000 + u64::from(ended) * 50,
        ))
        .await;
        text(&observer, &format!("pg_terminate_backend({pid})")).await;
        let finished = running.await.unwrap().is_ok();
        let tables = "SELECT count(*) FROM pg_class WHERE relname ~ '^t[0-9]+$' AND relkind = 'r'";
        let history = "SELECT CASE WHEN to_regclass('homeroom_migrations') IS NULL THEN 0
            ELSE (xpath('//c/text()', query_to_xml('SELECT count(*) AS c FROM homeroom_migrations', true, false, '')))[1]::text::int END";
        assert_eq!(text(&observer, tables).await, text(&observer, history).await);
        if finished {
            break;
        }
        ended += 1;
        assert!(Instant::now() < deadline, "ended {ended} times and still not through");
    }
    assert!(ended > 0, "no run was ended: the pauses are too long");
    let migrator = folder.migrator();
    assert!(migrator.is_up_to_date(&observer).await.unwrap());
    assert_eq!(
        Catalog::read(&observer)
            .await
            .unwrap()
            .iter()
            .filter(|(object, _)| object.kind == "table")
            .count(),
        61
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backends_ended_between_statements_outside_of_a_transaction_lose_none_and_repeat_none() {
    let database = TestDatabase::create().await;
    let observer = database.connect().await;
    let mut script = "-- no-transaction\nCREATE TABLE seen (n int);\n".to_owned();
    for n in 1..=40 {
        script.push_str(&format!("INSERT INTO seen VALUES ({n});\n"));
        if n % 10 == 0 {
            script.push_str(&format!("CREATE INDEX CONCURRENTLY seen_{n} ON seen (n);\n"));
        }
    }
    let folder = Folder::of(&[("0001_seen", &script, "DROP TABLE seen")]);
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut ended = 0_u32;
    loop {
        let mut client = database.connect().await;
        let migrator = folder.migrator();
        let pid = text(&client, "pg_backend_pid()").await;
        let running =
            tokio::spawn(async move { migrator.up(&mut client, &UpOptions::default()).await });
        // Pauses of different lengths are the subject here, not a wait for something.
        tokio::time::sleep(Duration::from_micros(
            3_000 + u64::from(ended) * 700 % 9_000 + u64::from(ended) * 50,
        ))
        .await;
        text(&observer, &format!("pg_terminate_backend({pid})")).await;
        if running.await.unwrap().is_ok() {
            break;
        }
        ended += 1;
        assert!(Instant::now() < deadline, "ended {ended} times and still not through");
    }
    assert!(ended > 3, "only {ended} runs were ended: the pauses are too long");
    assert!(folder.migrator().is_up_to_date(&observer).await.unwrap());
    let seen = "SELECT row(count(*), count(DISTINCT n), max(n)) FROM seen";
    assert_eq!(text(&observer, seen).await, "(40,40,40)");
    let indexes = "SELECT row(count(*), bool_and(indisvalid)) FROM pg_index WHERE indrelid = 'seen'::regclass";
    assert_eq!(text(&observer, indexes).await, "(4,t)");
}
