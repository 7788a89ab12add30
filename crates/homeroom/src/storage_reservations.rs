//! Uploads: room is reserved, the bytes go to the blob store, then the reservation becomes the file or is released.
//!
//! The database counts reservations and files alike and refuses what is above a person's limits, so that a quota holds under
//! any number of uploads at once, and for files that are written without a reservation too.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use homeroom_operations::operations;
use serde::Serialize;

use crate::codes::StorageBackend;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::files::{File, NewFile};
use crate::ids::{FileId, GroupId, StorageReservationId, UserId};
use crate::schema::storage_reservations;
use crate::statement::{only_row, statement};

/// Room for an upload that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Identifiable)]
#[diesel(table_name = storage_reservations, check_for_backend(diesel::pg::Pg))]
pub struct StorageReservation {
    /// Made by the client.
    pub id: StorageReservationId,
    /// Whose quota it is counted against.
    pub uploaded_by: UserId,
    /// What the upload will need at the most.
    pub size_bytes: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// From then on it may be purged.
    pub expires_at: DateTime<Utc>,
}

/// Room to be reserved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStorageReservation {
    /// Made here, so that the caller can release it even when the answer was lost.
    pub id: StorageReservationId,
    /// See [`StorageReservation::uploaded_by`].
    pub uploaded_by: UserId,
    /// See [`StorageReservation::size_bytes`].
    pub size_bytes: i64,
    /// How long the upload may take before its room can be given to others.
    pub lifetime: Duration,
}

impl NewStorageReservation {
    /// How long an upload may take.
    pub const LIFETIME: Duration = Duration::from_secs(60 * 60);

    /// Room for an upload of at most so many bytes, for an hour.
    #[must_use]
    pub fn new(uploaded_by: UserId, size_bytes: i64) -> Self {
        let id = StorageReservationId::generate();
        Self { id, uploaded_by, size_bytes, lifetime: Self::LIFETIME }
    }
}

statement! {
    Reserve, "storage_reservations/reserve.sql",
    binds {
        id: StorageReservationId => sql_types::Uuid,
        size_bytes: i64 => sql_types::BigInt,
        seconds: f64 => sql_types::Double,
        uploaded_by: UserId => sql_types::Uuid,
    },
    returns (
        sql_types::Uuid,
        sql_types::Uuid,
        sql_types::BigInt,
        sql_types::Timestamptz,
        sql_types::Timestamptz,
    )
}

statement! {
    Commit<'a>, "storage_reservations/commit.sql",
    binds {
        reservation_id: StorageReservationId => sql_types::Uuid,
        uploaded_by: UserId => sql_types::Uuid,
        id: FileId => sql_types::Uuid,
        original_name: &'a str => sql_types::Text,
        mime_type: &'a str => sql_types::Text,
        size_bytes: i64 => sql_types::BigInt,
        storage_backend: StorageBackend => sql_types::Text,
        storage_key: &'a str => sql_types::Text,
        group_id: Option<GroupId> => sql_types::Nullable<sql_types::Uuid>,
        purpose: &'a str => sql_types::Text,
    },
    returns (
        sql_types::Uuid,
        sql_types::Text,
        sql_types::Text,
        sql_types::BigInt,
        sql_types::Text,
        sql_types::Text,
        sql_types::Uuid,
        sql_types::Nullable<sql_types::Uuid>,
        sql_types::Text,
        sql_types::Text,
        sql_types::Timestamptz,
        sql_types::Nullable<sql_types::Timestamptz>,
    )
}

