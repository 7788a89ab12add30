//! Chats of people with tools: rows, queries and changes of `chat_sessions`. What reads and makes forks is in `forks`, what
//! reads a chat together with other rows in `recent` and `with_messages`.

mod forks;
mod recent;
mod with_messages;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use homeroom_operations::operations;
use serde::{Deserialize, Serialize};

use crate::codes::ChatState;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::ids::{ChatSessionId, ToolId, UserId};
use crate::page::{Page, PageRequest};
use crate::schema::{chat_sessions, users};
use crate::statement::{kept, only_row, statement};

pub use forks::ForkTreeNode;

/// A chat of a person with a tool.
#[derive(
    Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Queryable, Selectable, Identifiable,
)]
#[diesel(table_name = chat_sessions, check_for_backend(diesel::pg::Pg))]
pub struct ChatSession {
    /// Made by the client.
    pub id: ChatSessionId,
    /// Whose chat it is.
    pub user_id: UserId,
    /// The version of the tool that is used; it never changes.
    pub tool_id: ToolId,
    /// The chat that this one left; `None`: none, or it was deleted for good.
    pub parent_session_id: Option<ChatSessionId>,
    /// The last message that was taken over from the parent.
    pub fork_from_seq: Option<i32>,
    /// How many messages there are, which is the `seq` of the last.
    pub last_seq: i32,
    /// Whether the chat goes on.
    pub state: ChatState,
    /// 1 to 200 characters.
    pub title: Option<String>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was completed; set exactly then.
    pub ended_at: Option<DateTime<Utc>>,
    /// When the last message was appended.
    pub last_activity_at: DateTime<Utc>,
    /// When the chat was removed; `None` while live.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// A chat to be started.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = chat_sessions)]
pub struct NewChatSession {
    /// Made here, so that the caller knows it before the row is written.
    pub id: ChatSessionId,
    /// See [`ChatSession::user_id`].
    pub user_id: UserId,
    /// See [`ChatSession::tool_id`].
    pub tool_id: ToolId,
    /// See [`ChatSession::title`].
    pub title: Option<String>,
}

impl NewChatSession {
    /// A chat without a title.
    #[must_use]
    pub fn new(user_id: UserId, tool_id: ToolId) -> Self {
        Self { id: ChatSessionId::generate(), user_id, tool_id, title: None }
    }
}

/// What is to change of a chat; `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = chat_sessions)]
pub struct ChatSessionChanges {
    /// `Some(None)` takes the title away.
    pub title: Option<Option<String>>,
}

/// The columns of [`ChatSession`], as statements of `.sql` files return them.
type ChatColumns = (
    sql_types::Uuid,
    sql_types::Uuid,
    sql_types::Uuid,
    sql_types::Nullable<sql_types::Uuid>,
    sql_types::Nullable<sql_types::Integer>,
    sql_types::Integer,
    sql_types::Text,
    sql_types::Nullable<sql_types::Text>,
    sql_types::Timestamptz,
    sql_types::Nullable<sql_types::Timestamptz>,
    sql_types::Timestamptz,
    sql_types::Nullable<sql_types::Timestamptz>,
);

statement! {
    CreateChat<'a>, "chats/create.sql",
    binds {
        id: ChatSessionId => sql_types::Uuid,
        user_id: UserId => sql_types::Uuid,
        tool_id: ToolId => sql_types::Uuid,
        title: Option<&'a str> => sql_types::Nullable<sql_types::Text>,
    },
    returns (ChatColumns,)
}

/// The live chats of live people.
#[diesel::dsl::auto_type]
fn live() -> _ {
    let people = users::table.filter(users::deleted_at.is_null()).select(users::id);
    chat_sessions::table
        .filter(chat_sessions::deleted_at.is_null().and(chat_sessions::user_id.eq_any(people)))
}

#[operations]
impl ChatSession {
    /// Starts a chat: `INSERT INTO chat_sessions … RETURNING *` (`chats/create.sql`).
    ///
    /// Locks the person and the tool FOR KEY SHARE, so that neither is deleted for good meanwhile.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, NewChatSession, ToolId, UserId};
    /// # async fn example(db: &homeroom::Database, student: UserId, tutor: ToolId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let chat = ChatSession::create(&conn, &NewChatSession::new(student, tutor)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Conflict`] with rule `chat_sessions_user_id_fkey` or `chat_sessions_tool_id_fkey` without the person or the
    /// tool; [`Error::Invalid`] with rule `chat_sessions_title_check`.
    pub async fn create(mut conn: &Connection, new: &NewChatSession) -> Result<Self> {
        let NewChatSession { id, user_id, tool_id, title } = new;
        let title = title.as_deref();
        let create = CreateChat { id: *id, user_id: *user_id, tool_id: *tool_id, title };
        let (chat,): (Self,) =
            diesel_async::RunQueryDsl::load(create, &mut conn).await.and_then(only_row)?;
        Ok(chat)
    }

