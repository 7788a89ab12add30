//! The handle and its pool: every setting is used, causes are shown, nothing dirty goes back.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use diesel_async::RunQueryDsl;
use homeroom::testing::TestDatabase;
use homeroom::{
    Connection, Database, DatabaseConfig, DatabaseConfigBuilder, Error, NewUser, User, UserId,
    WalPosition,
};

use crate::sql;

fn builder(db: &TestDatabase) -> DatabaseConfigBuilder {
    DatabaseConfig::builder(db.url())
}

async fn setting(conn: &mut Connection, name: &str) -> String {
    #[derive(QueryableByName)]
    struct Setting {
        #[diesel(sql_type = Text)]
        value: String,
    }
    let row: Setting = diesel::sql_query("SELECT current_setting($1) AS value")
        .bind::<Text, _>(name)
        .get_result(conn)
        .await
        .unwrap();
    row.value
}

/// Polls until the pool is as it should be.
async fn until(db: &Database, what: &str, is_so: impl Fn(&Database) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !is_so(db) {
        assert!(Instant::now() < deadline, "not {what}: {:?}", db.status());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn the_settings_reach_the_server() {
    let db = TestDatabase::create().await;
    let config = builder(&db)
        .statement_timeout(Duration::from_secs(11))
        .lock_timeout(Duration::from_secs(12))
        .idle_in_transaction_timeout(Duration::from_secs(13))
        .application_name("grader")
        .build()
        .unwrap();
    let database = Database::connect(config).await.unwrap();
    let mut conn = database.conn().await.unwrap();
    let expected = [
        ("statement_timeout", "11s"),
        ("lock_timeout", "12s"),
        ("idle_in_transaction_session_timeout", "13s"),
        ("application_name", "grader"),
        ("TimeZone", "UTC"),
        ("jit", "off"),
    ];
    for (name, value) in expected {
        assert_eq!(setting(&mut conn, name).await, value, "{name}");
    }
}

#[tokio::test]
async fn prepared_statements_can_be_switched_off() {
    let db = TestDatabase::create().await;
    for (on, kept) in [(true, 1), (false, 0)] {
        let config = builder(&db).prepared_statements(on).build().unwrap();
        let conn = Database::connect(config).await.unwrap().conn().await.unwrap();
        User::find_by_email(&conn, "a@example.org").await.unwrap();
        #[derive(QueryableByName)]
        struct Count {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            count: i64,
        }
        let query = "SELECT count(*) AS count FROM pg_prepared_statements WHERE statement LIKE '%lower%' \
             AND statement NOT LIKE '%pg_prepared_statements%'";
        let row: Count = diesel::sql_query(query).get_result(&mut &*conn).await.unwrap();
        assert_eq!(row.count, kept, "prepared statements {on}");
    }
}

#[tokio::test]
async fn the_minimum_is_kept_and_the_maximum_never_passed() {
    let db = TestDatabase::create().await;
    let config = builder(&db)
        .pool_min(2)
        .pool_max(4)
        .acquire_timeout(Duration::from_millis(50))
        .build()
        .unwrap();
    let database = Database::connect(config).await.unwrap();
    until(&database, "filled up to the minimum", |db| db.status().open == 2).await;
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(database.conn().await.unwrap());
    }
    let error = database.conn().await.unwrap_err();
    assert_eq!(error.to_string(), "no connection came free within 50ms");
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.starts_with("all 4 are in use"), "{cause}");
    assert_eq!(database.status().open, 4);
}

/// The server's processes that serve this pool.
async fn served(conn: &Connection, application: &str) -> BTreeSet<i32> {
    let mut conn = conn;
    let processes = diesel::sql_query(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1",
    );
    #[derive(QueryableByName)]
    struct Process {
        #[diesel(sql_type = Integer)]
        pid: i32,
    }
    let rows: Vec<Process> = processes.bind::<Text, _>(application).load(&mut conn).await.unwrap();
    rows.into_iter().map(|row| row.pid).collect()
}