#[operations]
impl StorageReservation {
    /// Reserves room for a live person's upload: `INSERT INTO storage_reservations … RETURNING *`, one round trip.
    ///
    /// Locks the person's row of `user_storage_limits` until the transaction ends: their other uploads wait.
    ///
    /// ```no_run
    /// # use homeroom::{File, NewFile, NewStorageReservation, StorageReservation, UserId};
    /// # async fn store(bytes: &[u8]) -> bool { true }
    /// # async fn example(db: &homeroom::Database, student: UserId, bytes: &[u8], file: NewFile) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let new = NewStorageReservation::new(student, bytes.len() as i64);
    /// let room = StorageReservation::reserve(&conn, &new).await?;
    /// if store(bytes).await {
    ///     StorageReservation::commit(&conn, room.id, &file).await?;
    /// } else {
    ///     StorageReservation::release(&conn, room.id).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Quota`] with rule `storage_reservations_quota_check` or `storage_reservations_max_file_size_check` above the
    /// person's limits; [`Error::NotFound`] when there is no such live person; [`Error::Invalid`] with rule
    /// `storage_reservations_size_bytes_check` or `storage_reservations_expires_at_check`.
    pub async fn reserve(mut conn: &Connection, new: &NewStorageReservation) -> Result<Self> {
        let reserve = Reserve {
            id: new.id,
            size_bytes: new.size_bytes,
            seconds: new.lifetime.as_secs_f64(),
            uploaded_by: new.uploaded_by,
        };
        diesel_async::RunQueryDsl::load(reserve, &mut conn)
            .await
            .and_then(only_row)
            .optional()?
            .ok_or_else(|| Error::not_found("user", new.uploaded_by))
    }

    /// Turns a reservation into the file whose bytes are stored by now: one statement (`storage_reservations/commit.sql`),
    /// one round trip. The file's own size is counted, not the one reserved. A reservation that has expired but was not purged
    /// yet is as good as any.
    ///
    /// Locks the reservation, and the person's row of `user_storage_limits`, until the transaction ends.
    ///
    /// ```no_run
    /// # use homeroom::{NewFile, StorageReservation, StorageReservationId};
    /// # async fn example(db: &homeroom::Database, room: StorageReservationId, file: NewFile) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let file = StorageReservation::commit(&conn, room, &file).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when the person has no such reservation (any more); [`Error::Quota`] when the file is larger than
    /// what was reserved and above a limit, or a limit was lowered meanwhile; else as [`File::create`].
    pub async fn commit(
        mut conn: &Connection,
        id: StorageReservationId,
        file: &NewFile,
    ) -> Result<File> {
        let commit = Commit {
            reservation_id: id,
            uploaded_by: file.uploaded_by,
            id: file.id,
            original_name: &file.original_name,
            mime_type: &file.mime_type,
            size_bytes: file.size_bytes,
            storage_backend: file.storage_backend,
            storage_key: &file.storage_key,
            group_id: file.group_id,
            purpose: &file.purpose,
        };
        diesel_async::RunQueryDsl::load(commit, &mut conn)
            .await
            .and_then(only_row)
            .optional()?
            .ok_or_else(|| Error::not_found("storage reservation", id))
    }

    /// Gives the room of an upload that failed back: `DELETE FROM storage_reservations WHERE id = $1`.
    ///
    /// Locks the reservation, and the person's row of `user_storage_limits`, until the transaction ends.
    ///
    /// ```no_run
    /// # use homeroom::{StorageReservation, StorageReservationId};
    /// # async fn example(db: &homeroom::Database, room: StorageReservationId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// StorageReservation::release(&conn, room).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such reservation (any more).
    pub async fn release(mut conn: &Connection, id: StorageReservationId) -> Result<()> {
        let released =
            diesel::delete(storage_reservations::table.find(id)).execute(&mut conn).await?;
        if released == 0 { Err(Error::not_found("storage reservation", id)) } else { Ok(()) }
    }

    /// Gives the room of uploads back that were never finished, at most `batch` of them, and returns how many; call it again
    /// until it returns 0.
    ///
    /// `DELETE FROM storage_reservations WHERE id IN (SELECT id … WHERE expires_at <= now() ORDER BY expires_at LIMIT $1)`.
    /// Locks these rows, and the counts (`user_storage_limits`) of their people, until the transaction ends.
    ///
    /// ```no_run
    /// # use homeroom::StorageReservation;
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// while StorageReservation::purge_expired(&conn, 1_000).await? > 0 {}
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn purge_expired(mut conn: &Connection, batch: u32) -> Result<usize> {
        let expired = diesel::alias!(storage_reservations as expired);
        let batch = expired
            .filter(expired.field(storage_reservations::expires_at).le(diesel::dsl::now))
            .order(expired.field(storage_reservations::expires_at))
            .limit(i64::from(batch))
            .select(expired.field(storage_reservations::id));
        let gone = storage_reservations::table.filter(storage_reservations::id.eq_any(batch));
        diesel::delete(gone).execute(&mut conn).await.map_err(Error::from)
    }
}
