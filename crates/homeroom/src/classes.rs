//! Classes of a group: rows, queries and changes of `classes`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use homeroom_operations::operations;
use serde::{Deserialize, Serialize};

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::ids::{ClassId, GroupId};
use crate::page::{Page, PageRequest};
use crate::schema::{classes, groups};
use crate::settings::Settings;
use crate::statement::only_row;

/// A class of a group, usually of a school.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Queryable, Selectable, Identifiable)]
#[diesel(table_name = classes, check_for_backend(diesel::pg::Pg))]
pub struct Class {
    /// Made by the client.
    pub id: ClassId,
    /// Whose class it is.
    pub group_id: GroupId,
    /// 1 to 100 characters.
    pub name: String,
    /// What this class sets over its groups' settings; an imported class keeps its course, term and grade here.
    pub settings: Settings,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the row last changed; kept by the database.
    pub updated_at: DateTime<Utc>,
    /// When the class was removed; `None` while live.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// A class to be created.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = classes)]
pub struct NewClass {
    /// Made here, so that the caller knows it before the row is written.
    pub id: ClassId,
    /// See [`Class::group_id`].
    pub group_id: GroupId,
    /// See [`Class::name`].
    pub name: String,
    /// See [`Class::settings`].
    pub settings: Settings,
}

impl NewClass {
    /// A class of a group, without settings.
    #[must_use]
    pub fn new(group_id: GroupId, name: impl Into<String>) -> Self {
        Self { id: ClassId::generate(), group_id, name: name.into(), settings: Settings::default() }
    }
}

/// What is to change of a class; `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, AsChangeset)]
#[diesel(table_name = classes)]
pub struct ClassChanges {
    /// Moves the class to another group; its teachers have to belong to that group's district.
    pub group_id: Option<GroupId>,
    /// See [`Class::name`].
    pub name: Option<String>,
    /// Replaces all settings of the class.
    pub settings: Option<Settings>,
}

#[operations]
impl Class {
    /// Creates a class: `INSERT INTO classes … RETURNING *`. Locks the group FOR SHARE, so that it is not archived meanwhile.
    ///
    /// ```no_run
    /// # use homeroom::{Class, GroupId, NewClass};
    /// # async fn example(db: &homeroom::Database, school: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let class = Class::create(&conn, &NewClass::new(school, "7b Mathematics")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Conflict`] with rule `classes_group_id_fkey` without the group; [`Error::Invalid`] with rule
    /// `classes_name_check`; [`Error::ForbiddenState`] for an archived group.
    pub async fn create(mut conn: &Connection, new: &NewClass) -> Result<Self> {
        diesel::insert_into(classes::table)
            .values(new)
            .returning(Self::as_returning())
            .load(&mut conn)
            .await
            .and_then(only_row)
            .map_err(Error::from)
    }

    /// The class with this id, if it and its group are live.
    ///
    /// `SELECT … FROM classes JOIN groups … WHERE classes.id = $1 AND (both) deleted_at IS NULL`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{Class, ClassId};
    /// # async fn example(db: &homeroom::Database, id: ClassId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let name = Class::find(&conn, id).await?.map(|class| class.name);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find(mut conn: &Connection, id: ClassId) -> Result<Option<Self>> {
        classes::table
            .inner_join(groups::table)
            .filter(classes::id.eq(id))
            .filter(classes::deleted_at.is_null().and(groups::deleted_at.is_null()))
            .select(Self::as_select())
            .first(&mut conn)
            .await
            .optional()
            .map_err(Error::from)
    }