#[tokio::test]
async fn the_minimum_is_kept_when_connections_are_lost() {
    let db = TestDatabase::create().await;
    let config = builder(&db)
        .application_name("kept")
        .pool_min(2)
        .pool_max(4)
        .idle_timeout(Duration::from_millis(200))
        .build()
        .unwrap();
    let database = Database::connect(config).await.unwrap();
    until(&database, "filled up to the minimum", |db| db.status().open == 2).await;
    let observer = db.conn().await.unwrap();
    let lost = served(&observer, "kept").await;
    let terminate =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kept'";
    sql(&observer, terminate).await.unwrap();
    // Nobody asks for a connection meanwhile.
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let now = served(&observer, "kept").await;
        if now.len() == 2 && now.is_disjoint(&lost) && database.status().open == 2 {
            break;
        }
        assert!(Instant::now() < deadline, "lost {lost:?}, now {now:?}: {:?}", database.status());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn connections_above_the_minimum_are_closed_when_they_are_idle() {
    let db = TestDatabase::create().await;
    let config = builder(&db)
        .pool_min(1)
        .pool_max(5)
        .idle_timeout(Duration::from_millis(100))
        .build()
        .unwrap();
    let database = Database::connect(config).await.unwrap();
    let mut held = Vec::new();
    for _ in 0..5 {
        held.push(database.conn().await.unwrap());
    }
    drop(held);
    assert_eq!(database.status().idle, 5);
    until(&database, "down to the minimum", |db| db.status().open == 1).await;
}

#[tokio::test]
async fn a_connection_past_its_lifetime_is_replaced() {
    let db = TestDatabase::create().await;
    let config = builder(&db)
        .pool_max(1)
        .pool_min(1)
        .max_lifetime(Duration::from_millis(1))
        .build()
        .unwrap();
    let database = Database::connect(config).await.unwrap();
    let mut pids = std::collections::BTreeSet::new();
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let mut conn = database.conn().await.unwrap();
        let pid =
            diesel::select(diesel::dsl::sql::<diesel::sql_types::Integer>("pg_backend_pid()"));
        pids.insert(pid.get_result::<i32>(&mut *conn).await.unwrap());
    }
    assert_eq!(pids.len(), 3);
}

#[tokio::test]
async fn a_closed_port_and_a_missing_database_are_told_at_once_with_their_cause() {
    // Bound and not listened to: nobody else can take the port meanwhile.
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let start = Instant::now();
    let url = format!("postgresql://app:secret@127.0.0.1:{port}/homeroom");
    let error =
        Database::connect(DatabaseConfig::builder(&url).build().unwrap()).await.unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(1));
    assert_eq!(
        error.to_string(),
        format!("can't connect to postgresql://app@127.0.0.1:{port}/homeroom")
    );
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("refused"), "{cause}");

    let db = TestDatabase::create().await;
    let (server, _) = db.url().rsplit_once('/').unwrap();
    let url = format!("{server}/nowhere");
    let error =
        Database::connect(DatabaseConfig::builder(&url).build().unwrap()).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    assert_eq!(
        std::error::Error::source(&error).unwrap().to_string(),
        "database \"nowhere\" does not exist"
    );
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up_after_the_connect_timeout() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgresql://app@127.0.0.1:{}/d", listener.local_addr().unwrap().port());
    let config =
        DatabaseConfig::builder(&url).connect_timeout(Duration::from_millis(100)).build().unwrap();
    let error = Database::connect(config).await.unwrap_err();
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "no answer within 100ms");
}

