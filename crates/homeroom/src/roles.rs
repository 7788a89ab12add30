//! Roles: what a person is at a group or a class, by a membership there or above.
//!
//! Reads only. Who belongs where is kept by [`GroupMember`](crate::GroupMember) and [`ClassMember`](crate::ClassMember).

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use homeroom_operations::operations;
use serde::Serialize;

use crate::codes::GroupRole;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::ids::{ClassId, GroupId, UserId};
use crate::statement::{only_row, statement};

/// The strongest role that a person has at a place, and what grants it.
///
/// | role | reaches |
/// |---|---|
/// | `system_admin` of any group | every group and class |
/// | `group_admin` of a group | that group, all groups below it, and their classes |
/// | `teacher`, `student` of a group | that group alone: nothing below it, and none of its classes |
/// | `teacher`, `student` of a class | that class alone |
///
/// The first of these that holds counts. A person who is suspended, not verified yet or deleted has no role anywhere; a deleted
/// group grants none, nor does one below it; at a deleted group or class, or in a deleted group, nobody has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct EffectiveRole {
    /// What the person is there.
    pub role: GroupRole,
    /// Whose membership makes it so; of several groups the nearest.
    pub source: RoleSource,
}

/// What grants a role: the group or the class of the membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleSource {
    /// A membership of this group.
    Group(GroupId),
    /// A membership of this class.
    Class(ClassId),
}

statement! {
    AtGroup, "roles/at_group.sql",
    binds {
        user_id: UserId => SqlUuid,
        group_id: GroupId => SqlUuid,
    },
    returns (Text, SqlUuid,)
}
statement! {
    AtClass, "roles/at_class.sql",
    binds {
        user_id: UserId => SqlUuid,
        class_id: ClassId => SqlUuid,
    },
    returns (Text, Nullable<SqlUuid>,)
}

#[operations]
impl EffectiveRole {
    /// What a person is at a group; `None`: nothing, or there is no such live group or live and active person.
    ///
    /// One round trip (`roles/at_group.sql`), no lock.
    ///
    /// ```no_run
    /// # use homeroom::{EffectiveRole, GroupId, GroupRole, UserId};
    /// # async fn example(db: &homeroom::Database, user: UserId, school: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let role = EffectiveRole::find_at_group(&conn, user, school).await?;
    /// let may_rename = role.is_some_and(|it| it.role <= GroupRole::GroupAdmin);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find_at_group(
        mut conn: &Connection,
        user_id: UserId,
        group_id: GroupId,
    ) -> Result<Option<Self>> {
        let at_group = AtGroup { user_id, group_id };
        let found: Option<(GroupRole, GroupId)> = RunQueryDsl::load(at_group, &mut conn)
            .await
            .and_then(only_row)
            .optional()
            .map_err(Error::from)?;
        Ok(found.map(|(role, group_id)| Self { role, source: RoleSource::Group(group_id) }))
    }

    /// What a person is at a class; `None`: nothing, or there is no such live class or live and active person.
    ///
    /// One round trip (`roles/at_class.sql`), no lock.
    ///
    /// ```no_run
    /// # use homeroom::{ClassId, EffectiveRole, GroupRole, UserId};
    /// # async fn example(db: &homeroom::Database, user: UserId, class: ClassId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let role = EffectiveRole::find_at_class(&conn, user, class).await?;
    /// let may_read_chats = role.is_some_and(|it| it.role <= GroupRole::Teacher);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find_at_class(
        mut conn: &Connection,
        user_id: UserId,
        class_id: ClassId,
    ) -> Result<Option<Self>> {
        let at_class = AtClass { user_id, class_id };
        let found: Option<(GroupRole, Option<GroupId>)> = RunQueryDsl::load(at_class, &mut conn)
            .await
            .and_then(only_row)
            .optional()
            .map_err(Error::from)?;
        Ok(found.map(|(role, group_id)| {
            let source = group_id.map_or(RoleSource::Class(class_id), RoleSource::Group);
            Self { role, source }
        }))
    }
}
