//! The same work in hand-written tokio-postgres: prepared, pipelined, streamed, with COPY where that is faster.

mod rows;
mod settings;
mod statements;

use std::hint::black_box;
use std::pin::pin;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use deadpool::managed::{Manager, Metrics, Object, Pool, QueueMode, RecycleError, RecycleResult};
use futures_util::{TryStreamExt, future};
use homeroom::MessageMeta;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{IsNull, Json, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Config, NoTls, Row, Statement};
use uuid::Uuid;

use self::rows::{Chat, Message, Tool};
use self::settings::Effective;
use self::statements::Statements;
use crate::ids::{Ids, LEAVING, pick};
use crate::work::Work;
use crate::{CONTENT, text};

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
        client.batch_execute("SET jit = off").await?;
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

    pub(crate) async fn connection(&self) -> Object<Connections> {
        self.pool.get().await.unwrap()
    }

    /// Does one piece of work and returns how many rows it had.
    pub(crate) async fn run(&self, work: Work, n: usize) -> usize {
        let ids = &*self.ids;
        let connection = self.connection().await;
        let Connection { client, statements } = &*connection;
        match work {
            Work::UserByEmail => connection.user_by_email(pick::<String>(&ids.emails, n)).await,
            Work::RecentChats => {
                // One more tells whether there is a next page.
                let values: [&(dyn ToSql + Sync); 2] = [pick::<Uuid>(&ids.talkers, n), &21_i64];
                let decode = |row: &Row| (rows::chat(row), rows::tool(row));
                let rows: Vec<(Chat, Tool)> =
                    connection.rows(&statements.recent_chats, &values, decode).await;
                black_box(rows).len().min(20)
            }
            Work::ChatOf50 => connection.chat_with_messages(*pick(&ids.chats, n)).await,
            Work::ChatOf5000 => connection.chat_with_messages(*pick(&ids.long_chats, n)).await,
            Work::Rows10000 => connection.chat_with_messages(ids.longest_chat).await,
            Work::Append => {
                let meta = Json(MessageMeta::default());
                let values: [&(dyn ToSql + Sync); 4] =
                    [pick::<Uuid>(&ids.chats, n), &"user", &CONTENT, &meta];
                let row = client.query_one(&statements.append, &values).await.unwrap();
                usize::from(black_box((row.get::<_, i32>(0), row.get::<_, DateTime<Utc>>(1))).0 > 0)
            }
            Work::Insert10000 => connection.insert(*pick(&ids.chats, n)).await,
            Work::Descendants => {
                connection.groups(&statements.descendants, pick(&ids.schools, n)).await
            }
            Work::Ancestors => {
                connection.groups(&statements.ancestors, pick(&ids.departments, n)).await
            }
            Work::SignedIn => connection.signed_in(pick::<String>(&ids.tokens, n)).await,
            Work::EffectiveSettings => {
                let values: [&(dyn ToSql + Sync); 2] =
                    [pick::<Uuid>(&ids.departments, n), &None::<Uuid>];
                let rows = client.query_raw(&statements.settings, values).await.unwrap();
                let mut rows = pin!(rows);
                let mut effective = Effective::default();
                while let Some(row) = rows.try_next().await.unwrap() {
                    effective.add(&row);
                }
                black_box(effective.end()).1
            }
            Work::RosterPage => {
                let values: [&(dyn ToSql + Sync); 2] = [&ids.large_class, &51_i64];
                let decode = |row: &Row| (rows::class_member(row), rows::user(row, 4));
                black_box(connection.rows(&statements.roster, &values, decode).await).len().min(50)
            }
            Work::ForkOf50 => connection.fork(ids, pick(&ids.chats, n), 50).await,
            Work::ForkOf5000 => connection.fork(ids, pick(&ids.long_chats, n), 5_000).await,
            Work::Erasure => {
                let receipt = client.query_one(&statements.erase, &[&LEAVING]).await.unwrap();
                receipt.get::<_, i64>(6) as usize
            }
        }
    }
}

impl Connection {
    pub(crate) async fn user_by_email(&self, email: &str) -> usize {
        let row = self.client.query_one(&self.statements.user_by_email, &[&email]).await.unwrap();
        usize::from(black_box(rows::user(&row, 0)).email.is_some())
    }

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

