//! Taking migrations back.

use homeroom_migrate::{Catalog, DownOptions, Error, Migrator, State, UpOptions, Version};
use tokio_postgres::Client;

use crate::database::TestDatabase;
use crate::migrations::Folder;

fn versions(applied: &[homeroom_migrate::AppliedMigration]) -> Vec<i64> {
    applied.iter().map(|one| one.version.get()).collect()
}

#[tokio::test]
async fn down_takes_back_one_some_down_to_a_version_or_all() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let empty = Catalog::read(&client).await.unwrap();
    let migrator = Folder::of_tables(7).migrator();
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    let one = DownOptions::default();
    assert_eq!(versions(&migrator.down(&mut client, &one).await.unwrap()), [7]);
    let two = DownOptions { steps: Some(2), ..DownOptions::default() };
    assert_eq!(versions(&migrator.down(&mut client, &two).await.unwrap()), [6, 5]);
    let to = DownOptions { to: Some(Version::new(3)), ..DownOptions::default() };
    assert_eq!(versions(&migrator.down(&mut client, &to).await.unwrap()), [4]);
    let all = DownOptions { all: true, ..DownOptions::default() };
    let plan = migrator.plan_down(&client, &all).await.unwrap();
    assert_eq!(plan.iter().map(|one| one.version.get()).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(versions(&migrator.down(&mut client, &all).await.unwrap()), [3, 2, 1]);
    assert_eq!(versions(&migrator.down(&mut client, &all).await.unwrap()), [0; 0]);
    let after = migrator.catalog(&client).await.unwrap();
    assert_eq!(empty.diff(&after).to_string(), "");
}

#[tokio::test]
async fn an_irreversible_migration_refuses_before_anything_is_taken_back() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of_tables(2);
    folder.write("0001_t1", "CREATE TABLE t1 (id int)", "-- irreversible: the old rows are gone");
    let migrator = folder.migrator();
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    let all = DownOptions { all: true, ..DownOptions::default() };
    let error = migrator.down(&mut client, &all).await.unwrap_err();
    insta::assert_snapshot!(error, @"0001_t1 cannot be taken back (the old rows are gone): restore a backup, or go forward with a new migration");
    assert!(migrator.is_up_to_date(&client).await.unwrap(), "the other one was taken back");
}

#[tokio::test]
async fn an_older_program_takes_back_what_a_newer_one_applied() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    Folder::of_tables(3).migrator().up(&mut client, &UpOptions::default()).await.unwrap();
    let older = Folder::of_tables(1).migrator();
    for error in [
        older.up(&mut client, &UpOptions::default()).await.map(drop).unwrap_err(),
        older.is_up_to_date(&client).await.map(drop).unwrap_err(),
    ] {
        assert!(
            matches!(&error, Error::NewerSchema { versions, newest_known: Some(known) }
            if versions.len() == 2 && known.get() == 1),
            "{error}"
        );
    }
    let to = DownOptions { to: Some(Version::new(1)), ..DownOptions::default() };
    let plan = older.plan_down(&client, &to).await.unwrap();
    assert!(plan.iter().all(|one| one.stored));
    assert_eq!(versions(&older.down(&mut client, &to).await.unwrap()), [3, 2]);
    assert!(older.is_up_to_date(&client).await.unwrap());
}

#[tokio::test]
async fn an_irreversible_reason_is_stored_for_an_older_program_too() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let newer = Folder::of(&[("0001_a", "SELECT 1", "-- irreversible: because")]).migrator();
    newer.up(&mut client, &UpOptions::default()).await.unwrap();
    let older = Folder::of(&[]).migrator();
    let error = older.down(&mut client, &DownOptions::default()).await.unwrap_err();
    assert!(matches!(&error, Error::Irreversible { reason, .. } if reason == "because"), "{error}");
}

