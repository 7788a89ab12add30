//! Which imported chat has the most forks: where a reader of imported conversations begins.

use diesel::prelude::*;
use diesel::sql_types;
use homeroom_operations::operations;

use crate::chats::ChatSession;
use crate::connection::Connection;
use crate::error::Result;
use crate::ids::ChatSessionId;
use crate::statement::{only_row, statement};

statement! {
    FindMostForked<'a>, "forked_chats/most_forked.sql",
    binds { source: &'a str => sql_types::Text, },
    returns (sql_types::Uuid,)
}

#[operations]
impl ChatSession {
    /// Of the live chats that a source of `external_ids` brought, the one with the most live forks and forks of forks.
    ///
    /// One statement (`forked_chats/most_forked.sql`), one round trip, no lock. It reads all chats of the source.
    ///
    /// ```no_run
    /// # use homeroom::ChatSession;
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let chat = ChatSession::find_most_forked(&conn, "oasst1").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find_most_forked(
        mut conn: &Connection,
        source: &str,
    ) -> Result<Option<ChatSessionId>> {
        let found: Option<(ChatSessionId,)> =
            diesel_async::RunQueryDsl::load(FindMostForked { source }, &mut conn)
                .await
                .and_then(only_row)
                .optional()?;
        Ok(found.map(|(id,)| id))
    }
}
