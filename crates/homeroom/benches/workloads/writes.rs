//! What a message costs to write and to keep: WAL, HOT updates of its chat, bytes of the table and of its indexes.

use homeroom::{Database, DatabaseConfig, Message, NewMessage};
use serde::Serialize;
use tokio_postgres::Client;

use crate::earlier::Earlier;
use crate::ids::{Ids, pick};
use crate::table::Table;
use crate::work::Work;
use crate::{CONTENT, text};

/// Messages that are written for a figure.
const MESSAGES: usize = 10_000;

/// WAL in bytes for [`MESSAGES`]: just after a checkpoint, when each page that is touched is logged whole, and without one since,
/// which is the floor.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Wal {
    pub(crate) after_checkpoint: u64,
    pub(crate) floor: u64,
}

#[derive(Debug, Serialize)]
pub(crate) struct Writes {
    /// A turn of all messages in one chat.
    pub(crate) one_chat: Wal,
    /// One by one, a question and its answer in each of half as many chats.
    pub(crate) pairs: Wal,
    /// One by one, each in a chat picked at random, as real traffic does.
    pub(crate) random: Wal,
    /// One by one, each in another chat, which is the worst.
    pub(crate) spread: Wal,
    /// The same on the earlier system's schema.
    pub(crate) earlier: Wal,
    /// Of the updates of chats that these appends were.
    pub(crate) hot_updates: f64,
    pub(crate) table_bytes_a_message: f64,
    /// Of each index of messages.
    pub(crate) index_bytes_a_message: Vec<(String, f64)>,
}

impl Writes {
    pub(crate) async fn measure(admin: &Client, url: &str, ids: &Ids, earlier: &Earlier) -> Self {
        let bytes = "SELECT pg_table_size('messages')::float8 / count(*) FROM messages";
        let table_bytes_a_message = admin.query_one(bytes, &[]).await.unwrap().get(0);
        let indexes = "SELECT indexrelid::regclass::text,
                pg_relation_size(indexrelid)::float8 / (SELECT count(*) FROM messages)
            FROM pg_index WHERE indrelid = 'messages'::regclass ORDER BY 2 DESC";
        let indexes = admin.query(indexes, &[]).await.unwrap();
        let index_bytes_a_message = indexes.iter().map(|row| (row.get(0), row.get(1))).collect();

        let config = DatabaseConfig::builder(url).pool_min(1).pool_max(1).build().unwrap();
        let db = Database::connect(config).await.unwrap();
        let turn: Vec<NewMessage> =
            (1..=MESSAGES as i32).map(|n| NewMessage::user(text(n))).collect();
        let one_chat = wal(admin, async || {
            let conn = db.conn().await.unwrap();
            Message::append_turn(&conn, ids.chats[0].into(), &turn).await.unwrap();
        })
        .await;
        let updates_before = updates(admin).await;
        let append = async |chat_of: fn(usize) -> usize| {
            let conn = db.conn().await.unwrap();
            let new = NewMessage::user(CONTENT);
            for n in 0..MESSAGES {
                let chat = *pick(&ids.chats, chat_of(n));
                Message::append(&conn, chat.into(), &new).await.unwrap();
            }
        };
        let pairs = wal(admin, async || append(|n| n / 2).await).await;
        let random = wal(admin, async || append(at_random).await).await;
        let spread = wal(admin, async || append(|n| n).await).await;
        // A connection tells the server's statistics when it ends.
        db.close().await;
        drop(db);
        let hot_updates = hot_ratio(admin, updates_before).await;
        let earlier = wal(admin, async || {
            for n in 0..MESSAGES {
                earlier.run(Work::Append, n).await;
            }
        })
        .await;
        Self {
            one_chat,
            pairs,
            random,
            spread,
            earlier,
            hot_updates,
            table_bytes_a_message,
            index_bytes_a_message,
        }
    }

    pub(crate) fn table(&self) -> Table {
        let mut table =
            Table::new(&["", "just after a checkpoint", "without one since: the floor"]);
        let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
        for (name, wal) in [
            ("WAL of 10,000 messages of 400 characters, one chat", self.one_chat),
            ("one by one, two in each of 5,000 chats", self.pairs),
            ("one by one, each in a chat picked at random", self.random),
            ("one by one, each in another chat", self.spread),
            ("the latter on the earlier schema", self.earlier),
        ] {
            table.row([name.to_owned(), megabytes(wal.after_checkpoint), megabytes(wal.floor)]);
        }
        let hot = format!("{:.1} %", 100.0 * self.hot_updates);
        table.row(["HOT updates among those of chats".to_owned(), hot, String::new()]);
        let bytes = |bytes: f64| format!("{bytes:.1} B");
        table.row([
            "table, a message".to_owned(),
            bytes(self.table_bytes_a_message),
            String::new(),
        ]);
        for (index, size) in &self.index_bytes_a_message {
            table.row([format!("index {index}, a message"), bytes(*size), String::new()]);
        }
        table
    }
}

/// The same number for the same `n` and without order among them (SplitMix64), so that some come twice and others never.
fn at_random(n: usize) -> usize {
    let mut mixed = (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    // Small enough to be multiplied by `pick`.
    (mixed >> 40) as usize
}

/// The WAL that some work writes, just after a checkpoint and then again.
async fn wal(admin: &Client, work: impl AsyncFn()) -> Wal {
    let position = async || -> i64 {
        let sql = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint";
        admin.query_one(sql, &[]).await.unwrap().get(0)
    };
    let written = async || {
        let before = position().await;
        work().await;
        (position().await - before).unsigned_abs()
    };
    admin.batch_execute("CHECKPOINT").await.unwrap();
    Wal { after_checkpoint: written().await, floor: written().await }
}

/// Updates of chats until now, and how many of them were HOT.
async fn updates(admin: &Client) -> (i64, i64) {
    let sql = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relid = 'public.chat_sessions'::regclass";
    let row = admin.query_one(sql, &[]).await.unwrap();
    (row.get(0), row.get(1))
}

async fn hot_ratio(admin: &Client, (all_before, hot_before): (i64, i64)) -> f64 {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(15);
    loop {
        let (all, hot) = updates(admin).await;
        // Three ways, and each twice, as `wal` does the work.
        if all - all_before >= 6 * MESSAGES as i64 {
            return (hot - hot_before) as f64 / (all - all_before) as f64;
        }
        assert!(std::time::Instant::now() < deadline, "the server has not counted the updates");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
