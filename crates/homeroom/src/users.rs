//! People: rows, queries and changes of `users`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use homeroom_operations::operations;
use serde::Serialize;

use crate::codes::UserStatus;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::ids::UserId;
use crate::page::{Page, PageRequest};
use crate::passwords::PasswordHash;
use crate::schema::users;
use crate::statement::{kept, only_row};

diesel::define_sql_function! {
    /// `lower(text)`: how e-mail addresses are compared, and what their unique index holds.
    fn lower(text: diesel::sql_types::Nullable<diesel::sql_types::Text>) -> diesel::sql_types::Nullable<diesel::sql_types::Text>;
}

/// A person: student, teacher or administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Identifiable)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
pub struct User {
    /// Made by the client.
    pub id: UserId,
    /// Unique among live people, in any letter case; school rosters need not have one.
    pub email: Option<String>,
    /// The whole name as shown, 1 to 100 characters.
    pub name: String,
    /// `None`: signs in elsewhere or not at all.
    #[serde(skip)]
    pub password_hash: Option<PasswordHash>,
    /// Only active people can sign in.
    pub status: UserStatus,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the row last changed; kept by the database.
    pub updated_at: DateTime<Utc>,
    /// When the person was removed; `None` while live.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// A person to be created.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = users)]
pub struct NewUser {
    /// Made here, so that the caller knows it before the row is written.
    pub id: UserId,
    /// See [`User::email`].
    pub email: Option<String>,
    /// See [`User::name`].
    pub name: String,
    /// See [`User::password_hash`].
    pub password_hash: Option<PasswordHash>,
    /// See [`User::status`].
    pub status: UserStatus,
}

impl NewUser {
    /// A person with a name, without e-mail and password, who has still to be verified.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            id: UserId::generate(),
            email: None,
            name: name.into(),
            password_hash: None,
            status: UserStatus::PendingVerification,
        }
    }

    /// The same with an e-mail address.
    #[must_use]
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// The same with a status.
    #[must_use]
    pub const fn status(mut self, status: UserStatus) -> Self {
        self.status = status;
        self
    }
}

/// What is to change of a person; `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = users)]
pub struct UserChanges {
    /// `Some(None)` takes the address away.
    pub email: Option<Option<String>>,
    /// See [`User::name`].
    pub name: Option<String>,
    /// `Some(None)` takes the password away. Sessions go on: [`User::set_password`] ends them.
    pub password_hash: Option<Option<PasswordHash>>,
    /// See [`User::status`].
    pub status: Option<UserStatus>,
}

#[operations]
impl User {
    /// Creates a person: `INSERT INTO users … RETURNING *`. Locks nothing but waits for one who takes the e-mail address just now.
    ///
    /// ```no_run
    /// # use homeroom::{NewUser, User, UserStatus};
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let new = NewUser::named("Zoë").email("zoe@school.example").status(UserStatus::Active);
    /// let user = User::create(&conn, &new).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Conflict`] with rule `users_email_key` when a live person has the e-mail address;
    /// [`Error::Invalid`] with rule `users_name_check` or `users_email_check`.
    pub async fn create(mut conn: &Connection, new: &NewUser) -> Result<Self> {
        diesel::insert_into(users::table)
            .values(new)
            .returning(Self::as_returning())
            .load(&mut conn)
            .await
            .and_then(only_row)
            .map_err(Error::from)
    }

