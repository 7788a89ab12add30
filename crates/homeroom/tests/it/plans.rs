//! What is read often is read by an index, as the server itself counts it: no sequential scan of a large table, and no more rows
//! and buffers than the answer needs. Each is run with plans for its values and with generic plans, which prepared statements
//! come to.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;
use homeroom::schema::{chat_sessions, class_members, group_members, groups};
use homeroom::testing::TestDatabase;
use homeroom::{
    ChatSession, ChatSessionId, Class, ClassId, ClassMember, Connection, EffectiveSettings, Group,
    GroupId, Message, NewMessage, PageRequest, Tool, User, UserId,
};

use crate::sql;

#[derive(Debug, QueryableByName)]
struct Counted {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = BigInt)]
    scans: i64,
    #[diesel(sql_type = BigInt)]
    rows: i64,
    #[diesel(sql_type = BigInt)]
    buffers: i64,
}

/// What was read since the connection last told the server's statistics.
struct Reads {
    /// Sequential scans of large tables.
    scans: BTreeMap<String, i64>,
    rows: i64,
    /// Pages of tables and indexes, each as often as it was asked for.
    buffers: i64,
}

async fn counted(mut conn: &Connection) -> Reads {
    let counters = "SELECT relname::text AS table,
            CASE WHEN reltuples > 1000 THEN seq_scan ELSE 0 END AS scans, seq_tup_read + idx_tup_fetch AS rows,
            pg_stat_get_xact_blocks_fetched(relid) + (
                SELECT coalesce(sum(pg_stat_get_xact_blocks_fetched(indexrelid)), 0)::bigint FROM pg_index WHERE indrelid = relid
            ) AS buffers
        FROM pg_stat_xact_user_tables JOIN pg_class USING (relname)
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND idx_tup_fetch IS NOT NULL";
    let counted: Vec<Counted> = diesel::sql_query(counters).load(&mut conn).await.unwrap();
    Reads {
        rows: counted.iter().map(|table| table.rows).sum(),
        buffers: counted.iter().map(|table| table.buffers).sum(),
        scans: counted.into_iter().map(|table| (table.table, table.scans)).collect(),
    }
}

/// A row that is read alone: two pages of an index above it, its leaf, and the row's own page.
const BUFFERS_A_ROW: i64 = 4;

/// Runs `work` with both kinds of plans, and looks at what the server counted.
async fn reads_at_most(conn: &Connection, rows: i64, what: &str, work: impl AsyncFn(&Connection)) {
    for plan in ["force_custom_plan", "force_generic_plan"] {
        // In a transaction the counters are not handed over in between.
        sql(conn, &format!("BEGIN; SET LOCAL plan_cache_mode = {plan}")).await.unwrap();
        let before = counted(conn).await;
        work(conn).await;
        let after = counted(conn).await;
        sql(conn, "COMMIT").await.unwrap();
        assert_eq!(after.scans, before.scans, "{what}, {plan}: a sequential scan of a large table");
        let read = after.rows - before.rows;
        assert!(read <= rows, "{what}, {plan}: {read} rows are read, {rows} would do");
        let buffers = after.buffers - before.buffers;
        let enough = BUFFERS_A_ROW * rows;
        assert!(buffers <= enough, "{what}, {plan}: {buffers} buffers are read, {enough} would do");
    }
}

