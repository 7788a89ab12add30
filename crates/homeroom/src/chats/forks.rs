//! Forks of chats: making one, and reading where chats fork from and into.

use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use homeroom_operations::operations;
use serde::Serialize;

use crate::chats::{ChatColumns, ChatSession, live};
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::ids::{ChatSessionId, UserId};
use crate::page::{Page, PageRequest};
use crate::schema::chat_sessions;
use crate::statement::{only_row, statement};

/// A chat of a fork tree, and how deep it stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForkTreeNode {
    /// The chat.
    pub chat: ChatSession,
    /// 0 for the chat that was asked for, 1 for its forks, and so on.
    pub depth: i32,
}

statement! {
    ForkChat, "fork.sql",
    binds {
        id: ChatSessionId => sql_types::Uuid,
        parent_id: ChatSessionId => sql_types::Uuid,
        fork_from_seq: i32 => sql_types::Integer,
        user_id: UserId => sql_types::Uuid,
    },
    returns (ChatColumns,)
}

statement! {
    ReadForkTree, "fork_tree.sql",
    binds { id: ChatSessionId => sql_types::Uuid, },
    returns (ChatColumns, sql_types::Integer,)
}

statement! {
    ReadLineage, "lineage.sql",
    binds { id: ChatSessionId => sql_types::Uuid, },
    returns (ChatColumns,)
}

#[operations]
impl ChatSession {
    /// Forks a live chat behind message `seq`: a new active chat of `user_id` with copies of the messages up to there, and
    /// independent from then on. One statement (`chats/fork.sql`), one round trip.
    ///
    /// Locks the parent FOR SHARE.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, ChatSessionId, UserId};
    /// # async fn example(db: &homeroom::Database, chat_id: ChatSessionId, user_id: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let fork = ChatSession::fork(&conn, chat_id, 12, user_id).await?;
    /// assert_eq!((fork.fork_from_seq, fork.last_seq), (Some(12), 12));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such chat of a live person with a message `seq`; [`Error::ForbiddenState`] with
    /// rule `chat_sessions_parent_deleted_check` for a removed one; [`Error::Conflict`] with rule
    /// `chat_sessions_user_id_fkey` without the person. A completed chat can be forked.
    pub async fn fork(
        mut conn: &Connection,
        parent_id: ChatSessionId,
        seq: i32,
        user_id: UserId,
    ) -> Result<Self> {
        let fork =
            ForkChat { id: ChatSessionId::generate(), parent_id, fork_from_seq: seq, user_id };
        let row: Option<(Self,)> =
            diesel_async::RunQueryDsl::load(fork, &mut conn).await.and_then(only_row).optional()?;
        row.map(|(chat,)| chat)
            .ok_or_else(|| Error::not_found("message", format_args!("{seq} of chat {parent_id}")))
    }

    /// A live chat and all live forks below it, each before its own forks, by the place where they leave: one round trip.
    ///
    /// `chats/fork_tree.sql`, a `WITH RECURSIVE` along the index on `parent_session_id`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, ChatSessionId};
    /// # async fn example(db: &homeroom::Database, id: ChatSessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// for node in ChatSession::fork_tree(&conn, id).await? {
    ///     println!("{}{}", "  ".repeat(node.depth as usize), node.chat.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection; empty when there is no such live chat.
    pub async fn fork_tree(mut conn: &Connection, id: ChatSessionId) -> Result<Vec<ForkTreeNode>> {
        let rows: Vec<(Self, i32)> =
            diesel_async::RunQueryDsl::load(ReadForkTree { id }, &mut conn).await?;
        Ok(rows.into_iter().map(|(chat, depth)| ForkTreeNode { chat, depth }).collect())
    }

