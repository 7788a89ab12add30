//! The tree of groups with what stands in it: how many classes, teachers and students each group has with all below it.
//!
//! Reads only.

use diesel::prelude::*;
use diesel::sql_types;
use homeroom_ltree::Ltree;
use homeroom_operations::operations;
use serde::Serialize;

use crate::codes::GroupType;
use crate::connection::Connection;
use crate::error::Result;
use crate::ids::GroupId;
use crate::schema::Ltree as LtreeSql;
use crate::statement::statement;

/// A live group, and what is live in it and in all groups below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable)]
pub struct GroupOverview {
    /// The group.
    pub id: GroupId,
    /// The group above; `None` at the root.
    pub parent_id: Option<GroupId>,
    /// Its name.
    pub name: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: GroupType,
    /// The slugs from the root down.
    pub path: Ltree,
    /// Classes.
    pub classes: i64,
    /// People who are teachers of a group or teach a class; each counts once.
    pub teachers: i64,
    /// People who are students of a group or attend a class; each counts once.
    pub students: i64,
}

statement! {
    ReadTree, "group_overview/tree.sql",
    binds { root: Option<GroupId> => sql_types::Nullable<sql_types::Uuid>, },
    returns (
        sql_types::Uuid,
        sql_types::Nullable<sql_types::Uuid>,
        sql_types::Text,
        sql_types::Text,
        LtreeSql,
        sql_types::BigInt,
        sql_types::BigInt,
        sql_types::BigInt,
    )
}

#[operations]
impl GroupOverview {
    /// A live group and all below it, or (`None`) all live groups: depth first by path, each group before those below it.
    ///
    /// One statement (`group_overview/tree.sql`), one round trip, no lock. It reads all members of these groups and of their
    /// classes: for an overview, not for every request.
    ///
    /// ```no_run
    /// # use homeroom::{GroupId, GroupOverview};
    /// # async fn example(db: &homeroom::Database, district: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// for group in GroupOverview::of_tree(&conn, Some(district)).await? {
    ///     println!("{}: {} students", group.path, group.students);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection; empty when there is no such live group.
    pub async fn of_tree(mut conn: &Connection, root: Option<GroupId>) -> Result<Vec<Self>> {
        Ok(diesel_async::RunQueryDsl::load(ReadTree { root }, &mut conn).await?)
    }
}
