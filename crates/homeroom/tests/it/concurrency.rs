//! Rules that hold while many write at once, each beside a naive way that is seen to break it.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use homeroom::testing::TestDatabase;
use homeroom::{ChatSessionId, Group, GroupType, Message, NewGroup, NewMessage};
use tokio::task::JoinSet;

use crate::{chat, group, sql, user};

const WRITERS: usize = 8;
const APPENDS: usize = 50;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

async fn count(db: &TestDatabase, query: &str) -> i64 {
    let row: Count =
        diesel::sql_query(query).get_result(&mut &*db.conn().await.unwrap()).await.unwrap();
    row.count
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_have_no_gap_and_no_duplicate_under_many_writers() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let chat = chat(&conn, user(&conn, "A").await.id).await.id;
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let db = db.database().clone();
        writers.spawn(async move {
            let conn = db.conn().await.unwrap();
            let mut seqs = Vec::new();
            for n in 0..APPENDS {
                let new = NewMessage::user(format!("{writer}:{n}"));
                seqs.push(Message::append(&conn, chat, &new).await.unwrap().seq);
            }
            seqs
        });
    }
    let mut seqs = Vec::new();
    for own in writers.join_all().await {
        assert!(own.is_sorted(), "a writer's own messages keep their order");
        seqs.extend(own);
    }
    seqs.sort_unstable();
    assert_eq!(seqs, (1..=(WRITERS * APPENDS) as i32).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_control_that_reads_the_highest_seq_first_loses_writes() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let chat: ChatSessionId = chat(&conn, user(&conn, "A").await.id).await.id;
    let naive = format!(
        "INSERT INTO messages (session_id, seq, role, content)
         SELECT '{chat}', coalesce(max(seq), 0) + 1, 'user', 'x' FROM messages WHERE session_id = '{chat}'"
    );
    // As the earlier system had it: without the counter, and so without the triggers that demand it.
    sql(&conn, "ALTER TABLE messages DISABLE TRIGGER USER").await.unwrap();
    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        let (db, naive) = (db.database().clone(), naive.clone());
        writers.spawn(async move {
            let conn = db.conn().await.unwrap();
            let mut failed = 0;
            for _ in 0..APPENDS {
                failed += usize::from(sql(&conn, &naive).await.is_err());
            }
            failed
        });
    }
    let failed: usize = writers.join_all().await.into_iter().sum();
    assert!(failed > 0, "the naive way is seen to fail");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moving_subtree_takes_along_what_is_inserted_below_it() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let districts = [
        group(&conn, GroupType::District, None, "East").await.id,
        group(&conn, GroupType::District, None, "West").await.id,
    ];
    let school = group(&conn, GroupType::School, districts[0], "School").await.id;
    let mut tasks = JoinSet::new();
    for writer in 0..4 {
        let db = db.database().clone();
        tasks.spawn(async move {
            let conn = db.conn().await.unwrap();
            let mut parent = school;
            for n in 0..40 {
                let new = NewGroup::new(GroupType::Department, parent, format!("{writer} {n}"));
                let below = Group::create(&conn, &new).await.unwrap().id;
                // Now and then go deeper, so that there are inner groups to insert below.
                parent = if n % 10 == 0 { below } else { parent };
            }
        });
    }
    let mover = db.database().clone();
    tasks.spawn(async move {
        let conn = mover.conn().await.unwrap();
        for n in 1..=40 {
            Group::move_to(&conn, school, Some(districts[n % 2])).await.unwrap();
        }
    });
    tasks.join_all().await;
    let query = "SELECT count(*) AS count FROM groups child JOIN groups parent ON parent.id = child.parent_id
         WHERE child.path <> parent.path || text2ltree(replace(child.slug, '-', '_'))";
    assert_eq!(count(&db, query).await, 0);
    assert_eq!(count(&db, "SELECT count(*) AS count FROM groups").await, 3 + 4 * 40);
}

/// As [`a_moving_subtree_takes_along_what_is_inserted_below_it`], with paths that are computed by the writers.
#[tokio::test(flavor = "multi_thread")]
async fn the_control_without_locks_leaves_groups_behind_a_move() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    sql(&conn, "ALTER TABLE groups DISABLE TRIGGER USER").await.unwrap();
    sql(&conn, "INSERT INTO groups (name, slug, type, path) VALUES ('S', 's', 'school', 'd0.s')")
        .await
        .unwrap();
    let mut tasks = JoinSet::new();
    for writer in 0..4 {
        let db = db.database().clone();
        tasks.spawn(async move {
            let conn = db.conn().await.unwrap();
            for n in 0..40 {
                let insert = format!(
                    "INSERT INTO groups (parent_id, name, slug, type, path)
                     SELECT id, 'x', 'x-{writer}-{n}', 'department', path || 'x_{writer}_{n}'
                     FROM groups, pg_sleep(0.002) WHERE slug = 's'"
                );
                sql(&conn, &insert).await.unwrap();
            }
        });
    }
    let mover = db.database().clone();
    tasks.spawn(async move {
        let conn = mover.conn().await.unwrap();
        for n in 0..80 {
            // Always on to a new place: what is left behind is not picked up by the next move.
            let update = format!(
                "UPDATE groups SET path = 'd{}'::ltree || subpath(path, 1) WHERE path <@ 'd{n}'",
                n + 1
            );
            sql(&conn, &update).await.unwrap();
        }
    });
    tasks.join_all().await;
    let query = "SELECT count(*) AS count FROM groups child JOIN groups parent ON parent.id = child.parent_id
         WHERE NOT child.path <@ parent.path";
    assert!(count(&db, query).await > 0, "the naive way is seen to fail");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_live_stays_below_a_group_that_is_archived_meanwhile() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    for round in 0..10 {
        let school = group(&conn, GroupType::School, district, &format!("School {round}")).await.id;
        let mut tasks = JoinSet::new();
        for writer in 0..4 {
            let db = db.database().clone();
            tasks.spawn(async move {
                let conn = db.conn().await.unwrap();
                for n in 0..10 {
                    let new = NewGroup::new(GroupType::Department, school, format!("{writer} {n}"));
                    if Group::create(&conn, &new).await.is_err() {
                        return;
                    }
                }
            });
        }
        let archiver = db.database().clone();
        tasks.spawn(async move {
            Group::archive(&archiver.conn().await.unwrap(), school).await.unwrap();
        });
        tasks.join_all().await;
    }
    let query = "SELECT count(*) AS count FROM groups child JOIN groups parent ON parent.id = child.parent_id
         WHERE child.deleted_at IS NULL AND parent.deleted_at IS NOT NULL";
    assert_eq!(count(&db, query).await, 0);
}

#[tokio::test]
async fn a_change_in_place_does_not_wait_for_an_insert() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let inserter = db.conn().await.unwrap();
    sql(&inserter, "BEGIN").await.unwrap();
    group(&inserter, GroupType::District, None, "E").await;

    sql(&conn, "SET lock_timeout = '50ms'").await.unwrap();
    let changes = homeroom::GroupChanges { name: Some("F".to_owned()), settings: None };
    Group::update(&conn, district, &changes).await.unwrap();
    // The control: a rename does wait.
    assert!(Group::rename(&conn, district, "G", "g").await.is_err());
    sql(&inserter, "ROLLBACK").await.unwrap();
}
