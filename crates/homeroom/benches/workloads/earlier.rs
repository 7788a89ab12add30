//! The same work as straightforward code did it on the earlier system's schema (earlier.sql): prepared statements, one after the
//! other, whole rows.

use std::pin::pin;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use deadpool::managed::{Manager, Metrics, Pool, QueueMode, RecycleError, RecycleResult};
use serde_json::{Value, json};
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Config, NoTls, Row, Statement};
use uuid::Uuid;

use crate::ids::{Ids, pick};
use crate::work::Work;
use crate::{CONTENT, text};

struct Statements {
    user_by_email: Statement,
    recent_chats: Statement,
    chat: Statement,
    messages: Statement,
    last_seq: Statement,
    insert: Statement,
    touch: Statement,
    copy: Statement,
    descendants: Statement,
    ancestors: Statement,
}

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
        client.batch_execute("SET search_path = earlier, public").await?;
        let prepare = async |sql: &str| client.prepare(sql).await.unwrap();
        let message = "session_id, seq, role, content, meta";
        let statements = Statements {
            user_by_email: prepare("SELECT * FROM users WHERE email = $1 AND deleted_at IS NULL").await,
            recent_chats: prepare(
                "SELECT chat.*, tool.* FROM chat_sessions chat JOIN tools tool ON tool.id = chat.tool_id
                 WHERE chat.user_id = $1 AND chat.deleted_at IS NULL ORDER BY chat.last_activity_at DESC LIMIT 20",
            )
            .await,
            chat: prepare("SELECT * FROM chat_sessions WHERE id = $1 AND deleted_at IS NULL").await,
            messages: prepare("SELECT * FROM messages WHERE session_id = $1 ORDER BY seq").await,
            last_seq: prepare("SELECT coalesce(max(seq), 0) FROM messages WHERE session_id = $1").await,
            insert: prepare(&format!("INSERT INTO messages ({message}) VALUES ($1, $2, $3, $4, $5) RETURNING *")).await,
            touch: prepare("UPDATE chat_sessions SET last_activity_at = now() WHERE id = $1").await,
            copy: prepare(&format!("COPY messages ({message}) FROM STDIN BINARY")).await,
            descendants: prepare(
                "SELECT below.* FROM groups here JOIN groups below ON below.path <@ here.path
                 WHERE here.id = $1 AND below.deleted_at IS NULL ORDER BY below.path",
            )
            .await,
            ancestors: prepare(
                "SELECT above.* FROM groups here JOIN groups above ON above.path @> here.path
                 WHERE here.id = $1 AND above.deleted_at IS NULL ORDER BY above.path",
            )
            .await,
        };
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

/// Straightforward code on the earlier schema.
#[derive(Clone)]
pub(crate) struct Earlier {
    pool: Pool<Connections>,
    ids: Arc<Ids>,
}

impl Earlier {
    pub(crate) fn new(config: Config, connections: usize, ids: Arc<Ids>) -> Self {
        let pool = Pool::builder(Connections(config))
            .max_size(connections)
            .queue_mode(QueueMode::Lifo)
            .build()
            .unwrap();
        Self { pool, ids }
    }