    /// The live chats that left this one, live or not, by the place where they left; forks of forks are in the
    /// [tree](ChatSession::fork_tree).
    ///
    /// `SELECT … WHERE parent_session_id = $1 AND (fork_from_seq, id) > (the cursor's) ORDER BY fork_from_seq, id LIMIT $2`;
    /// no lock.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, ChatSessionId, PageRequest};
    /// # async fn example(db: &homeroom::Database, chat_id: ChatSessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// for fork in ChatSession::forks(&conn, chat_id, &PageRequest::default()).await?.items {
    ///     println!("{} left behind message {:?}", fork.id, fork.fork_from_seq);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range or a cursor of another list.
    pub async fn forks(
        mut conn: &Connection,
        id: ChatSessionId,
        page: &PageRequest,
    ) -> Result<Page<Self>> {
        let mut query = live()
            .filter(chat_sessions::parent_session_id.eq(id))
            .order((chat_sessions::fork_from_seq, chat_sessions::id))
            .limit(page.fetch_limit()?)
            .select(Self::as_select())
            .into_boxed();
        if let Some((seq, id)) = page.key::<(Option<i32>, ChatSessionId)>()? {
            query = query.filter(
                chat_sessions::fork_from_seq
                    .gt(seq)
                    .or(chat_sessions::fork_from_seq.eq(seq).and(chat_sessions::id.gt(id))),
            );
        }
        let rows = query.load(&mut conn).await?;
        Ok(Page::new(rows, page, |fork: &Self| (fork.fork_from_seq, fork.id)))
    }

    /// A live chat and those that it forked from, from the root down to the chat itself: one statement
    /// (`chats/lineage.sql`), one round trip, no lock. A removed chat among them is left out, what stands above it is not.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, ChatSessionId};
    /// # async fn example(db: &homeroom::Database, chat_id: ChatSessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let lineage = ChatSession::lineage(&conn, chat_id).await?;
    /// assert_eq!(lineage.last().map(|chat| chat.id), Some(chat_id));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection; empty when there is no such live chat.
    pub async fn lineage(mut conn: &Connection, id: ChatSessionId) -> Result<Vec<Self>> {
        let rows: Vec<(Self,)> =
            diesel_async::RunQueryDsl::load(ReadLineage { id }, &mut conn).await?;
        Ok(rows.into_iter().map(|(chat,)| chat).collect())
    }

    /// The live forks of a person, or (`None`) of everyone, whose parent was deleted for good, by person and the time they
    /// were made. They keep their messages and the place where they left.
    ///
    /// `SELECT … WHERE parent_session_id IS NULL AND fork_from_seq IS NOT NULL … ORDER BY user_id, id LIMIT $2`, which an
    /// index of these rows alone answers; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, PageRequest, UserId};
    /// # async fn example(db: &homeroom::Database, user_id: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let orphans = ChatSession::orphaned_forks(&conn, user_id, &PageRequest::default()).await?;
    /// assert!(orphans.items.iter().all(|chat| chat.parent_session_id.is_none()));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range or a cursor of another list.
    pub async fn orphaned_forks(
        mut conn: &Connection,
        user_id: impl Into<Option<UserId>>,
        page: &PageRequest,
    ) -> Result<Page<Self>> {
        let mut query = live()
            .filter(chat_sessions::parent_session_id.is_null())
            .filter(chat_sessions::fork_from_seq.is_not_null())
            .order((chat_sessions::user_id, chat_sessions::id))
            .limit(page.fetch_limit()?)
            .select(Self::as_select())
            .into_boxed();
        if let Some(user_id) = user_id.into() {
            query = query.filter(chat_sessions::user_id.eq(user_id));
        }
        if let Some((user_id, id)) = page.key::<(UserId, ChatSessionId)>()? {
            query = query.filter(
                chat_sessions::user_id
                    .gt(user_id)
                    .or(chat_sessions::user_id.eq(user_id).and(chat_sessions::id.gt(id))),
            );
        }
        let rows = query.load(&mut conn).await?;
        Ok(Page::new(rows, page, |chat: &Self| (chat.user_id, chat.id)))
    }
}
