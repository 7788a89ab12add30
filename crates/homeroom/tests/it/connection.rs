//! The connection on which Diesel's queries run: values of every type arrive, statements are kept, the driver is at hand.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use diesel::connection::InstrumentationEvent;
use diesel::pg::sql_types::Array;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};
use diesel_async::{AsyncConnection, RunQueryDsl, SaveChangesDsl, SimpleAsyncConnection};
use futures_util::{SinkExt, TryStreamExt};
use homeroom::ltree::Ltree;
use homeroom::ltree::diesel::sql_types::Ltree as SqlLtree;
use homeroom::testing::TestDatabase;
use homeroom::{Connection, Database, DatabaseConfig, User};

use crate::sql;

#[derive(QueryableByName)]
struct Path {
    #[diesel(sql_type = SqlLtree)]
    path: Ltree,
    #[diesel(sql_type = Nullable<Text>)]
    nothing: Option<String>,
    #[diesel(sql_type = Binary)]
    bytes: Vec<u8>,
}

async fn number(mut conn: &Connection, what: &str) -> i64 {
    let query = diesel::select(diesel::dsl::sql::<BigInt>(what));
    query.get_result(&mut conn).await.unwrap()
}

#[tokio::test]
async fn values_of_types_that_the_database_defines_arrive_the_first_time_and_every_other() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let paths: Vec<Ltree> = ["a.b", "a.c"].map(|path| path.parse().unwrap()).to_vec();
    // As the number of a type is written until it is known; here it is a value.
    let alike = [0xff, 0xff, 0, 0, 0xff, 0xff, 0, 1, 0xff, 0xfe, 0, 0];
    for _ in 0..2 {
        let found: Vec<Path> = diesel::sql_query(
            "SELECT path, NULL AS nothing, $2 AS bytes FROM unnest($1) AS path WHERE path <> ALL ($3)",
        )
        .bind::<Array<SqlLtree>, _>(&paths)
        .bind::<Binary, _>(&alike[..])
        .bind::<Array<SqlLtree>, _>(&paths[1..])
        .load(&mut &*conn)
        .await
        .unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, paths[0]);
        assert_eq!(found[0].nothing, None);
        assert_eq!(found[0].bytes, alike);
    }
}

#[tokio::test]
async fn a_type_that_is_not_there_is_named() {
    #[derive(diesel::sql_types::SqlType, diesel::query_builder::QueryId)]
    #[diesel(postgres_type(name = "colour"))]
    struct Colour;
    #[derive(Debug, diesel::expression::AsExpression)]
    #[diesel(sql_type = Colour)]
    struct Red;
    impl diesel::serialize::ToSql<Colour, diesel::pg::Pg> for Red {
        fn to_sql<'b>(
            &'b self,
            out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
        ) -> diesel::serialize::Result {
            std::io::Write::write_all(out, b"red")?;
            Ok(diesel::serialize::IsNull::No)
        }
    }
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let query = || diesel::sql_query("SELECT $1::text AS text").bind::<Colour, _>(Red);
    let error = query().execute(&mut conn).await.unwrap_err();
    assert_eq!(error.to_string(), "type \"colour\" does not exist");
    // It may come later.
    sql(&conn, "CREATE TYPE colour AS ENUM ('red')").await.unwrap();
    assert_eq!(query().execute(&mut conn).await.unwrap(), 1);
}

#[tokio::test]
async fn a_query_without_an_id_of_its_own_is_kept_by_its_text_and_its_types() {
    use homeroom::schema::users::dsl::{email, id, name, users};
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let prepared =
        "(SELECT count(*) FROM pg_prepared_statements WHERE statement ~ '^SELECT .users')";
    assert_eq!(number(&conn, prepared).await, 0);
    let found = async |with_email: bool, called: &str| {
        let mut query = users.select(id).into_boxed().filter(name.eq(called.to_owned()));
        if with_email {
            query = query.filter(email.eq("ana@example.org"));
        }
        let found: Vec<homeroom::UserId> = query.load(&mut &*conn).await.unwrap();
        assert_eq!(found, []);
    };
    found(false, "Ana").await;
    found(false, "Ben").await;
    assert_eq!(number(&conn, prepared).await, 1);
    found(true, "Ana").await;
    found(true, "Ben").await;
    assert_eq!(number(&conn, prepared).await, 2);
}