    /// Does one piece of work and returns how many rows it had.
    pub(crate) async fn run(&self, work: Work, n: usize) -> usize {
        let ids = &*self.ids;
        let mut connection = self.pool.get().await.unwrap();
        let Connection { client, statements } = &mut *connection;
        let one: Uuid = *match work {
            Work::UserByEmail => {
                let rows = client
                    .query(&statements.user_by_email, &[pick::<String>(&ids.emails, n)])
                    .await
                    .unwrap();
                return decode(&rows, Of::User);
            }
            Work::RecentChats => pick(&ids.talkers, n),
            Work::ChatOf50 | Work::Append | Work::Insert10000 => pick(&ids.chats, n),
            Work::ChatOf5000 => pick(&ids.long_chats, n),
            Work::Rows10000 => &ids.longest_chat,
            Work::Descendants => pick(&ids.schools, n),
            Work::Ancestors => pick(&ids.departments, n),
            other => panic!("{} is not compared with the earlier system", other.name()),
        };
        match work {
            Work::RecentChats => decode(
                &client.query(&statements.recent_chats, &[&one]).await.unwrap(),
                Of::ChatAndTool,
            ),
            Work::ChatOf50 | Work::ChatOf5000 | Work::Rows10000 => {
                let chat = client.query(&statements.chat, &[&one]).await.unwrap();
                decode(&chat, Of::Chat);
                decode(&client.query(&statements.messages, &[&one]).await.unwrap(), Of::Message)
            }
            Work::Append => {
                let transaction = client.transaction().await.unwrap();
                let last: i32 =
                    transaction.query_one(&statements.last_seq, &[&one]).await.unwrap().get(0);
                let written = transaction
                    .query(&statements.insert, &[&one, &(last + 1), &"user", &CONTENT, &json!({})])
                    .await;
                // Another writer of the chat was faster: as the earlier system, give up.
                let Ok(rows) = written else { return 0 };
                transaction.execute(&statements.touch, &[&one]).await.unwrap();
                transaction.commit().await.unwrap();
                decode(&rows, Of::Message)
            }
            Work::Insert10000 => {
                let transaction = client.transaction().await.unwrap();
                let last: i32 =
                    transaction.query_one(&statements.last_seq, &[&one]).await.unwrap().get(0);
                let sink = transaction.copy_in(&statements.copy).await.unwrap();
                let types = [Type::UUID, Type::INT4, Type::VARCHAR, Type::TEXT, Type::JSONB];
                {
                    let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
                    for n in 1..=10_000 {
                        writer
                            .as_mut()
                            .write(&[&one, &(last + n), &"user", &text(n), &json!({})])
                            .await
                            .unwrap();
                    }
                    writer.finish().await.unwrap();
                }
                transaction.execute(&statements.touch, &[&one]).await.unwrap();
                transaction.commit().await.unwrap();
                10_000
            }
            Work::Descendants => {
                decode(&client.query(&statements.descendants, &[&one]).await.unwrap(), Of::Group)
            }
            Work::Ancestors => {
                decode(&client.query(&statements.ancestors, &[&one]).await.unwrap(), Of::Group)
            }
            _ => 0,
        }
    }
}

#[derive(Clone, Copy)]
enum Of {
    User,
    Chat,
    ChatAndTool,
    Message,
    Group,
}

/// Reads every column of every row, as an ORM does.
fn decode(rows: &[Row], of: Of) -> usize {
    for row in rows {
        let columns: &[(usize, char)] = match of {
            Of::User => {
                &[(0, 'u'), (1, 's'), (2, 's'), (3, 's'), (4, 's'), (5, 't'), (6, 't'), (7, 't')]
            }
            Of::Chat => &CHAT,
            Of::ChatAndTool => {
                read(row, &CHAT);
                &[
                    (11, 'u'),
                    (12, 'u'),
                    (13, 's'),
                    (14, 's'),
                    (15, 's'),
                    (16, 's'),
                    (17, 'u'),
                    (18, 't'),
                    (19, 't'),
                    (20, 't'),
                ]
            }
            Of::Message => &[(0, 'u'), (1, 'u'), (2, 'i'), (3, 's'), (4, 's'), (5, 'j'), (6, 't')],
            Of::Group => &[
                (0, 'u'),
                (1, 'u'),
                (2, 's'),
                (3, 's'),
                (4, 's'),
                (5, 's'),
                (6, 'j'),
                (7, 't'),
                (8, 't'),
                (9, 't'),
            ],
        };
        read(row, columns);
    }
    rows.len()
}

const CHAT: [(usize, char); 11] = [
    (0, 'u'),
    (1, 'u'),
    (2, 'u'),
    (3, 'u'),
    (4, 'i'),
    (5, 's'),
    (6, 's'),
    (7, 't'),
    (8, 't'),
    (9, 't'),
    (10, 't'),
];

fn read(row: &Row, columns: &[(usize, char)]) {
    for (column, kind) in columns {
        match kind {
            'u' => drop(std::hint::black_box(row.get::<_, Option<Uuid>>(*column))),
            's' => drop(std::hint::black_box(row.get::<_, Option<String>>(*column))),
            'i' => drop(std::hint::black_box(row.get::<_, Option<i32>>(*column))),
            'j' => drop(std::hint::black_box(row.get::<_, Option<Value>>(*column))),
            _ => drop(std::hint::black_box(row.get::<_, Option<DateTime<Utc>>>(*column))),
        }
    }
}
