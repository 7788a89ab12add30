//! The pool under load, and with a server or a network that fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel_async::SimpleAsyncConnection;
use homeroom::testing::TestDatabase;
use homeroom::{Database, DatabaseConfig, Error};
use homeroom_embed::testing::{Fault, FaultProxy, TestCluster};
use homeroom_embed::{Server, ServerConfig};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::sql;

const TASKS: usize = 200;

async fn connect(url: &str) -> Database {
    let config = DatabaseConfig::builder(url).pool_min(0).pool_max(10).build().unwrap();
    Database::connect(config).await.unwrap()
}

/// Uses a connection as everybody would.
async fn turn(db: &Database) -> homeroom::Result<()> {
    let mut conn = db.conn().await?;
    Ok(conn.batch_execute("SELECT 1").await?)
}

/// Opens as many connections as the pool may have.
async fn open_all(db: &Database) {
    let mut held = Vec::new();
    for _ in 0..db.status().max {
        held.push(db.conn().await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_task_gets_its_turn() {
    let test = TestDatabase::create().await;
    let db = connect(test.url()).await;
    let (turns, start) = (Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(TASKS)));
    let enough = TASKS * 50;
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let (db, turns, start) = (db.clone(), turns.clone(), start.clone());
        tasks.spawn(async move {
            start.wait().await;
            let mut mine = 0_usize;
            while turns.load(Ordering::SeqCst) < enough {
                turn(&db).await.unwrap();
                turns.fetch_add(1, Ordering::SeqCst);
                mine += 1;
            }
            mine
        });
    }
    let counts = tasks.join_all().await;
    let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
    println!("{least} to {most} turns a task");
    assert!(*most as f64 / *least as f64 <= 1.2, "{least} to {most} turns");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_tasks_share_ten_connections_within_their_wait() {
    let test = TestDatabase::create().await;
    let config = DatabaseConfig::builder(test.url()).acquire_timeout(Duration::from_secs(2));
    let db = Database::connect(config.build().unwrap()).await.unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let db = db.clone();
        tasks.spawn(async move {
            let conn = db.conn().await?;
            sql(&conn, "SELECT pg_sleep(0.02)").await
        });
    }
    let outcomes = tasks.join_all().await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert!(db.status().open <= 10);
}

#[tokio::test]
async fn a_connection_that_was_just_used_is_lent_without_a_round_trip() {
    let test = TestDatabase::create().await;
    let proxy = FaultProxy::start(test.url()).await.unwrap();
    let db = connect(proxy.url()).await;
    turn(&db).await.unwrap();
    let round_trip = Duration::from_millis(400);
    proxy.inject(Fault::Delay(round_trip / 2));
    let start = Instant::now();
    drop(db.conn().await.unwrap());
    assert!(start.elapsed() < round_trip / 2, "{:?}", start.elapsed());
    turn(&db).await.unwrap();
    assert!(start.elapsed() >= round_trip, "control: the delay is paid by a statement");
}

#[tokio::test]
async fn after_a_black_hole_the_first_good_checkout_takes_less_than_three_seconds() {
    let test = TestDatabase::create().await;
    let proxy = FaultProxy::start(test.url()).await.unwrap();
    let db = connect(proxy.url()).await;
    open_all(&db).await;
    assert_eq!(db.status().idle, 10);
    proxy.inject(Fault::BlackHole);
    // Somebody is hit by it, and gives up.
    let patience = Duration::from_millis(1_500);
    assert!(tokio::time::timeout(patience, turn(&db)).await.is_err());
    proxy.heal();
    let healed = Instant::now();
    while let Err(error) = turn(&db).await {
        assert!(healed.elapsed() < Duration::from_secs(3), "{error}");
    }
    println!("first good checkout after {:?}", healed.elapsed());
    assert!(healed.elapsed() < Duration::from_secs(3), "{:?}", healed.elapsed());
    // None of the other nine costs anything any more.
    for _ in 0..10 {
        turn(&db).await.unwrap();
    }
    assert!(healed.elapsed() < Duration::from_secs(4), "{:?}", healed.elapsed());
}

#[tokio::test]
async fn a_cut_network_is_noticed_by_the_next_checkout() {
    let test = TestDatabase::create().await;
    let proxy = FaultProxy::start(test.url()).await.unwrap();
    let db = connect(proxy.url()).await;
    open_all(&db).await;
    proxy.cut();
    while proxy.connections() > 0 {
        tokio::task::yield_now().await;
    }
    let start = Instant::now();
    while turn(&db).await.is_err() {
        assert!(start.elapsed() < Duration::from_secs(1));
    }
    for _ in 0..10 {
        turn(&db).await.unwrap();
    }
}

#[tokio::test]
async fn a_restarted_server_is_used_as_soon_as_it_is_ready() {
    let folder = tempfile::Builder::new().prefix("hr").tempdir().unwrap();
    // The server runs as another user when we are root.
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    let config = ServerConfig::persistent(folder.path().join("pg")).setting("fsync", "off");
    let server = Server::start(&config).unwrap();
    let db = connect(&server.url("postgres")).await;
    open_all(&db).await;
    server.stop().unwrap();
    let start = Instant::now();
    let error = turn(&db).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    assert!(error.is_retryable());
    assert!(start.elapsed() < Duration::from_secs(1), "the cause is told at once");
    let server = Server::start(&config).unwrap();
    let ready = Instant::now();
    while let Err(error) = turn(&db).await {
        assert!(ready.elapsed() < Duration::from_secs(2), "{error}");
    }
    println!("used {:?} after it was ready", ready.elapsed());
    db.close().await;
    server.stop().unwrap();
}

#[tokio::test]
async fn a_wrong_password_and_a_closed_port_are_told_at_once_on_a_running_pool_too() {
    let rules = "host all all 127.0.0.1/32 scram-sha-256";
    let config = ServerConfig::throwaway().listen(rules).unwrap();
    let cluster = TestCluster::start(&config).unwrap();
    let admin = connect(&cluster.server().url("postgres")).await;
    let conn = admin.conn().await.unwrap();
    sql(&conn, "CREATE ROLE app LOGIN PASSWORD 'right'").await.unwrap();
    let port = cluster.server().port().unwrap();
    let db = connect(&format!("postgresql://app:right@127.0.0.1:{port}/postgres")).await;
    turn(&db).await.unwrap();

    sql(&conn, "ALTER ROLE app PASSWORD 'changed'").await.unwrap();
    sql(
        &conn,
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'app'",
    )
    .await
    .unwrap();
    let start = Instant::now();
    let error = turn(&db).await.unwrap_err();
    let error =
        if matches!(error, Error::Refused { .. }) { error } else { turn(&db).await.unwrap_err() };
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    assert!(!error.is_retryable());
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, "password authentication failed for user \"app\"");

    drop((conn, admin, cluster));
    let start = Instant::now();
    let error = turn(&db).await.unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("refused"), "{cause}");
}

