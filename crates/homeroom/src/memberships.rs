//! Where a person belongs: the groups and the classes of one person, with what they are there.
//!
//! The other direction, the people of a group or class, is in `group_members` and `class_members`.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::class_members::ClassMember;
use crate::classes::Class;
use crate::error::Result;
use crate::group_members::GroupMember;
use crate::groups::Group;
use crate::ids::{ClassId, GroupId, UserId};
use crate::page::{Page, PageRequest};
use crate::schema::{class_members, classes, group_members, groups, users};

impl GroupMember {
    /// The live groups that a live person belongs to, with what they are there, by the group's id: one round trip, no lock.
    /// What they are through a group above is not looked at.
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
    /// [`Error::Invalid`](crate::Error::Invalid) for a limit out of range or a cursor of another list.
    pub async fn list_of_user(
        mut conn: &AsyncPgConnection,
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
}

impl ClassMember {
    /// The live classes that a live person teaches or attends, each with its live group, by the class's id: one round trip,
    /// no lock.
    ///
    /// ```no_run
    /// # use homeroom::{ClassMember, PageRequest, UserId};
    /// # async fn example(db: &homeroom::Database, user_id: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// for (member, class, group) in ClassMember::list_of_user(&conn, user_id, &PageRequest::default()).await?.items {
    ///     println!("{} of {} at {}", member.role, class.name, group.path);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for a limit out of range or a cursor of another list.
    pub async fn list_of_user(
        mut conn: &AsyncPgConnection,
        user_id: UserId,
        page: &PageRequest,
    ) -> Result<Page<(Self, Class, Group)>> {
        let mut query = class_members::table
            .inner_join(classes::table.inner_join(groups::table))
            .inner_join(users::table)
            .filter(class_members::user_id.eq(user_id))
            .filter(classes::deleted_at.is_null().and(groups::deleted_at.is_null()))
            .filter(users::deleted_at.is_null())
            .order(class_members::class_id)
            .limit(page.fetch_limit()?)
            .select((Self::as_select(), Class::as_select(), Group::as_select()))
            .into_boxed();
        if let Some(after) = page.key::<ClassId>()? {
            query = query.filter(class_members::class_id.gt(after));
        }
        let rows = query.load(&mut conn).await?;
        Ok(Page::new(rows, page, |(member, _, _): &(Self, Class, Group)| member.class_id))
    }
}