    /// As [`Class::find`].
    ///
    /// ```no_run
    /// # use homeroom::{Class, ClassId};
    /// # async fn example(db: &homeroom::Database, id: ClassId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let class = Class::get(&conn, id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn get(conn: &Connection, id: ClassId) -> Result<Self> {
        Self::find(conn, id).await?.ok_or_else(|| Error::not_found("class", id))
    }

    /// The class with this id, whether it and its group are live or not.
    ///
    /// `SELECT … FROM classes WHERE id = $1`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{Class, ClassId};
    /// # async fn example(db: &homeroom::Database, id: ClassId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let was = Class::find_with_deleted(&conn, id).await?.and_then(|class| class.deleted_at);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find_with_deleted(mut conn: &Connection, id: ClassId) -> Result<Option<Self>> {
        classes::table
            .find(id)
            .select(Self::as_select())
            .first(&mut conn)
            .await
            .optional()
            .map_err(Error::from)
    }

    /// The live classes of a live group by id, which is by the time they were made.
    ///
    /// `SELECT … FROM classes JOIN groups … WHERE group_id = $1 AND id > (the cursor's) ORDER BY id LIMIT $2`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{Class, GroupId, PageRequest};
    /// # async fn example(db: &homeroom::Database, school: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let page = Class::list(&conn, school, &PageRequest::first(50)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range or a cursor of another list.
    pub async fn list(
        mut conn: &Connection,
        group_id: GroupId,
        page: &PageRequest,
    ) -> Result<Page<Self>> {
        let mut query = classes::table
            .inner_join(groups::table)
            .filter(classes::group_id.eq(group_id))
            .filter(classes::deleted_at.is_null().and(groups::deleted_at.is_null()))
            .order(classes::id)
            .limit(page.fetch_limit()?)
            .select(Self::as_select())
            .into_boxed();
        if let Some(after) = page.key::<ClassId>()? {
            query = query.filter(classes::id.gt(after));
        }
        let rows = query.load(&mut conn).await?;
        Ok(Page::new(rows, page, |class: &Self| class.id))
    }

    /// Changes a live class and returns the row as it is then. Locks the row until the transaction ends.
    ///
    /// `UPDATE classes SET … WHERE id = $1 AND deleted_at IS NULL RETURNING *`. Another group is locked FOR KEY SHARE.
    ///
    /// ```no_run
    /// # use homeroom::{Class, ClassChanges, ClassId};
    /// # async fn example(db: &homeroom::Database, id: ClassId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let changes = ClassChanges { name: Some("8b Mathematics".to_owned()), ..Default::default() };
    /// let class = Class::update(&conn, id, &changes).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`]; as [`Class::create`]; [`Error::Invalid`] with rule `class_members_teacher_tree_check` when a
    /// teacher belongs to no group of the new district.
    pub async fn update(
        mut conn: &Connection,
        id: ClassId,
        changes: &ClassChanges,
    ) -> Result<Self> {
        if *changes == ClassChanges::default() {
            return Self::get(conn, id).await;
        }
        diesel::update(classes::table.filter(classes::id.eq(id).and(classes::deleted_at.is_null())))
            .set(changes)
            .returning(Self::as_returning())
            .load(&mut conn)
            .await
            .and_then(only_row)
            .optional()?
            .ok_or_else(|| Error::not_found("class", id))
    }

    /// Removes a class softly.
    ///
    /// `UPDATE classes SET deleted_at = now() WHERE id = $1 AND deleted_at IS NULL`. Locks the row until the transaction
    /// ends.
    ///
    /// ```no_run
    /// # use homeroom::{Class, ClassId};
    /// # async fn example(db: &homeroom::Database, id: ClassId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// Class::soft_delete(&conn, id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such live class.
    pub async fn soft_delete(mut conn: &Connection, id: ClassId) -> Result<()> {
        let changed = diesel::update(
            classes::table.filter(classes::id.eq(id).and(classes::deleted_at.is_null())),
        )
        .set(classes::deleted_at.eq(diesel::dsl::now))
        .execute(&mut conn)
        .await?;
        if changed == 0 { Err(Error::not_found("class", id)) } else { Ok(()) }
    }

    /// Brings a removed class back.
    ///
    /// `UPDATE classes SET deleted_at = NULL WHERE id = $1 AND deleted_at IS NOT NULL RETURNING *`. Locks the row until the
    /// transaction ends.
    ///
    /// ```no_run
    /// # use homeroom::{Class, ClassId};
    /// # async fn example(db: &homeroom::Database, id: ClassId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let class = Class::restore(&conn, id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such removed class.
    pub async fn restore(mut conn: &Connection, id: ClassId) -> Result<Self> {
        diesel::update(
            classes::table.filter(classes::id.eq(id).and(classes::deleted_at.is_not_null())),
        )
        .set(classes::deleted_at.eq(None::<DateTime<Utc>>))
        .returning(Self::as_returning())
        .load(&mut conn)
        .await
        .and_then(only_row)
        .optional()?
        .ok_or_else(|| Error::not_found("removed class", id))
    }
}
