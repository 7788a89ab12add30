//! What was said in a chat, in order: rows and queries of `messages`. What is known of a message is
//! in `meta`; whole turns are appended in `turn`.

mod meta;
mod turn;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use homeroom_operations::operations;
use serde::{Deserialize, Serialize};

use crate::codes::MessageRole;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::ids::ChatSessionId;
use crate::page::{Cursor, Page, PageRequest};
use crate::schema::{chat_sessions, messages, users};
use crate::statement::{kept, only_row, statement};

pub use meta::{FinishReason, MessageMeta};

/// One message of a chat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Queryable, Selectable, Identifiable)]
#[diesel(table_name = messages, primary_key(session_id, seq), check_for_backend(diesel::pg::Pg))]
pub struct Message {
    /// The chat.
    pub session_id: ChatSessionId,
    /// 1, 2, 3 … within the chat, without gap or duplicate.
    pub seq: i32,
    /// Who said it.
    pub role: MessageRole,
    /// What was said; any length.
    pub content: String,
    /// What is known of it.
    #[diesel(select_expression = meta::sent_meta(), select_expression_type = meta::SelectSentMeta)]
    #[diesel(deserialize_as = meta::SentMeta)]
    pub meta: MessageMeta,
    /// Chosen by the client, unique within the chat.
    pub idempotency_key: Option<String>,
    /// When it was said.
    pub created_at: DateTime<Utc>,
}

/// A message to be appended.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMessage {
    /// See [`Message::role`].
    pub role: MessageRole,
    /// See [`Message::content`].
    pub content: String,
    /// See [`Message::meta`].
    pub meta: MessageMeta,
    /// Makes the append repeatable: with the same key it returns the first row.
    pub idempotency_key: Option<String>,
}

impl NewMessage {
    fn new(role: MessageRole, content: impl Into<String>) -> Self {
        Self { role, content: content.into(), meta: MessageMeta::default(), idempotency_key: None }
    }

    /// What the person says.
    #[must_use]
    pub fn user(content: impl Into<String>) -> Self {
        Self::new(MessageRole::User, content)
    }

    /// What the tool answers.
    #[must_use]
    pub fn assistant(content: impl Into<String>) -> Self {
        Self::new(MessageRole::Assistant, content)
    }

    /// The instructions that the tool is given.
    #[must_use]
    pub fn system(content: impl Into<String>) -> Self {
        Self::new(MessageRole::System, content)
    }

    /// The same with what is known of it.
    #[must_use]
    pub fn meta(mut self, meta: MessageMeta) -> Self {
        self.meta = meta;
        self
    }

    /// The same with an idempotency key, of 1 to 100 characters.
    #[must_use]
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    /// The row that it became.
    fn at(&self, session_id: ChatSessionId, seq: i32, created_at: DateTime<Utc>) -> Message {
        Message {
            session_id,
            seq,
            role: self.role,
            content: self.content.clone(),
            meta: self.meta.clone(),
            idempotency_key: self.idempotency_key.clone(),
            created_at,
        }
    }

    /// Refuses what the driver would only call invalid.
    fn require_storable(&self) -> Result<()> {
        if self.content.contains('\0') {
            let reason = "it holds a NUL byte, which PostgreSQL can't store in text";
            return Err(Error::invalid("content", reason));
        }
        Ok(())
    }
}

/// The columns of [`Message`], as statements of `.sql` files return them.
type MessageColumns = (
    sql_types::Uuid,
    sql_types::Integer,
    sql_types::Text,
    sql_types::Text,
    sql_types::Nullable<sql_types::Jsonb>,
    sql_types::Nullable<sql_types::Text>,
    sql_types::Timestamptz,
);

statement! {
    AppendMessage<'a>, "messages/append.sql",
    binds {
        session_id: ChatSessionId => sql_types::Uuid,
        role: MessageRole => sql_types::Text,
        content: &'a str => sql_types::Text,
        meta: &'a MessageMeta => sql_types::Jsonb,
    },
    returns (sql_types::Integer, sql_types::Timestamptz,)
}

statement! {
    AppendMessageOnce<'a>, "messages/append_once.sql",
    binds {
        session_id: ChatSessionId => sql_types::Uuid,
        idempotency_key: &'a str => sql_types::Text,
        role: MessageRole => sql_types::Text,
        content: &'a str => sql_types::Text,
        meta: &'a MessageMeta => sql_types::Jsonb,
    },
    returns (MessageColumns,)
}

/// The chat's own id, while it and its person are live.
///
/// A subquery rather than a join: what the rest costs does then not seem to depend on the chat, so that the server keeps its
/// plan where chats differ much in length, instead of making one for each call. With long chats among few that halved the
/// time of a page (`benches/fork_design.rs`).
#[diesel::dsl::auto_type]
fn live_chat(id: ChatSessionId) -> _ {
    chat_sessions::table
        .inner_join(users::table)
        .filter(chat_sessions::id.eq(id))
        .filter(chat_sessions::deleted_at.is_null().and(users::deleted_at.is_null()))
        .select(chat_sessions::id)
        .single_value()
}

