//! Databases that were migrated otherwise, and ways that go down and up again.

use homeroom_migrate::{DownOptions, Error, State, Tool, UpOptions, Version};
use tokio_postgres::Client;

use crate::database::{TestDatabase, text};
use crate::migrations::Folder;

const DIESEL: &str =
    "CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY, run_on timestamp NOT NULL DEFAULT now());
     INSERT INTO __diesel_schema_migrations VALUES ('0001', '2024-05-06 07:08:09'), ('0002', '2024-05-06 07:08:09')";
const SQLX: &str =
    "CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL, installed_on timestamptz NOT NULL DEFAULT now(),
        success boolean NOT NULL, checksum bytea NOT NULL, execution_time bigint NOT NULL);
     INSERT INTO _sqlx_migrations VALUES (1, 't1', '2024-05-06 07:08:09Z', true, '', 5000000), (2, 't2', now(), true, '', -1)";
const GOLANG_MIGRATE: &str = "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL); INSERT INTO schema_migrations VALUES (2, false)";
const DBMATE: &str = "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY); INSERT INTO schema_migrations VALUES ('0001'), ('0002')";
const SQL_MIGRATE: &str =
    "CREATE TABLE gorp_migrations (id text PRIMARY KEY, applied_at timestamptz);
     INSERT INTO gorp_migrations VALUES ('0001_t1.sql', now()), ('0002_t2.sql', now())";

async fn versions(client: &Client) -> String {
    text(client, "SELECT string_agg(version::text, ' ' ORDER BY version) FROM homeroom_migrations")
        .await
}

#[tokio::test]
async fn the_applied_versions_of_another_tool_are_taken_over_and_only_the_rest_runs() {
    for (tool, sql) in [
        (Tool::Diesel, DIESEL),
        (Tool::Sqlx, SQLX),
        (Tool::GolangMigrate, GOLANG_MIGRATE),
        (Tool::Dbmate, DBMATE),
        (Tool::SqlMigrate, SQL_MIGRATE),
    ] {
        let database = TestDatabase::create().await;
        let mut client = database.connect().await;
        client.batch_execute(sql).await.unwrap();
        let migrator = Folder::of_tables(3).migrator();
        let adopted = migrator.adopt(&mut client, None).await.unwrap();
        assert_eq!(adopted.tool, tool);
        assert_eq!(adopted.versions, [Version::new(1), Version::new(2)], "{tool}");
        assert_eq!(migrator.adopt(&mut client, Some(tool)).await.unwrap().versions, []);
        assert_eq!(migrator.up(&mut client, &UpOptions::default()).await.unwrap().len(), 1);
        assert_eq!(text(&client, "SELECT to_regclass('t1')").await, "NULL", "it was run again");
    }
}

#[test]
fn a_tool_has_the_same_name_in_json_and_on_the_command_line() {
    assert_eq!(serde_json::to_value(Tool::GolangMigrate).unwrap(), "golang-migrate");
}

#[tokio::test]
async fn when_and_how_long_is_taken_over_too() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    client.batch_execute(SQLX).await.unwrap();
    Folder::of_tables(2).migrator().adopt(&mut client, None).await.unwrap();
    let row = "SELECT row(applied_at AT TIME ZONE 'UTC', duration_ms, tool_version ~ ', adopted from sqlx$')
        FROM homeroom_migrations WHERE version = 1";
    assert_eq!(text(&client, row).await, "(\"2024-05-06 07:08:09\",5,t)");
}

#[tokio::test]
async fn versions_without_a_file_and_unfinished_ones_are_all_named_and_nothing_is_recorded() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    client.batch_execute(SQLX).await.unwrap();
    client
        .batch_execute("UPDATE _sqlx_migrations SET success = false WHERE version = 1; UPDATE _sqlx_migrations SET version = 7 WHERE version = 2")
        .await
        .unwrap();
    let error = Folder::of_tables(2).migrator().adopt(&mut client, None).await.unwrap_err();
    insta::assert_snapshot!(error, @"
    the applied versions of sqlx cannot be taken over
      1 was not finished: finish it or take it back with the tool that began it
      7 is applied and has no file here: put its file back
    ");
    assert_eq!(text(&client, "SELECT to_regclass('homeroom_migrations')").await, "NULL");
}

