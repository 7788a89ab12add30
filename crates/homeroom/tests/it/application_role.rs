//! The owner's role migrates, the application's has no DDL: with the statements of the page for operators, and nothing else.

use homeroom::testing::TestDatabase;
use homeroom::{Connection, Database, DatabaseConfig, Error};
use homeroom_migrate::UpOptions;

use crate::cancellation::operations::OPERATIONS;
use crate::cancellation::world::World;
use crate::sql;

/// The statements of the page, for a database and roles of other names.
fn of_the_page(database: &str, owner: &str, application: &str) -> String {
    let page = include_str!("../../../../docs/RELIABILITY.md");
    let (_, behind) = page.split_once("-- As homeroom_owner").unwrap();
    let (statements, _) = behind.split_once("```").unwrap();
    format!("--{statements}")
        .replace("homeroom_owner", owner)
        .replace("homeroom_app", application)
        .replace("DATABASE homeroom", &format!("DATABASE {database}"))
}

/// A database that its owner has migrated.
struct Owned {
    test: TestDatabase,
    owner: Database,
    application: Database,
}

impl Owned {
    async fn new() -> Self {
        let test = TestDatabase::empty().await;
        let url: tokio_postgres::Config = test.url().parse().unwrap();
        let database = url.get_dbname().unwrap();
        let (owner, application) = (format!("owner_of_{database}"), format!("app_of_{database}"));
        let administrator = test.conn().await.unwrap();
        let roles = format!(
            "CREATE ROLE {owner} LOGIN; CREATE ROLE {application} LOGIN; ALTER DATABASE {database} OWNER TO {owner};"
        );
        sql(&administrator, &roles).await.unwrap();
        // PostgreSQL 14 gives the schema to whoever made the cluster.
        sql(&administrator, "ALTER SCHEMA public OWNER TO pg_database_owner").await.unwrap();

        let config = |role: &str| {
            let url = test.url().replacen("postgres@", &format!("{role}@"), 1);
            DatabaseConfig::builder(&url).pool_min(0).build().unwrap()
        };
        let mut client = config(&owner).connect_client().await.unwrap();
        homeroom::migrator().unwrap().up(&mut client, &UpOptions::default()).await.unwrap();
        client.batch_execute(&of_the_page(database, &owner, &application)).await.unwrap();
        let owner = Database::connect(config(&owner)).await.unwrap();
        let application = Database::connect(config(&application)).await.unwrap();
        Self { test, owner, application }
    }
}

/// The operations that fail, each with its error.
async fn failures(conn: &mut Connection) -> Vec<(&'static str, String)> {
    let world = World::create(conn).await;
    let mut failures = Vec::new();
    for n in 0..3 {
        for (name, operation) in OPERATIONS {
            let failed = operation(conn, &world, n).await;
            failures.extend(failed.map(|error| (*name, error)));
        }
    }
    failures
}

#[tokio::test]
async fn every_operation_works_for_a_role_without_ddl() {
    let owned = Owned::new().await;
    assert!(owned.application.is_ready().await, "{}", owned.application.readiness().await);
    let mut conn = owned.application.conn().await.unwrap();
    let failed = failures(&mut conn).await;
    let denied: Vec<_> = failed.iter().filter(|(_, error)| error.contains("Denied")).collect();
    assert!(denied.is_empty(), "{denied:#?}");
    // What fails besides (what was deleted can't be deleted again) fails for a superuser, too.
    let test = TestDatabase::create().await;
    let of_superuser = failures(&mut test.conn().await.unwrap()).await;
    let names = |failed: &[(&'static str, String)]| -> Vec<_> {
        failed.iter().map(|(name, _)| *name).collect()
    };
    assert_eq!(names(&failed), names(&of_superuser), "{failed:#?}");
    assert!(failed.len() < OPERATIONS.len(), "most of them work: {failed:#?}");
}

#[tokio::test]
async fn a_role_without_ddl_is_denied_what_the_owner_may() {
    let owned = Owned::new().await;
    let conn = owned.application.conn().await.unwrap();
    for statement in [
        "CREATE TABLE mine ()",
        "ALTER TABLE users ADD COLUMN mine int",
        "DROP TABLE users CASCADE",
        "TRUNCATE users CASCADE",
        "CREATE INDEX ON users (name)",
        "ALTER TABLE messages DISABLE TRIGGER ALL",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DROP FUNCTION place_group() CASCADE",
        "CREATE SCHEMA mine",
        "CREATE EXTENSION citext",
        "CREATE ROLE mine",
        "UPDATE homeroom_migrations SET name = name",
        "DELETE FROM homeroom_migrations",
    ] {
        let denied = sql(&conn, statement).await;
        assert!(matches!(denied, Err(Error::Denied { .. })), "{statement}: {denied:?}");
    }
    assert!(owned.application.is_ready().await);
}

#[tokio::test]
async fn what_the_owner_makes_later_is_the_applications_to_write() {
    let owned = Owned::new().await;
    let later = "CREATE TABLE later (id bigint GENERATED ALWAYS AS IDENTITY, name text); \
        CREATE SEQUENCE counter";
    sql(&owned.owner.conn().await.unwrap(), later).await.unwrap();
    let conn = owned.application.conn().await.unwrap();
    let write = "INSERT INTO later (name) VALUES ('a'); UPDATE later SET name = 'b'; \
        DELETE FROM later; SELECT nextval('counter')";
    sql(&conn, write).await.unwrap();
    // And nobody else's.
    let nobody = format!("SET ROLE {}; SELECT FROM public.later", nobody(&owned.test).await);
    let denied = sql(&owned.test.conn().await.unwrap(), &nobody).await;
    assert!(matches!(denied, Err(Error::Denied { .. })), "{denied:?}");
}

/// A role that nothing was granted to.
async fn nobody(test: &TestDatabase) -> String {
    let url: tokio_postgres::Config = test.url().parse().unwrap();
    let role = format!("nobody_of_{}", url.get_dbname().unwrap());
    sql(&test.conn().await.unwrap(), &format!("CREATE ROLE {role}")).await.unwrap();
    role
}
