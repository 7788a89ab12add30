//! Who belongs to a group: rows, queries and changes of `group_members`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use homeroom_operations::operations;
use serde::{Deserialize, Serialize};

use crate::codes::GroupRole;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::groups::Group;
use crate::ids::{GroupId, UserId};
use crate::page::{Page, PageRequest};
use crate::schema::{group_members, groups, users};
use crate::statement::only_row;
use crate::users::User;

/// A person's membership of a group, with one role.
#[derive(
    Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Queryable, Selectable, Identifiable,
)]
#[diesel(table_name = group_members, primary_key(group_id, user_id), check_for_backend(diesel::pg::Pg))]
pub struct GroupMember {
    /// The group.
    pub group_id: GroupId,
    /// The person.
    pub user_id: UserId,
    /// What they are there.
    pub role: GroupRole,
    /// When they joined.
    pub created_at: DateTime<Utc>,
    /// When their role last changed; kept by the database.
    pub updated_at: DateTime<Utc>,
}

#[operations]
impl GroupMember {
    /// Adds a person to a group, or changes their role there:
    /// `INSERT … ON CONFLICT (group_id, user_id) DO UPDATE SET role … RETURNING *`.
    ///
    /// Locks the group FOR SHARE, so that it is not archived meanwhile; the person, who becomes an administrator
    /// (`group_admin`, `system_admin`); the district, whose administrator becomes something else.
    ///
    /// ```no_run
    /// # use homeroom::{GroupId, GroupMember, GroupRole, UserId};
    /// # async fn example(db: &homeroom::Database, school: GroupId, teacher: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// GroupMember::set_role(&conn, school, teacher, GroupRole::Teacher).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Conflict`] with rule `group_members_group_id_fkey` or `group_members_user_id_fkey` without the group or the
    /// person; [`Error::ForbiddenState`] for an archived group, and with rule `group_members_last_admin_check` for the last
    /// active administrator of a district.
    pub async fn set_role(
        mut conn: &Connection,
        group_id: GroupId,
        user_id: UserId,
        role: GroupRole,
    ) -> Result<Self> {
        diesel::insert_into(group_members::table)
            .values((
                group_members::group_id.eq(group_id),
                group_members::user_id.eq(user_id),
                group_members::role.eq(role),
            ))
            .on_conflict((group_members::group_id, group_members::user_id))
            .do_update()
            .set(group_members::role.eq(role))
            .returning(Self::as_returning())
            .load(&mut conn)
            .await
            .and_then(only_row)
            .map_err(Error::from)
    }

    /// A person's own membership of a group, while both are live. What they are through a group above is not looked at.
    ///
    /// `SELECT … FROM group_members JOIN groups … JOIN users … WHERE group_id = $1 AND user_id = $2 AND (both) deleted_at IS
    /// NULL`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{GroupId, GroupMember, UserId};
    /// # async fn example(db: &homeroom::Database, school: GroupId, person: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let role = GroupMember::find(&conn, school, person).await?.map(|member| member.role);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find(
        mut conn: &Connection,
        group_id: GroupId,
        user_id: UserId,
    ) -> Result<Option<Self>> {
        group_members::table
            .inner_join(groups::table)
            .inner_join(users::table)
            .filter(group_members::group_id.eq(group_id).and(group_members::user_id.eq(user_id)))
            .filter(groups::deleted_at.is_null().and(users::deleted_at.is_null()))
            .select(Self::as_select())
            .first(&mut conn)
            .await
            .optional()
            .map_err(Error::from)
    }

    /// As [`GroupMember::find`].
    ///
    /// ```no_run
    /// # use homeroom::{GroupId, GroupMember, UserId};
    /// # async fn example(db: &homeroom::Database, school: GroupId, person: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let member = GroupMember::get(&conn, school, person).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn get(conn: &Connection, group_id: GroupId, user_id: UserId) -> Result<Self> {
        Self::find(conn, group_id, user_id).await?.ok_or_else(|| {
            Error::not_found("member", format_args!("{user_id} of group {group_id}"))
        })
    }

    /// The live people of a live group with their roles, by id: one round trip.
    ///
    /// `SELECT … FROM group_members JOIN … users … WHERE group_id = $1 AND user_id > (the cursor's) ORDER BY user_id LIMIT
    /// $2`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{GroupId, GroupMember, PageRequest};
    /// # async fn example(db: &homeroom::Database, school: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// for (member, user) in GroupMember::list(&conn, school, &PageRequest::first(50)).await?.items {
    ///     println!("{} {}", member.role, user.name);
    /// }
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
    ) -> Result<Page<(Self, User)>> {
        let mut query = group_members::table
            .inner_join(groups::table)
            .inner_join(users::table)
            .filter(group_members::group_id.eq(group_id))
            .filter(groups::deleted_at.is_null().and(users::deleted_at.is_null()))
            .order(group_members::user_id)
            .limit(page.fetch_limit()?)
            .select((Self::as_select(), User::as_select()))
            .into_boxed();
        if let Some(after) = page.key::<UserId>()? {
            query = query.filter(group_members::user_id.gt(after));
        }
        let rows = query.load(&mut conn).await?;
        Ok(Page::new(rows, page, |(member, _): &(Self, User)| member.user_id))
    }

    /// The live groups that a live person belongs to, with what they are there, by the group's id: one round trip, no lock.
    /// What they are through a group above is not looked at.
    ///
    /// `SELECT … FROM group_members JOIN groups … WHERE user_id = $1 AND group_id > (the cursor's) ORDER BY group_id LIMIT
    /// $2`.
    ///
    /// ```no_run
    /// # use homeroom::{GroupMember, PageRequest, UserId};
    /// # async fn example(db: &homeroom::Database, user_id: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// for (member, group) in GroupMember::list_of_user(&conn, user_id, &PageRequest::default()).await?.items {
    ///     println!("{} of {}", member.role, group.path);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range or a cursor of another list.
    pub async fn list_of_user(
        mut conn: &Connection,
        user_id: UserId,
        page: &PageRequest,
    ) -> Result<Page<(Self, Group)>> {
        let mut query = group_members::table
            .inner_join(groups::table)
            .inner_join(users::table)
            .filter(group_members::user_id.eq(user_id))
            .filter(groups::deleted_at.is_null().and(users::deleted_at.is_null()))
            .order(group_members::group_id)
            .limit(page.fetch_limit()?)
            .select((Self::as_select(), Group::as_select()))
            .into_boxed();
        if let Some(after) = page.key::<GroupId>()? {
            query = query.filter(group_members::group_id.gt(after));
        }
        let rows = query.load(&mut conn).await?;
        Ok(Page::new(rows, page, |(member, _): &(Self, Group)| member.group_id))
    }

    /// Takes a person out of a group, for good: `DELETE FROM group_members …`.
    ///
    /// Locks the district whose administrator (`group_admin`, `system_admin`) is taken out.
    ///
    /// ```no_run
    /// # use homeroom::{GroupId, GroupMember, UserId};
    /// # async fn example(db: &homeroom::Database, school: GroupId, person: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// GroupMember::delete(&conn, school, person).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when they are not in it; [`Error::ForbiddenState`] with rule `group_members_last_admin_check` for
    /// the last active administrator of a district.
    pub async fn delete(mut conn: &Connection, group_id: GroupId, user_id: UserId) -> Result<()> {
        let deleted = diesel::delete(group_members::table.find((group_id, user_id)))
            .execute(&mut conn)
            .await?;
        if deleted == 0 {
            return Err(Error::not_found("member", format_args!("{user_id} of group {group_id}")));
        }
        Ok(())
    }
}
