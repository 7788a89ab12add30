//! What the history table holds, and what happens when it does not fit the files.

use homeroom_migrate::{DownOptions, Error, HistoryTable, Settings, State, UpOptions, Version};

use crate::database::{TestDatabase, text};
use crate::migrations::Folder;

#[tokio::test]
async fn every_row_says_what_who_when_how_long_and_the_way_back() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of(&[("0001_a", "SELECT pg_sleep(0.02)\r\n", "SELECT 'back'\r\n")]);
    folder.migrator().up(&mut client, &UpOptions::default()).await.unwrap();
    let row = text(
        &client,
        "SELECT row(version, name, up_checksum = encode(sha256(E'SELECT pg_sleep(0.02)\\n'), 'hex'),
            down_checksum = encode(sha256(E'SELECT ''back''\\n'), 'hex'), down_sql, applied_by,
            now() - applied_at < '1 minute', duration_ms >= 20, tool_version ~ '^homeroom-migrate ')
         FROM homeroom_migrations",
    )
    .await;
    assert_eq!(row, "(1,a,t,t,\"SELECT 'back'\r\n\",postgres,t,t,t)");
}

#[tokio::test]
async fn the_table_and_each_of_its_columns_have_a_comment() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    Folder::of_tables(1).migrator().up(&mut client, &UpOptions::default()).await.unwrap();
    let without =
        "SELECT count(*) FROM pg_attribute WHERE attrelid = 'homeroom_migrations'::regclass
        AND attnum > 0 AND col_description(attrelid, attnum) IS NULL";
    assert_eq!(text(&client, without).await, "0");
    let table = "SELECT obj_description('homeroom_migrations'::regclass) LIKE '%do not edit%'";
    assert_eq!(text(&client, table).await, "true");
}

#[tokio::test]
async fn the_history_can_live_in_another_table_of_another_schema() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    client.batch_execute("CREATE SCHEMA \"Mi\"\"gr\"").await.unwrap();
    let history =
        HistoryTable { schema: Some("Mi\"gr".to_owned()), name: "The.History".to_owned() };
    let folder = Folder::of_tables(2);
    let migrator = folder.migrator().with_settings(Settings { history, ..Settings::default() });
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    assert!(migrator.is_up_to_date(&client).await.unwrap());
    migrator.down(&mut client, &DownOptions::default()).await.unwrap();
    let rows = "SELECT count(*) FROM \"Mi\"\"gr\".\"The.History\"";
    assert_eq!(text(&client, rows).await, "1");
    assert_eq!(text(&client, "SELECT to_regclass('homeroom_migrations')").await, "NULL");
}

#[tokio::test]
async fn edited_missing_and_late_migrations_are_all_named_with_what_to_do() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of_tables(6);
    folder.remove("0004_t4");
    folder.migrator().up(&mut client, &UpOptions::default()).await.unwrap();
    folder.write("0001_t1", "CREATE TABLE t1 (id int)", "DROP TABLE t1;");
    folder.remove("0002_t2");
    folder.write("0003_t3", "CREATE TABLE t3 (id bigint);", "DROP TABLE t3 CASCADE;");
    folder.write("0004_t4", "CREATE TABLE t4 (id int)", "DROP TABLE t4;");
    let migrator = folder.migrator();
    let error = migrator.up(&mut client, &UpOptions::default()).await.unwrap_err();
    insta::assert_snapshot!(error, @"
    the history of the database does not fit the migration files
      0001_t1 was edited after it was applied (the up file): put the file back and make the change in a new migration, or `repair` to accept the file as it is
      0002_t2 is applied and its files are missing: put them back, or take it back with `down`, which uses the SQL stored in the database
      0003_t3 was edited after it was applied (the down file): put the file back and make the change in a new migration, or `repair` to accept the file as it is
      0004_t4 is out of order, 0006 is applied already: give it the next free number, or allow this one to run late
    ");
    assert!(migrator.is_up_to_date(&client).await.is_err());
    let status = migrator.status(&client).await.unwrap();
    let states: Vec<_> = status.entries.iter().map(|entry| entry.state).collect();
    assert_eq!(
        states,
        [State::Edited, State::Missing, State::Edited, State::Late, State::Applied, State::Applied]
    );
    assert!(!status.is_up_to_date());
    assert_eq!(status.in_state(State::Late).count(), 1);
}

