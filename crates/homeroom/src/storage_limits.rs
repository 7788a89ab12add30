//! What a person may store, with who says so; and counting anew what they do store.
//!
//! The database counts (`user_storage_limits.used_bytes`) and refuses: see [`StorageReservation`](crate::StorageReservation).

use diesel::prelude::*;
use diesel::sql_types;
use homeroom_ltree::Ltree;
use homeroom_operations::operations;
use serde::Serialize;

use crate::codes::GroupRole;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::ids::{GroupId, UserId};
use crate::page::{Page, PageRequest};
use crate::schema::Ltree as LtreeSql;
use crate::statement::{only_row, statement};

/// What a live person may store, and what they do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StorageLimits {
    /// The largest single file.
    pub max_file_size: StorageLimit,
    /// All files together.
    pub quota: StorageLimit,
    /// What is stored or reserved now, in bytes; removed files count until they are purged.
    pub used_bytes: i64,
}

/// A limit, and who set it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StorageLimit {
    /// In bytes.
    pub bytes: i64,
    /// Who set it.
    pub source: LimitSource,
}

/// Who set a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "set_by", rename_all = "snake_case")]
pub enum LimitSource {
    /// The person's own limit ([`UserStorageLimit`](crate::UserStorageLimit)).
    User,
    /// The settings of a group that the person belongs to, or of one above it.
    Group {
        /// The group.
        group_id: GroupId,
        /// Its path.
        path: Ltree,
        /// The person's role that the limit is for; `None`: for all roles.
        role: Option<GroupRole>,
    },
    /// The system's default.
    System,
}

impl StorageLimits {
    /// What may still be stored, in bytes; 0 where a limit was lowered below what is stored.
    #[must_use]
    pub fn free_bytes(&self) -> i64 {
        (self.quota.bytes - self.used_bytes).max(0)
    }
}

statement! {
    ReadLimits, "storage_limits/of_user.sql",
    binds { user_id: UserId => sql_types::Uuid, },
    returns (
        sql_types::Text,
        sql_types::BigInt,
        sql_types::Text,
        sql_types::Nullable<sql_types::Uuid>,
        sql_types::Nullable<LtreeSql>,
        sql_types::Nullable<sql_types::Text>,
        sql_types::BigInt,
    )
}

#[derive(Queryable)]
struct LimitRow {
    field: String,
    bytes: i64,
    source: String,
    group_id: Option<GroupId>,
    path: Option<Ltree>,
    role: Option<GroupRole>,
    used_bytes: i64,
}

impl LimitRow {
    fn limit(self) -> StorageLimit {
        let source = match (self.source.as_str(), self.group_id, self.path) {
            ("user", ..) => LimitSource::User,
            (_, Some(group_id), Some(path)) => {
                LimitSource::Group { group_id, path, role: self.role }
            }
            _ => LimitSource::System,
        };
        StorageLimit { bytes: self.bytes, source }
    }
}

statement! {
    FindDrifted, "storage_limits/drifted.sql",
    binds {
        after: Option<UserId> => sql_types::Nullable<sql_types::Uuid>,
        limit: i64 => sql_types::BigInt,
    },
    returns (sql_types::Uuid, sql_types::BigInt,)
}

statement! {
    Reconcile, "storage_limits/reconcile.sql",
    binds { user_id: UserId => sql_types::Uuid, },
    returns (sql_types::BigInt,)
}

#[operations]
impl StorageLimits {
    /// The limits in force for a live person, and what they store: field by field their own limit, else that of the nearest
    /// group with one (there the one for their role before the one for all), else the system's default.
    ///
    /// A locked limit (see [`Settings::lock`](crate::Settings::lock)) can't be set by a group below. Somebody in several
    /// groups has the largest of the limits that these give, whichever comes first in the table.
    ///
    /// One statement (`storage_limits/of_user.sql`), one round trip, no lock.
    ///
    /// ```no_run
    /// # use homeroom::{StorageLimits, UserId};
    /// # async fn example(db: &homeroom::Database, student: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let limits = StorageLimits::of_user(&conn, student).await?;
    /// println!("{} of {} bytes are left", limits.free_bytes(), limits.quota.bytes);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such live person.
    pub async fn of_user(mut conn: &Connection, user_id: UserId) -> Result<Self> {
        let rows: Vec<LimitRow> =
            diesel_async::RunQueryDsl::load(ReadLimits { user_id }, &mut conn).await?;
        let used_bytes = rows.first().map_or(0, |row| row.used_bytes);
        let (mut max_file_size, mut quota) = (None, None);
        for row in rows {
            match row.field.as_str() {
                "max_file_size_bytes" => max_file_size = Some(row.limit()),
                _ => quota = Some(row.limit()),
            }
        }
        match (max_file_size, quota) {
            (Some(max_file_size), Some(quota)) => Ok(Self { max_file_size, quota, used_bytes }),
            _ => Err(Error::not_found("user", user_id)),
        }
    }

    /// The people whose count is not the sum of their files and reservations, with how many bytes it is too small (less than
    /// 0: too large), by person. There are none unless somebody wrote past the database's triggers.
    ///
    /// Reads all files: for an operator, not for a request. A count that is just being changed may be listed in vain.
    ///
    /// `storage_limits/drifted.sql`: `SELECT … FROM users LEFT JOIN (the sums by uploader) … WHERE id > (the cursor's) …
    /// LIMIT $2`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{PageRequest, StorageLimits};
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// for (user, bytes) in StorageLimits::drifted(&conn, &PageRequest::default()).await?.items {
    ///     println!("{user}: {bytes} bytes too few are counted");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range or a cursor of another list.
    pub async fn drifted(mut conn: &Connection, page: &PageRequest) -> Result<Page<(UserId, i64)>> {
        let find = FindDrifted { after: page.key::<UserId>()?, limit: page.fetch_limit()? };
        let rows: Vec<(UserId, i64)> = diesel_async::RunQueryDsl::load(find, &mut conn).await?;
        Ok(Page::new(rows, page, |(user_id, _)| *user_id))
    }

    /// Counts anew what a person stores, and returns by how many bytes the count was too small.
    ///
    /// `SELECT reconcile_storage($1)`: locks the person's row of `user_storage_limits` first, so that uploads wait and none is
    /// missed. Needs READ COMMITTED. The quota is not looked at: what is stored is stored.
    ///
    /// ```no_run
    /// # use homeroom::{StorageLimits, UserId};
    /// # async fn example(db: &homeroom::Database, user: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let corrected_by = StorageLimits::reconcile(&conn, user).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such person, live or not.
    pub async fn reconcile(mut conn: &Connection, user_id: UserId) -> Result<i64> {
        let found: Option<(i64,)> =
            diesel_async::RunQueryDsl::load(Reconcile { user_id }, &mut conn)
                .await
                .and_then(only_row)
                .optional()?;
        found.map(|(bytes,)| bytes).ok_or_else(|| Error::not_found("user", user_id))
    }
}
