//! Erasing a person: all that is theirs goes, what others rely on stays without them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz, Uuid};
use homeroom_operations::operations;
use serde::Serialize;

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::ids::UserId;
use crate::statement::{only_row, statement};
use crate::users::User;

/// What was removed of a person, and how much. It holds nothing of them but the id that they had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable)]
pub struct ErasureReceipt {
    /// Whom it was about.
    pub user_id: UserId,
    /// When.
    pub erased_at: DateTime<Utc>,
    /// Sign-in sessions.
    pub sessions: i64,
    /// Memberships of groups.
    pub group_members: i64,
    /// Memberships of classes.
    pub class_members: i64,
    /// Chats, removed ones too.
    pub chats: i64,
    /// Messages in these chats.
    pub messages: i64,
    /// Messages in chats of others, mostly forks, of which a tombstone stays.
    pub tombstones: i64,
    /// Forks of others that have lost their parent.
    pub orphaned_forks: i64,
    /// Files, removed ones too; their blobs wait in [`DeletedBlob`](crate::DeletedBlob).
    pub files: i64,
    /// How many bytes these have.
    pub file_bytes: i64,
    /// Uploads under way.
    pub storage_reservations: i64,
    /// Names that other systems had for the person and their chats.
    pub external_ids: i64,
    /// Tools that the person made: they stay, without an author.
    pub kept_tools: i64,
}

statement! {
    Erase, "erasure/erase.sql",
    binds { user_id: UserId => Uuid, },
    returns (
        Uuid, Timestamptz, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt,
    )
}

#[operations]
impl User {
    /// Erases a person, live or removed, with everything that is theirs, for good: one statement (`erasure/erase.sql`), one
    /// round trip, all or nothing.
    ///
    /// Gone are the person, their sessions, memberships, chats with all messages, files (whose storage keys wait in
    /// [`DeletedBlob`](crate::DeletedBlob) until the blobs are deleted), reservations, limits and external ids. Forks of their
    /// chats that belong to others stay and still read: what the person said there is an empty message with
    /// [`MessageMeta::erased`](crate::MessageMeta), and where a tool repeated their whole name or e-mail address it says `…`.
    /// Tools that they made stay without an author. A plain `DELETE FROM users` does the same.
    ///
    /// Locks all of these rows until the transaction ends. The receipt counts what is there when the statement begins.
    ///
    /// ```no_run
    /// # use homeroom::{User, UserId};
    /// # async fn example(db: &homeroom::Database, id: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let receipt = User::erase(&conn, id).await?;
    /// println!("{} messages in {} chats", receipt.messages, receipt.chats);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such person.
    pub async fn erase(mut conn: &Connection, id: UserId) -> Result<ErasureReceipt> {
        diesel_async::RunQueryDsl::load(Erase { user_id: id }, &mut conn)
            .await
            .and_then(only_row)
            .optional()?
            .ok_or_else(|| Error::not_found("user", id))
    }
}
