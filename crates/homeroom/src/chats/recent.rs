//! A person's recent chats, each with the tool that it uses.

use chrono::{DateTime, Utc};
use diesel::sql_types;
use homeroom_operations::operations;

use crate::chats::{ChatColumns, ChatSession};
use crate::connection::Connection;
use crate::error::Result;
use crate::ids::{ChatSessionId, UserId};
use crate::page::{Page, PageRequest};
use crate::statement::statement;
use crate::tools::{ToolSummary, ToolSummaryColumns};

statement! {
    ReadRecent, "recent.sql",
    binds {
        user_id: UserId => sql_types::Uuid,
        rows: i64 => sql_types::BigInt,
    },
    returns (ChatColumns, ToolSummaryColumns,)
}

statement! {
    ReadRecentAfter, "recent_after.sql",
    binds {
        user_id: UserId => sql_types::Uuid,
        before_time: DateTime<Utc> => sql_types::Timestamptz,
        before_id: ChatSessionId => sql_types::Uuid,
        rows: i64 => sql_types::BigInt,
    },
    returns (ChatColumns, ToolSummaryColumns,)
}

#[operations]
impl ChatSession {
    /// A live person's live chats, the last active first, each with its tool (without the definition), withdrawn or not: one
    /// statement (`chats/recent.sql`, behind a cursor `recent_after.sql`), one round trip, no lock.
    ///
    /// Sorts the person's chats, as [`ChatSession::list`], and goes on where that does: a cursor of one is good for the other.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, PageRequest, UserId};
    /// # async fn example(db: &homeroom::Database, user_id: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// for (chat, tool) in ChatSession::recent(&conn, user_id, &PageRequest::first(20)).await?.items {
    ///     println!("{} with {} {}", chat.title.unwrap_or_default(), tool.name, tool.version);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for a limit out of range or a cursor of another list.
    pub async fn recent(
        mut conn: &Connection,
        user_id: UserId,
        page: &PageRequest,
    ) -> Result<Page<(Self, ToolSummary)>> {
        let limit = page.fetch_limit()?;
        let rows = match page.key::<(DateTime<Utc>, ChatSessionId)>()? {
            None => {
                let query = ReadRecent { user_id, rows: limit };
                diesel_async::RunQueryDsl::load(query, &mut conn).await?
            }
            Some((before_time, before_id)) => {
                let query = ReadRecentAfter { user_id, before_time, before_id, rows: limit };
                diesel_async::RunQueryDsl::load(query, &mut conn).await?
            }
        };
        Ok(Page::new(rows, page, |(chat, _): &(Self, ToolSummary)| {
            (chat.last_activity_at, chat.id)
        }))
    }
}