#[tokio::test]
async fn a_row_can_be_saved_and_read_back() {
    #[derive(Clone, Copy, Identifiable, AsChangeset)]
    #[diesel(table_name = homeroom::schema::users)]
    struct Renamed<'a> {
        id: homeroom::UserId,
        name: &'a str,
    }
    let db = TestDatabase::create().await;
    let mut conn = Connection::establish(db.url()).await.unwrap();
    let id = crate::user(&conn, "Ana").await.id;
    let saved: User = Renamed { id, name: "Anna" }.save_changes(&mut conn).await.unwrap();
    assert_eq!((saved.id, saved.name.as_str()), (id, "Anna"));
}

#[tokio::test]
async fn what_runs_on_a_connection_that_is_dropped_is_cancelled() {
    let db = TestDatabase::create().await;
    let conn = Connection::establish(db.url()).await.unwrap();
    let sleeping = sql(&conn, "SELECT pg_sleep(60)");
    assert!(tokio::time::timeout(Duration::from_millis(100), sleeping).await.is_err());
    drop(conn);
    let watching = db.conn().await.unwrap();
    let running = "(SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state = 'active')";
    let gone = async {
        while number(&watching, running).await > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(2), gone).await.unwrap();
}

#[tokio::test]
async fn a_statement_that_alters_and_is_parsed_at_every_call_does_not_make_others_alter() {
    let db = TestDatabase::create().await;
    let config = DatabaseConfig::builder(db.url()).pool_min(0).pool_max(1).build().unwrap();
    let db = Database::connect(config).await.unwrap();
    {
        let conn = db.conn().await.unwrap();
        let set = diesel::sql_query("SELECT set_config('application_name', 'seen', false)");
        set.execute(&mut &*conn).await.unwrap();
    }
    {
        let conn = db.conn().await.unwrap();
        let unseen = "DO $$ BEGIN EXECUTE 'S' || 'ET application_name = unseen'; END $$";
        diesel::sql_query(unseen).execute(&mut &*conn).await.unwrap();
    }
    // The one that was seen was reset; that the other one was not shows that it was taken for what it seems.
    let conn = db.conn().await.unwrap();
    let unseen = "(current_setting('application_name') = 'unseen')::int::bigint";
    assert_eq!(number(&conn, unseen).await, 1);
}

#[tokio::test]
async fn what_the_driver_copies_in_is_a_part_of_the_transaction() {
    let db = TestDatabase::create().await;
    let config = DatabaseConfig::builder(db.url()).pool_min(0).pool_max(1).build().unwrap();
    let db = Database::connect(config).await.unwrap();
    let copy = "COPY users (id, name) FROM STDIN (FORMAT csv)";
    let rows = Bytes::from_static(
        b"01890a5d-ac96-774b-bcce-b302099a8057,Ana\n01890a5d-ac96-774b-bcce-b302099a8058,Ben\n",
    );
    let backend = number(&db.conn().await.unwrap(), "pg_backend_pid()::bigint").await;
    let copied = async |then: &str| {
        db.transaction(async |conn| {
            let mut sink = std::pin::pin!(conn.client().copy_in(copy).await.unwrap());
            sink.send(rows.clone()).await.unwrap();
            assert_eq!(sink.finish().await.unwrap(), 2);
            sql(conn, then).await
        })
        .await
    };
    copied("SELECT 1 / 0").await.unwrap_err();
    assert_eq!(number(&db.conn().await.unwrap(), "(SELECT count(*) FROM users)").await, 0);
    copied("SELECT 1").await.unwrap();
    let conn = db.conn().await.unwrap();
    assert_eq!(number(&conn, "(SELECT count(*) FROM users)").await, 2);
    let out = conn.client().copy_out("COPY (SELECT name FROM users ORDER BY name) TO STDOUT").await;
    let out: Vec<Bytes> = out.unwrap().try_collect().await.unwrap();
    assert_eq!(out.concat(), b"Ana\nBen\n");
    drop(conn);
    // A copy that is given up ends as an error on the server, and leaves the connection as good as before.
    {
        let conn = db.conn().await.unwrap();
        let mut sink = std::pin::pin!(conn.client().copy_in::<_, Bytes>(copy).await.unwrap());
        sink.send(Bytes::from_static(b"01890a5d-ac96-774b-bcce-b302099a8059,Cleo\n"))
            .await
            .unwrap();
    }
    let conn = db.conn().await.unwrap();
    assert_eq!(number(&conn, "(SELECT count(*) FROM users)").await, 2);
    assert_eq!(number(&conn, "pg_backend_pid()::bigint").await, backend);
}

