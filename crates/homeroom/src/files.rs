//! Uploaded files (their bytes are in a blob store): rows, queries and changes of `files`.

use chrono::{DateTime, Utc};
use diesel::dsl::{IntervalDsl, now};
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;
use homeroom_operations::operations;
use serde::{Deserialize, Serialize};

use crate::codes::{FileStatus, StorageBackend};
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::ids::{FileId, GroupId, UserId};
use crate::page::{Page, PageRequest};
use crate::schema::{deleted_blobs, files, users};
use crate::statement::only_row;

/// An uploaded file.
#[derive(
    Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Queryable, Selectable, Identifiable,
)]
#[diesel(table_name = files, check_for_backend(diesel::pg::Pg))]
pub struct File {
    /// Made by the client.
    pub id: FileId,
    /// As the person named it, 1 to 255 characters.
    pub original_name: String,
    /// Such as `image/png`.
    pub mime_type: String,
    /// In bytes.
    pub size_bytes: i64,
    /// Where the bytes are.
    pub storage_backend: StorageBackend,
    /// Where they are there; unique.
    pub storage_key: String,
    /// Who uploaded it.
    pub uploaded_by: UserId,
    /// What group it was uploaded for; `None`: none, or it was deleted for good.
    pub group_id: Option<GroupId>,
    /// What it is for, in the application's terms.
    pub purpose: String,
    /// In step with `deleted_at`.
    pub status: FileStatus,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the file was removed; `None` while live.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// A file to be created.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = files)]
pub struct NewFile {
    /// Made here, so that the caller knows it before the row is written.
    pub id: FileId,
    /// See [`File::original_name`].
    pub original_name: String,
    /// See [`File::mime_type`].
    pub mime_type: String,
    /// See [`File::size_bytes`].
    pub size_bytes: i64,
    /// See [`File::storage_backend`].
    pub storage_backend: StorageBackend,
    /// See [`File::storage_key`].
    pub storage_key: String,
    /// See [`File::uploaded_by`].
    pub uploaded_by: UserId,
    /// See [`File::group_id`].
    pub group_id: Option<GroupId>,
    /// See [`File::purpose`].
    pub purpose: String,
}

/// What is to change of a file; `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = files)]
pub struct FileChanges {
    /// See [`File::original_name`].
    pub original_name: Option<String>,
    /// See [`File::purpose`].
    pub purpose: Option<String>,
}

/// The storage key of a file whose row is gone, waiting for its blob to be deleted.
#[derive(
    Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Queryable, Selectable, Identifiable,
)]
#[diesel(table_name = deleted_blobs, check_for_backend(diesel::pg::Pg))]
pub struct DeletedBlob {
    /// The order in which blobs were queued.
    pub id: i64,
    /// Where the bytes are.
    pub storage_backend: StorageBackend,
    /// Where they are there.
    pub storage_key: String,
    /// When the row of the file was deleted.
    pub created_at: DateTime<Utc>,
}

#[operations]
impl File {
    /// For how many days a removed file can be restored.
    pub const RESTORABLE_DAYS: i32 = 30;

    /// Keeps a file whose bytes are stored: `INSERT INTO files … RETURNING *`. Where room was reserved for it, see
    /// [`StorageReservation::commit`](crate::StorageReservation::commit).
    ///
    /// Locks the person's row of `user_storage_limits` until the transaction ends: their other uploads wait.
    ///
    /// ```no_run
    /// # use homeroom::{File, NewFile};
    /// # async fn example(db: &homeroom::Database, new: NewFile) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let file = File::create(&conn, &new).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Quota`] with rule `files_quota_check` or `files_max_file_size_check` above the person's limits;
    /// [`Error::Conflict`] with rule `files_storage_key_key`, or `files_uploaded_by_fkey` without the person;
    /// [`Error::Invalid`] with rule `files_size_bytes_check` and the like; [`Error::ForbiddenState`] for an archived group.
    pub async fn create(mut conn: &Connection, new: &NewFile) -> Result<Self> {
        diesel::insert_into(files::table)
            .values(new)
            .returning(Self::as_returning())
            .load(&mut conn)
            .await
            .and_then(only_row)
            .map_err(Error::from)
    }