#[tokio::test]
async fn a_transaction_is_committed_on_ok_and_rolled_back_on_err() {
    let db = TestDatabase::create().await;
    let kept = NewUser::named("kept");
    db.transaction(async |conn| User::create(conn, &kept).await).await.unwrap();
    let lost = NewUser::named("lost");
    let outcome: Result<(), Error> = db
        .transaction(async |conn| {
            User::create(conn, &lost).await?;
            User::get(conn, homeroom::UserId::generate()).await?;
            Ok(())
        })
        .await;
    assert!(matches!(outcome, Err(Error::NotFound { .. })));
    let conn = db.conn().await.unwrap();
    assert!(User::find(&conn, kept.id).await.unwrap().is_some());
    assert!(User::find(&conn, lost.id).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_whose_future_is_dropped_or_panics_leaves_no_lock_and_no_dirty_connection() {
    let db = TestDatabase::create().await;
    let config = builder(&db).pool_max(1).pool_min(0).build().unwrap();
    let database = Database::connect(config).await.unwrap();
    let person =
        User::create(&database.conn().await.unwrap(), &NewUser::named("A")).await.unwrap().id;
    let rename = format!("UPDATE users SET name = 'B' WHERE id = '{person}'");

    let (in_transaction, is_in_transaction) = tokio::sync::oneshot::channel();
    let (task_db, task_rename) = (database.clone(), rename.clone());
    let dropped = tokio::spawn(async move {
        task_db
            .transaction(async |conn| {
                sql(conn, &task_rename).await?;
                in_transaction.send(()).unwrap();
                std::future::pending::<Result<(), Error>>().await
            })
            .await
    });
    is_in_transaction.await.unwrap();
    dropped.abort();
    let (task_db, task_rename) = (database.clone(), rename.clone());
    let panicked = tokio::spawn(async move {
        task_db
            .transaction(async |conn| -> Result<(), Error> {
                sql(conn, &task_rename).await?;
                panic!("in the middle of a transaction");
            })
            .await
    });
    assert!(panicked.await.unwrap_err().is_panic());

    let conn = database.conn().await.unwrap();
    sql(&conn, "SET lock_timeout = '1s'").await.unwrap();
    sql(&conn, &format!("SELECT FROM users WHERE id = '{person}' FOR UPDATE")).await.unwrap();
    assert_eq!(User::get(&conn, person).await.unwrap().name, "A");
}

#[tokio::test]
async fn a_close_waits_for_the_work_in_flight_and_refuses_new_work() {
    let db = TestDatabase::create().await;
    let database = Database::connect(builder(&db).build().unwrap()).await.unwrap();
    let conn = database.conn().await.unwrap();
    let closing = tokio::spawn({
        let database = database.clone();
        async move { database.close().await }
    });
    let deadline = Instant::now() + Duration::from_secs(10);
    while database.conn().await.is_ok() {
        assert!(Instant::now() < deadline);
        tokio::task::yield_now().await;
    }
    assert!(!closing.is_finished(), "the work in flight is waited for");
    let person = User::create(&conn, &NewUser::named("in flight")).await.unwrap();
    assert_eq!(person.name, "in flight");
    drop(conn);
    closing.await.unwrap();
    let error = database.conn().await.unwrap_err();
    assert_eq!(error.to_string(), "the database handle was closed");
}

#[tokio::test]
async fn a_ping_answers_and_queries_polled_together_are_pipelined() {
    let db = TestDatabase::create().await;
    assert!(db.ping().await.unwrap() < Duration::from_secs(1));
    let conn = db.conn().await.unwrap();
    let (a, b) = (NewUser::named("a"), NewUser::named("b"));
    let (a, b) = tokio::try_join!(User::create(&conn, &a), User::create(&conn, &b)).unwrap();
    assert_ne!(a.id, b.id);
}

#[tokio::test]
async fn a_server_without_tls_is_refused_where_tls_is_required() {
    let db = TestDatabase::create().await;
    let url = format!("{}&sslmode=require", db.url());
    let url = if db.url().contains('?') { url } else { url.replacen('&', "?", 1) };
    let error =
        Database::connect(DatabaseConfig::builder(&url).build().unwrap()).await.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.to_lowercase().contains("tls"), "{cause}");
}

#[test]
fn the_handle_can_be_shared_and_its_futures_sent() {
    fn check<T: Send + Sync + Clone + 'static>(_: &T) {}
    fn check_send<T: Send>(_: T) {}
    fn with(db: &Database) {
        check(db);
        check_send(db.conn());
        check_send(db.ping());
    }
    let _ = with;
}

/// The compiler is the judge: a web server's handlers have to be futures that can be sent, and they borrow what they work on.
#[test]
fn work_that_borrows_can_be_sent_in_transactions_and_reads() {
    async fn transaction(db: &Database, id: UserId, name: &str) -> homeroom::Result<User> {
        db.transaction(async |conn| {
            User::create(conn, &NewUser::named(name)).await?;
            User::get(conn, id).await
        })
        .await
    }
    async fn serializable(db: &Database, id: UserId, new: NewUser) -> homeroom::Result<User> {
        db.serializable(async |conn| {
            User::create(conn, &new).await?;
            User::get(conn, id).await
        })
        .await
    }
    async fn read(db: &Database, written: WalPosition, email: &str) -> homeroom::Result<()> {
        db.read(async |conn| User::find_by_email(conn, email).await).await?;
        db.read_after(written, async |conn| User::find_by_email(conn, email).await).await?;
        Ok(())
    }
    fn check(db: Database, id: UserId, written: WalPosition) {
        tokio::spawn(async move {
            let name = String::from("Ana");
            transaction(&db, id, &name).await?;
            serializable(&db, id, NewUser::named(name)).await?;
            read(&db, written, "ana@example.org").await
        });
    }
    let _ = check;
}

#[tokio::test]
async fn what_a_test_transaction_wrote_nobody_else_sees() {
    let first = homeroom::testing::TestTransaction::begin().await;
    let person = User::create(&first, &NewUser::named("A")).await.unwrap().id;
    let second = homeroom::testing::TestTransaction::begin().await;
    assert!(User::find(&second, person).await.unwrap().is_none());
    drop(first);
    assert!(User::find(&second, person).await.unwrap().is_none());
}
