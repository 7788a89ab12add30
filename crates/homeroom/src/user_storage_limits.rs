//! What a person may store, and what they do: rows, queries and changes of `user_storage_limits`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use homeroom_operations::operations;
use serde::{Deserialize, Serialize};

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::ids::UserId;
use crate::page::{Page, PageRequest};
use crate::schema::{user_storage_limits, users};
use crate::statement::only_row;

/// A person's own limits, where they differ from their group's, and what they store.
#[derive(
    Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Queryable, Selectable, Identifiable,
)]
#[diesel(table_name = user_storage_limits, primary_key(user_id), check_for_backend(diesel::pg::Pg))]
pub struct UserStorageLimit {
    /// The person.
    pub user_id: UserId,
    /// The largest single file, in bytes; `None`: inherited.
    pub max_file_size_bytes: Option<i64>,
    /// All files together, in bytes; `None`: inherited.
    pub storage_quota_bytes: Option<i64>,
    /// What is stored or reserved now, in bytes.
    pub used_bytes: i64,
    /// Who set the limits; `None`: nobody, or they were erased.
    pub set_by: Option<UserId>,
    /// Why, 1 to 500 characters.
    pub reason: Option<String>,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the row last changed; kept by the database.
    pub updated_at: DateTime<Utc>,
}

/// Limits to be set for a person; `None` in a limit inherits it.
#[derive(Debug, Clone, PartialEq, Eq, Insertable, AsChangeset)]
#[diesel(table_name = user_storage_limits, primary_key(user_id), treat_none_as_null = true)]
pub struct NewUserStorageLimit {
    /// The person.
    pub user_id: UserId,
    /// See [`UserStorageLimit::max_file_size_bytes`].
    pub max_file_size_bytes: Option<i64>,
    /// See [`UserStorageLimit::storage_quota_bytes`].
    pub storage_quota_bytes: Option<i64>,
    /// See [`UserStorageLimit::set_by`].
    pub set_by: Option<UserId>,
    /// See [`UserStorageLimit::reason`].
    pub reason: Option<String>,
}

#[operations]
impl UserStorageLimit {
    /// Sets a person's limits, all of them; what they store stays:
    /// `INSERT … ON CONFLICT (user_id) DO UPDATE SET … RETURNING *`.
    ///
    /// Locks the row until the transaction ends: the person's uploads wait.
    ///
    /// ```no_run
    /// # use homeroom::{NewUserStorageLimit, UserId, UserStorageLimit};
    /// # async fn example(db: &homeroom::Database, student: UserId, admin: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let limit = NewUserStorageLimit {
    ///     user_id: student,
    ///     max_file_size_bytes: None,
    ///     storage_quota_bytes: Some(5 << 30),
    ///     set_by: Some(admin),
    ///     reason: Some("Films for the school's festival".to_owned()),
    /// };
    /// UserStorageLimit::set(&conn, &limit).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Conflict`] with rule `user_storage_limits_user_id_fkey` without the person; [`Error::Invalid`] with rule
    /// `user_storage_limits_storage_quota_bytes_check` and the like.
    pub async fn set(mut conn: &Connection, new: &NewUserStorageLimit) -> Result<Self> {
        diesel::insert_into(user_storage_limits::table)
            .values(new)
            .on_conflict(user_storage_limits::user_id)
            .do_update()
            .set(new)
            .returning(Self::as_returning())
            .load(&mut conn)
            .await
            .and_then(only_row)
            .map_err(Error::from)
    }

    /// A live person's own limits; `None` where all are inherited and nothing was stored yet.
    ///
    /// `SELECT … FROM user_storage_limits JOIN users … WHERE user_id = $1 AND users.deleted_at IS NULL`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{UserId, UserStorageLimit};
    /// # async fn example(db: &homeroom::Database, student: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let own = UserStorageLimit::find(&conn, student).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find(mut conn: &Connection, user_id: UserId) -> Result<Option<Self>> {
        user_storage_limits::table
            .inner_join(users::table.on(users::id.eq(user_storage_limits::user_id)))
            .filter(user_storage_limits::user_id.eq(user_id).and(users::deleted_at.is_null()))
            .select(Self::as_select())
            .first(&mut conn)
            .await
            .optional()
            .map_err(Error::from)
    }

    /// As [`UserStorageLimit::find`].
    ///
    /// ```no_run
    /// # use homeroom::{UserId, UserStorageLimit};
    /// # async fn example(db: &homeroom::Database, student: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let own = UserStorageLimit::get(&conn, student).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn get(conn: &Connection, user_id: UserId) -> Result<Self> {
        Self::find(conn, user_id)
            .await?
            .ok_or_else(|| Error::not_found("storage limit of user", user_id))
    }

    /// All live people's own limits, by person.
    ///
    /// `SELECT … FROM user_storage_limits JOIN users … WHERE user_id > (the cursor's) … ORDER BY user_id LIMIT $1`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{PageRequest, UserStorageLimit};
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let page = UserStorageLimit::list(&conn, &PageRequest::default()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range or a cursor of another list.
    pub async fn list(mut conn: &Connection, page: &PageRequest) -> Result<Page<Self>> {
        let mut query = user_storage_limits::table
            .inner_join(users::table.on(users::id.eq(user_storage_limits::user_id)))
            .filter(users::deleted_at.is_null())
            .order(user_storage_limits::user_id)
            .limit(page.fetch_limit()?)
            .select(Self::as_select())
            .into_boxed();
        if let Some(after) = page.key::<UserId>()? {
            query = query.filter(user_storage_limits::user_id.gt(after));
        }
        let rows = query.load(&mut conn).await?;
        Ok(Page::new(rows, page, |limit: &Self| limit.user_id))
    }

    /// Takes a person's own limits away, so that all are inherited; what they store stays counted.
    ///
    /// `UPDATE user_storage_limits SET (all of them) = NULL WHERE user_id = $1 RETURNING *`. Locks the row until the
    /// transaction ends: the person's uploads wait.
    ///
    /// ```no_run
    /// # use homeroom::{UserId, UserStorageLimit};
    /// # async fn example(db: &homeroom::Database, student: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// UserStorageLimit::clear(&conn, student).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there are none.
    pub async fn clear(mut conn: &Connection, user_id: UserId) -> Result<Self> {
        diesel::update(user_storage_limits::table.find(user_id))
            .set((
                user_storage_limits::max_file_size_bytes.eq(None::<i64>),
                user_storage_limits::storage_quota_bytes.eq(None::<i64>),
                user_storage_limits::set_by.eq(None::<UserId>),
                user_storage_limits::reason.eq(None::<String>),
            ))
            .returning(Self::as_returning())
            .load(&mut conn)
            .await
            .and_then(only_row)
            .optional()?
            .ok_or_else(|| Error::not_found("storage limit of user", user_id))
    }
}
