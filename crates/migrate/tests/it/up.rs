//! Applying migrations.

use std::sync::{Arc, Mutex};

use homeroom_migrate::{Direction, Error, Event, State, UpOptions, Version};

use crate::database::{TestDatabase, text};
use crate::migrations::Folder;

const TABLES: &str = "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";

#[tokio::test]
async fn all_pending_migrations_are_applied_in_order_and_then_none_is() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let migrator = Folder::of(&[
        ("0001_a", "CREATE TABLE a (id int); INSERT INTO a VALUES (1);", "DROP TABLE a;"),
        ("0002_b", "ALTER TABLE a RENAME TO b", "ALTER TABLE b RENAME TO a"),
    ])
    .migrator();
    assert!(!migrator.is_up_to_date(&client).await.unwrap());
    let applied = migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    let seen: Vec<_> = applied.iter().map(|one| (one.version.get(), one.direction)).collect();
    assert_eq!(seen, [(1, Direction::Up), (2, Direction::Up)]);
    assert!(migrator.is_up_to_date(&client).await.unwrap());
    assert_eq!(migrator.up(&mut client, &UpOptions::default()).await.unwrap(), []);
    assert_eq!(text(&client, TABLES).await, "b homeroom_migrations");
}

#[tokio::test]
async fn up_goes_as_far_as_it_is_told() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let migrator = Folder::of_tables(5).migrator();
    let one = UpOptions { steps: Some(1), ..UpOptions::default() };
    assert_eq!(migrator.up(&mut client, &one).await.unwrap().len(), 1);
    let to_three = UpOptions { to: Some(Version::new(3)), ..UpOptions::default() };
    assert_eq!(migrator.up(&mut client, &to_three).await.unwrap().len(), 2);
    assert_eq!(migrator.up(&mut client, &to_three).await.unwrap().len(), 0);
    let to_nine = UpOptions { to: Some(Version::new(9)), ..UpOptions::default() };
    let error = migrator.up(&mut client, &to_nine).await.unwrap_err();
    assert!(matches!(error, Error::UnknownVersion { version } if version == Version::new(9)));
    let both = UpOptions { steps: Some(1), ..to_three };
    assert!(matches!(migrator.up(&mut client, &both).await, Err(Error::Options(_))));
}

#[tokio::test]
async fn status_and_plan_tell_what_is_and_what_would_be_and_change_nothing() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let migrator = Folder::of(&[
        ("0001_a", "CREATE TABLE a (id int)", "-- irreversible: it holds the pupils' work"),
        ("0002_b", "CREATE TABLE b (id int)", "DROP TABLE b"),
    ])
    .migrator();
    let plan = migrator.plan(&client, &UpOptions::default()).await.unwrap();
    assert_eq!(plan.len(), 2);
    assert_eq!(plan[1].sql, "CREATE TABLE b (id int)");
    let status = migrator.status(&client).await.unwrap();
    assert!(status.entries.iter().all(|entry| entry.state == State::Pending));
    assert_eq!(text(&client, TABLES).await, "NULL", "reading created something");

    let one = UpOptions { steps: Some(1), ..UpOptions::default() };
    migrator.up(&mut client, &one).await.unwrap();
    let status = migrator.status(&client).await.unwrap();
    let json = serde_json::to_value(&status).unwrap();
    assert_eq!(json["history_table"], "\"public\".\"homeroom_migrations\"");
    assert_eq!(json["entries"][0]["state"], "applied");
    assert_eq!(json["entries"][0]["applied_by"], "postgres");
    assert_eq!(json["entries"][0]["irreversible"], "it holds the pupils' work");
    assert_eq!(json["entries"][1]["state"], "pending");
    assert_eq!(json["entries"][1]["applied_at"], serde_json::Value::Null);
}

#[tokio::test]
async fn an_observer_hears_of_each_start_and_finish() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ears = Arc::clone(&heard);
    let migrator = Folder::of_tables(2).migrator().with_observer(move |event| {
        ears.lock().unwrap().push(match event {
            Event::Planned { total } => format!("planned {total}"),
            Event::Started { name, direction, .. } => format!("started {name} {direction}"),
            Event::Finished { name, .. } => format!("finished {name}"),
            other => format!("{other:?}"),
        });
    });
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    assert_eq!(
        *heard.lock().unwrap(),
        ["planned 2", "started t1 up", "finished t1", "started t2 up", "finished t2"]
    );
}
