//! A transaction that behaves as if it had run alone, beside one that does not.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use homeroom::testing::TestDatabase;
use homeroom::{Connection, Database, Error};
use tokio::task::JoinSet;

use crate::{operations, sql};

const SEATS: i64 = 10;

async fn taken(mut conn: &Connection) -> homeroom::Result<i64> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let row: Count =
        diesel::sql_query("SELECT count(*) AS count FROM seats").get_result(&mut conn).await?;
    Ok(row.count)
}

/// Looks whether a seat is free, and takes it: two statements, between which others do the same.
async fn take_seat(conn: &Connection) -> homeroom::Result<bool> {
    if taken(conn).await? >= SEATS {
        return Ok(false);
    }
    sql(conn, "INSERT INTO seats VALUES (gen_random_uuid())").await?;
    Ok(true)
}

async fn seats() -> TestDatabase {
    let db = TestDatabase::create().await;
    sql(&db.conn().await.unwrap(), "CREATE TABLE seats (id uuid PRIMARY KEY)").await.unwrap();
    db
}

/// Lets sixteen take seats at once until there is none, and counts those that are taken then.
async fn race<W, F>(db: &TestDatabase, take: W) -> i64
where
    W: Fn(Database) -> F,
    F: Future<Output = homeroom::Result<bool>> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for _ in 0..16 {
        tasks.spawn(take(db.database().clone()));
    }
    drop(tasks.join_all().await);
    taken(&db.conn().await.unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_seat_is_taken_twice() {
    for _ in 0..(operations() / 200).max(1) {
        let db = seats().await;
        for _ in 0..3 {
            race(
                &db,
                |db| async move { db.serializable(async |conn| take_seat(conn).await).await },
            )
            .await;
        }
        assert_eq!(taken(&db.conn().await.unwrap()).await.unwrap(), SEATS);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn control_a_plain_transaction_takes_more_seats_than_there_are() {
    for _ in 0..100 {
        let db = seats().await;
        let taken =
            race(&db, |db| async move { db.transaction(async |conn| take_seat(conn).await).await })
                .await;
        if taken > SEATS {
            return;
        }
    }
    panic!("the naive way was never seen to fail");
}

#[tokio::test]
async fn a_transaction_that_always_loses_is_given_up_after_ten_tries() {
    let db = TestDatabase::create().await;
    let tries = AtomicUsize::new(0);
    let start = Instant::now();
    let outcome: Result<(), Error> = db
        .serializable(async |conn| {
            tries.fetch_add(1, Ordering::SeqCst);
            sql(conn, "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$").await
        })
        .await;
    assert!(matches!(outcome, Err(Error::Retry { .. })), "{outcome:?}");
    assert_eq!(AtomicUsize::load(&tries, Ordering::SeqCst), 10);
    assert!(start.elapsed().as_secs() < 5);
}

#[tokio::test]
async fn a_lost_race_is_run_again_whatever_error_the_work_makes_of_it_and_other_errors_are_not() {
    #[derive(Debug)]
    struct Mine;
    impl From<Error> for Mine {
        fn from(_: Error) -> Self {
            Self
        }
    }
    let db = TestDatabase::create().await;
    for (state, expected) in [("40001", 2), ("40P01", 2), ("23505", 1)] {
        let tries = AtomicUsize::new(0);
        let outcome: Result<usize, Mine> = db
            .serializable(async |conn| {
                let tries = tries.fetch_add(1, Ordering::SeqCst) + 1;
                if tries == 1 {
                    sql(conn, &format!("DO $$ BEGIN RAISE SQLSTATE '{state}'; END $$"))
                        .await
                        .map_err(|_| Mine)?;
                }
                Ok(tries)
            })
            .await;
        assert_eq!(tries.into_inner(), expected, "{state}");
        assert_eq!(outcome.is_ok(), expected == 2, "{state}");
    }
}
