//! Who teaches and attends a class: rows, queries and changes of `class_members`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use homeroom_operations::operations;
use serde::{Deserialize, Serialize};

use crate::codes::ClassRole;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::ids::{ClassId, UserId};
use crate::page::{Page, PageRequest};
use crate::schema::{class_members, classes, groups, users};
use crate::statement::only_row;
use crate::users::User;

/// A person of a class.
#[derive(
    Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Queryable, Selectable, Identifiable,
)]
#[diesel(table_name = class_members, primary_key(class_id, user_id), check_for_backend(diesel::pg::Pg))]
pub struct ClassMember {
    /// The class.
    pub class_id: ClassId,
    /// The person.
    pub user_id: UserId,
    /// Whether they teach or attend it.
    pub role: ClassRole,
    /// When they were enrolled.
    pub created_at: DateTime<Utc>,
}

#[operations]
impl ClassMember {
    /// Enrols a person in a class, or changes their role there:
    /// `INSERT … ON CONFLICT (class_id, user_id) DO UPDATE SET role … RETURNING *`.
    ///
    /// Locks the class and its group FOR SHARE, so that they are not removed meanwhile.
    ///
    /// ```no_run
    /// # use homeroom::{ClassId, ClassMember, ClassRole, UserId};
    /// # async fn example(db: &homeroom::Database, class: ClassId, student: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// ClassMember::enrol(&conn, class, student, ClassRole::Student).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Conflict`] with rule `class_members_class_id_fkey` or `class_members_user_id_fkey` without the class or the
    /// person; [`Error::Invalid`] with rule `class_members_teacher_tree_check` for a teacher from outside the district;
    /// [`Error::ForbiddenState`] for a removed class.
    pub async fn enrol(
        mut conn: &Connection,
        class_id: ClassId,
        user_id: UserId,
        role: ClassRole,
    ) -> Result<Self> {
        diesel::insert_into(class_members::table)
            .values((
                class_members::class_id.eq(class_id),
                class_members::user_id.eq(user_id),
                class_members::role.eq(role),
            ))
            .on_conflict((class_members::class_id, class_members::user_id))
            .do_update()
            .set(class_members::role.eq(role))
            .returning(Self::as_returning())
            .load(&mut conn)
            .await
            .and_then(only_row)
            .map_err(Error::from)
    }

    /// A person's place in a class, while the person, the class and its group are live.
    ///
    /// `SELECT … FROM class_members JOIN classes … JOIN groups … JOIN users … WHERE class_id = $1 AND user_id = $2 AND (all
    /// three) deleted_at IS NULL`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{ClassId, ClassMember, UserId};
    /// # async fn example(db: &homeroom::Database, class: ClassId, person: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let role = ClassMember::find(&conn, class, person).await?.map(|member| member.role);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find(
        mut conn: &Connection,
        class_id: ClassId,
        user_id: UserId,
    ) -> Result<Option<Self>> {
        class_members::table
            .inner_join(classes::table.inner_join(groups::table))
            .inner_join(users::table)
            .filter(class_members::class_id.eq(class_id).and(class_members::user_id.eq(user_id)))
            .filter(classes::deleted_at.is_null().and(groups::deleted_at.is_null()))
            .filter(users::deleted_at.is_null())
            .select(Self::as_select())
            .first(&mut conn)
            .await
            .optional()
            .map_err(Error::from)
    }

    /// As [`ClassMember::find`].
    ///
    /// ```no_run
    /// # use homeroom::{ClassId, ClassMember, UserId};
    /// # async fn example(db: &homeroom::Database, class: ClassId, person: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let member = ClassMember::get(&conn, class, person).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn get(conn: &Connection, class_id: ClassId, user_id: UserId) -> Result<Self> {
        Self::find(conn, class_id, user_id).await?.ok_or_else(|| {
            Error::not_found("member", format_args!("{user_id} of class {class_id}"))
        })
    }

    /// The live people of a live class with their roles, by id: one round trip.
    ///
    /// `SELECT … FROM class_members JOIN … users … WHERE class_id = $1 AND user_id > (the cursor's) ORDER BY user_id LIMIT
    /// $2`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{ClassId, ClassMember, PageRequest};
    /// # async fn example(db: &homeroom::Database, class: ClassId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let page = ClassMember::list(&conn, class, &PageRequest::first(50)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range or a cursor of another list.
    pub async fn list(
        mut conn: &Connection,
        class_id: ClassId,
        page: &PageRequest,
    ) -> Result<Page<(Self, User)>> {
        let mut query = class_members::table
            .inner_join(classes::table.inner_join(groups::table))
            .inner_join(users::table)
            .filter(class_members::class_id.eq(class_id))
            .filter(classes::deleted_at.is_null().and(groups::deleted_at.is_null()))
            .filter(users::deleted_at.is_null())
            .order(class_members::user_id)
            .limit(page.fetch_limit()?)
            .select((Self::as_select(), User::as_select()))
            .into_boxed();
        if let Some(after) = page.key::<UserId>()? {
            query = query.filter(class_members::user_id.gt(after));
        }
        let rows = query.load(&mut conn).await?;
        Ok(Page::new(rows, page, |(member, _): &(Self, User)| member.user_id))
    }

    /// Takes a person out of a class, for good: `DELETE FROM class_members …`.
    ///
    /// Locks the row until the transaction ends.
    ///
    /// ```no_run
    /// # use homeroom::{ClassId, ClassMember, UserId};
    /// # async fn example(db: &homeroom::Database, class: ClassId, student: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// ClassMember::delete(&conn, class, student).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when they are not in it.
    pub async fn delete(mut conn: &Connection, class_id: ClassId, user_id: UserId) -> Result<()> {
        let deleted = diesel::delete(class_members::table.find((class_id, user_id)))
            .execute(&mut conn)
            .await?;
        if deleted == 0 {
            return Err(Error::not_found("member", format_args!("{user_id} of class {class_id}")));
        }
        Ok(())
    }
}
