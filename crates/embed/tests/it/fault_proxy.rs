//! The network that fails when it is told to.

use std::time::{Duration, Instant};

use homeroom_embed::testing::{Fault, FaultProxy, TestCluster, TestDatabase};
use tokio::time::timeout;
use tokio_postgres::{Client, NoTls};

/// Long enough to see that an answer does not come.
const SILENCE: Duration = Duration::from_millis(100);
/// Long enough for an answer that comes.
const ANSWER: Duration = Duration::from_secs(10);

async fn proxied() -> (TestDatabase, FaultProxy) {
    let database = TestDatabase::empty(TestCluster::shared().unwrap()).await.unwrap();
    let proxy = FaultProxy::start(database.url()).await.unwrap();
    (database, proxy)
}

async fn connect(url: &str) -> Client {
    let (client, driver) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(driver);
    client
}

async fn number(client: &Client, sql: &str) -> Result<i32, tokio_postgres::Error> {
    client.query_one(sql, &[]).await.map(|row| row.get(0))
}

#[tokio::test]
async fn without_a_fault_everything_passes() {
    let (_database, proxy) = proxied().await;
    let client = connect(proxy.url()).await;
    let long = client.query_one("SELECT repeat('x', 1000000)", &[]).await.unwrap();
    assert_eq!(long.get::<_, String>(0).len(), 1_000_000);
    assert_eq!(proxy.connections(), 1);
}

#[tokio::test]
async fn what_was_stalled_arrives_when_the_fault_is_over() {
    let (_database, proxy) = proxied().await;
    let client = connect(proxy.url()).await;
    proxy.inject(Fault::Stall);
    let answer = number(&client, "SELECT 1");
    tokio::pin!(answer);
    assert!(timeout(SILENCE, &mut answer).await.is_err());
    proxy.heal();
    assert_eq!(timeout(ANSWER, answer).await.unwrap().unwrap(), 1);
}

#[tokio::test]
async fn a_delay_is_paid_in_both_directions() {
    let (_database, proxy) = proxied().await;
    let client = connect(proxy.url()).await;
    proxy.inject(Fault::Delay(Duration::from_millis(50)));
    let start = Instant::now();
    client.batch_execute("SELECT 1").await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(100));
}

#[tokio::test]
async fn a_connection_of_a_black_hole_stays_dead_and_a_new_one_lives() {
    let (_database, proxy) = proxied().await;
    let client = connect(proxy.url()).await;
    proxy.inject(Fault::BlackHole);
    assert!(timeout(SILENCE, tokio_postgres::connect(proxy.url(), NoTls)).await.is_err());
    proxy.heal();
    assert!(timeout(SILENCE, number(&client, "SELECT 1")).await.is_err());
    assert_eq!(number(&connect(proxy.url()).await, "SELECT 1").await.unwrap(), 1);
}

#[tokio::test]
async fn what_was_done_is_done_though_its_answer_is_lost() {
    let (database, proxy) = proxied().await;
    let client = connect(proxy.url()).await;
    client.batch_execute("CREATE TABLE t (n int)").await.unwrap();
    proxy.inject(Fault::LoseAnswers);
    let insert = client.batch_execute("INSERT INTO t VALUES (1)");
    assert!(timeout(SILENCE, insert).await.is_err());
    let direct = connect(database.url()).await;
    let deadline = Instant::now() + ANSWER;
    while number(&direct, "SELECT count(*)::int FROM t").await.unwrap() == 0 {
        assert!(Instant::now() < deadline);
    }
}

#[tokio::test]
async fn a_cut_breaks_what_is_open_and_a_refusal_what_is_new() {
    let (_database, proxy) = proxied().await;
    let client = connect(proxy.url()).await;
    proxy.cut();
    assert!(timeout(ANSWER, number(&client, "SELECT 1")).await.unwrap().is_err());
    let client = connect(proxy.url()).await;
    proxy.inject(Fault::Refuse);
    assert!(tokio_postgres::connect(proxy.url(), NoTls).await.is_err());
    assert_eq!(number(&client, "SELECT 1").await.unwrap(), 1);
}

#[tokio::test]
async fn a_connection_can_break_in_the_middle_of_an_answer() {
    let (_database, proxy) = proxied().await;
    let client = connect(proxy.url()).await;
    proxy.inject(Fault::CutAfter(1_000));
    let long = client.simple_query("SELECT repeat('x', 1000000)");
    assert!(timeout(ANSWER, long).await.unwrap().is_err());
    assert!(tokio_postgres::connect(proxy.url(), NoTls).await.is_ok(), "each has its own count");
}

#[tokio::test]
async fn a_dropped_proxy_leaves_no_connection() {
    let (_database, proxy) = proxied().await;
    let client = connect(proxy.url()).await;
    drop(proxy);
    assert!(timeout(ANSWER, number(&client, "SELECT 1")).await.unwrap().is_err());
}