#[tokio::test]
async fn a_connection_of_ones_own_is_opened_as_the_pools_are() {
    let db = TestDatabase::create().await;
    let mut conn = Connection::establish(db.url()).await.unwrap();
    let set: String = diesel::select(diesel::dsl::sql::<Text>("current_setting('lock_timeout')"))
        .get_result(&mut conn)
        .await
        .unwrap();
    assert_eq!(set, "5s");
    let error = Connection::establish("postgresql://app@127.0.0.1:1/nowhere").await.unwrap_err();
    let said = "can't connect to postgresql://app@127.0.0.1:1/nowhere: ";
    assert!(error.to_string().strip_prefix(said).is_some_and(|cause| !cause.is_empty()), "{error}");
}

#[tokio::test]
async fn an_instrumentation_sees_each_query_begin_and_end() {
    let db = TestDatabase::create().await;
    let mut conn = Connection::establish(db.url()).await.unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let told = seen.clone();
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        let text = match event {
            InstrumentationEvent::StartQuery { query, .. } => format!("start {query}"),
            InstrumentationEvent::FinishQuery { query, error, .. } => {
                format!("finish {query} {}", error.is_some())
            }
            InstrumentationEvent::CacheQuery { sql, .. } => format!("keep {sql}"),
            InstrumentationEvent::BeginTransaction { .. } => "begin".to_owned(),
            InstrumentationEvent::RollbackTransaction { .. } => "rollback".to_owned(),
            other => format!("{other:?}"),
        };
        told.lock().unwrap().push(text);
    });
    let failed: QueryResult<()> = conn
        .transaction(async |conn| {
            diesel::select(7.into_sql::<Integer>()).get_result::<i32>(conn).await?;
            conn.batch_execute("SELECT 1 / 0").await
        })
        .await;
    failed.unwrap_err();
    let expected = [
        "begin",
        "start BEGIN",
        "finish BEGIN false",
        "start SELECT $1 -- binds: [7]",
        "keep SELECT $1",
        "finish SELECT $1 false",
        "start SELECT 1 / 0",
        "finish SELECT 1 / 0 true",
        "rollback",
        "start ROLLBACK",
        "finish ROLLBACK false",
    ];
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[tokio::test]
async fn a_savepoint_that_has_lost_takes_its_transaction_with_it() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let lost: QueryResult<()> = conn
        .transaction(async |conn| {
            let inner: QueryResult<usize> = conn
                .transaction(async |conn| {
                    diesel::sql_query(
                        "DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '40001'; END $$",
                    )
                    .execute(conn)
                    .await
                })
                .await;
            inner.unwrap_err();
            Ok(())
        })
        .await;
    lost.unwrap();
    // Nothing is left open: the connection goes on.
    assert_eq!(number(&conn, "1::bigint").await, 1);
    let page = homeroom::PageRequest::first(1);
    assert_eq!(User::list(&conn, &page).await.unwrap().items, []);
}

#[tokio::test]
async fn a_commit_that_has_lost_is_not_rolled_back_once_more() {
    let db = TestDatabase::create().await;
    let mut conn = Connection::establish(db.url()).await.unwrap();
    let make = "CREATE TABLE late (n int);
        CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '40001'; END $$;
        CREATE CONSTRAINT TRIGGER late AFTER INSERT ON late DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION lose()";
    sql(&conn, make).await.unwrap();
    let begun = Arc::new(Mutex::new(Vec::new()));
    let told = begun.clone();
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            told.lock().unwrap().push(query.to_string());
        }
    });
    let lost: QueryResult<()> = conn
        .transaction(async |conn| conn.batch_execute("INSERT INTO late VALUES (1)").await)
        .await;
    lost.unwrap_err();
    assert_eq!(*begun.lock().unwrap(), ["BEGIN", "INSERT INTO late VALUES (1)", "COMMIT"]);
    assert_eq!(number(&conn, "(SELECT count(*) FROM late)").await, 0);
}
