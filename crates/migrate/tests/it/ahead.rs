//! What is sent before the answers to what stands before it: it counts only when all of that has succeeded.
//!
//! The first migration of a run waits for each answer, so the others are the subject here.

use std::time::Duration;

use homeroom_migrate::{DownOptions, Error, UpOptions};
use tokio_postgres::Client;

use crate::database::{TestDatabase, text};
use crate::migrations::Folder;

/// The tables `t1`, `t2` … and the versions that are recorded.
async fn made_and_recorded(client: &Client) -> (String, String) {
    let tables =
        "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relname ~ '^t[0-9]$'";
    let versions =
        "SELECT string_agg(version::text, ' ' ORDER BY version) FROM homeroom_migrations";
    (text(client, tables).await, text(client, versions).await)
}

fn are(tables: &str, versions: &str) -> (String, String) {
    (tables.to_owned(), versions.to_owned())
}

/// Waits where no look at the text of a migration that calls it would show that.
const SLOWLY: &str = "CREATE FUNCTION slowly() RETURNS bigint LANGUAGE plpgsql
    AS $$ BEGIN PERFORM pg_sleep(0.4); RETURN 1; END $$;";

/// Corrects what was not applied, and applies it.
async fn goes_on(folder: &Folder, client: &mut Client) {
    if made_and_recorded(client).await.1 == "1" {
        folder.write("0002_t2", "CREATE TABLE t2 ();", "DROP TABLE t2;");
    }
    folder.write("0003_t3", "CREATE TABLE t3 ();", "DROP TABLE t3;");
    folder.migrator().up(client, &UpOptions::default()).await.unwrap();
    assert_eq!(made_and_recorded(client).await, are("t1 t2 t3", "1 2 3"));
}

#[tokio::test]
async fn a_script_that_cannot_be_parsed_is_not_recorded_and_those_before_it_are() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of_tables(3);
    folder.write("0003_t3", "CREATE TABLE t3 (); CREATE TABEL t4 ();", "DROP TABLE t3;");
    let error = folder.migrator().up(&mut client, &UpOptions::default()).await.unwrap_err();
    assert!(matches!(&error, Error::Failed(failure) if failure.code == "42601"), "{error}");
    assert_eq!(made_and_recorded(&client).await, are("t1 t2", "1 2"));
    goes_on(&folder, &mut client).await;
}

#[tokio::test]
async fn a_commit_that_fails_takes_the_script_after_it_back_whatever_that_answers() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of_tables(3);
    folder.write(
        "0001_t1",
        "CREATE TABLE t1 (id bigint PRIMARY KEY);
         CREATE TABLE long AS SELECT repeat('x', 1000) FROM generate_series(1, 5000);",
        "DROP TABLE t1, long;",
    );
    folder.write(
        "0002_t2",
        "CREATE TABLE t2 (id bigint REFERENCES t1 DEFERRABLE INITIALLY DEFERRED);
         INSERT INTO t2 VALUES (7);",
        "DROP TABLE t2;",
    );
    folder.write("0003_t3", "CREATE TABLE t3 (); TABLE long;", "DROP TABLE t3;");
    let error = folder.migrator().up(&mut client, &UpOptions::default()).await.unwrap_err();
    assert!(error.to_string().starts_with("0002_t2 failed at the commit"), "{error}");
    assert_eq!(made_and_recorded(&client).await, are("t1", "1"));
    goes_on(&folder, &mut client).await;
}

#[tokio::test]
async fn a_row_that_cannot_be_written_takes_its_migration_and_the_next_one_back() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of_tables(3);
    folder.write(
        "0001_t1",
        "CREATE TABLE t1 ();
         ALTER TABLE homeroom_migrations ADD CONSTRAINT no_second CHECK (version <> 2);",
        "DROP TABLE t1;",
    );
    let error = folder.migrator().up(&mut client, &UpOptions::default()).await.unwrap_err();
    assert!(matches!(error, Error::Database { doing: "writing the history table", .. }), "{error}");
    assert_eq!(made_and_recorded(&client).await, are("t1", "1"));
    client
        .batch_execute("ALTER TABLE homeroom_migrations DROP CONSTRAINT no_second")
        .await
        .unwrap();
    goes_on(&folder, &mut client).await;
}

