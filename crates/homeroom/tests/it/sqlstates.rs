//! Each SQLSTATE that a program can act on, provoked for real, arrives as its variant, in whatever language the server speaks.

use std::future::poll_fn;
use std::time::{Duration, Instant};

use homeroom::testing::TestDatabase;
use homeroom::{Database, DatabaseConfig, Error};
use homeroom_embed::ServerConfig;
use homeroom_embed::testing::TestCluster;
use tokio_postgres::error::SqlState;
use tokio_postgres::{AsyncMessage, NoTls};

use crate::sql;

async fn failing(db: &Database, statement: &str) -> Error {
    sql(&db.conn().await.unwrap(), statement).await.unwrap_err()
}

fn variant(error: &Error) -> String {
    let debug = format!("{error:?}");
    debug.split([' ', '(']).next().unwrap().to_owned()
}

#[tokio::test]
async fn what_a_single_statement_can_meet_arrives_as_its_variant() {
    let db = TestDatabase::create().await;
    sql(&db.conn().await.unwrap(), "
        CREATE TABLE p (id int PRIMARY KEY, n int NOT NULL CONSTRAINT n_check CHECK (n > 0), t varchar(3), r int4range,
            CONSTRAINT p_r_excl EXCLUDE USING gist (r WITH &&));
        CREATE TABLE c (p_id int REFERENCES p ON DELETE RESTRICT);
        INSERT INTO p VALUES (1, 1, 'a', '[1,5)');
        INSERT INTO c VALUES (1)").await.unwrap();
    let expected = [
        ("INSERT INTO p VALUES (1, 1)", "Conflict"), // 23505
        ("INSERT INTO c VALUES (2)", "Conflict"),    // 23503
        ("DELETE FROM p", "Conflict"),               // 23001 (since 18) or 23503
        ("INSERT INTO p VALUES (2, 1, 'a', '[2,3)')", "Conflict"), // 23P01
        ("INSERT INTO p VALUES (2, -1)", "Invalid"), // 23514
        ("INSERT INTO p VALUES (2, NULL)", "Invalid"), // 23502
        ("DO $$ BEGIN RAISE SQLSTATE '23000' USING MESSAGE = 'a rule of mine'; END $$", "Invalid"),
        ("INSERT INTO p VALUES (2, 1, 'long')", "Invalid"), // 22001
        ("SELECT 1/0", "Invalid"),                          // 22012
        ("SELECT 'x'::int", "Invalid"),                     // 22P02
        ("SELECT 3000000000::int", "Invalid"),              // 22003
        ("SELECT '2026-13-01'::date", "Invalid"),           // 22008
        ("SELECT pg_terminate_backend(pg_backend_pid())", "Unavailable"), // 57P01
        ("COPY (SELECT repeat('x', 100000)) TO '/dev/full'", "Unavailable"), // 53100
        ("BEGIN READ ONLY; DELETE FROM c", "Unavailable"),  // 25006
        ("SET LOCAL statement_timeout = '10ms'; SELECT pg_sleep(5)", "Cancelled"), // 57014
        ("SELECT no_such_column", "Database"),              // 42703
        ("SELEC", "Database"),                              // 42601
    ];
    for (statement, name) in expected {
        let error = failing(&db, statement).await;
        assert_eq!(variant(&error), name, "{statement}: {error:?}");
        assert_eq!(error.is_retryable(), matches!(name, "Unavailable" | "Retry"), "{statement}");
    }
}

#[tokio::test]
async fn a_lock_that_is_held_and_a_privilege_that_lacks_are_told_apart() {
    let db = TestDatabase::create().await;
    let holder = db.conn().await.unwrap();
    sql(&holder, "BEGIN; LOCK TABLE users").await.unwrap();
    for statement in
        ["BEGIN; LOCK TABLE users NOWAIT", "SET lock_timeout = '10ms'; SELECT FROM users"]
    {
        let error = failing(&db, statement).await;
        assert!(matches!(error, Error::Locked { .. }) && error.is_retryable(), "{error:?}");
    }
    drop(holder);
    let role = format!("reader_{}", std::process::id());
    sql(&db.conn().await.unwrap(), &format!("CREATE ROLE {role}")).await.unwrap();
    for statement in ["SELECT FROM users", "DROP TABLE users", "CREATE ROLE another"] {
        let error = failing(&db, &format!("SET ROLE {role}; {statement}")).await;
        assert!(matches!(error, Error::Denied { .. }) && !error.is_retryable(), "{error:?}");
    }
    sql(&db.conn().await.unwrap(), &format!("DROP ROLE {role}")).await.unwrap();
}

#[tokio::test]
async fn a_deadlock_is_a_race_that_was_lost() {
    let db = TestDatabase::create().await;
    sql(&db.conn().await.unwrap(), "CREATE TABLE t AS SELECT n FROM generate_series(1, 2) n")
        .await
        .unwrap();
    let (a, b) = tokio::try_join!(db.conn(), db.conn()).unwrap();
    for conn in [&a, &b] {
        sql(conn, "BEGIN; SET LOCAL deadlock_timeout = '10ms'").await.unwrap();
    }
    sql(&a, "UPDATE t SET n = n WHERE n = 1").await.unwrap();
    sql(&b, "UPDATE t SET n = n WHERE n = 2").await.unwrap();
    let (a, b) = tokio::join!(
        sql(&a, "UPDATE t SET n = n WHERE n = 2"),
        sql(&b, "UPDATE t SET n = n WHERE n = 1")
    );
    let error = a.err().or(b.err()).unwrap();
    assert!(matches!(error, Error::Retry { .. }) && error.is_retryable(), "{error:?}");
}

#[tokio::test]
async fn a_change_of_what_another_transaction_has_changed_meanwhile_is_a_race_that_was_lost() {
    let db = TestDatabase::create().await;
    sql(&db.conn().await.unwrap(), "CREATE TABLE t AS SELECT 1 AS n").await.unwrap();
    let (a, b) = tokio::try_join!(db.conn(), db.conn()).unwrap();
    sql(&a, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM t").await.unwrap();
    sql(&b, "UPDATE t SET n = 2").await.unwrap();
    let error = sql(&a, "UPDATE t SET n = 3").await.unwrap_err(); // 40001
    assert!(matches!(error, Error::Retry { .. }) && error.is_retryable(), "{error:?}");
}

#[tokio::test]
async fn a_statement_that_somebody_cancels_is_cancelled_and_one_in_a_failed_transaction_aborted() {
    let db = TestDatabase::create().await;
    let (conn, observer) = tokio::try_join!(db.conn(), db.conn()).unwrap();
    let cancel = async {
        loop {
            let found = sql(
                &observer,
                "DO $$ BEGIN
                PERFORM pg_cancel_backend(pid) FROM pg_stat_activity
                    WHERE query = 'SELECT pg_sleep(44)' AND datname = current_database();
                IF NOT FOUND THEN RAISE 'not yet'; END IF; END $$",
            );
            if found.await.is_ok() {
                return;
            }
        }
    };
    let begun = Instant::now();
    let (outcome, ()) = tokio::join!(sql(&conn, "SELECT pg_sleep(44)"), cancel);
    assert!(begun.elapsed() < Duration::from_secs(20), "the statement timeout has ended it");
    assert!(matches!(outcome, Err(Error::Cancelled { .. })), "{outcome:?}");
    sql(&conn, "BEGIN").await.unwrap();
    sql(&conn, "SELECT 1/0").await.unwrap_err();
    assert!(matches!(sql(&conn, "SELECT 1").await, Err(Error::Aborted)));
}

#[tokio::test]
async fn a_transaction_that_does_nothing_for_too_long_has_lost_its_connection() {
    let test = TestDatabase::create().await;
    let config =
        DatabaseConfig::builder(test.url()).idle_in_transaction_timeout(Duration::from_millis(50));
    let db = Database::connect(config.build().unwrap()).await.unwrap();
    let outcome: Result<(), Error> = db
        .transaction(async |conn| {
            // Until the server has ended the session.
            loop {
                tokio::time::sleep(Duration::from_millis(100)).await;
                sql(conn, "SELECT 1").await?;
            }
        })
        .await;
    assert!(matches!(outcome, Err(Error::Unavailable { .. })), "{outcome:?}");
}

#[tokio::test]
async fn a_session_that_does_nothing_for_too_long_has_lost_its_connection() {
    let test = TestDatabase::create().await;
    // What the server says, which the driver tells whoever asks next.
    let (client, driver) = tokio_postgres::connect(test.url(), NoTls).await.unwrap();
    let driver = tokio::spawn(driver);
    client.batch_execute("SET idle_session_timeout = '20ms'").await.unwrap();
    let said = driver.await.unwrap().unwrap_err();
    assert_eq!(said.code(), Some(&SqlState::IDLE_SESSION_TIMEOUT), "{said:?}"); // 57P05

    let conn = test.conn().await.unwrap();
    sql(&conn, "SET idle_session_timeout = '20ms'").await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    let error = loop {
        tokio::time::sleep(Duration::from_millis(50)).await;
        match sql(&conn, "SELECT 1").await {
            Ok(()) => assert!(Instant::now() < deadline, "the session goes on"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Unavailable { .. }) && error.is_retryable(), "{error:?}");
}

#[tokio::test]
async fn a_server_with_no_connection_left_is_unavailable_and_so_is_one_that_stops() {
    let rules = "host all all 127.0.0.1/32 trust";
    let config = ServerConfig::throwaway().setting("max_connections", "5").listen(rules).unwrap();
    let cluster = TestCluster::start(&config).unwrap();
    let url = cluster.server().url("postgres");
    let config = || DatabaseConfig::builder(&url).pool_min(0).build().unwrap();
    let db = Database::connect(config()).await.unwrap();
    let mut held = Vec::new();
    let error = loop {
        match db.conn().await {
            Ok(conn) => held.push(conn),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Unavailable { .. }) && error.is_retryable(), "{error:?}"); // 53300
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("clients already") || cause.contains("reserved"), "{cause}");

    let conn = held.pop().unwrap();
    let (outcome, _) = tokio::join!(sql(&conn, "SELECT pg_sleep(33)"), async {
        drop(held);
        tokio::task::spawn_blocking(move || drop(cluster)).await.unwrap();
    });
    assert!(matches!(outcome, Err(Error::Unavailable { .. })), "{outcome:?}"); // 57P01
}

#[tokio::test]
async fn a_server_without_memory_for_one_more_lock_is_unavailable() {
    let config = ServerConfig::throwaway()
        .setting("max_connections", "10")
        .setting("max_locks_per_transaction", "10");
    let cluster = TestCluster::start(&config).unwrap();
    let config = DatabaseConfig::builder(&cluster.server().url("postgres")).build().unwrap();
    let db = Database::connect(config).await.unwrap();
    let locks = "SELECT count(pg_advisory_xact_lock(n)) FROM generate_series(1, 100000) n";
    let error = failing(&db, locks).await; // 53200
    assert!(matches!(error, Error::Unavailable { .. }) && error.is_retryable(), "{error:?}");
    let said = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(said, "out of shared memory");
    sql(&db.conn().await.unwrap(), "SELECT 1").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_of_another_sessions_process_makes_the_server_unavailable_to_all() {
    let cluster = TestCluster::start(&ServerConfig::throwaway()).unwrap();
    let url = cluster.server().url("postgres");
    let db = Database::connect(DatabaseConfig::builder(&url).build().unwrap()).await.unwrap();
    let conn = db.conn().await.unwrap();
    let (_client, mut plain) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    let (client, driver) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    let driver = tokio::spawn(driver);
    let process: i32 = client.query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0);
    let crash = async {
        let mut kill = std::process::Command::new("kill");
        assert!(kill.arg("-KILL").arg(process.to_string()).status().unwrap().success());
        // The server says it as a warning, and closes: the driver keeps the end alone for an error.
        poll_fn(|cx| plain.poll_message(cx)).await
    };
    let (outcome, said) = tokio::join!(sql(&conn, "SELECT pg_sleep(22)"), crash);
    match said {
        Some(Ok(AsyncMessage::Notice(said))) => assert_eq!(*said.code(), SqlState::CRASH_SHUTDOWN), // 57P02
        other => panic!("no warning: {other:?}"),
    }
    let error = outcome.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }) && error.is_retryable(), "{error:?}");
    assert!(driver.await.unwrap().is_err());
    // Used again when the server has recovered.
    drop(conn);
    let crashed = Instant::now();
    while let Err(error) = db.conn().await {
        assert!(matches!(error, Error::Unavailable { .. }), "{error:?}"); // 57P03
        assert!(crashed.elapsed() < Duration::from_secs(20), "{error:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_waits_for_its_last_sessions_is_unavailable_to_new_ones() {
    let cluster = TestCluster::start(&ServerConfig::throwaway()).unwrap();
    let url = cluster.server().url("postgres");
    let config = DatabaseConfig::builder(&url).pool_min(0).build().unwrap();
    let db = Database::connect(config).await.unwrap();
    let mut held = vec![db.conn().await.unwrap()];
    let server = cluster.server().pid().unwrap();
    let mut kill = std::process::Command::new("kill");
    assert!(kill.arg("-TERM").arg(server.to_string()).status().unwrap().success());
    let error = loop {
        match db.conn().await {
            // Before it has heard of it.
            Ok(conn) => held.push(conn),
            Err(error) => break error,
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert!(matches!(error, Error::Unavailable { .. }) && error.is_retryable(), "{error:?}"); // 57P03
    let said = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(said, "the database system is shutting down");
    sql(&held[0], "SELECT 1").await.unwrap();
}

#[tokio::test]
async fn the_languages_of_servers_make_no_difference() {
    let db = TestDatabase::create().await;
    // As another language would: a text that nobody can have foreseen.
    let error =
        failing(&db, "DO $$ BEGIN RAISE 'Sperre nicht verfügbar' USING ERRCODE = '55P03'; END $$")
            .await;
    assert!(matches!(error, Error::Locked { .. }), "{error:?}");
}