    /// The live person with this id: `SELECT … WHERE id = $1 AND deleted_at IS NULL`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{User, UserId};
    /// # async fn example(db: &homeroom::Database, id: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let name = User::find(&conn, id).await?.map(|user| user.name);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find(mut conn: &Connection, id: UserId) -> Result<Option<Self>> {
        let query = users::table
            .filter(users::id.eq(id).and(users::deleted_at.is_null()))
            .select(Self::as_select());
        kept(query).load(&mut conn).await.and_then(only_row).optional().map_err(Error::from)
    }

    /// As [`User::find`].
    ///
    /// ```no_run
    /// # use homeroom::{User, UserId};
    /// # async fn example(db: &homeroom::Database, id: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let user = User::get(&conn, id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn get(conn: &Connection, id: UserId) -> Result<Self> {
        Self::find(conn, id).await?.ok_or_else(|| Error::not_found("user", id))
    }

    /// The person with this id, removed or not.
    ///
    /// `SELECT … FROM users WHERE id = $1`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{User, UserId};
    /// # async fn example(db: &homeroom::Database, id: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let removed = User::find_with_deleted(&conn, id).await?.and_then(|user| user.deleted_at);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find_with_deleted(mut conn: &Connection, id: UserId) -> Result<Option<Self>> {
        users::table
            .find(id)
            .select(Self::as_select())
            .first(&mut conn)
            .await
            .optional()
            .map_err(Error::from)
    }

    /// The live person with this e-mail address, in any letter case:
    /// `SELECT … WHERE lower(email) = lower($1) AND deleted_at IS NULL`, which the unique index answers; no lock.
    ///
    /// Letters beyond ASCII are compared in any case only where the database's locale knows their case.
    ///
    /// ```no_run
    /// # use homeroom::User;
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let user = User::find_by_email(&conn, "ZOE@school.example").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find_by_email(mut conn: &Connection, email: &str) -> Result<Option<Self>> {
        let query = users::table
            .filter(lower(users::email).eq(lower(Some(email))))
            .filter(users::deleted_at.is_null())
            .select(Self::as_select());
        kept(query).load(&mut conn).await.and_then(only_row).optional().map_err(Error::from)
    }

    /// All live people by id, which is by the time they were made.
    ///
    /// `SELECT … WHERE deleted_at IS NULL AND id > (the cursor's) ORDER BY id LIMIT $1`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{PageRequest, User};
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let page = User::list(&conn, &PageRequest::first(50)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range or a cursor of another list.
    pub async fn list(mut conn: &Connection, page: &PageRequest) -> Result<Page<Self>> {
        let mut query = users::table
            .filter(users::deleted_at.is_null())
            .order(users::id)
            .limit(page.fetch_limit()?)
            .select(Self::as_select())
            .into_boxed();
        if let Some(after) = page.key::<UserId>()? {
            query = query.filter(users::id.gt(after));
        }
        let rows = query.load(&mut conn).await?;
        Ok(Page::new(rows, page, |user: &Self| user.id))
    }

    /// Changes a live person and returns the row as it is then: `UPDATE … WHERE id = $1 AND deleted_at IS NULL RETURNING *`.
    ///
    /// Locks the row until the transaction ends; a suspension of an administrator locks their districts as well, in the order
    /// of their ids.
    ///
    /// ```no_run
    /// # use homeroom::{User, UserChanges, UserId, UserStatus};
    /// # async fn example(db: &homeroom::Database, id: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let suspended = UserChanges { status: Some(UserStatus::Suspended), ..Default::default() };
    /// let user = User::update(&conn, id, &suspended).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Conflict`] and [`Error::Invalid`] as [`User::create`]; [`Error::ForbiddenState`] with
    /// rule `group_members_last_admin_check` when a district would be left without an active administrator.
    pub async fn update(mut conn: &Connection, id: UserId, changes: &UserChanges) -> Result<Self> {
        if *changes == UserChanges::default() {
            return Self::get(conn, id).await;
        }
        diesel::update(users::table.filter(users::id.eq(id).and(users::deleted_at.is_null())))
            .set(changes)
            .returning(Self::as_returning())
            .load(&mut conn)
            .await
            .and_then(only_row)
            .optional()?
            .ok_or_else(|| Error::not_found("user", id))
    }

    /// Removes a person softly: reads no longer return them, and their e-mail address can be used again.
    ///
    /// Locks the row, and the districts that the person administers, until the transaction ends. Deleting the row for good
    /// (`DELETE FROM users`) is always possible, so that anyone can be erased.
    ///
    /// `UPDATE users SET deleted_at = now() WHERE id = $1 AND deleted_at IS NULL`.
    ///
    /// ```no_run
    /// # use homeroom::{User, UserId};
    /// # async fn example(db: &homeroom::Database, id: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// User::soft_delete(&conn, id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such live person; [`Error::ForbiddenState`] with rule
    /// `group_members_last_admin_check` for the last active administrator of a district.
    pub async fn soft_delete(mut conn: &Connection, id: UserId) -> Result<()> {
        let changed =
            diesel::update(users::table.filter(users::id.eq(id).and(users::deleted_at.is_null())))
                .set(users::deleted_at.eq(diesel::dsl::now))
                .execute(&mut conn)
                .await?;
        if changed == 0 { Err(Error::not_found("user", id)) } else { Ok(()) }
    }

    /// Brings a removed person back.
    ///
    /// `UPDATE users SET deleted_at = NULL WHERE id = $1 AND deleted_at IS NOT NULL RETURNING *`. Locks the row until the
    /// transaction ends.
    ///
    /// ```no_run
    /// # use homeroom::{User, UserId};
    /// # async fn example(db: &homeroom::Database, id: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let user = User::restore(&conn, id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such removed person; [`Error::Conflict`] with rule `users_email_key` when their
    /// e-mail address is in use by now.
    pub async fn restore(mut conn: &Connection, id: UserId) -> Result<Self> {
        diesel::update(users::table.filter(users::id.eq(id).and(users::deleted_at.is_not_null())))
            .set(users::deleted_at.eq(None::<DateTime<Utc>>))
            .returning(Self::as_returning())
            .load(&mut conn)
            .await
            .and_then(only_row)
            .optional()?
            .ok_or_else(|| Error::not_found("removed user", id))
    }
}