#[tokio::test]
async fn a_dropped_future_takes_back_what_was_sent_and_not_finished() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of_tables(3);
    folder.write("0001_t1", &format!("CREATE TABLE t1 (id bigint); {SLOWLY}"), "DROP TABLE t1;");
    folder.write(
        "0003_t3",
        "CREATE TABLE t3 (); INSERT INTO t1 VALUES (slowly());",
        "DROP TABLE t3;",
    );
    let (migrator, options) = (folder.migrator(), UpOptions::default());
    let started =
        tokio::time::timeout(Duration::from_millis(200), migrator.up(&mut client, &options));
    assert!(started.await.is_err(), "it should have been cut off in the third migration");
    assert_eq!(made_and_recorded(&client).await, are("t1 t2", "1 2"));
    goes_on(&folder, &mut client).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_was_given_back_in_hiding_and_taken_by_another_lets_nothing_be_recorded() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let other = database.connect().await;
    let folder = Folder::of_tables(3);
    let give_back = "CREATE FUNCTION give_back() RETURNS bigint LANGUAGE plpgsql
        AS $$ BEGIN EXECUTE 'SELECT pg_advisory' || '_unlock_all()'; RETURN 1; END $$;";
    let first = format!("CREATE TABLE t1 (id bigint); {SLOWLY} {give_back}");
    folder.write("0001_t1", &first, "DROP TABLE t1;");
    folder.write(
        "0002_t2",
        "CREATE TABLE t2 (); INSERT INTO t1 VALUES (give_back());",
        "DROP TABLE t2;",
    );
    folder.write(
        "0003_t3",
        "CREATE TABLE t3 (); INSERT INTO t1 VALUES (slowly());",
        "DROP TABLE t3;",
    );
    let migrator = folder.migrator();
    let (held, hold) = tokio::sync::oneshot::channel();
    let running = tokio::spawn(async move {
        let result = migrator.up(&mut client, &UpOptions::default()).await;
        (client, result)
    });
    // "home" and "migr" in ASCII.
    let taken = tokio::spawn(async move {
        let made = "SELECT count(*) = 1 FROM pg_class WHERE relname = 't2'";
        crate::concurrency::wait_until(&other, made).await;
        crate::concurrency::wait_until(
            &other,
            "SELECT pg_try_advisory_lock(1752132965, 1835624306)",
        )
        .await;
        held.send(()).unwrap();
        other
    });
    hold.await.unwrap();
    let (mut client, result) = running.await.unwrap();
    let error = result.unwrap_err();
    assert!(matches!(error, Error::LockLost), "{error}");
    assert_eq!(made_and_recorded(&client).await, are("t1 t2", "1 2"));
    drop(taken.await.unwrap());
    goes_on(&folder, &mut client).await;
}

#[tokio::test]
async fn what_a_script_takes_from_its_session_in_hiding_does_not_keep_it_from_being_recorded() {
    for taken in ["RESET ALL", "DEALLOCATE ALL"] {
        let database = TestDatabase::create().await;
        let mut client = database.connect().await;
        let folder = Folder::of_tables(3);
        let hidden = taken.replace(' ', "' || ' ");
        let function = format!(
            "CREATE TABLE t1 (id bigint); CREATE FUNCTION take() RETURNS bigint LANGUAGE plpgsql
             AS $$ BEGIN EXECUTE '{hidden}'; RETURN 1; END $$;"
        );
        folder.write("0001_t1", &function, "DROP TABLE t1;");
        let second = "CREATE TABLE t2 (); INSERT INTO t1 VALUES (take());";
        folder.write("0002_t2", second, "DROP TABLE t2;");
        folder.migrator().up(&mut client, &UpOptions::default()).await.unwrap();
        assert_eq!(made_and_recorded(&client).await, are("t1 t2 t3", "1 2 3"), "{taken}");
        assert_eq!(text(&client, "SELECT count(*) FROM t1").await, "1", "it ran twice");
    }
}

#[tokio::test]
async fn a_script_that_changes_nothing_is_recorded_like_any_other() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of_tables(3);
    folder.write("0002_t2", "EXPLAIN TABLE t1;", "TABLE t1;");
    let migrator = folder.migrator();
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    assert_eq!(made_and_recorded(&client).await, are("t1 t3", "1 2 3"));
    let all = DownOptions { all: true, ..DownOptions::default() };
    assert_eq!(migrator.down(&mut client, &all).await.unwrap().len(), 3);
    assert_eq!(made_and_recorded(&client).await, are("NULL", "NULL"));
}