    /// The file with this id, if it and its uploader are live.
    ///
    /// `SELECT … FROM files JOIN users … WHERE files.id = $1 AND (both) deleted_at IS NULL`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{File, FileId};
    /// # async fn example(db: &homeroom::Database, id: FileId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let key = File::find(&conn, id).await?.map(|file| file.storage_key);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find(mut conn: &Connection, id: FileId) -> Result<Option<Self>> {
        files::table
            .inner_join(users::table)
            .filter(files::id.eq(id))
            .filter(files::deleted_at.is_null().and(users::deleted_at.is_null()))
            .select(Self::as_select())
            .first(&mut conn)
            .await
            .optional()
            .map_err(Error::from)
    }

    /// As [`File::find`].
    ///
    /// ```no_run
    /// # use homeroom::{File, FileId};
    /// # async fn example(db: &homeroom::Database, id: FileId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let file = File::get(&conn, id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn get(conn: &Connection, id: FileId) -> Result<Self> {
        Self::find(conn, id).await?.ok_or_else(|| Error::not_found("file", id))
    }

    /// A live person's live files by id, which is by the time they were uploaded.
    ///
    /// `SELECT … FROM files JOIN users … WHERE uploaded_by = $1 AND id > (the cursor's) ORDER BY id LIMIT $2`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{File, PageRequest, UserId};
    /// # async fn example(db: &homeroom::Database, student: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let page = File::list(&conn, student, &PageRequest::first(50)).await?;
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
        let mut query = files::table
            .inner_join(users::table)
            .filter(files::uploaded_by.eq(user_id))
            .filter(files::deleted_at.is_null().and(users::deleted_at.is_null()))
            .order(files::id)
            .limit(page.fetch_limit()?)
            .select(Self::as_select())
            .into_boxed();
        if let Some(after) = page.key::<FileId>()? {
            query = query.filter(files::id.gt(after));
        }
        let rows = query.load(&mut conn).await?;
        Ok(Page::new(rows, page, |file: &Self| file.id))
    }

    /// Changes a live file and returns the row as it is then. Locks the row until the transaction ends.
    ///
    /// `UPDATE files SET … WHERE id = $1 AND deleted_at IS NULL RETURNING *`.
    ///
    /// ```no_run
    /// # use homeroom::{File, FileChanges, FileId};
    /// # async fn example(db: &homeroom::Database, id: FileId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let changes = FileChanges { original_name: Some("essay.pdf".to_owned()), ..Default::default() };
    /// let file = File::update(&conn, id, &changes).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] with rule `files_original_name_check` or `files_purpose_check`.
    pub async fn update(mut conn: &Connection, id: FileId, changes: &FileChanges) -> Result<Self> {
        if *changes == FileChanges::default() {
            return Self::get(conn, id).await;
        }
        diesel::update(files::table.filter(files::id.eq(id).and(files::deleted_at.is_null())))
            .set(changes)
            .returning(Self::as_returning())
            .load(&mut conn)
            .await
            .and_then(only_row)
            .optional()?
            .ok_or_else(|| Error::not_found("file", id))
    }

    /// Removes a file softly; it can be restored.
    ///
    /// `UPDATE files SET status = 'soft_deleted', deleted_at = now() WHERE id = $1 AND deleted_at IS NULL`. Locks the row
    /// until the transaction ends.
    ///
    /// ```no_run
    /// # use homeroom::{File, FileId};
    /// # async fn example(db: &homeroom::Database, id: FileId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// File::soft_delete(&conn, id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such live file.
    pub async fn soft_delete(mut conn: &Connection, id: FileId) -> Result<()> {
        let changed =
            diesel::update(files::table.filter(files::id.eq(id).and(files::deleted_at.is_null())))
                .set((files::status.eq(FileStatus::SoftDeleted), files::deleted_at.eq(now)))
                .execute(&mut conn)
                .await?;
        if changed == 0 { Err(Error::not_found("file", id)) } else { Ok(()) }
    }

    /// Brings a file back that was removed less than [`File::RESTORABLE_DAYS`] ago.
    ///
    /// `UPDATE files SET status = 'active', deleted_at = NULL WHERE id = $1 AND deleted_at > now() - interval '30 days'
    /// RETURNING *`. Locks the row until the transaction ends.
    ///
    /// ```no_run
    /// # use homeroom::{File, FileId};
    /// # async fn example(db: &homeroom::Database, id: FileId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let file = File::restore(&conn, id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such removed file.
    pub async fn restore(mut conn: &Connection, id: FileId) -> Result<Self> {
        diesel::update(
            files::table.filter(
                files::id.eq(id).and(
                    files::deleted_at
                        .gt((now.into_sql::<Timestamptz>() - Self::RESTORABLE_DAYS.days())
                            .nullable()),
                ),
            ),
        )
        .set((files::status.eq(FileStatus::Active), files::deleted_at.eq(None::<DateTime<Utc>>)))
        .returning(Self::as_returning())
        .load(&mut conn)
        .await
        .and_then(only_row)
        .optional()?
        .ok_or_else(|| Error::not_found("removed file", id))
    }

    /// Deletes files for good that were removed longer than [`File::RESTORABLE_DAYS`] ago, at most `batch` of them, and returns how
    /// many; call it again until it returns 0. Their storage keys wait in [`DeletedBlob`] then.
    ///
    /// `DELETE FROM files WHERE id IN (SELECT id … WHERE deleted_at <= now() - interval '30 days' ORDER BY deleted_at LIMIT
    /// $1)`. Locks these files, and the counts (`user_storage_limits`) of those who uploaded them, until the transaction
    /// ends.
    ///
    /// ```no_run
    /// # use homeroom::File;
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// while File::purge_removed(&conn, 1_000).await? > 0 {}
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn purge_removed(mut conn: &Connection, batch: u32) -> Result<usize> {
        let removed = diesel::alias!(files as removed);
        let batch = removed
            .filter(
                removed
                    .field(files::deleted_at)
                    .le((now.into_sql::<Timestamptz>() - Self::RESTORABLE_DAYS.days()).nullable()),
            )
            .order(removed.field(files::deleted_at))
            .limit(i64::from(batch))
            .select(removed.field(files::id));
        let gone = files::table.filter(files::id.eq_any(batch));
        diesel::delete(gone).execute(&mut conn).await.map_err(Error::from)
    }
}

