//! Databases for tests are copies of a template, and leave nothing behind.

use homeroom_embed::testing::{Template, TestCluster, TestDatabase};
use homeroom_embed::{Error, ServerConfig};

async fn client(url: &str) -> tokio_postgres::Client {
    let (client, driver) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(driver);
    client
}

async fn template() -> Template<'static> {
    Template::create(TestCluster::shared().unwrap(), "template", async |url| {
        client(&url).await.batch_execute("CREATE TABLE t AS SELECT 1 AS n").await.unwrap();
        Ok::<(), Error>(())
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn each_test_has_a_copy_of_its_own() {
    let template = template().await;
    let (a, b) = tokio::try_join!(
        TestDatabase::from_template(&template),
        TestDatabase::from_template(&template)
    )
    .unwrap();
    client(a.url()).await.batch_execute("UPDATE t SET n = 2").await.unwrap();
    let row = client(b.url()).await.query_one("SELECT n FROM t", &[]).await.unwrap();
    assert_eq!(row.get::<_, i32>(0), 1);
}

#[tokio::test]
async fn a_dropped_test_database_is_gone_even_with_connections_open() {
    let template = template().await;
    let database = TestDatabase::from_template(&template).await.unwrap();
    let name = database.name().to_owned();
    let _open = client(database.url()).await;
    drop(database);
    let admin = client(&TestCluster::shared().unwrap().server().url("postgres")).await;
    let left = admin.query("SELECT FROM pg_database WHERE datname = $1", &[&name]).await.unwrap();
    assert!(left.is_empty());
}

#[tokio::test]
async fn the_cluster_is_as_fast_as_it_may_be_since_its_data_is_worth_nothing() {
    let database = TestDatabase::empty(TestCluster::shared().unwrap()).await.unwrap();
    let client = client(database.url()).await;
    for (name, value) in [
        ("fsync", "off"),
        ("synchronous_commit", "off"),
        ("full_page_writes", "off"),
        ("wal_level", "minimal"),
        ("autovacuum", "off"),
    ] {
        let row = client.query_one(&format!("SHOW {name}"), &[]).await.unwrap();
        assert_eq!(row.get::<_, String>(0), value, "{name}");
    }
}

#[tokio::test]
async fn a_cluster_can_listen_to_a_port_and_ask_for_passwords() {
    let rules = "host all all 127.0.0.1/32 scram-sha-256";
    let cluster = TestCluster::start(&ServerConfig::throwaway().listen(rules).unwrap()).unwrap();
    let admin = client(&cluster.server().url("postgres")).await;
    admin.batch_execute("CREATE ROLE app LOGIN PASSWORD 'right'").await.unwrap();
    let port = cluster.server().port().unwrap();
    let url = |password: &str| format!("postgresql://app:{password}@127.0.0.1:{port}/postgres");
    client(&url("right")).await;
    assert!(tokio_postgres::connect(&url("wrong"), tokio_postgres::NoTls).await.is_err());
}
