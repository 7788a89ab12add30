//! The same work in hand-written tokio-postgres: prepared, pipelined, streamed, with COPY where that is faster.

use std::pin::pin;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use deadpool::managed::{Manager, Metrics, Object, Pool, QueueMode, RecycleError, RecycleResult};
use futures_util::{TryStreamExt, future};
use homeroom::MessageMeta;
use serde_json::Value;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{Json, ToSql, Type};
use tokio_postgres::{Client, Config, NoTls, Row, Statement};
use uuid::Uuid;

use crate::ids::{Ids, pick};
use crate::{CONTENT, Work, text};

/// The statements of a connection, each parsed once.
struct Statements {
    user_by_email: Statement,
    recent_chats: Statement,
    chat: Statement,
    messages: Statement,
    append: Statement,
    count_up: Statement,
    copy: Statement,
    descendants: Statement,
    ancestors: Statement,
}

impl Statements {
    async fn prepare(client: &Client) -> Self {
        let prepare = async |sql: &str| client.prepare(sql).await.unwrap();
        Self {
            user_by_email: prepare(
                "SELECT id, email, name, password_hash, status, created_at, updated_at, deleted_at
                 FROM users WHERE lower(email) = lower($1) AND deleted_at IS NULL",
            )
            .await,
            recent_chats: prepare(
                "WITH page AS (
                     SELECT chat.* FROM users JOIN chat_sessions chat ON chat.user_id = users.id
                     WHERE users.id = $1 AND users.deleted_at IS NULL AND chat.deleted_at IS NULL
                     ORDER BY last_activity_at DESC, chat.id DESC LIMIT $2)
                 SELECT page.id, page.user_id, page.tool_id, page.parent_session_id, page.fork_from_seq, page.last_seq,
                     page.state, page.title, page.started_at, page.ended_at, page.last_activity_at, page.deleted_at,
                     tools.id, tools.group_id, tools.type, tools.name, tools.version
                 FROM page JOIN tools ON tools.id = page.tool_id
                 ORDER BY page.last_activity_at DESC, page.id DESC",
            )
            .await,
            chat: prepare(
                "SELECT chat.id, user_id, tool_id, parent_session_id, fork_from_seq, last_seq, state, title, started_at, ended_at,
                     last_activity_at, chat.deleted_at
                 FROM chat_sessions chat JOIN users ON users.id = user_id
                 WHERE chat.id = $1 AND chat.deleted_at IS NULL AND users.deleted_at IS NULL",
            )
            .await,
            messages: prepare(
                "SELECT session_id, seq, role, content, meta, idempotency_key, created_at
                 FROM messages WHERE session_id = $1 ORDER BY seq",
            )
            .await,
            append: prepare(
                "WITH chat AS (
                     UPDATE chat_sessions SET last_seq = last_seq + 1, last_activity_at = greatest(last_activity_at, now())
                     WHERE id = $1 AND EXISTS (
                         SELECT FROM users WHERE users.id = chat_sessions.user_id AND users.deleted_at IS NULL)
                     RETURNING id, last_seq)
                 INSERT INTO messages (session_id, seq, role, content, meta)
                 SELECT id, last_seq, $2, $3, $4 FROM chat RETURNING seq, created_at",
            )
            .await,
            count_up: prepare(
                "UPDATE chat_sessions SET last_seq = last_seq + $2, last_activity_at = greatest(last_activity_at, now())
                 WHERE id = $1 RETURNING last_seq",
            )
            .await,
            copy: prepare("COPY messages (session_id, seq, role, content, meta) FROM STDIN BINARY").await,
            descendants: prepare(
                "SELECT id, parent_id, name, slug, type, path, settings, created_at, updated_at, deleted_at FROM groups
                 WHERE path <@ (SELECT path FROM groups WHERE id = $1 AND deleted_at IS NULL) AND deleted_at IS NULL
                 ORDER BY path",
            )
            .await,
            ancestors: prepare(
                "SELECT id, parent_id, name, slug, type, path, settings, created_at, updated_at, deleted_at FROM groups
                 WHERE path @> (SELECT path FROM groups WHERE id = $1 AND deleted_at IS NULL) AND deleted_at IS NULL
                 ORDER BY path",
            )
            .await,
        }
    }
}

/// A connection with its statements.
pub(crate) struct Connection {
    client: Client,
    statements: Statements,
}