    async fn groups(&self, statement: &Statement, id: &Uuid) -> usize {
        black_box(self.rows(statement, &[id], rows::group).await).len()
    }

    /// Both statements in one round trip.
    async fn chat_with_messages(&self, id: Uuid) -> usize {
        let values: [&(dyn ToSql + Sync); 1] = [&id];
        let chat = async {
            rows::chat(&self.client.query_one(&self.statements.chat, &values).await.unwrap())
        };
        let messages = self.rows(&self.statements.messages, &values, rows::message);
        let (chat, messages) = black_box(future::join(chat, messages).await);
        messages.len().min(chat.last_seq as usize)
    }

    /// The transaction is opened and closed together with what is next to it: three round trips. What was written is returned, as
    /// Homeroom returns it.
    async fn insert(&self, session_id: Uuid) -> usize {
        let turn: Vec<String> = (1..=10_000).map(text).collect();
        let values: [&(dyn ToSql + Sync); 2] = [&session_id, &10_000];
        let begin = self.client.batch_execute("BEGIN");
        let count_up = self.client.query_one(&self.statements.count_up, &values);
        let (_, row) = future::try_join(begin, count_up).await.unwrap();
        let (first, created_at) = (row.get::<_, i32>(0) - 9_999, row.get(1));
        let sink = self.client.copy_in(&self.statements.copy).await.unwrap();
        let types = [Type::UUID, Type::INT4, Type::TEXT, Type::TEXT, Type::JSONB];
        let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
        let meta = Json(MessageMeta::default());
        for (content, seq) in turn.iter().zip(first..) {
            writer.as_mut().write(&[&session_id, &seq, &"user", content, &meta]).await.unwrap();
        }
        let commit = self.client.batch_execute("COMMIT");
        let (written, ()) = future::try_join(writer.finish(), commit).await.unwrap();
        let row = |(content, seq)| rows::appended(session_id, seq, content, created_at);
        let messages: Vec<Message> = turn.into_iter().zip(first..).map(row).collect();
        black_box(messages).len().min(written as usize)
    }

    /// What a token stands for, compared in constant time as a secret is.
    async fn signed_in(&self, token: &str) -> usize {
        let token: [u8; 32] = hex(token);
        let hash = Sha256::digest(token);
        let (minute, month, week) = (Interval(60), Interval(30 * 86_400), Interval(7 * 86_400));
        let values: [&(dyn ToSql + Sync); 5] =
            [&hash.as_slice(), &None::<Interval>, &minute, &month, &week];
        let statement = &self.statements.signed_in;
        let rows = self.client.query_raw(statement, values).await.unwrap();
        let mut rows = pin!(rows);
        let Some(first) = rows.try_next().await.unwrap() else { return 0 };
        let (session, user) = black_box((rows::session(&first), rows::user(&first, 7)));
        let mut roles = Vec::from_iter(rows::role(&first));
        while let Some(row) = rows.try_next().await.unwrap() {
            roles.extend(rows::role(&row));
        }
        let is_right = bool::from(session.token_hash.ct_eq(&hash)) && user.email.is_some();
        usize::from(is_right) * black_box(roles).len()
    }

    async fn fork(&self, ids: &Ids, chat: &Uuid, seq: i32) -> usize {
        let values: [&(dyn ToSql + Sync); 4] = [&Uuid::now_v7(), chat, &seq, &ids.owners[chat]];
        let row = self.client.query_one(&self.statements.fork, &values).await.unwrap();
        black_box(rows::chat(&row)).last_seq as usize
    }
}

/// Reads hexadecimal digits.
fn hex(text: &str) -> [u8; 32] {
    std::array::from_fn(|n| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).unwrap())
}

/// Seconds, as PostgreSQL's interval.
#[derive(Debug)]
struct Interval(i64);

impl ToSql for Interval {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut bytes::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        // Microseconds, days, months.
        out.extend_from_slice(&(self.0 * 1_000_000).to_be_bytes());
        out.extend_from_slice(&[0; 8]);
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::INTERVAL
    }

    to_sql_checked!();
}
