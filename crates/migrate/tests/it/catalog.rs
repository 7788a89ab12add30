//! The catalog: it sees every structural change, and nothing else.

use homeroom_migrate::{Catalog, UpOptions};
use tokio_postgres::Client;

use crate::database::TestDatabase;
use crate::migrations::Folder;

/// One object of nearly every kind.
const SCHOOL: &str = include_str!("catalog/school.sql");

async fn diff_of(client: &Client, sql: &str) -> homeroom_migrate::CatalogDiff {
    let before = Catalog::read(client).await.unwrap();
    client.batch_execute(sql).await.unwrap();
    before.diff(&Catalog::read(client).await.unwrap())
}

#[tokio::test]
async fn the_same_schema_gives_the_same_catalog_whatever_the_oids_and_the_session() {
    let (first, second) = (TestDatabase::create().await, TestDatabase::create().await);
    let (one, other) = (first.connect().await, second.connect().await);
    one.batch_execute(SCHOOL).await.unwrap();
    other
        .batch_execute("CREATE TABLE shift_oids (id bigserial); DROP TABLE shift_oids")
        .await
        .unwrap();
    other.batch_execute(SCHOOL).await.unwrap();
    other
        .batch_execute(
            "SET search_path = school; SET datestyle = 'German'; SET timezone = 'Asia/Tokyo';
             SET quote_all_identifiers = on; SET intervalstyle = 'iso_8601'; SET bytea_output = 'escape'",
        )
        .await
        .unwrap();
    let (left, right) = (Catalog::read(&one).await.unwrap(), Catalog::read(&other).await.unwrap());
    assert_eq!(left.diff(&right).to_string(), "");
    assert_eq!(left, right);
    assert_eq!(left.to_string(), right.to_string());
    let digits = left.to_string();
    assert!(!digits.split(|c: char| !c.is_ascii_digit()).any(|n| n.len() == 5), "an OID? {digits}");
}

#[tokio::test]
async fn the_catalog_of_a_school_reads_like_this() {
    let database = TestDatabase::create().await;
    let client = database.connect().await;
    client.batch_execute(SCHOOL).await.unwrap();
    // The texts of other kinds differ between the major versions of PostgreSQL.
    let alike =
        ["column", "column order", "comment", "constraint", "domain", "enum", "index", "policy"];
    let catalog = Catalog::read(&client).await.unwrap();
    let lines = catalog
        .iter()
        .filter(|(object, _)| alike.contains(&object.kind.as_str()))
        .map(|(object, definition)| format!("{object}: {definition}\n"));
    insta::assert_snapshot!(lines.collect::<String>());
}

#[tokio::test]
async fn reading_leaves_the_session_and_an_open_transaction_as_they_were() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    client.batch_execute("SET datestyle = 'German, DMY'").await.unwrap();
    let show = "SELECT current_setting('search_path') || current_setting('datestyle') || current_setting('timezone')";
    let before: String = client.query_one(show, &[]).await.unwrap().get(0);
    Catalog::read(&client).await.unwrap();
    assert_eq!(client.query_one(show, &[]).await.unwrap().get::<_, String>(0), before);
    let transaction = client.transaction().await.unwrap();
    transaction.batch_execute("CREATE TABLE seen (id int)").await.unwrap();
    let catalog = Catalog::read(transaction.client()).await.unwrap();
    assert!(catalog.find("table", "public.seen").is_some());
    assert_eq!(transaction.query_one(show, &[]).await.unwrap().get::<_, String>(0), before);
    transaction.rollback().await.unwrap();
    assert!(Catalog::read(&client).await.unwrap().find("table", "public.seen").is_none());
}

#[tokio::test]
async fn every_structural_change_shows() {
    let database = TestDatabase::create().await;
    let client = database.connect().await;
    client.batch_execute(SCHOOL).await.unwrap();
    let changes = include_str!("catalog/changes.sql");
    for change in changes.split(";;").map(str::trim).filter(|change| !change.is_empty()) {
        let diff = diff_of(&client, &format!("BEGIN; {change}")).await;
        client.batch_execute("ROLLBACK").await.unwrap();
        assert!(!diff.is_empty(), "not seen: {change}");
        assert!(!diff.is_order_only(), "seen as a change of order: {change}");
    }
}

