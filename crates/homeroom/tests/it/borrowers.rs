//! What one borrower of a connection leaves behind, the next one does not meet.

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use homeroom::testing::TestDatabase;
use homeroom::{Connection, Database, DatabaseConfig, NewUser, PooledConnection, User};

use crate::sql;

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Text)]
    answer: String,
}

async fn ask(mut conn: &Connection, what: &str) -> String {
    let row: Answer = diesel::sql_query(format!("SELECT ({what})::text AS answer"))
        .get_result(&mut conn)
        .await
        .unwrap();
    row.answer
}

/// One connection, so that the next borrower gets what the last one had.
async fn lone(test: &TestDatabase) -> Database {
    let config = DatabaseConfig::builder(test.url()).pool_min(0).pool_max(1).build().unwrap();
    Database::connect(config).await.unwrap()
}

async fn process(mut conn: &Connection) -> i32 {
    let pid = diesel::select(diesel::dsl::sql::<Integer>("pg_backend_pid()"));
    pid.get_result(&mut conn).await.unwrap()
}

/// Lets one borrower do something, and gives the next one's connection and whether it is the same.
async fn after(db: &Database, what: &str) -> (PooledConnection, bool) {
    let first = {
        let conn = db.conn().await.unwrap();
        let process = process(&conn).await;
        sql(&conn, what).await.unwrap();
        process
    };
    let conn = db.conn().await.unwrap();
    let same = process(&conn).await == first;
    (conn, same)
}

#[tokio::test]
async fn settings_roles_locks_cursors_and_temporary_tables_end_with_their_borrower() {
    let test = TestDatabase::create().await;
    let db = lone(&test).await;
    sql(&test.conn().await.unwrap(), "DROP ROLE IF EXISTS nobody_much; CREATE ROLE nobody_much")
        .await
        .unwrap();
    let left = [
        ("SET statement_timeout = '1h'", "current_setting('statement_timeout')", "30s"),
        ("SET TIME ZONE 'Asia/Tokyo'", "current_setting('TimeZone')", "UTC"),
        ("SET search_path = pg_catalog", "current_setting('search_path')", "\"$user\", public"),
        ("SET ROLE nobody_much", "current_user", "postgres"),
        ("SET SESSION AUTHORIZATION nobody_much", "session_user", "postgres"),
        ("SELECT set_config('app.tenant', '7', false)", "current_setting('app.tenant', true)", ""),
        ("SELECT pg_advisory_lock(4711)", "SELECT count(*) FROM pg_locks WHERE objid = 4711", "0"),
        ("CREATE TEMP TABLE t AS SELECT 1", "to_regclass('pg_temp.t') IS NULL", "true"),
        ("LISTEN news", "SELECT count(*) FROM pg_listening_channels()", "0"),
        (
            "BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT 1; COMMIT",
            "SELECT count(*) FROM pg_cursors WHERE name = 'c'",
            "0",
        ),
    ];
    for (done, asked, expected) in left {
        let (conn, same) = after(&db, done).await;
        assert_eq!(ask(&conn, asked).await, expected, "{done}");
        assert!(same, "{done}: it is brought in order, which costs less than a new connection");
    }
    let conn = db.conn().await.unwrap();
    for (name, value) in [
        ("lock_timeout", "5s"),
        ("jit", "off"),
        ("application_name", "homeroom"),
        ("client_connection_check_interval", "500ms"),
    ] {
        assert_eq!(
            ask(&conn, &format!("current_setting('{name}')")).await,
            value,
            "our own are kept"
        );
    }
    drop(conn);
    sql(&test.conn().await.unwrap(), "DROP ROLE nobody_much").await.unwrap();
}

#[tokio::test]
async fn a_prepared_statement_that_sets_something_is_noticed_each_time_it_runs() {
    let test = TestDatabase::create().await;
    let db = lone(&test).await;
    for tenant in ["7", "8"] {
        {
            let conn = db.conn().await.unwrap();
            assert_eq!(
                ask(&conn, "coalesce(nullif(current_setting('app.tenant', true), ''), 'none')")
                    .await,
                "none"
            );
            // Diesel prepares it once, and runs it by its name the second time.
            let set = diesel::dsl::sql::<Text>("set_config('app.tenant', ")
                .bind::<Text, _>(tenant)
                .sql(", false)");
            let set: String = diesel::select(set).get_result(&mut &*conn).await.unwrap();
            assert_eq!(set, tenant);
        }
    }
    let conn = db.conn().await.unwrap();
    assert_eq!(
        ask(&conn, "coalesce(nullif(current_setting('app.tenant', true), ''), 'none')").await,
        "none"
    );
}

#[tokio::test]
async fn a_transaction_begun_in_plain_sql_is_rolled_back() {
    let test = TestDatabase::create().await;
    let db = lone(&test).await;
    let person = NewUser::named("never");
    {
        let conn = db.conn().await.unwrap();
        sql(&conn, "BEGIN").await.unwrap();
        User::create(&conn, &person).await.unwrap();
    }
    let mut conn = db.conn().await.unwrap();
    assert!(conn.batch_execute("SAVEPOINT s").await.is_err(), "no transaction is open");
    assert!(User::find(&conn, person.id).await.unwrap().is_none());
}

#[tokio::test]
async fn a_failed_transaction_begun_in_plain_sql_is_ended_too() {
    let test = TestDatabase::create().await;
    let db = lone(&test).await;
    {
        let conn = db.conn().await.unwrap();
        sql(&conn, "BEGIN").await.unwrap();
        sql(&conn, "SELECT 1/0").await.unwrap_err();
    }
    User::create(&db.conn().await.unwrap(), &NewUser::named("Ana")).await.unwrap();
}

#[tokio::test]
async fn a_connection_without_its_prepared_statements_is_not_lent_again() {
    let test = TestDatabase::create().await;
    let db = lone(&test).await;
    User::find_by_email(&db.conn().await.unwrap(), "a@example.org").await.unwrap();
    for done in ["DISCARD ALL", "DEALLOCATE ALL", "PREPARE mine AS SELECT 1"] {
        let (conn, same) = after(&db, done).await;
        assert!(!same, "{done}");
        User::find_by_email(&conn, "a@example.org").await.unwrap();
    }
}

#[tokio::test]
async fn a_connection_on_which_nothing_was_set_is_lent_as_it_is() {
    let test = TestDatabase::create().await;
    let db = lone(&test).await;
    let (_, same) =
        after(&db, "UPDATE users SET name = name; BEGIN; SELECT pg_advisory_xact_lock(1); COMMIT")
            .await;
    assert!(same);
}

#[tokio::test]
async fn work_that_ends_well_in_a_failed_transaction_is_told_that_nothing_was_stored() {
    let test = TestDatabase::create().await;
    let person = NewUser::named("never");
    let outcome = test
        .transaction(async |conn| {
            User::create(conn, &person).await?;
            // A mistake that is easily made: the error is looked at, and the work goes on.
            drop(User::create(conn, &person).await);
            Ok::<_, homeroom::Error>(())
        })
        .await;
    assert!(matches!(outcome, Err(homeroom::Error::Aborted)), "{outcome:?}");
    let conn = test.conn().await.unwrap();
    assert!(User::find(&conn, person.id).await.unwrap().is_none());
}
