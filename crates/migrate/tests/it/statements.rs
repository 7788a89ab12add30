//! Scripts that do not run in one transaction: their progress, and how a failed or killed one goes on.

use homeroom_migrate::{DownOptions, Error, Mode, Settings, State, UpOptions};
use tokio_postgres::Client;

use crate::concurrency::wait_until;
use crate::database::{TestDatabase, text};
use crate::migrations::Folder;

const TABLE: &str = "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1);";
const VALID: &str =
    "SELECT string_agg(indexrelid::regclass || ' ' || indisvalid, ', ' ORDER BY 1) FROM pg_index
    WHERE indrelid = 't'::regclass";

fn folder(up: &str, down: &str) -> Folder {
    Folder::of(&[("0001_t", TABLE, "DROP TABLE t"), ("0002_outside", up, down)])
}

async fn up(folder: &Folder, client: &mut Client) -> Result<usize, Error> {
    folder.migrator().up(client, &UpOptions::default()).await.map(|applied| applied.len())
}

async fn progress(client: &Client) -> String {
    let row = "SELECT row(unfinished, statements_done, statement_begun) FROM homeroom_migrations WHERE version = 2";
    text(client, row).await
}

#[tokio::test]
async fn what_cannot_run_in_a_transaction_runs_outside_and_is_recorded_like_any_other() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = folder(
        "CREATE INDEX CONCURRENTLY t_a ON t (a); VACUUM t; CREATE TABLE u ();",
        "DROP TABLE u; DROP INDEX CONCURRENTLY t_a;",
    );
    let migrator = folder.migrator();
    let plan = migrator.plan(&client, &UpOptions::default()).await.unwrap();
    assert_eq!([plan[0].mode, plan[1].mode], [Mode::Transaction, Mode::Statements]);
    assert_eq!(up(&folder, &mut client).await.unwrap(), 2);
    assert!(migrator.is_up_to_date(&client).await.unwrap());
    assert_eq!(progress(&client).await, "(,,)");
    assert_eq!(text(&client, VALID).await, "t_a true");
    migrator.down(&mut client, &DownOptions::default()).await.unwrap();
    assert_eq!(text(&client, VALID).await, "NULL");
    assert_eq!(text(&client, "SELECT max(version) FROM homeroom_migrations").await, "1");
}

#[tokio::test]
async fn an_enum_value_can_be_added_and_used() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of(&[
        ("0001_mood", "CREATE TYPE mood AS ENUM ('a')", "DROP TYPE mood"),
        (
            "0002_value",
            "ALTER TYPE mood ADD VALUE 'b'; CREATE TABLE moods AS SELECT 'b'::mood",
            "-- irreversible: PostgreSQL cannot remove a value",
        ),
    ]);
    assert_eq!(up(&folder, &mut client).await.unwrap(), 2);
    assert_eq!(text(&client, "SELECT mood FROM moods").await, "b");
}

#[tokio::test]
async fn a_failed_script_tells_what_is_kept_and_the_next_run_continues_after_it() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let start = "-- no-transaction\nINSERT INTO t VALUES (2);\nINSERT INTO t VALUES (3);\n";
    let folder = folder(&format!("{start}INSERT INTO t VALUES (1/0);"), "SELECT 1");
    let error = up(&folder, &mut client).await.unwrap_err();
    insta::assert_snapshot!(error, @"
    0002_outside failed at 0002_outside.up.sql:4:1: division by zero (22012)
      4 | INSERT INTO t VALUES (1/0);
        | ^
      its first 2 statements are kept, the next run continues after them
    ");
    let migrator = folder.migrator();
    let status = migrator.status(&client).await.unwrap();
    assert_eq!(status.entries[1].state, State::Unfinished);
    assert!(!migrator.is_up_to_date(&client).await.unwrap());

    folder.write("0002_outside", &format!("{start}INSERT INTO t VALUES (4);"), "SELECT 1");
    assert_eq!(up(&folder, &mut client).await.unwrap(), 1);
    assert_eq!(text(&client, "SELECT array_agg(a) FROM t").await, "{1,1,2,3,4}");
    assert!(folder.migrator().is_up_to_date(&client).await.unwrap());
}

#[tokio::test]
async fn statements_that_are_done_must_not_be_edited() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = folder("-- no-transaction\nSELECT 1; SELECT 1/0", "SELECT 1");
    up(&folder, &mut client).await.unwrap_err();
    folder.write("0002_outside", "-- no-transaction\nSELECT 2; SELECT 3", "SELECT 1");
    let status = folder.migrator().status(&client).await.unwrap();
    assert_eq!(status.entries[1].state, State::Edited);
    let error = up(&folder, &mut client).await.unwrap_err();
    insta::assert_snapshot!(error, @"
    the history of the database does not fit the migration files
      0002_outside stopped after statement 1 of its up file, and what stands up to there was edited since: put that back, the rest may change
    ");
}

