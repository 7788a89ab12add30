//! Folders of other tools, run like our own.

use homeroom_migrate::{DownOptions, Error, Migrator, State, UpOptions};
use tempfile::TempDir;

use crate::database::{TestDatabase, text};

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, sql) in files {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, sql).unwrap();
    }
    folder
}

const DIESEL: [(&str, &str); 5] = [
    ("2024-01-01-000000_t/up.sql", "CREATE TABLE t (a int);"),
    ("2024-01-01-000000_t/down.sql", "DROP TABLE t;"),
    ("2024-01-01-000000-0000_t_a/up.sql", "CREATE INDEX CONCURRENTLY t_a ON t (a);"),
    ("2024-01-01-000000-0000_t_a/down.sql", "DROP INDEX CONCURRENTLY t_a;"),
    ("2024-01-01-000000-0000_t_a/metadata.toml", "run_in_transaction = false\n"),
];

#[tokio::test]
async fn a_folder_of_diesel_goes_up_and_down_and_its_versions_print_as_in_the_files() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = folder(&DIESEL);
    let migrator = Migrator::from_dir(folder.path()).unwrap();
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    let status = migrator.status(&client).await.unwrap();
    assert_eq!(status.in_state(State::Applied).count(), 2);
    let done = migrator.down(&mut client, &DownOptions::default()).await.unwrap();
    let versions: Vec<String> = done.iter().map(|one| one.version.to_string()).collect();
    assert_eq!(versions, ["2024-01-01-000000-0000"]);
}

#[tokio::test]
async fn what_metadata_says_is_stored_with_the_down_for_a_program_without_the_files() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let all = folder(&DIESEL);
    let newer = Migrator::from_dir(all.path()).unwrap();
    newer.up(&mut client, &UpOptions::default()).await.unwrap();
    let older = folder(&DIESEL[..2]);
    let older = Migrator::from_dir(older.path()).unwrap();
    let done = older.down(&mut client, &DownOptions::default()).await.unwrap();
    assert_eq!(done.len(), 1);
    assert_eq!(text(&client, "SELECT to_regclass('t_a')").await, "NULL");
}

#[tokio::test]
async fn a_migration_without_a_down_is_irreversible_until_it_has_one() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = folder(&[("1_t.sql", "CREATE TABLE t ();")]);
    let migrator = Migrator::from_dir(folder.path()).unwrap();
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    let error = migrator.down(&mut client, &DownOptions::default()).await.unwrap_err();
    insta::assert_snapshot!(error, @"1_t cannot be taken back (it has no down script): restore a backup, or go forward with a new migration");
    let none = Migrator::embedded(&[]).unwrap();
    let error = none.down(&mut client, &DownOptions::default()).await.unwrap_err();
    assert!(matches!(error, Error::NoDown { .. }), "{error}");
    std::fs::rename(folder.path().join("1_t.sql"), folder.path().join("1_t.up.sql")).unwrap();
    std::fs::write(folder.path().join("1_t.down.sql"), "DROP TABLE t").unwrap();
    let migrator = Migrator::from_dir(folder.path()).unwrap();
    assert!(migrator.is_up_to_date(&client).await.unwrap());
    migrator.down(&mut client, &DownOptions::default()).await.unwrap();
}

#[tokio::test]
async fn a_failure_in_a_file_with_both_sides_shows_its_line() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = folder(&[(
        "20240101000000_t.sql",
        "-- migrate:up\nSELECT 1;\n\n-- migrate:down\nSELECT 1;\nSELECT nothing;\n",
    )]);
    let migrator = Migrator::from_dir(folder.path()).unwrap();
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    let error = migrator.down(&mut client, &DownOptions::default()).await.unwrap_err();
    insta::assert_snapshot!(error, @r#"
    20240101000000_t failed at 20240101000000_t.sql:6:8: column "nothing" does not exist (42703)
      6 | SELECT nothing;
        |        ^
      nothing of this migration was kept
    "#);
}

#[tokio::test]
async fn a_commit_that_ends_a_tools_transaction_is_let_go_on_without_one() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = folder(&[
        (
            "1_t.up.sql",
            "CREATE TABLE t (a int); COMMIT; CREATE INDEX CONCURRENTLY ON t (a); BEGIN; INSERT INTO t VALUES (1);",
        ),
        ("1_t.down.sql", "BEGIN; DROP TABLE t; COMMIT;"),
    ]);
    let migrator = Migrator::from_dir(folder.path()).unwrap();
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    assert_eq!(text(&client, "SELECT count(*) FROM t").await, "1");
    migrator.down(&mut client, &DownOptions::default()).await.unwrap();
}