#[operations]
impl DeletedBlob {
    /// The blobs that wait to be deleted, the oldest first: `SELECT … WHERE id > (the cursor's) ORDER BY id LIMIT $1`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{DeletedBlob, PageRequest};
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// for blob in DeletedBlob::list(&conn, &PageRequest::first(100)).await?.items {
    ///     println!("{} at {}", blob.storage_key, blob.storage_backend);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range or a cursor of another list.
    pub async fn list(mut conn: &Connection, page: &PageRequest) -> Result<Page<Self>> {
        let after = page.key::<i64>()?.unwrap_or(0);
        let rows = deleted_blobs::table
            .filter(deleted_blobs::id.gt(after))
            .order(deleted_blobs::id)
            .limit(page.fetch_limit()?)
            .select(Self::as_select())
            .load(&mut conn)
            .await?;
        Ok(Page::new(rows, page, |blob: &Self| blob.id))
    }

    /// Forgets a blob that has been deleted: `DELETE FROM deleted_blobs WHERE id = $1`.
    ///
    /// Locks the row until the transaction ends.
    ///
    /// ```no_run
    /// # use homeroom::{DeletedBlob, PageRequest};
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// for blob in DeletedBlob::list(&conn, &PageRequest::default()).await?.items {
    ///     // The blob at `blob.storage_key` is deleted here, then forgotten.
    ///     DeletedBlob::delete(&conn, blob.id).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when it was forgotten already.
    pub async fn delete(mut conn: &Connection, id: i64) -> Result<()> {
        let deleted = diesel::delete(deleted_blobs::table.find(id)).execute(&mut conn).await?;
        if deleted == 0 { Err(Error::not_found("deleted blob", id)) } else { Ok(()) }
    }
}
