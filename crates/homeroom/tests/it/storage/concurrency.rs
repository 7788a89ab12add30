//! The quota holds under any number of uploads at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use homeroom::testing::TestDatabase;
use homeroom::{
    Connection, Database, Error, File, NewStorageReservation, StorageLimits, StorageReservation,
    StorageReservationId, UserId,
};
use tokio::task::JoinSet;

use super::{new_file, quota};
use crate::{operations, sql, user};

const PEOPLE: usize = 4;
const WRITERS: usize = 16;
const QUOTA: i64 = 1_000;

#[derive(QueryableByName)]
struct Over {
    #[diesel(sql_type = BigInt)]
    people: i64,
}

/// How many people have more than their quota, or another sum than what is counted.
async fn wrong(mut conn: &Connection) -> i64 {
    let query = diesel::sql_query(include_str!("wrong.sql")).bind::<BigInt, _>(QUOTA);
    let over: Over = diesel_async::RunQueryDsl::get_result(query, &mut conn).await.unwrap();
    over.people
}

/// Random numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

async fn people(db: &TestDatabase) -> Vec<UserId> {
    let conn = db.conn().await.unwrap();
    let mut people = Vec::new();
    for n in 0..PEOPLE {
        let id = user(&conn, &n.to_string()).await.id;
        quota(&conn, id, Some(QUOTA)).await;
        people.push(id);
    }
    people
}

/// What one writer was told to be stored, by person, and how often the quota refused it.
async fn upload(
    db: Database,
    people: Vec<UserId>,
    seed: u64,
    times: usize,
) -> (BTreeMap<UserId, i64>, usize) {
    let conn = db.conn().await.unwrap();
    let mut numbers = Numbers(seed);
    let mut stored = BTreeMap::new();
    let mut refused = 0;
    let mut rooms: Vec<(StorageReservationId, UserId, i64)> = Vec::new();
    for _ in 0..times {
        let person = people[numbers.below(PEOPLE as u64) as usize];
        let bytes = numbers.below(60) as i64;
        let outcome = match (numbers.below(5), rooms.pop()) {
            (0, Some((id, person, bytes))) => {
                StorageReservation::release(&conn, id).await.map(|()| (person, -bytes))
            }
            (1, Some((id, person, bytes))) => {
                // Less than was reserved.
                let file = new_file(person, bytes / 2);
                StorageReservation::commit(&conn, id, &file)
                    .await
                    .map(|_| (person, bytes / 2 - bytes))
            }
            (2, room) => {
                rooms.extend(room);
                File::create(&conn, &new_file(person, bytes)).await.map(|_| (person, bytes))
            }
            (_, room) => {
                rooms.extend(room);
                let new = NewStorageReservation::new(person, bytes);
                let reserved = StorageReservation::reserve(&conn, &new).await;
                reserved.map(|room| {
                    rooms.push((room.id, person, bytes));
                    (person, bytes)
                })
            }
        };
        match outcome {
            Ok((person, bytes)) => *stored.entry(person).or_default() += bytes,
            Err(Error::Quota { .. }) => refused += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    (stored, refused)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_ever_above_their_quota_and_every_byte_is_counted() {
    let db = TestDatabase::create().await;
    let people = people(&db).await;
    let done = Arc::new(AtomicBool::new(false));
    let watcher = tokio::spawn({
        let (db, done) = (db.database().clone(), Arc::clone(&done));
        async move {
            let conn = db.conn().await.unwrap();
            let mut looked = 0;
            while !done.load(Ordering::Relaxed) {
                assert_eq!(wrong(&conn).await, 0, "after {looked} looks");
                looked += 1;
            }
            looked
        }
    });
    let mut writers = JoinSet::new();
    for seed in 0..WRITERS {
        let times = operations().div_ceil(WRITERS);
        writers.spawn(upload(db.database().clone(), people.clone(), seed as u64 + 1, times));
    }
    let (mut stored, mut refused) = (BTreeMap::<UserId, i64>::new(), 0);
    for (own, refusals) in writers.join_all().await {
        refused += refusals;
        for (person, bytes) in own {
            *stored.entry(person).or_default() += bytes;
        }
    }
    done.store(true, Ordering::Relaxed);
    assert!(watcher.await.unwrap() > 0);
    let conn = db.conn().await.unwrap();
    assert_eq!(wrong(&conn).await, 0);
    for person in people {
        // What the writers were told is what is there.
        let limits = StorageLimits::of_user(&conn, person).await.unwrap();
        assert_eq!(limits.used_bytes, stored[&person]);
    }
    assert!(refused > 0, "the quota was reached");
}

/// As the earlier system had it: the sum is read, compared, and the file inserted.
#[tokio::test(flavor = "multi_thread")]
async fn the_control_that_reads_the_sum_first_stores_too_much() {
    let db = TestDatabase::create().await;
    let people = people(&db).await;
    let conn = db.conn().await.unwrap();
    sql(&conn, "ALTER TABLE files DISABLE TRIGGER USER").await.unwrap();
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let (db, people) = (db.database().clone(), people.clone());
        writers.spawn(async move {
            let conn = db.conn().await.unwrap();
            for n in 0..20 {
                let id = people[(writer + n) % PEOPLE];
                let insert = format!(
                    "INSERT INTO files (original_name, mime_type, size_bytes, storage_backend, storage_key, uploaded_by)
                     SELECT 'f', 'text/plain', 200, 'local', 'key {writer} {n}', '{id}'
                     FROM pg_sleep(0.002)
                     WHERE 200 + (SELECT coalesce(sum(size_bytes), 0) FROM files WHERE uploaded_by = '{id}') <= {QUOTA}"
                );
                sql(&conn, &insert).await.unwrap();
            }
        });
    }
    writers.join_all().await;
    sql(&conn, "UPDATE user_storage_limits SET used_bytes = (SELECT sum(size_bytes) FROM files WHERE uploaded_by = user_id)")
        .await
        .unwrap();
    assert!(wrong(&conn).await > 0, "the naive way is seen to fail");
}
