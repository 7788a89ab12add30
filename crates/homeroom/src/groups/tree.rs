//! Reads around a group: its children and siblings, what is above and below it, and how much that is.

use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use homeroom_ltree::Ltree;
use homeroom_operations::operations;
use serde::Serialize;

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::groups::Group;
use crate::ids::GroupId;
use crate::page::{Page, PageRequest};
use crate::schema::{Ltree as LtreeSql, groups};
use crate::statement::{only_row, statement};

/// How much stands in a live group and below it; all of it live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Queryable)]
pub struct SubtreeCounts {
    /// Districts, with the group itself where it is one.
    pub districts: i64,
    /// Schools, likewise.
    pub schools: i64,
    /// Departments, likewise.
    pub departments: i64,
    /// Classes of these groups.
    pub classes: i64,
    /// Members of these groups and classes in any role; each person counts once.
    pub people: i64,
}

/// The columns of [`Group`], as statements of `.sql` files return them.
type GroupColumns = (
    sql_types::Uuid,
    sql_types::Nullable<sql_types::Uuid>,
    sql_types::Text,
    sql_types::Text,
    sql_types::Text,
    LtreeSql,
    sql_types::Jsonb,
    sql_types::Timestamptz,
    sql_types::Timestamptz,
    sql_types::Nullable<sql_types::Timestamptz>,
);

statement! {
    ReadAncestors, "ancestors.sql",
    binds { id: GroupId => sql_types::Uuid, },
    returns (GroupColumns,)
}

statement! {
    ReadAllDescendants, "descendants.sql",
    binds { id: GroupId => sql_types::Uuid, },
    returns (GroupColumns,)
}

statement! {
    ReadSiblings<'a>, "siblings.sql",
    binds {
        id: GroupId => sql_types::Uuid,
        after_slug: &'a str => sql_types::Text,
        rows: i64 => sql_types::BigInt,
    },
    returns (GroupColumns,)
}

statement! {
    ReadDescendants, "list_descendants.sql",
    binds {
        id: GroupId => sql_types::Uuid,
        after_path: Option<Ltree> => sql_types::Nullable<LtreeSql>,
        depth: Option<i32> => sql_types::Nullable<sql_types::Integer>,
        rows: i64 => sql_types::BigInt,
    },
    returns (GroupColumns,)
}

statement! {
    CountSubtree, "count_subtree.sql",
    binds { id: GroupId => sql_types::Uuid, },
    returns (
        sql_types::BigInt,
        sql_types::BigInt,
        sql_types::BigInt,
        sql_types::BigInt,
        sql_types::BigInt,
    )
}

#[operations]
impl Group {
    /// The live groups directly below, by slug.
    ///
    /// `SELECT … WHERE parent_id = $1 AND deleted_at IS NULL AND slug > (the cursor's) ORDER BY slug LIMIT $2`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{Group, GroupId, PageRequest};
    /// # async fn example(db: &homeroom::Database, district: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let page = Group::children(&conn, district, &PageRequest::first(50)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range or a cursor of another list.
    pub async fn children(
        mut conn: &Connection,
        id: GroupId,
        page: &PageRequest,
    ) -> Result<Page<Self>> {
        let mut query = groups::table
            .filter(groups::parent_id.eq(id).and(groups::deleted_at.is_null()))
            .order(groups::slug)
            .limit(page.fetch_limit()?)
            .select(Self::as_select())
            .into_boxed();
        if let Some(after) = page.key::<String>()? {
            query = query.filter(groups::slug.gt(after));
        }
        let rows = query.load(&mut conn).await?;
        Ok(Page::new(rows, page, |group: &Self| group.slug.clone()))
    }

    /// The live groups beside this one, which is not among them, by slug: those with the same parent, or the other roots. One
    /// statement (`groups/siblings.sql`), one round trip, no lock; empty when there is no such live group.
    ///
    /// ```no_run
    /// # use homeroom::{Group, GroupId, PageRequest};
    /// # async fn example(db: &homeroom::Database, school: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let others = Group::siblings(&conn, school, &PageRequest::first(50)).await?;
    /// assert!(others.items.iter().all(|other| other.id != school));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range or a cursor of another list.
    pub async fn siblings(
        mut conn: &Connection,
        id: GroupId,
        page: &PageRequest,
    ) -> Result<Page<Self>> {
        // Every slug sorts behind the empty one.
        let after_slug = page.key::<String>()?.unwrap_or_default();
        let query = ReadSiblings { id, after_slug: &after_slug, rows: page.fetch_limit()? };
        let rows: Vec<(Self,)> = diesel_async::RunQueryDsl::load(query, &mut conn).await?;
        let rows = rows.into_iter().map(|(group,)| group).collect();
        Ok(Page::new(rows, page, |group: &Self| group.slug.clone()))
    }

