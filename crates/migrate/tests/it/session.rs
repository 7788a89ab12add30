//! What a migration sets for its session ends with it.

use homeroom_migrate::{Settings, UpOptions};

use crate::database::{TestDatabase, text};
use crate::migrations::Folder;

#[tokio::test]
async fn settings_and_roles_of_one_migration_reach_neither_the_next_nor_the_caller() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    client.batch_execute("SET work_mem = '5MB'").await.unwrap();
    let probe = "CREATE TABLE seen AS SELECT current_setting('search_path') AS path,
        current_setting('work_mem') AS mem, current_user::text AS role,
        current_setting('statement_timeout') AS timeout";
    let migrator = Folder::of(&[
        (
            "0001_dump",
            "SELECT pg_catalog.set_config('search_path', '', false);
             SET work_mem = '9MB';
             SET statement_timeout = 12345; SET lock_timeout = 0; SET LOCAL timezone = 'Asia/Tokyo';
             GRANT ALL ON SCHEMA public TO pg_monitor; SET ROLE pg_monitor;
             CREATE TABLE public.t (id int);",
            "DROP TABLE public.t",
        ),
        ("0002_probe", probe, "DROP TABLE seen"),
    ])
    .migrator();
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    let seen = text(&client, "SELECT row(s.*) FROM public.seen AS s").await;
    assert_eq!(seen, "(\"\"\"$user\"\", public\",5MB,postgres,0)");
    assert_eq!(text(&client, "current_setting('work_mem')").await, "5MB");
    assert_eq!(text(&client, "current_setting('lock_timeout')").await, "0");
    assert_eq!(text(&client, "current_user").await, "postgres");
}

#[tokio::test]
async fn the_timeouts_hold_in_each_migration_and_not_after_it() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let probe = "CREATE TABLE seen AS SELECT current_setting('lock_timeout') AS l,
        current_setting('statement_timeout') AS s";
    let settings = Settings {
        lock_timeout: Some(std::time::Duration::from_millis(1234)),
        statement_timeout: Some(std::time::Duration::from_secs(60)),
        ..Settings::default()
    };
    let migrator =
        Folder::of(&[("0001_a", probe, "DROP TABLE seen")]).migrator().with_settings(settings);
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    assert_eq!(text(&client, "SELECT row(s.*) FROM seen AS s").await, "(1234ms,1min)");
    assert_eq!(text(&client, "current_setting('lock_timeout')").await, "0");
}

#[tokio::test]
async fn a_migration_may_give_back_what_the_session_has_prepared() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of_tables(5);
    folder.write("0002_t2", "CREATE TABLE t2 (); DEALLOCATE ALL;", "DROP TABLE t2;");
    let hidden = "CREATE TABLE t4 (); DO $$ BEGIN EXECUTE 'DEALLOC' || 'ATE ALL'; END $$;";
    folder.write("0004_t4", hidden, "DROP TABLE t4;");
    let migrator = folder.migrator();
    assert_eq!(migrator.up(&mut client, &UpOptions::default()).await.unwrap().len(), 5);
    let prepared = "SELECT count(*) FROM pg_prepared_statements WHERE statement ~ '^INSERT'";
    assert_eq!(text(&client, prepared).await, "0", "nothing stays behind");
}

#[tokio::test]
async fn a_migration_may_choose_the_isolation_of_its_transaction() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let migrator = Folder::of(&[
        ("0001_first", "CREATE TABLE first ();", "DROP TABLE first;"),
        (
            "0002_isolated",
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;
             CREATE TABLE seen AS SELECT current_setting('transaction_isolation') AS isolation;",
            "DROP TABLE seen;",
        ),
    ])
    .migrator();
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    assert_eq!(text(&client, "SELECT isolation FROM seen").await, "serializable");
}