    /// The chat with this id, if it and its person are live.
    ///
    /// `SELECT … FROM chat_sessions JOIN users … WHERE chat_sessions.id = $1 AND (both) deleted_at IS NULL`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, ChatSessionId};
    /// # async fn example(db: &homeroom::Database, id: ChatSessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// if let Some(chat) = ChatSession::find(&conn, id).await? {
    ///     println!("{} messages", chat.last_seq);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find(mut conn: &Connection, id: ChatSessionId) -> Result<Option<Self>> {
        let query = chat_sessions::table
            .inner_join(users::table)
            .filter(chat_sessions::id.eq(id))
            .filter(chat_sessions::deleted_at.is_null().and(users::deleted_at.is_null()))
            .select(Self::as_select());
        kept(query).load(&mut conn).await.and_then(only_row).optional().map_err(Error::from)
    }

    /// As [`ChatSession::find`].
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, ChatSessionId};
    /// # async fn example(db: &homeroom::Database, id: ChatSessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let chat = ChatSession::get(&conn, id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn get(conn: &Connection, id: ChatSessionId) -> Result<Self> {
        Self::find(conn, id).await?.ok_or_else(|| Error::not_found("chat", id))
    }

    /// The chat with this id, whether it and its person are live or not.
    ///
    /// `SELECT … FROM chat_sessions WHERE id = $1`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, ChatSessionId};
    /// # async fn example(db: &homeroom::Database, id: ChatSessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let was = ChatSession::find_with_deleted(&conn, id).await?.and_then(|chat| chat.deleted_at);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find_with_deleted(
        mut conn: &Connection,
        id: ChatSessionId,
    ) -> Result<Option<Self>> {
        chat_sessions::table
            .find(id)
            .select(Self::as_select())
            .first(&mut conn)
            .await
            .optional()
            .map_err(Error::from)
    }

    /// A live person's live chats, the last active first.
    ///
    /// Sorts the person's chats: an index on `last_activity_at` would make every append dearer.
    ///
    /// `SELECT … WHERE user_id = $1 AND (last_activity_at, id) < (the cursor's) ORDER BY last_activity_at DESC, id DESC LIMIT
    /// $2`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, PageRequest, UserId};
    /// # async fn example(db: &homeroom::Database, student: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// for chat in ChatSession::list(&conn, student, &PageRequest::first(20)).await?.items {
    ///     println!("{}", chat.title.unwrap_or_default());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range or a cursor of another list.
    pub async fn list(
        mut conn: &Connection,
        user_id: UserId,
        page: &PageRequest,
    ) -> Result<Page<Self>> {
        let mut query = chat_sessions::table
            .inner_join(users::table)
            .filter(chat_sessions::user_id.eq(user_id))
            .filter(chat_sessions::deleted_at.is_null().and(users::deleted_at.is_null()))
            .order((chat_sessions::last_activity_at.desc(), chat_sessions::id.desc()))
            .limit(page.fetch_limit()?)
            .select(Self::as_select())
            .into_boxed();
        if let Some((time, id)) = page.key::<(DateTime<Utc>, ChatSessionId)>()? {
            query = query.filter(
                chat_sessions::last_activity_at
                    .lt(time)
                    .or(chat_sessions::last_activity_at.eq(time).and(chat_sessions::id.lt(id))),
            );
        }
        let rows = query.load(&mut conn).await?;
        Ok(Page::new(rows, page, |chat: &Self| (chat.last_activity_at, chat.id)))
    }

    /// Gives a live chat another title, or (`None`) takes it away, and returns the row as it is then. Completed chats can be
    /// renamed too. Locks the row until the transaction ends.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, ChatSessionId};
    /// # async fn example(db: &homeroom::Database, chat_id: ChatSessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let chat = ChatSession::rename(&conn, chat_id, Some("Fractions")).await?;
    /// assert_eq!(chat.title.as_deref(), Some("Fractions"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`ChatSession::update`].
    pub async fn rename(conn: &Connection, id: ChatSessionId, title: Option<&str>) -> Result<Self> {
        let changes = ChatSessionChanges { title: Some(title.map(str::to_owned)) };
        Self::update(conn, id, &changes).await
    }

    /// Changes a live chat and returns the row as it is then. Locks the row until the transaction ends.
    ///
    /// `UPDATE chat_sessions SET title = $2 WHERE id = $1 AND (it and its person are live) RETURNING *`.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, ChatSessionChanges, ChatSessionId};
    /// # async fn example(db: &homeroom::Database, id: ChatSessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let untitled = ChatSessionChanges { title: Some(None) };
    /// let chat = ChatSession::update(&conn, id, &untitled).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] with rule `chat_sessions_title_check`.
    pub async fn update(
        mut conn: &Connection,
        id: ChatSessionId,
        changes: &ChatSessionChanges,
    ) -> Result<Self> {
        if *changes == ChatSessionChanges::default() {
            return Self::get(conn, id).await;
        }
        diesel::update(live().filter(chat_sessions::id.eq(id)))
            .set(changes)
            .returning(Self::as_returning())
            .load(&mut conn)
            .await
            .and_then(only_row)
            .optional()?
            .ok_or_else(|| Error::not_found("chat", id))
    }

    /// Completes an active chat: it takes no more messages.
    ///
    /// `UPDATE chat_sessions SET state = 'completed', ended_at = now() WHERE id = $1 AND state = 'active' … RETURNING *`.
    /// Locks the row until the transaction ends: appends wait, and are refused then.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, ChatSessionId};
    /// # async fn example(db: &homeroom::Database, id: ChatSessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let chat = ChatSession::complete(&conn, id).await?;
    /// assert!(chat.ended_at.is_some());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such active chat.
    pub async fn complete(mut conn: &Connection, id: ChatSessionId) -> Result<Self> {
        diesel::update(
            live().filter(chat_sessions::id.eq(id).and(chat_sessions::state.eq(ChatState::Active))),
        )
        .set((
            chat_sessions::state.eq(ChatState::Completed),
            chat_sessions::ended_at.eq(diesel::dsl::now),
        ))
        .returning(Self::as_returning())
        .load(&mut conn)
        .await
        .and_then(only_row)
        .optional()?
        .ok_or_else(|| Error::not_found("active chat", id))
    }

    /// Removes a chat softly; its forks stay.
    ///
    /// `UPDATE chat_sessions SET deleted_at = now() WHERE id = $1 AND (it and its person are live)`. Locks the row until the
    /// transaction ends: appends wait, and are refused then.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, ChatSessionId};
    /// # async fn example(db: &homeroom::Database, id: ChatSessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// ChatSession::soft_delete(&conn, id).await?;
    /// assert!(ChatSession::find(&conn, id).await?.is_none());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such live chat.
    pub async fn soft_delete(mut conn: &Connection, id: ChatSessionId) -> Result<()> {
        let changed = diesel::update(live().filter(chat_sessions::id.eq(id)))
            .set(chat_sessions::deleted_at.eq(diesel::dsl::now))
            .execute(&mut conn)
            .await?;
        if changed == 0 { Err(Error::not_found("chat", id)) } else { Ok(()) }
    }

    /// Brings a removed chat of a live person back, completed or not.
    ///
    /// `UPDATE chat_sessions SET deleted_at = NULL WHERE id = $1 AND deleted_at IS NOT NULL … RETURNING *`. Locks the row
    /// until the transaction ends.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, ChatSessionId};
    /// # async fn example(db: &homeroom::Database, id: ChatSessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let chat = ChatSession::restore(&conn, id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such removed chat of a live person.
    pub async fn restore(mut conn: &Connection, id: ChatSessionId) -> Result<Self> {
        let people = users::table.filter(users::deleted_at.is_null()).select(users::id);
        diesel::update(
            chat_sessions::table
                .filter(chat_sessions::id.eq(id).and(chat_sessions::deleted_at.is_not_null()))
                .filter(chat_sessions::user_id.eq_any(people)),
        )
        .set(chat_sessions::deleted_at.eq(None::<DateTime<Utc>>))
        .returning(Self::as_returning())
        .load(&mut conn)
        .await
        .and_then(only_row)
        .optional()?
        .ok_or_else(|| Error::not_found("removed chat", id))
    }

    /// Deletes a chat for good with all its messages, whether it is live or not: `DELETE FROM chat_sessions …`.
    ///
    /// Its forks have messages of their own and stay readable; they have no parent any more, see
    /// [`ChatSession::orphaned_forks`].
    ///
    /// Locks the chat, its messages, its forks and its external ids until the transaction ends.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, ChatSessionId};
    /// # async fn example(db: &homeroom::Database, chat_id: ChatSessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// ChatSession::delete(&conn, chat_id).await?;
    /// assert!(ChatSession::find_with_deleted(&conn, chat_id).await?.is_none());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn delete(mut conn: &Connection, id: ChatSessionId) -> Result<()> {
        let deleted = diesel::delete(chat_sessions::table.find(id)).execute(&mut conn).await?;
        if deleted == 0 { Err(Error::not_found("chat", id)) } else { Ok(()) }
    }
}