#[tokio::test]
async fn a_host_that_never_answers_does_not_keep_the_next_one_from_being_tried() {
    let rules = "host all all 127.0.0.1/32 trust";
    let cluster = TestCluster::start(&ServerConfig::throwaway().listen(rules).unwrap()).unwrap();
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "postgresql://postgres@127.0.0.1:{},127.0.0.1:{}/postgres",
        silent.local_addr().unwrap().port(),
        cluster.server().port().unwrap()
    );
    let limit = Duration::from_millis(200);
    let config = DatabaseConfig::builder(&url).connect_timeout(limit).build().unwrap();
    // The limit is for each of them, not for both together.
    let db = Database::connect(config).await.unwrap();
    turn(&db).await.unwrap();
    let read_only = format!("{url}?target_session_attrs=read-only");
    let config = DatabaseConfig::builder(&read_only).connect_timeout(limit).build().unwrap();
    let error = Database::connect(config).await.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("it takes writes"), "{cause}");
}

#[tokio::test]
async fn a_statement_whose_answer_the_network_swallows_is_given_up_in_bounded_time() {
    let test = TestDatabase::create().await;
    let proxy = FaultProxy::start(test.url()).await.unwrap();
    // What the network acknowledges and swallows, no limit of the socket can see: the caller has one.
    let db = connect(proxy.url()).await;
    open_all(&db).await;
    let conn = db.conn().await.unwrap();
    let mut statement = Box::pin(sql(&conn, "SELECT pg_sleep(0.2)"));
    assert!(futures_util::poll!(&mut statement).is_pending());
    tokio::time::sleep(Duration::from_millis(50)).await;
    proxy.inject(Fault::BlackHole);
    let begun = Instant::now();
    assert!(tokio::time::timeout(Duration::from_millis(500), statement).await.is_err());
    drop(conn);
    proxy.heal();
    while let Err(error) = turn(&db).await {
        assert!(begun.elapsed() < Duration::from_secs(3), "{error}");
    }
    println!("used again {:?} after the fault began", begun.elapsed());
    // The dead connection is closed.
    while proxy.connections() > 10 {
        assert!(begun.elapsed() < Duration::from_secs(5), "{} connections", proxy.connections());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_statement_that_the_network_does_not_take_is_given_up_after_the_tcp_user_timeout() {
    let test = TestDatabase::create().await;
    let proxy = FaultProxy::start(test.url()).await.unwrap();
    let db = connect(&format!("{}?tcp_user_timeout=1", proxy.url())).await;
    let conn = db.conn().await.unwrap();
    proxy.inject(Fault::Stall);
    // More than all buffers between here and the server hold, so that some of it is never acknowledged.
    let long = format!("SELECT length('{}')", "x".repeat(32 << 20));
    let begun = Instant::now();
    let error = sql(&conn, &long).await.unwrap_err();
    println!("given up after {:?}: {error:?}", begun.elapsed());
    assert!(matches!(error, Error::Unavailable { .. }) && error.is_retryable(), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
    drop(conn);
    proxy.heal();
    turn(&db).await.unwrap();
}
