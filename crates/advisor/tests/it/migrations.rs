//! Folders of migrations.

use std::collections::BTreeSet;
use std::path::Path;

use homeroom_advisor::{Family, Finding, Options, Scratch, ScratchDatabase, advise, rules};
use homeroom_embed::testing::TestCluster;
use homeroom_migrate::{Migrator, UpOptions};

use crate::database::{Database, connect};

/// Empty databases of the cluster of the tests.
#[derive(Debug)]
pub(crate) struct Databases(std::sync::Mutex<Vec<homeroom_embed::testing::TestDatabase>>);

impl Databases {
    pub(crate) fn new() -> Self {
        Self(std::sync::Mutex::default())
    }
}

impl Scratch for Databases {
    fn database(&self) -> ScratchDatabase<'_> {
        Box::pin(async {
            let cluster = TestCluster::shared()?;
            let database = homeroom_embed::testing::TestDatabase::empty(cluster).await?;
            let client = connect(database.url()).await;
            self.0.lock().unwrap().push(database);
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(client)
        })
    }
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

async fn findings(database: &Database, folder: &Path) -> Vec<Finding> {
    let family = rules::all().filter(|rule| rule.family == Family::Migrations);
    let scratch = Databases::new();
    let options = Options {
        rules: Some(family.map(|rule| rule.id.to_owned()).collect()),
        migrations: Some(folder),
        scratch: Some(&scratch),
        ..Options::default()
    };
    let report = advise(&database.client, &options).await.unwrap();
    assert_eq!(report.failed, []);
    assert_eq!(report.skipped, []);
    report.findings
}

async fn found(files: &[(&str, &str)]) -> BTreeSet<String> {
    let folder = folder(files);
    let findings = findings(&Database::empty().await, folder.path()).await;
    findings.iter().map(|finding| format!("{} {}", finding.rule, finding.object)).collect()
}

const USERS: (&str, &str) =
    ("0001_users.up.sql", "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);");
const USERS_DOWN: (&str, &str) = ("0001_users.down.sql", "DROP TABLE users;");

#[tokio::test]
async fn a_sound_folder_passes() {
    let sound = [
        USERS,
        USERS_DOWN,
        (
            "0002_groups.up.sql",
            "CREATE TABLE groups (id bigint PRIMARY KEY, owner bigint NOT NULL REFERENCES users);\nCREATE INDEX groups_owner_idx ON groups (owner);",
        ),
        ("0002_groups.down.sql", "DROP TABLE groups;"),
    ];
    assert_eq!(found(&sound).await, BTreeSet::new());
}

#[tokio::test]
async fn each_fault_is_told_of_its_migration() {
    let faults = [
        USERS,
        USERS_DOWN,
        (
            "0002_email.up.sql",
            "ALTER TABLE users ADD COLUMN email text;\nALTER TABLE users ALTER COLUMN id TYPE numeric;",
        ),
        (
            "0002_email.down.sql",
            "ALTER TABLE users DROP COLUMN email;\nALTER TABLE users ALTER COLUMN id TYPE bigint;",
        ),
        (
            "0003_groups.up.sql",
            "CREATE TABLE groups (id bigint PRIMARY KEY);\nCREATE TABLE members (id bigint PRIMARY KEY);",
        ),
        ("0003_groups.down.sql", "DROP TABLE groups;"),
        (
            "0004_notes.up.sql",
            "CREATE TABLE IF NOT EXISTS notes (id bigint PRIMARY KEY, text text);\nCREATE INDEX notes_text_idx ON notes (text);",
        ),
        ("0004_notes.down.sql", "DROP TABLE notes;"),
        (
            "0005_marks.up.sql",
            "-- Idempotent.\nCREATE TABLE IF NOT EXISTS marks (id bigint PRIMARY KEY);",
        ),
        ("0005_marks.down.sql", "DROP TABLE marks;"),
        ("0006_broken.up.sql", "ALTER TABLE nobody ADD COLUMN a integer;"),
        ("0006_broken.down.sql", "ALTER TABLE nobody DROP COLUMN a;"),
    ];
    let expected = [
        "dangerous-migration migration 0002",
        "failing-migration migration 0006",
        "false-idempotence migration 0004",
        "wrong-down migration 0003",
    ];
    assert_eq!(found(&faults).await, expected.map(str::to_owned).into());
}

#[tokio::test]
async fn what_is_applied_is_no_danger_any_more_and_must_not_be_edited() {
    let files = [
        USERS,
        USERS_DOWN,
        ("0002_email.up.sql", "ALTER TABLE users ALTER COLUMN id TYPE numeric;"),
        ("0002_email.down.sql", "ALTER TABLE users ALTER COLUMN id TYPE bigint;"),
    ];
    let folder = folder(&files);
    let mut database = Database::empty().await;
    let rules = |findings: Vec<Finding>| findings.iter().map(|one| one.rule).collect::<Vec<_>>();
    assert_eq!(rules(findings(&database, folder.path()).await), ["dangerous-migration"]);
    let migrator = Migrator::from_dir(folder.path()).unwrap();
    migrator.up(&mut database.client, &UpOptions::default()).await.unwrap();
    assert_eq!(rules(findings(&database, folder.path()).await), [""; 0]);
    std::fs::write(folder.path().join(USERS.0), "CREATE TABLE users (id bigint PRIMARY KEY);")
        .unwrap();
    assert_eq!(rules(findings(&database, folder.path()).await), ["edited-migration"]);
}

#[tokio::test]
async fn a_folder_that_can_not_be_run_is_told() {
    assert_eq!(
        found(&[USERS]).await,
        ["unfit-folder migration 0001_users.up.sql".to_owned()].into()
    );
}

#[tokio::test]
async fn of_other_tools_downs_that_are_missing_and_waits_without_an_end_are_told() {
    let files = [
        ("1_users.up.sql", USERS.1),
        ("1_users.down.sql", USERS_DOWN.1),
        ("2_email.up.sql", "ALTER TABLE users ADD COLUMN email text;"),
        ("3_phone.up.sql", "SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN phone text;"),
        ("3_phone.down.sql", "ALTER TABLE users DROP COLUMN phone;"),
    ];
    let expected = ["migration-without-timeout migration all", "missing-down migration 2"];
    assert_eq!(found(&files).await, expected.map(str::to_owned).into());
}