#[tokio::test]
async fn data_statistics_and_temporary_objects_do_not_show() {
    let database = TestDatabase::create().await;
    let client = database.connect().await;
    client.batch_execute(SCHOOL).await.unwrap();
    let nothing = "INSERT INTO school.pupils (name) VALUES ('Ada'); ANALYZE school.pupils;
        SELECT nextval('school.counter'); CREATE TEMP TABLE t (id serial); CREATE TEMP VIEW v AS SELECT 1;
        GRANT SELECT ON school.lessons TO PUBLIC; REVOKE SELECT ON school.lessons FROM PUBLIC;
        ALTER TABLE school.pupils ADD COLUMN brief int; ALTER TABLE school.pupils DROP COLUMN brief";
    assert_eq!(diff_of(&client, nothing).await.to_string(), "");
}

#[tokio::test]
async fn what_belongs_to_an_extension_does_not_show_beside_the_extension() {
    let database = TestDatabase::create().await;
    let client = database.connect().await;
    let diff = diff_of(&client, "CREATE EXTENSION ltree").await;
    let seen: Vec<_> = diff.changes.iter().map(|change| change.object().to_string()).collect();
    assert_eq!(seen, ["extension ltree"]);
}

#[tokio::test]
async fn a_difference_in_nothing_but_the_order_of_columns_is_told_from_others() {
    let database = TestDatabase::create().await;
    let client = database.connect().await;
    client.batch_execute("CREATE TABLE t (a int, b text, c date)").await.unwrap();
    let again = "ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a int";
    let diff = diff_of(&client, again).await;
    insta::assert_snapshot!(diff, @"
    ~ column order public.t
      - a, b, c
      + b, c, a
    ");
    assert!(diff.is_order_only());
    let lost =
        diff_of(&client, "ALTER TABLE t DROP COLUMN b; ALTER TABLE t ADD COLUMN d int").await;
    insta::assert_snapshot!(lost, @"
    - column public.t.b
        text
    + column public.t.d
        integer
    ");
    assert!(!lost.is_order_only());
    assert!(!Catalog::default().diff(&Catalog::default()).is_order_only());
}

#[tokio::test]
async fn a_difference_reads_as_removed_added_and_changed() {
    let database = TestDatabase::create().await;
    let client = database.connect().await;
    client.batch_execute(SCHOOL).await.unwrap();
    let diff = diff_of(
        &client,
        "DROP INDEX school.pupils_name_idx;
         ALTER TABLE school.pupils ALTER COLUMN name SET DEFAULT 'nobody';
         ALTER TYPE school.mood ADD VALUE 'curious' BEFORE 'happy';
         COMMENT ON TABLE school.pupils IS NULL",
    )
    .await;
    insta::assert_snapshot!(diff, @r#"
    ~ column school.pupils.name
      - text COLLATE "C" NOT NULL
      + text COLLATE "C" NOT NULL DEFAULT 'nobody'::text
    - comment index school.pupils_name_idx
        'For the search'
    - comment table school.pupils
        'It''s who learns'
    ~ enum school.mood
      - 'sad', 'happy' OWNER postgres
      + 'sad', 'curious', 'happy' OWNER postgres
    - index school.pupils_name_idx
        CREATE INDEX pupils_name_idx ON school.pupils USING gin (name school.gin_trgm_ops) WHERE (born IS NOT NULL)
    "#);
}

#[tokio::test]
async fn without_the_history_table_nothing_of_it_is_left() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let before = Catalog::read(&client).await.unwrap();
    let migrator = Folder::of(&[("0001_a", "SELECT 1", "SELECT 1")]).migrator();
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    client.batch_execute("GRANT SELECT ON homeroom_migrations TO PUBLIC").await.unwrap();
    let after = Catalog::read(&client).await.unwrap();
    assert_ne!(before, after);
    assert_eq!(before, after.without_table("public", "homeroom_migrations"));
}
