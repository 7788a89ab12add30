//! Taking migrations back.

use homeroom_migrate::{Catalog, DownOptions, Error, UpOptions, Version};

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