#[operations]
impl Message {
    /// Appends a message to an active chat and moves the chat's `last_activity_at`: one statement
    /// (`messages/append.sql`, with a key `append_once.sql`), one round trip, without gap or duplicate under any concurrency.
    ///
    /// Locks the chat's row until the transaction ends. With an idempotency key that the chat has already, nothing is
    /// written and the first row is returned, though the chat be completed by now. Several messages at once are a
    /// [`turn`](Message::append_turn).
    ///
    /// A future that is dropped before it is ready may still have appended: repeat it with the same idempotency key.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSessionId, Message, NewMessage};
    /// # async fn example(db: &homeroom::Database, chat: ChatSessionId, key: &str) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let new = NewMessage::user("What is a fraction?").idempotency_key(key);
    /// let message = Message::append(&conn, chat, &new).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such chat of a live person; [`Error::ForbiddenState`] with rule
    /// `chat_sessions_writable_check` for a completed chat or `chat_sessions_deleted_check` for a removed one;
    /// [`Error::Invalid`] for content with a NUL byte; [`Error::Conflict`] with rule
    /// `messages_session_id_idempotency_key_key` when the same key is just being used by another append: repeat it.
    pub async fn append(
        mut conn: &Connection,
        session_id: ChatSessionId,
        new: &NewMessage,
    ) -> Result<Self> {
        new.require_storable()?;
        let NewMessage { role, content, meta, idempotency_key } = new;
        let appended = match idempotency_key {
            Some(idempotency_key) => {
                let append =
                    AppendMessageOnce { session_id, idempotency_key, role: *role, content, meta };
                let row: Option<(Self,)> = diesel_async::RunQueryDsl::load(append, &mut conn)
                    .await
                    .and_then(only_row)
                    .optional()?;
                row.map(|(message,)| message)
            }
            None => {
                let append = AppendMessage { session_id, role: *role, content, meta };
                let row: Option<(i32, DateTime<Utc>)> =
                    diesel_async::RunQueryDsl::load(append, &mut conn)
                        .await
                        .and_then(only_row)
                        .optional()?;
                row.map(|(seq, created_at)| new.at(session_id, seq, created_at))
            }
        };
        appended.ok_or_else(|| Error::not_found("chat", session_id))
    }

    /// The messages of a live chat from the first on, by `seq`. From some message on: behind its [`Message::cursor`].
    ///
    /// `SELECT … WHERE session_id = (the chat, if it and its person are live) AND seq > (the cursor's) ORDER BY seq LIMIT
    /// $2`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSessionId, Message, PageRequest};
    /// # async fn example(db: &homeroom::Database, chat: ChatSessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let page = Message::list(&conn, chat, &PageRequest::first(50)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range or a cursor of another list.
    pub async fn list(
        mut conn: &Connection,
        session_id: ChatSessionId,
        page: &PageRequest,
    ) -> Result<Page<Self>> {
        let after = page.key::<i32>()?.unwrap_or(0);
        let query = messages::table
            .filter(messages::session_id.nullable().eq(live_chat(session_id)))
            .filter(messages::seq.gt(after))
            .order(messages::seq)
            .limit(page.fetch_limit()?)
            .select(Self::as_select());
        let rows = kept(query).load(&mut conn).await?;
        Ok(Page::new(rows, page, |message: &Self| message.seq))
    }

    /// The messages of a live chat from the last one backwards, by `seq` from high to low: what a reader sees who scrolls up.
    /// From some message backwards: behind its [`Message::cursor`].
    ///
    /// `SELECT … WHERE session_id = (as above) AND seq < (the cursor's) ORDER BY seq DESC LIMIT $2`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSessionId, Message, PageRequest};
    /// # async fn example(db: &homeroom::Database, chat_id: ChatSessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let newest = Message::list_back(&conn, chat_id, &PageRequest::first(20)).await?;
    /// if let Some(next) = newest.next {
    ///     let older = Message::list_back(&conn, chat_id, &PageRequest::after(next, 20)).await?;
    ///     println!("{} older messages", older.items.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range or a cursor of another list.
    pub async fn list_back(
        mut conn: &Connection,
        session_id: ChatSessionId,
        page: &PageRequest,
    ) -> Result<Page<Self>> {
        let before = page.key::<i32>()?.unwrap_or(i32::MAX);
        let query = messages::table
            .filter(messages::session_id.nullable().eq(live_chat(session_id)))
            .filter(messages::seq.lt(before))
            .order(messages::seq.desc())
            .limit(page.fetch_limit()?)
            .select(Self::as_select());
        let rows = kept(query).load(&mut conn).await?;
        Ok(Page::new(rows, page, |message: &Self| message.seq))
    }

    /// The place of this message in its chat: [`Message::list`] goes on behind it, [`Message::list_back`] before it.
    ///
    /// ```no_run
    /// # use homeroom::{Message, PageRequest};
    /// # async fn example(db: &homeroom::Database, found: Message) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let around = PageRequest::after(found.cursor(), 10);
    /// let before = Message::list_back(&conn, found.session_id, &around).await?;
    /// let behind = Message::list(&conn, found.session_id, &around).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor::encode(&self.seq)
    }

    /// The last `limit` messages of a live chat, oldest first: the context of the next answer.
    ///
    /// `SELECT … WHERE session_id = (the chat, if it and its person are live) ORDER BY seq DESC LIMIT $2`, turned round; no
    /// lock.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSessionId, Message};
    /// # async fn example(db: &homeroom::Database, chat: ChatSessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let context = Message::last(&conn, chat, 20).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range.
    pub async fn last(
        mut conn: &Connection,
        session_id: ChatSessionId,
        limit: u32,
    ) -> Result<Vec<Self>> {
        PageRequest::first(limit).fetch_limit()?;
        let query = messages::table
            .filter(messages::session_id.nullable().eq(live_chat(session_id)))
            .order(messages::seq.desc())
            .limit(i64::from(limit))
            .select(Self::as_select());
        let mut rows: Vec<Self> = kept(query).load(&mut conn).await?;
        rows.reverse();
        Ok(rows)
    }
}