#[tokio::test]
async fn a_history_with_columns_of_a_newer_version_is_read_and_written() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of_tables(2);
    folder.migrator().up(&mut client, &UpOptions::default()).await.unwrap();
    let newer = "ALTER TABLE homeroom_migrations ADD COLUMN ticket text DEFAULT 'none'";
    client.batch_execute(newer).await.unwrap();
    folder.write("0003_t3", "-- no-transaction\nCREATE TABLE t3 (id int)", "DROP TABLE t3;");
    folder.write("0004_t4", "CREATE TABLE t4 (id int)", "DROP TABLE t4;");
    let migrator = folder.migrator();
    assert_eq!(migrator.up(&mut client, &UpOptions::default()).await.unwrap().len(), 2);
    assert!(migrator.is_up_to_date(&client).await.unwrap());
    let all = DownOptions { all: true, ..DownOptions::default() };
    assert_eq!(migrator.down(&mut client, &all).await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_late_migration_runs_when_it_is_allowed() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of_tables(3);
    folder.remove("0002_t2");
    folder.migrator().up(&mut client, &UpOptions::default()).await.unwrap();
    folder.write("0002_t2", "CREATE TABLE t2 (id int)", "DROP TABLE t2;");
    let migrator = folder.migrator();
    assert!(matches!(
        migrator.up(&mut client, &UpOptions::default()).await,
        Err(Error::History { .. })
    ));
    let allow = UpOptions { allow_late: [Version::new(2)].into(), ..UpOptions::default() };
    assert_eq!(migrator.up(&mut client, &allow).await.unwrap().len(), 1);
    assert!(migrator.is_up_to_date(&client).await.unwrap());
}

#[tokio::test]
async fn other_line_endings_are_no_edit() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of(&[("0001_a", "SELECT 1;\nSELECT 2;\n", "SELECT 3;\n")]);
    folder.migrator().up(&mut client, &UpOptions::default()).await.unwrap();
    folder.write("0001_a", "\u{feff}SELECT 1;\r\nSELECT 2;\r\n", "SELECT 3;\r\n");
    assert!(folder.migrator().is_up_to_date(&client).await.unwrap());
}

#[tokio::test]
async fn repair_accepts_edited_files_and_runs_nothing() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of_tables(2);
    folder.migrator().up(&mut client, &UpOptions::default()).await.unwrap();
    folder.write("0002_t2", "SELECT 1/0", "DROP TABLE t2; CREATE TABLE repaired ();");
    let migrator = folder.migrator();
    let error = migrator.down(&mut client, &DownOptions::default()).await.unwrap_err();
    assert!(matches!(error, Error::History { .. }), "an edited down file was trusted");
    assert_eq!(migrator.repair(&mut client).await.unwrap(), [Version::new(2)]);
    assert!(migrator.is_up_to_date(&client).await.unwrap());
    migrator.down(&mut client, &DownOptions::default()).await.unwrap();
    assert_eq!(text(&client, "SELECT to_regclass('repaired')").await, "repaired");
}

#[tokio::test]
async fn an_edited_up_file_does_not_keep_a_migration_from_being_taken_back() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of_tables(1);
    folder.migrator().up(&mut client, &UpOptions::default()).await.unwrap();
    folder.write("0001_t1", "CREATE TABLE t1 (id bigint, name text);", "DROP TABLE t1;");
    let migrator = folder.migrator();
    migrator.down(&mut client, &DownOptions::default()).await.unwrap();
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    assert!(migrator.is_up_to_date(&client).await.unwrap());
}

#[tokio::test]
async fn without_any_schema_on_the_search_path_the_error_says_so() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    client.batch_execute("SET search_path = ''").await.unwrap();
    let error = Folder::of_tables(1).migrator().up(&mut client, &UpOptions::default()).await;
    assert!(matches!(error, Err(Error::NoSchema)));
}
