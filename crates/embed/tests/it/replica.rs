//! A streaming replica of a private server.

use std::time::{Duration, Instant};

use homeroom_embed::{Server, ServerConfig};
use tokio_postgres::{Client, NoTls};

async fn connect(server: &Server) -> Client {
    let (client, driver) = tokio_postgres::connect(&server.url("postgres"), NoTls).await.unwrap();
    tokio::spawn(driver);
    client
}

async fn until(client: &Client, is_so: &str) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !client.query_one(is_so, &[]).await.unwrap().get::<_, bool>(0) {
        assert!(Instant::now() < deadline, "never: {is_so}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_replica_follows_its_primary_until_it_is_promoted() {
    let replicated = || {
        ServerConfig::throwaway().setting("wal_level", "replica").setting("max_wal_senders", "5")
    };
    let primary = Server::start(&replicated()).unwrap();
    let writer = connect(&primary).await;
    writer.batch_execute("CREATE TABLE t AS SELECT 1 AS n").await.unwrap();
    let replica = Server::start(&replicated().replica_of(&primary.url("postgres"))).unwrap();
    let reader = connect(&replica).await;
    until(&reader, "SELECT count(*) = 1 FROM t").await;
    writer.batch_execute("INSERT INTO t VALUES (2)").await.unwrap();
    until(&reader, "SELECT count(*) = 2 FROM t").await;
    let refused = reader.batch_execute("INSERT INTO t VALUES (3)").await.unwrap_err();
    assert_eq!(refused.code().unwrap().code(), "25006");

    drop(writer);
    primary.stop().unwrap();
    reader.batch_execute("SELECT pg_promote()").await.unwrap();
    reader.batch_execute("INSERT INTO t VALUES (3)").await.unwrap();
    drop(reader);
    let folder = replica.data_dir().to_owned();
    replica.stop().unwrap();
    assert!(!folder.exists());
}
