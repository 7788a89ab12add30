//! The migrations can be taken back, and are put together as the rules for every table say.

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use homeroom::testing::TestDatabase;
use homeroom_migrate::{Catalog, DownOptions, UpOptions};

use crate::sql;

#[derive(Debug, QueryableByName)]
struct Finding {
    #[diesel(sql_type = Text)]
    finding: String,
}

async fn findings(db: &TestDatabase, query: &str) -> Vec<String> {
    let rows: Vec<Finding> =
        diesel::sql_query(query).load(&mut &*db.conn().await.unwrap()).await.unwrap();
    rows.into_iter().map(|row| row.finding).collect()
}

async fn catalog(client: &tokio_postgres::Client) -> Catalog {
    Catalog::read(client).await.unwrap().without_table("public", "homeroom_migrations")
}

#[tokio::test]
async fn after_down_of_all_the_schema_is_what_it_was_before() {
    let db = TestDatabase::empty().await;
    let mut client = db.config().connect_client().await.unwrap();
    let migrator = homeroom::migrator().unwrap();
    let before = catalog(&client).await;
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    let after_up = catalog(&client).await;
    assert!(!before.diff(&after_up).is_empty(), "the control: up changes the catalog");

    let down =
        migrator.down(&mut client, &DownOptions { all: true, ..Default::default() }).await.unwrap();
    assert_eq!(down.len(), migrator.migrations().len());
    let difference = before.diff(&catalog(&client).await);
    assert!(difference.is_empty(), "{difference}");

    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    let difference = after_up.diff(&catalog(&client).await);
    assert!(difference.is_empty(), "{difference}");
}

#[tokio::test]
async fn every_single_down_restores_what_was_before_its_up() {
    let db = TestDatabase::empty().await;
    let mut client = db.config().connect_client().await.unwrap();
    let migrator = homeroom::migrator().unwrap();
    for migration in migrator.migrations() {
        let before = catalog(&client).await;
        migrator
            .up(&mut client, &UpOptions { steps: Some(1), ..Default::default() })
            .await
            .unwrap();
        migrator.down(&mut client, &DownOptions::default()).await.unwrap();
        let difference = before.diff(&catalog(&client).await);
        assert!(difference.is_empty(), "{migration:?}:\n{difference}");
        migrator
            .up(&mut client, &UpOptions { steps: Some(1), ..Default::default() })
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn an_extension_that_was_there_before_is_left_alone() {
    let db = TestDatabase::empty().await;
    sql(&db.conn().await.unwrap(), "CREATE EXTENSION ltree").await.unwrap();
    let mut client = db.config().connect_client().await.unwrap();
    let migrator = homeroom::migrator().unwrap();
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    migrator.down(&mut client, &DownOptions { all: true, ..Default::default() }).await.unwrap();
    let extensions =
        findings(&db, "SELECT extname::text AS finding FROM pg_extension WHERE extname = 'ltree'")
            .await;
    assert_eq!(extensions, ["ltree"]);
}

#[tokio::test]
async fn every_table_column_and_function_that_is_not_self_evident_has_a_comment() {
    let db = TestDatabase::create().await;
    let bare = findings(&db, include_str!("migrations/without_comment.sql")).await;
    assert!(bare.is_empty(), "{bare:#?}");
}

#[tokio::test]
async fn names_follow_the_rules_for_every_table() {
    let db = TestDatabase::create().await;
    let misnamed = findings(&db, include_str!("migrations/misnamed.sql")).await;
    assert!(misnamed.is_empty(), "{misnamed:#?}");
}

#[tokio::test]
async fn every_foreign_key_has_an_index_that_serves_it() {
    let db = TestDatabase::create().await;
    let bare = findings(&db, include_str!("migrations/foreign_key_without_index.sql")).await;
    assert!(bare.is_empty(), "{bare:#?}");
}

#[tokio::test]
async fn no_index_repeats_another() {
    let db = TestDatabase::create().await;
    let repeated = findings(&db, include_str!("migrations/repeated_index.sql")).await;
    assert!(repeated.is_empty(), "{repeated:#?}");
    // The control: the query sees a repeated index where there is one.
    sql(&db.conn().await.unwrap(), "CREATE INDEX again ON messages (session_id)").await.unwrap();
    assert_eq!(findings(&db, include_str!("migrations/repeated_index.sql")).await.len(), 1);
}

#[tokio::test]
async fn every_table_with_updated_at_moves_it() {
    let db = TestDatabase::create().await;
    let still = findings(&db, include_str!("migrations/updated_at_without_trigger.sql")).await;
    assert!(still.is_empty(), "{still:#?}");
}

#[tokio::test]
async fn a_default_id_is_a_uuid_of_version_7_and_the_variant_of_the_rfc() {
    let db = TestDatabase::create().await;
    let ids =
        findings(&db, "SELECT uuid_v7()::text AS finding FROM generate_series(1, 1000)").await;
    let before = chrono::Utc::now().timestamp() as u64;
    for id in &ids {
        let id: uuid::Uuid = id.parse().unwrap();
        assert_eq!((id.get_version_num(), id.get_variant()), (7, uuid::Variant::RFC4122), "{id}");
        let (seconds, _) = id.get_timestamp().unwrap().to_unix();
        assert!(seconds.abs_diff(before) < 60, "{id}");
    }
}