#[tokio::test]
async fn which_tool_must_be_clear() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let migrator = Folder::of_tables(2).migrator();
    let error = migrator.adopt(&mut client, None).await.unwrap_err();
    insta::assert_snapshot!(error, @"no table of another tool with applied versions is on the search_path: set the search_path, or use `baseline`");
    client.batch_execute(DIESEL).await.unwrap();
    client.batch_execute(DBMATE).await.unwrap();
    let error = migrator.adopt(&mut client, None).await.unwrap_err();
    insta::assert_snapshot!(error, @"several tools have applied versions here (Diesel, dbmate): say which one is to be taken over");
    assert_eq!(migrator.adopt(&mut client, Some(Tool::Dbmate)).await.unwrap().versions.len(), 2);
}

#[tokio::test]
async fn a_baseline_marks_as_applied_and_runs_nothing() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let migrator = Folder::of_tables(3).migrator();
    let unknown = migrator.baseline(&mut client, Version::new(9)).await;
    assert!(matches!(unknown, Err(Error::UnknownVersion { .. })));
    let marked = migrator.baseline(&mut client, Version::new(2)).await.unwrap();
    assert_eq!(marked, [Version::new(1), Version::new(2)]);
    assert_eq!(text(&client, "SELECT to_regclass('t2')").await, "NULL");
    let error = migrator.baseline(&mut client, Version::new(3)).await.unwrap_err();
    insta::assert_snapshot!(error, @r#""public"."homeroom_migrations" has 0002 and older ones already: `baseline` is for a database without a history; `up` applies what is pending"#);
    assert_eq!(migrator.up(&mut client, &UpOptions::default()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn redo_takes_back_and_applies_the_same_ones() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of_tables(3);
    let two = UpOptions { steps: Some(2), ..UpOptions::default() };
    folder.migrator().up(&mut client, &two).await.unwrap();
    folder.write("0002_t2", "CREATE TABLE t2 (id text);", "DROP TABLE t2;");
    let done = folder.migrator().redo(&mut client, &DownOptions::default()).await.unwrap();
    assert_eq!(done.len(), 2);
    assert_eq!(versions(&client).await, "1 2");
    let column =
        "SELECT atttypid::regtype FROM pg_attribute WHERE attrelid = 't2'::regclass AND attnum = 1";
    assert_eq!(text(&client, column).await, "text");

    folder.remove("0002_t2");
    let error = folder.migrator().redo(&mut client, &DownOptions::default()).await.unwrap_err();
    assert!(matches!(error, Error::History { .. }), "{error}");
    assert_eq!(versions(&client).await, "1 2", "something was taken back that has no files");
}

#[tokio::test]
async fn goto_goes_to_a_version_from_both_sides() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of_tables(4);
    let migrator = folder.migrator();
    migrator.goto(&mut client, Version::new(3)).await.unwrap();
    assert_eq!(versions(&client).await, "1 2 3");
    migrator.goto(&mut client, Version::new(1)).await.unwrap();
    assert_eq!(versions(&client).await, "1");
    assert_eq!(migrator.goto(&mut client, Version::new(1)).await.unwrap(), []);
    migrator.goto(&mut client, Version::new(4)).await.unwrap();
    let status = migrator.status(&client).await.unwrap();
    assert_eq!(status.in_state(State::Applied).count(), 4);
    folder.write("0001_t1", "SELECT 1", "SELECT 1");
    let error = folder.migrator().goto(&mut client, Version::new(2)).await.unwrap_err();
    assert!(matches!(error, Error::History { .. }), "{error}");
    assert_eq!(versions(&client).await, "1 2 3 4", "something was taken back in vain");
}