/// Takes all back and goes on past what fails; gives the reasons.
async fn down_all(migrator: &Migrator, client: &mut Client) -> (Vec<i64>, String) {
    let all = DownOptions { all: true, keep_going: true, ..DownOptions::default() };
    match migrator.down(client, &all).await {
        Ok(taken_back) => (versions(&taken_back), String::new()),
        Err(error @ Error::LeftApplied { .. }) => {
            let text = error.to_string();
            let Error::LeftApplied { taken_back, .. } = error else { unreachable!() };
            (versions(&taken_back), text)
        }
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn told_to_keep_going_down_tries_the_older_ones_and_up_goes_on_from_there() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let migrator = Folder::of(&[
        ("0001_a", "CREATE TABLE a (id int)", "DROP TABLE a"),
        // Its column goes with the table of 0001.
        ("0002_gone", "ALTER TABLE a ADD b int", "ALTER TABLE a DROP c"),
        // Its table stays.
        ("0003_stays", "CREATE TABLE c (id int)", "DROP TABLE d"),
        ("0004_index", "CREATE INDEX CONCURRENTLY i ON a (b)", "DROP INDEX CONCURRENTLY j"),
        ("0005_merged", "CREATE TABLE e (id int)", "-- irreversible: merged"),
        ("0006_z", "CREATE TABLE z (id int)", "DROP TABLE z"),
    ])
    .migrator();
    let up = UpOptions::default();
    migrator.up(&mut client, &up).await.unwrap();
    let whole = migrator.catalog(&client).await.unwrap();

    let (taken_back, left) = down_all(&migrator, &mut client).await;
    assert_eq!(taken_back, [6, 1]);
    insta::assert_snapshot!(left, @r#"
    4 migrations could not be taken back and stay applied
      0005_merged cannot be taken back (merged): restore a backup, or go forward with a new migration
      0004_index failed at 0004_index.down.sql:1:1: index "j" does not exist (42704)
        1 | DROP INDEX CONCURRENTLY j
          | ^
        nothing of this migration was kept
      0003_stays failed at 0003_stays.down.sql:1:1: table "d" does not exist (42P01)
        1 | DROP TABLE d
          | ^
        nothing of this migration was kept
      0002_gone failed at 0002_gone.down.sql:1:1: column "c" of relation "a" does not exist (42703)
        1 | ALTER TABLE a DROP c
          | ^
        nothing of this migration was kept
    "#);
    let status = migrator.status(&client).await.unwrap();
    let states: Vec<State> = status.entries.iter().map(|entry| entry.state).collect();
    let (left, pending) = (State::Unfinished, State::Pending);
    assert_eq!(states, [pending, left, left, left, left, pending]);

    // As far as one step, and the rest.
    let one = UpOptions { steps: Some(1), ..UpOptions::default() };
    assert_eq!(versions(&migrator.up(&mut client, &one).await.unwrap()), [1]);
    assert_eq!(versions(&migrator.up(&mut client, &up).await.unwrap()), [2, 4, 6]);
    assert!(migrator.is_up_to_date(&client).await.unwrap());
    assert_eq!(whole.diff(&migrator.catalog(&client).await.unwrap()).to_string(), "");
}

#[tokio::test]
async fn what_is_left_is_tried_again_until_all_that_follows_runs() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of(&[
        ("0001_a", "CREATE TABLE a (id int)", "DROP TABLE a"),
        // Of the two that it makes, the function stays.
        (
            "0002_both",
            "ALTER TABLE a ADD b int; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "DROP NONSENSE",
        ),
        ("0003_needs_b", "CREATE INDEX i ON a (b)", "DROP INDEX i"),
    ]);
    let migrator = folder.migrator();
    let up = UpOptions::default();
    migrator.up(&mut client, &up).await.unwrap();
    assert_eq!(down_all(&migrator, &mut client).await.0, [3, 1]);

    let error = migrator.up(&mut client, &up).await.unwrap_err();
    assert!(matches!(&error, Error::Failed(failure) if failure.version.get() == 3), "{error}");
    client.batch_execute("DROP FUNCTION f()").await.unwrap();
    assert_eq!(versions(&migrator.up(&mut client, &up).await.unwrap()), [2, 3]);

    // With its way down corrected nothing is left.
    let down = "DROP FUNCTION f(); ALTER TABLE a DROP b";
    assert_eq!(down_all(&migrator, &mut client).await.0, [3, 1]);
    client.batch_execute("CREATE TABLE a (b int)").await.unwrap();
    folder.write("0002_both", "SELECT 1", down);
    assert_eq!(down_all(&folder.migrator(), &mut client).await, (vec![2], String::new()));
}

#[tokio::test]
async fn what_fails_with_nothing_older_taken_back_is_as_it_was() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let migrator = Folder::of(&[
        ("0001_a", "CREATE TABLE a (id int)", "DROP TABLE b"),
        ("0002_i", "CREATE INDEX CONCURRENTLY i ON a (id)", "DROP INDEX CONCURRENTLY j"),
    ])
    .migrator();
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    assert!(migrator.down(&mut client, &DownOptions::default()).await.is_err());
    assert!(migrator.is_up_to_date(&client).await.unwrap());
    assert!(down_all(&migrator, &mut client).await.0.is_empty());
    assert!(migrator.is_up_to_date(&client).await.unwrap());
}