#[tokio::test]
async fn what_is_read_often_is_read_by_an_index_and_no_more_than_needed() {
    let db = TestDatabase::create().await;
    let mut conn = &*db.conn().await.unwrap();
    sql(conn, include_str!("plans/fill.sql")).await.unwrap();
    let (user, class): (UserId, ClassId) = class_members::table
        .select((class_members::user_id, class_members::class_id))
        .first(&mut conn)
        .await
        .unwrap();
    let school: GroupId = group_members::table
        .filter(group_members::user_id.eq(user))
        .select(group_members::group_id)
        .first(&mut conn)
        .await
        .unwrap();
    let district: GroupId = groups::table
        .filter(groups::slug.eq("d7"))
        .select(groups::id)
        .first(&mut conn)
        .await
        .unwrap();
    let chat: ChatSessionId = chat_sessions::table
        .filter(chat_sessions::user_id.eq(user).and(chat_sessions::last_seq.eq(30)))
        .select(chat_sessions::id)
        .first(&mut conn)
        .await
        .unwrap();
    let mut fork = chat;
    for _ in 0..5 {
        fork = ChatSession::fork(conn, fork, 2, user).await.unwrap().id;
    }
    let orphan = ChatSession::fork(conn, fork, 2, user).await.unwrap().id;
    ChatSession::delete(conn, fork).await.unwrap();
    let page = &PageRequest::first(10);

    // Rows of the answer, and of each message or chat those that tell whether the chat and its person are live.
    reads_at_most(conn, 20, "a page of messages", async |conn| {
        let first = Message::list(conn, chat, page).await.unwrap();
        assert_eq!(first.items.len(), 10);
    })
    .await;
    reads_at_most(conn, 30, "a page of messages further on", async |conn| {
        let second = PageRequest::after(
            Message::list(conn, chat, &PageRequest::first(1)).await.unwrap().next.unwrap(),
            10,
        );
        assert_eq!(Message::list(conn, chat, &second).await.unwrap().items[0].seq, 2);
    })
    .await;
    reads_at_most(conn, 20, "a page of messages backwards", async |conn| {
        assert_eq!(Message::list_back(conn, chat, page).await.unwrap().items[0].seq, 30);
    })
    .await;
    reads_at_most(conn, 20, "the last messages", async |conn| {
        assert_eq!(Message::last(conn, chat, 10).await.unwrap().len(), 10);
    })
    .await;
    reads_at_most(conn, 40, "a chat with its messages", async |conn| {
        assert_eq!(ChatSession::get_with_messages(conn, chat).await.unwrap().1.len(), 30);
    })
    .await;
    reads_at_most(conn, 30, "recent chats", async |conn| {
        assert!(ChatSession::recent(conn, user, page).await.unwrap().items.len() > 5);
    })
    .await;
    reads_at_most(conn, 15, "a lineage", async |conn| {
        assert_eq!(ChatSession::lineage(conn, orphan).await.unwrap().len(), 1);
        assert_eq!(ChatSession::forks(conn, chat, page).await.unwrap().items.len(), 1);
    })
    .await;
    reads_at_most(conn, 10, "orphaned forks", async |conn| {
        assert_eq!(ChatSession::orphaned_forks(conn, user, page).await.unwrap().items.len(), 1);
        assert_eq!(ChatSession::orphaned_forks(conn, None, page).await.unwrap().items.len(), 1);
    })
    .await;
    reads_at_most(conn, 3, "a user by e-mail", async |conn| {
        assert!(User::find_by_email(conn, "person7@example.org").await.unwrap().is_some());
    })
    .await;
    // With room for a page that is full just then, and has to be split.
    reads_at_most(conn, 12, "an append", async |conn| {
        Message::append(conn, chat, &NewMessage::user("a")).await.unwrap();
    })
    .await;
    reads_at_most(conn, 25, "an append of a turn", async |conn| {
        let turn = ["a", "b", "c"].map(|key| {
            NewMessage::user(key).idempotency_key(format!("{key} {}", UserId::generate()))
        });
        Message::append_turn(conn, chat, &turn).await.unwrap();
    })
    .await;
    // The newest of 20 versions of each of 10 tools, whose names stand in an index with them.
    reads_at_most(conn, 300, "visible tools", async |conn| {
        assert_eq!(Tool::visible(conn, user, school, page).await.unwrap().items.len(), 10);
    })
    .await;
    reads_at_most(conn, 70, "a page of a roster", async |conn| {
        assert_eq!(Class::roster(conn, class, page).await.unwrap().items.len(), 10);
    })
    .await;
    reads_at_most(conn, 40, "a schedule", async |conn| {
        assert_eq!(ClassMember::schedule(conn, user, page).await.unwrap().items.len(), 5);
    })
    .await;
    reads_at_most(conn, 10, "a school with its departments", async |conn| {
        assert_eq!(Group::descendants(conn, school).await.unwrap().len(), 6);
    })
    .await;
    reads_at_most(conn, 10, "what is above a school", async |conn| {
        assert_eq!(Group::ancestors(conn, school).await.unwrap().len(), 2);
    })
    .await;
    reads_at_most(conn, 10, "effective settings", async |conn| {
        EffectiveSettings::of_group(conn, school).await.unwrap();
    })
    .await;
    reads_at_most(conn, 15, "a page of descendants", async |conn| {
        let first = Group::list_descendants(conn, district, None, page).await.unwrap();
        assert_eq!(first.items.len(), 10);
    })
    .await;
    reads_at_most(conn, 45, "siblings", async |conn| {
        assert_eq!(Group::siblings(conn, school, page).await.unwrap().items.len(), 10);
    })
    .await;

    // The control: a read without an index is seen.
    sql(conn, "BEGIN").await.unwrap();
    let before = counted(conn).await.scans;
    sql(conn, "SELECT count(*) FROM messages WHERE content = 'nowhere'").await.unwrap();
    let after = counted(conn).await.scans;
    assert_ne!(before.get("messages"), after.get("messages"));
    sql(conn, "COMMIT").await.unwrap();
}

/// Where the planner would rather read all of a table, as comparing two paths is dearer than it thinks.
#[tokio::test]
async fn a_small_tree_is_read_by_an_index_too() {
    let db = TestDatabase::create().await;
    let mut conn = &*db.conn().await.unwrap();
    sql(
        conn,
        "INSERT INTO groups (name, slug, type) VALUES ('District', 'd', 'district');
         INSERT INTO groups (name, slug, type, parent_id)
         SELECT 'School ' || n, 's' || n, 'school', id FROM groups CROSS JOIN generate_series(1, 30) AS n;
         INSERT INTO groups (name, slug, type, parent_id)
         SELECT 'Department ' || n, 'm' || n, 'department', id FROM groups CROSS JOIN generate_series(1, 10) AS n
         WHERE type = 'school';
         ANALYZE groups",
    )
    .await
    .unwrap();
    let school: GroupId = groups::table
        .filter(groups::slug.eq("s7"))
        .select(groups::id)
        .first(&mut conn)
        .await
        .unwrap();
    // The group itself is read once more, for its path.
    reads_at_most(conn, 12, "a school with its departments", async |conn| {
        assert_eq!(Group::descendants(conn, school).await.unwrap().len(), 11);
    })
    .await;
    reads_at_most(conn, 3, "what is above a school", async |conn| {
        assert_eq!(Group::ancestors(conn, school).await.unwrap().len(), 2);
    })
    .await;
}