#[tokio::test]
async fn an_unfinished_script_can_be_taken_back_instead() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = folder(
        "-- no-transaction\nCREATE TABLE u (); SELECT 1/0",
        "-- no-transaction\nDROP TABLE u; DROP TABLE IF EXISTS v; SELECT 1/0",
    );
    up(&folder, &mut client).await.unwrap_err();
    let migrator = folder.migrator();
    migrator.down(&mut client, &DownOptions::default()).await.unwrap_err();
    assert_eq!(migrator.status(&client).await.unwrap().entries[1].state, State::HalfDown);
    let error = up(&folder, &mut client).await.unwrap_err();
    insta::assert_snapshot!(error, @"
    the history of the database does not fit the migration files
      0002_outside is half taken back (2 statements of its down file are done): `down` takes the rest back
    ");
    let down = "-- no-transaction\nDROP TABLE u; DROP TABLE IF EXISTS v; SELECT 1";
    folder.write("0002_outside", "CREATE TABLE u ()", down);
    folder.migrator().down(&mut client, &DownOptions::default()).await.unwrap();
    assert_eq!(up(&folder, &mut client).await.unwrap(), 1);
}

#[tokio::test]
async fn an_invalid_index_of_a_failed_build_is_rebuilt_and_not_taken_for_the_real_one() {
    for name in ["t_a", ""] {
        let database = TestDatabase::create().await;
        let mut client = database.connect().await;
        let if_not_exists = if name.is_empty() { "" } else { "IF NOT EXISTS" };
        let sql = format!("CREATE UNIQUE INDEX CONCURRENTLY {if_not_exists} {name} ON t (a)");
        let folder = folder(&sql, "SELECT 1");
        let error = up(&folder, &mut client).await.unwrap_err();
        assert!(matches!(&error, Error::Failed(failure) if failure.code == "23505"), "{error}");
        assert!(text(&client, VALID).await.contains("false"));
        client.batch_execute("DELETE FROM t").await.unwrap();
        assert_eq!(up(&folder, &mut client).await.unwrap(), 1);
        let expected = if name.is_empty() { "t_a_idx true" } else { "t_a true" };
        assert_eq!(text(&client, VALID).await, expected);
    }
}

#[tokio::test]
async fn an_index_that_was_built_and_not_recorded_is_not_built_again() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = folder("CREATE INDEX CONCURRENTLY t_a ON t (a); SELECT 1/0", "SELECT 1");
    up(&folder, &mut client).await.unwrap_err();
    // As if the program had been killed between the statement's end and its record.
    let back = "UPDATE homeroom_migrations SET statements_done = 0, statement_begun = true, done_checksum = '' WHERE version = 2";
    client.batch_execute(back).await.unwrap();
    let oid = text(&client, "SELECT 't_a'::regclass::oid").await;
    folder.write("0002_outside", "CREATE INDEX CONCURRENTLY t_a ON t (a); SELECT 1", "SELECT 1");
    assert_eq!(up(&folder, &mut client).await.unwrap(), 1);
    assert_eq!(text(&client, "SELECT 't_a'::regclass::oid").await, oid);
}

#[tokio::test]
async fn an_index_of_that_name_that_somebody_else_made_is_an_error() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = folder("CREATE INDEX CONCURRENTLY t_a ON t (a)", "SELECT 1");
    client.batch_execute("CREATE TABLE t (a int); CREATE INDEX t_a ON t (a)").await.unwrap();
    folder.write("0001_t", "SELECT 1", "SELECT 1");
    for _ in 0..2 {
        let error = up(&folder, &mut client).await.unwrap_err();
        assert!(matches!(&error, Error::Failed(failure) if failure.code == "42P07"), "{error}");
    }
}

#[tokio::test]
async fn a_backend_ended_while_it_builds_an_index_leaves_one_that_the_next_run_rebuilds() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = folder("CREATE INDEX CONCURRENTLY IF NOT EXISTS t_a ON t (a)", "SELECT 1");
    let first = UpOptions { steps: Some(1), ..UpOptions::default() };
    folder.migrator().up(&mut client, &first).await.unwrap();
    // The build waits for every older transaction that has written to the table.
    let blocker = database.connect().await;
    blocker.batch_execute("BEGIN; INSERT INTO t VALUES (7)").await.unwrap();
    let pid = text(&client, "pg_backend_pid()").await;
    let migrator = folder.migrator();
    let running =
        tokio::spawn(async move { migrator.up(&mut client, &UpOptions::default()).await });
    let observer = database.connect().await;
    let waits = format!(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = {pid} AND query ~ '^CREATE INDEX' AND wait_event_type = 'Lock')"
    );
    wait_until(&observer, &waits).await;
    text(&observer, &format!("pg_terminate_backend({pid})")).await;
    running.await.unwrap().unwrap_err();
    blocker.batch_execute("COMMIT").await.unwrap();
    assert_eq!(text(&observer, VALID).await, "t_a false");
    assert_eq!(progress(&observer).await, "(up,0,t)");
    let mut next = database.connect().await;
    assert_eq!(up(&folder, &mut next).await.unwrap(), 1);
    assert_eq!(text(&observer, VALID).await, "t_a true");
}