    /// The group and all above it, from the root down: `SELECT … WHERE path = ANY (the parts of the group's path)`. One
    /// statement (`groups/ancestors.sql`), one round trip, no lock.
    ///
    /// ```no_run
    /// # use homeroom::{Group, GroupId};
    /// # async fn example(db: &homeroom::Database, department: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// for group in Group::ancestors(&conn, department).await? {
    ///     println!("{} {}", group.kind, group.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection; empty when there is no such live group.
    pub async fn ancestors(mut conn: &Connection, id: GroupId) -> Result<Vec<Self>> {
        let rows: Vec<(Self,)> =
            diesel_async::RunQueryDsl::load(ReadAncestors { id }, &mut conn).await?;
        Ok(rows.into_iter().map(|(group,)| group).collect())
    }

    /// The group and all below it, parents first: `SELECT … WHERE path >= (the group's) AND path < (what comes behind)`, in
    /// the order of the index. One statement (`groups/descendants.sql`), one round trip, no lock.
    ///
    /// ```no_run
    /// # use homeroom::{Group, GroupId};
    /// # async fn example(db: &homeroom::Database, district: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let below = Group::descendants(&conn, district).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection; empty when there is no such live group.
    pub async fn descendants(mut conn: &Connection, id: GroupId) -> Result<Vec<Self>> {
        let rows: Vec<(Self,)> =
            diesel_async::RunQueryDsl::load(ReadAllDescendants { id }, &mut conn).await?;
        Ok(rows.into_iter().map(|(group,)| group).collect())
    }

    /// The group and what is live below it, down to `depth` levels (`None`: all; 1: to its children), in pages by path, so each
    /// group before those below it. One statement (`groups/list_descendants.sql`), one round trip, no lock; empty when there
    /// is no such live group.
    ///
    /// The last page costs as much as the first, however large the subtree; a small `depth` reads over what is deeper.
    ///
    /// ```no_run
    /// # use homeroom::{Group, GroupId, PageRequest};
    /// # async fn example(db: &homeroom::Database, district: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let page = Group::list_descendants(&conn, district, None, &PageRequest::first(100)).await?;
    /// for group in page.items {
    ///     println!("{}", group.path);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range or a cursor of another list.
    pub async fn list_descendants(
        mut conn: &Connection,
        id: GroupId,
        depth: impl Into<Option<u16>>,
        page: &PageRequest,
    ) -> Result<Page<Self>> {
        let query = ReadDescendants {
            id,
            after_path: page.key::<Ltree>()?,
            depth: depth.into().map(i32::from),
            rows: page.fetch_limit()?,
        };
        let rows: Vec<(Self,)> = diesel_async::RunQueryDsl::load(query, &mut conn).await?;
        let rows = rows.into_iter().map(|(group,)| group).collect();
        Ok(Page::new(rows, page, |group: &Self| group.path.clone()))
    }

    /// Counts what stands in a live group and below it, in one statement (`groups/count_subtree.sql`), one round trip, no
    /// lock. It reads all members there; [`GroupOverview`](crate::GroupOverview) has the counts of every group of a tree.
    ///
    /// ```no_run
    /// # use homeroom::{Group, GroupId};
    /// # async fn example(db: &homeroom::Database, district: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let counts = Group::count_subtree(&conn, district).await?;
    /// println!("{} schools, {} people", counts.schools, counts.people);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such live group.
    pub async fn count_subtree(mut conn: &Connection, id: GroupId) -> Result<SubtreeCounts> {
        let counts: SubtreeCounts = diesel_async::RunQueryDsl::load(CountSubtree { id }, &mut conn)
            .await
            .and_then(only_row)?;
        // The group itself is one of them.
        match counts.districts + counts.schools + counts.departments {
            0 => Err(Error::not_found("group", id)),
            _ => Ok(counts),
        }
    }
}
