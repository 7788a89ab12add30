//! The schema as SQL, to be committed and compared.

use homeroom_embed::Installation;
use homeroom_migrate::{DownOptions, Error, PgDump, UpOptions};
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config};

use crate::database::TestDatabase;
use crate::migrations::Folder;

fn pg_dump(database: &TestDatabase) -> PgDump {
    let config: Config = database.url().parse().unwrap();
    let Some(Host::Unix(socket)) = config.get_hosts().first() else { panic!("no socket") };
    PgDump::new(Installation::find().unwrap().program("pg_dump").unwrap())
        .env("PGHOST", socket)
        .env("PGPORT", config.get_ports().first().unwrap().to_string())
        .env("PGUSER", config.get_user().unwrap())
        .env("PGDATABASE", config.get_dbname().unwrap())
}

async fn migrated() -> (TestDatabase, Client, Folder) {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = schools();
    folder.migrator().up(&mut client, &UpOptions::default()).await.unwrap();
    (database, client, folder)
}

fn schools() -> Folder {
    Folder::of(&[
        (
            "0001_schools",
            "CREATE TABLE schools (id int PRIMARY KEY, name text NOT NULL); COMMENT ON TABLE schools IS 'é';",
            "DROP TABLE schools;",
        ),
        (
            "0002_names",
            "CREATE UNIQUE INDEX schools_names ON schools (lower(name));",
            "DROP INDEX schools_names;",
        ),
    ])
}

#[tokio::test]
async fn a_dump_is_the_schema_alone_without_the_history() {
    let (database, client, folder) = migrated().await;
    let dump = folder.migrator().dump(&client, &pg_dump(&database)).await.unwrap();
    insta::with_settings!({ filters => vec![(r"(?m)^(SET .*|SELECT pg_catalog\.set_config.*)\n", ""), (r"\b\d\d\b", "[major]")] }, {
        insta::assert_snapshot!(dump);
    });
    assert!(dump.contains("\nSET client_encoding = 'UTF8';\n"));
}

#[tokio::test]
async fn equal_schemas_have_equal_dumps_byte_by_byte() {
    let (one, one_client, folder) = migrated().await;
    let (other, mut other_client, _) = migrated().await;
    let migrator = folder.migrator();
    let dump = migrator.dump(&one_client, &pg_dump(&one)).await.unwrap();
    assert_eq!(migrator.dump(&other_client, &pg_dump(&other)).await.unwrap(), dump);
    migrator.down(&mut other_client, &DownOptions::default()).await.unwrap();
    migrator.up(&mut other_client, &UpOptions::default()).await.unwrap();
    assert_eq!(migrator.dump(&other_client, &pg_dump(&other)).await.unwrap(), dump);
}

#[tokio::test]
async fn a_dump_can_be_loaded_and_is_the_same_again() {
    let (database, client, folder) = migrated().await;
    let dump = folder.migrator().dump(&client, &pg_dump(&database)).await.unwrap();
    let loaded = TestDatabase::create().await;
    loaded.connect().await.batch_execute(&dump).await.unwrap();
    let mut client = loaded.connect().await;
    let migrator = folder.migrator();
    let newest = migrator.migrations().last().unwrap().version();
    migrator.baseline(&mut client, newest).await.unwrap();
    assert_eq!(migrator.dump(&client, &pg_dump(&loaded)).await.unwrap(), dump);
}

#[tokio::test]
async fn an_empty_database_has_a_dump() {
    let database = TestDatabase::create().await;
    let client = database.connect().await;
    let dump = Folder::of_tables(1).migrator().dump(&client, &pg_dump(&database)).await.unwrap();
    assert!(dump.starts_with("-- The schema before the first migration.\n-- Dumped "), "{dump}");
}

#[tokio::test]
async fn what_pg_dump_says_is_told_and_no_pg_dump_too() {
    let database = TestDatabase::create().await;
    let client = database.connect().await;
    let migrator = Folder::of_tables(1).migrator();
    let elsewhere = pg_dump(&database).env("PGDATABASE", "nowhere");
    let error = migrator.dump(&client, &elsewhere).await.unwrap_err();
    assert!(error.to_string().ends_with("database \"nowhere\" does not exist"), "{error}");
    let error = migrator.dump(&client, &PgDump::new("/nowhere/pg_dump")).await.unwrap_err();
    assert!(matches!(error, Error::PgDump { .. }), "{error}");
}

#[tokio::test]
async fn the_history_stays_out_under_any_name() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    client.batch_execute("CREATE SCHEMA \"Ops.*\"; CREATE TABLE kept ()").await.unwrap();
    let mut settings = homeroom_migrate::Settings::default();
    settings.history.schema = Some("Ops.*".to_owned());
    settings.history.name = "ke*".to_owned();
    let migrator = Folder::of_tables(1).migrator().with_settings(settings);
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    let dump = migrator.dump(&client, &pg_dump(&database)).await.unwrap();
    assert!(!dump.contains("ke*"), "{dump}");
    assert!(dump.contains("CREATE TABLE public.kept"), "{dump}");
}