#[tokio::test]
async fn transactions_of_the_file_itself_are_respected() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = folder(
        "BEGIN ISOLATION LEVEL SERIALIZABLE; INSERT INTO t VALUES (2); COMMIT;
         BEGIN; INSERT INTO t SELECT 3 WHERE current_setting('transaction_isolation') = 'read committed'; INSERT INTO t VALUES (1/0); COMMIT;",
        "BEGIN; DELETE FROM t WHERE a > 1; COMMIT;",
    );
    let error = up(&folder, &mut client).await.unwrap_err();
    assert!(matches!(&error, Error::Failed(failure) if failure.kept_statements == 3), "{error}");
    assert_eq!(text(&client, "SELECT array_agg(a) FROM t").await, "{1,1,2}");
    let down = folder.migrator().plan_down(&client, &DownOptions::default()).await.unwrap();
    assert_eq!(down[0].mode, Mode::Transaction);
    folder.migrator().down(&mut client, &DownOptions::default()).await.unwrap();
    assert_eq!(text(&client, "SELECT array_agg(a) FROM t").await, "{1,1}");
}

#[tokio::test]
async fn a_place_in_a_file_with_its_own_transaction_is_that_of_the_file() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = folder("-- größer\nBEGIN;\nSELECT 1;\nSELECT nothing;\nCOMMIT;", "SELECT 1");
    let error = up(&folder, &mut client).await.unwrap_err();
    insta::assert_snapshot!(error, @r#"
    0002_outside failed at 0002_outside.up.sql:4:8: column "nothing" does not exist (42703)
      4 | SELECT nothing;
        |        ^
      nothing of this migration was kept
    "#);
}

#[tokio::test]
async fn settings_and_roles_hold_to_the_end_of_the_script_in_a_later_run_too() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let start = "-- no-transaction
        CREATE SCHEMA app; GRANT ALL ON SCHEMA app TO pg_monitor;
        SET search_path = app; SET ROLE pg_monitor; CREATE TABLE a ();";
    let folder = folder(&format!("{start} SELECT 1/0;"), "SELECT 1");
    up(&folder, &mut client).await.unwrap_err();
    assert_eq!(
        text(&client, "current_setting('search_path') || current_user").await,
        "\"$user\", publicpostgres"
    );
    folder.write("0002_outside", &format!("{start} CREATE TABLE b ();"), "SELECT 1");
    let mut next = database.connect().await;
    assert_eq!(up(&folder, &mut next).await.unwrap(), 1);
    let owner = "SELECT tableowner FROM pg_tables WHERE schemaname = 'app' AND tablename = 'b'";
    assert_eq!(text(&next, owner).await, "pg_monitor");
    assert_eq!(text(&next, "current_user").await, "postgres");
}

#[tokio::test]
async fn a_lock_that_is_held_makes_the_statement_run_again_and_not_those_before_it() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder =
        folder("-- no-transaction\nINSERT INTO t VALUES (2); ALTER TABLE t ADD b int;", "SELECT 1");
    let first = UpOptions { steps: Some(1), ..UpOptions::default() };
    folder.migrator().up(&mut client, &first).await.unwrap();
    let blocker = database.connect().await;
    blocker.batch_execute("BEGIN; LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE").await.unwrap();
    let (heard, mut retries) = tokio::sync::mpsc::unbounded_channel();
    let settings = Settings {
        lock_timeout: Some(std::time::Duration::from_millis(50)),
        ..Settings::default()
    };
    let migrator = folder.migrator().with_settings(settings).with_observer(move |event| {
        if matches!(event, homeroom_migrate::Event::Retrying { .. }) {
            let _ = heard.send(());
        }
    });
    let running = tokio::spawn(async move {
        migrator.up(&mut client, &UpOptions::default()).await.map(|_| client)
    });
    retries.recv().await.unwrap();
    blocker.batch_execute("COMMIT").await.unwrap();
    let client = running.await.unwrap().unwrap();
    assert_eq!(text(&client, "SELECT array_agg(a) FROM t").await, "{1,1,2}");
}

#[tokio::test]
async fn a_history_without_columns_for_progress_is_read_as_it_is_and_upgraded_by_the_next_run() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = folder("CREATE INDEX CONCURRENTLY t_a ON t (a)", "SELECT 1");
    let first = UpOptions { steps: Some(1), ..UpOptions::default() };
    folder.migrator().up(&mut client, &first).await.unwrap();
    let old = "ALTER TABLE homeroom_migrations DROP unfinished, DROP statements_done, DROP statement_begun, DROP done_checksum";
    client.batch_execute(old).await.unwrap();
    let status = folder.migrator().status(&client).await.unwrap();
    assert_eq!(status.in_state(State::Applied).count(), 1);
    assert_eq!(up(&folder, &mut client).await.unwrap(), 1);
    assert_eq!(progress(&client).await, "(,,)");
}
