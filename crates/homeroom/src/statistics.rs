//! How much of everything there is: counts, bytes, the largest tables. For an operator, not for a request.
//!
//! Reads only.

use diesel::prelude::*;
use diesel::sql_types;
use homeroom_operations::operations;
use serde::Serialize;

use crate::connection::Connection;
use crate::error::Result;
use crate::statement::{only_row, statement};

/// How much of everything there is, at one moment.
///
/// Exact. A row counts as deleted by its own `deleted_at` alone: a class of an archived group counts as live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Statistics {
    /// People.
    pub users: UserCounts,
    /// Groups.
    pub groups: GroupCounts,
    /// Memberships of groups.
    pub group_members: i64,
    /// Classes.
    pub classes: LiveCounts,
    /// Places in classes: whoever is in two counts twice.
    pub class_members: ClassMemberCounts,
    /// Versions of tools.
    pub tools: LiveCounts,
    /// Chats.
    pub chats: ChatCounts,
    /// Messages of all chats, copies in forks and those of deleted chats too.
    pub messages: i64,
    /// Sign-ins.
    pub sessions: SessionCounts,
    /// Files.
    pub files: FileCounts,
    /// Blobs whose file is gone for good and that wait to be deleted.
    pub blobs_to_delete: i64,
    /// What the whole database takes on the server's disk.
    pub database_bytes: i64,
    /// The ten largest tables, the largest first.
    pub largest_tables: Vec<TableSize>,
}

/// People by status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Queryable)]
pub struct UserCounts {
    /// Live, and may sign in.
    pub active: i64,
    /// Live, and locked out.
    pub suspended: i64,
    /// Live, and not confirmed yet.
    pub pending_verification: i64,
    /// Removed.
    pub deleted: i64,
}

/// Groups by type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Queryable)]
pub struct GroupCounts {
    /// Live districts.
    pub districts: i64,
    /// Live schools.
    pub schools: i64,
    /// Live departments.
    pub departments: i64,
    /// Archived groups of any type.
    pub archived: i64,
}

/// What is live and what is removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Queryable)]
pub struct LiveCounts {
    /// Live.
    pub live: i64,
    /// Removed.
    pub deleted: i64,
}

/// Places in classes by role.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Queryable)]
pub struct ClassMemberCounts {
    /// Of teachers.
    pub teachers: i64,
    /// Of students.
    pub students: i64,
}

/// Chats by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Queryable)]
pub struct ChatCounts {
    /// Live, and go on.
    pub active: i64,
    /// Live, and completed.
    pub completed: i64,
    /// Removed.
    pub deleted: i64,
    /// Of the live ones: those that left another chat.
    pub forks: i64,
}

/// Sign-ins by whether they are good.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Queryable)]
pub struct SessionCounts {
    /// Not expired.
    pub live: i64,
    /// Expired, and not purged yet.
    pub expired: i64,
}

/// Files and what they hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Queryable)]
pub struct FileCounts {
    /// Live files.
    pub live: i64,
    /// What they hold together.
    pub live_bytes: i64,
    /// Removed files that are not purged yet.
    pub deleted: i64,
    /// What they hold together.
    pub deleted_bytes: i64,
}

/// A table and how large it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableSize {
    /// Its name, with the schema where that is not `public`.
    pub name: String,
    /// With its indexes and its long values.
    pub bytes: i64,
}

statement! {
    ReadStatistics, "statistics/read.sql",
    binds {},
    returns (
        (sql_types::BigInt, sql_types::BigInt, sql_types::BigInt, sql_types::BigInt),
        (sql_types::BigInt, sql_types::BigInt, sql_types::BigInt, sql_types::BigInt),
        sql_types::BigInt,
        (sql_types::BigInt, sql_types::BigInt),
        (sql_types::BigInt, sql_types::BigInt),
        (sql_types::BigInt, sql_types::BigInt),
        (sql_types::BigInt, sql_types::BigInt, sql_types::BigInt, sql_types::BigInt),
        sql_types::BigInt,
        (sql_types::BigInt, sql_types::BigInt),
        (sql_types::BigInt, sql_types::BigInt, sql_types::BigInt, sql_types::BigInt),
        sql_types::BigInt,
        sql_types::BigInt,
        sql_types::Array<sql_types::Text>,
        sql_types::Array<sql_types::BigInt>,
    )
}

/// The columns of the statement, in its order.
#[derive(Queryable)]
struct Read {
    users: UserCounts,
    groups: GroupCounts,
    group_members: i64,
    classes: LiveCounts,
    class_members: ClassMemberCounts,
    tools: LiveCounts,
    chats: ChatCounts,
    messages: i64,
    sessions: SessionCounts,
    files: FileCounts,
    blobs_to_delete: i64,
    database_bytes: i64,
    table_names: Vec<String>,
    table_bytes: Vec<i64>,
}

#[operations]
impl Statistics {
    /// Counts everything: one statement (`statistics/read.sql`), one snapshot, one round trip.
    ///
    /// It reads every table whole (of the largest an index, where that is enough): seconds on a large database, and no
    /// longer than the statement timeout. It locks nothing that others write; like any read it waits while a migration
    /// holds a table alone.
    ///
    /// ```no_run
    /// # use homeroom::Statistics;
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let statistics = Statistics::read(&conn).await?;
    /// println!("{} people, {} messages", statistics.users.active, statistics.messages);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection and of the statement timeout.
    pub async fn read(mut conn: &Connection) -> Result<Self> {
        let read: Read = diesel_async::RunQueryDsl::load(ReadStatistics {}, &mut conn)
            .await
            .and_then(only_row)?;
        let largest = read.table_names.into_iter().zip(read.table_bytes);
        Ok(Self {
            users: read.users,
            groups: read.groups,
            group_members: read.group_members,
            classes: read.classes,
            class_members: read.class_members,
            tools: read.tools,
            chats: read.chats,
            messages: read.messages,
            sessions: read.sessions,
            files: read.files,
            blobs_to_delete: read.blobs_to_delete,
            database_bytes: read.database_bytes,
            largest_tables: largest.map(|(name, bytes)| TableSize { name, bytes }).collect(),
        })
    }
}