pub(crate) struct Connections(Config);

impl Manager for Connections {
    type Type = Connection;
    type Error = tokio_postgres::Error;

    async fn create(&self) -> Result<Connection, tokio_postgres::Error> {
        let (client, connection) = self.0.connect(NoTls).await?;
        tokio::spawn(connection);
        let statements = Statements::prepare(&client).await;
        Ok(Connection { client, statements })
    }

    async fn recycle(
        &self,
        connection: &mut Connection,
        _: &Metrics,
    ) -> RecycleResult<tokio_postgres::Error> {
        match connection.client.is_closed() {
            true => Err(RecycleError::message("closed")),
            false => Ok(()),
        }
    }
}

#[derive(Debug)]
#[expect(dead_code, reason = "decoded as Homeroom's rows are, and not looked at")]
pub(crate) struct User {
    id: Uuid,
    email: Option<String>,
    name: String,
    password_hash: Option<String>,
    status: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    deleted_at: Option<DateTime<Utc>>,
}

#[derive(Debug)]
#[expect(dead_code, reason = "decoded as Homeroom's rows are, and not looked at")]
pub(crate) struct Chat {
    id: Uuid,
    user_id: Uuid,
    tool_id: Uuid,
    parent_session_id: Option<Uuid>,
    fork_from_seq: Option<i32>,
    last_seq: i32,
    state: String,
    title: Option<String>,
    started_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    last_activity_at: DateTime<Utc>,
    deleted_at: Option<DateTime<Utc>>,
}

#[derive(Debug)]
#[expect(dead_code, reason = "decoded as Homeroom's rows are, and not looked at")]
pub(crate) struct Tool {
    id: Uuid,
    group_id: Option<Uuid>,
    kind: String,
    name: String,
    version: String,
}

#[derive(Debug)]
#[expect(dead_code, reason = "decoded as Homeroom's rows are, and not looked at")]
pub(crate) struct Message {
    session_id: Uuid,
    seq: i32,
    role: String,
    pub(crate) content: String,
    meta: MessageMeta,
    idempotency_key: Option<String>,
    created_at: DateTime<Utc>,
}

#[derive(Debug)]
#[expect(dead_code, reason = "decoded as Homeroom's rows are, and not looked at")]
pub(crate) struct Group {
    id: Uuid,
    parent_id: Option<Uuid>,
    name: String,
    slug: String,
    kind: String,
    path: String,
    settings: Value,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    deleted_at: Option<DateTime<Utc>>,
}

fn user(row: &Row) -> User {
    User {
        id: row.get(0),
        email: row.get(1),
        name: row.get(2),
        password_hash: row.get(3),
        status: row.get(4),
        created_at: row.get(5),
        updated_at: row.get(6),
        deleted_at: row.get(7),
    }
}

fn chat(row: &Row) -> Chat {
    Chat {
        id: row.get(0),
        user_id: row.get(1),
        tool_id: row.get(2),
        parent_session_id: row.get(3),
        fork_from_seq: row.get(4),
        last_seq: row.get(5),
        state: row.get(6),
        title: row.get(7),
        started_at: row.get(8),
        ended_at: row.get(9),
        last_activity_at: row.get(10),
        deleted_at: row.get(11),
    }
}

fn tool(row: &Row) -> Tool {
    Tool {
        id: row.get(12),
        group_id: row.get(13),
        kind: row.get(14),
        name: row.get(15),
        version: row.get(16),
    }
}

fn message(row: &Row) -> Message {
    Message {
        session_id: row.get(0),
        seq: row.get(1),
        role: row.get(2),
        content: row.get(3),
        meta: row.get::<_, Json<MessageMeta>>(4).0,
        idempotency_key: row.get(5),
        created_at: row.get(6),
    }
}

fn group(row: &Row) -> Group {
    Group {
        id: row.get(0),
        parent_id: row.get(1),
        name: row.get(2),
        slug: row.get(3),
        kind: row.get(4),
        path: row.get(5),
        settings: row.get(6),
        created_at: row.get(7),
        updated_at: row.get(8),
        deleted_at: row.get(9),
    }
}

/// Hand-written code on Homeroom's schema.
#[derive(Clone)]
pub(crate) struct Raw {
    pool: Pool<Connections>,
    ids: Arc<Ids>,
}

impl Raw {
    pub(crate) fn new(config: Config, connections: usize, ids: Arc<Ids>) -> Self {
        let pool = Pool::builder(Connections(config))
            .max_size(connections)
            .queue_mode(QueueMode::Lifo)
            .build()
            .unwrap();
        Self { pool, ids }
    }

    async fn connection(&self) -> Object<Connections> {
        self.pool.get().await.unwrap()
    }

    /// Does one piece of work and returns how many rows it had.
    pub(crate) async fn run(&self, work: Work, n: usize) -> usize {
        let ids = &*self.ids;
        let connection = self.connection().await;
        match work {
            Work::UserByEmail => {
                let email = pick(&ids.emails, n);
                let statement = &connection.statements.user_by_email;
                let row = connection.client.query_one(statement, &[email]).await.unwrap();
                usize::from(user(&row).email.is_some())
            }
            Work::RecentChats => {
                let user = pick(&ids.users, n);
                // One more tells whether there is a next page.
                let rows: Vec<(Chat, Tool)> = connection
                    .rows(&connection.statements.recent_chats, &[user, &21_i64], |row| {
                        (chat(row), tool(row))
                    })
                    .await;
                rows.len().min(20)
            }
            Work::ChatOf50 => connection.chat_with_messages(*pick(&ids.chats, n)).await,
            Work::ChatOf5000 => connection.chat_with_messages(*pick(&ids.long_chats, n)).await,
            Work::Rows10000 => connection.chat_with_messages(ids.longest_chat).await,
            Work::Append => {
                let chat = pick(&ids.chats, n);
                let meta = Json(MessageMeta::default());
                let values: [&(dyn ToSql + Sync); 4] = [chat, &"user", &CONTENT, &meta];
                let row = connection
                    .client
                    .query_one(&connection.statements.append, &values)
                    .await
                    .unwrap();
                usize::from(
                    row.get::<_, i32>(0) > 0 && row.get::<_, DateTime<Utc>>(1) <= Utc::now(),
                )
            }
            Work::Insert10000 => connection.insert(*pick(&ids.chats, n)).await,
            Work::Descendants => connection
                .rows(&connection.statements.descendants, &[pick::<Uuid>(&ids.schools, n)], group)
                .await
                .len(),
            Work::Ancestors => connection
                .rows(&connection.statements.ancestors, &[pick::<Uuid>(&ids.departments, n)], group)
                .await
                .len(),
        }
    }
}

impl Connection {
    /// Rows as they come, each decoded before the next is waited for.
    async fn rows<T>(
        &self,
        statement: &Statement,
        values: &[&(dyn ToSql + Sync)],
        decode: impl Fn(&Row) -> T,
    ) -> Vec<T> {
        let rows = self.client.query_raw(statement, values.iter().copied()).await.unwrap();
        let mut rows = pin!(rows);
        let mut decoded = Vec::new();
        while let Some(row) = rows.try_next().await.unwrap() {
            decoded.push(decode(&row));
        }
        decoded
    }

    async fn chat_with_messages(&self, id: Uuid) -> usize {
        let chat_row =
            async { chat(&self.client.query_one(&self.statements.chat, &[&id]).await.unwrap()) };
        let values: [&(dyn ToSql + Sync); 1] = [&id];
        let messages = self.rows(&self.statements.messages, &values, message);
        let (chat, messages) = future::join(chat_row, messages).await;
        messages.len().min(chat.last_seq as usize)
    }

    async fn insert(&self, chat: Uuid) -> usize {
        self.client.batch_execute("BEGIN").await.unwrap();
        let row =
            self.client.query_one(&self.statements.count_up, &[&chat, &10_000]).await.unwrap();
        let before = row.get::<_, i32>(0) - 10_000;
        let sink = self.client.copy_in(&self.statements.copy).await.unwrap();
        let mut writer = pin!(BinaryCopyInWriter::new(
            sink,
            &[Type::UUID, Type::INT4, Type::TEXT, Type::TEXT, Type::JSONB]
        ));
        let meta = Json(MessageMeta::default());
        for n in 1..=10_000 {
            let content = text(n);
            writer.as_mut().write(&[&chat, &(before + n), &"user", &content, &meta]).await.unwrap();
        }
        let written = writer.finish().await.unwrap();
        self.client.batch_execute("COMMIT").await.unwrap();
        written as usize
    }
}
