//! AI tools that teachers make, a row a version: rows, queries and changes of `tools`. Which ones a person sees is in
//! `visible`.

mod definition;
mod summary;
mod version;
mod visible;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use homeroom_operations::operations;
use serde::{Deserialize, Serialize};

use crate::codes::ToolType;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::ids::{GroupId, ToolId, UserId};
use crate::page::{Page, PageRequest};
use crate::schema::{groups, tools};
use crate::statement::only_row;

pub use definition::ToolDefinition;
pub use summary::ToolSummary;
pub(crate) use summary::ToolSummaryColumns;
pub use version::ToolVersion;

/// One version of a tool.
#[derive(
    Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Queryable, Selectable, Identifiable,
)]
#[diesel(table_name = tools, check_for_backend(diesel::pg::Pg))]
pub struct Tool {
    /// Made by the client; every version has its own.
    pub id: ToolId,
    /// Visible in this group and all below it; `None`: to everyone.
    pub group_id: Option<GroupId>,
    /// What the tool is.
    #[serde(rename = "type")]
    pub kind: ToolType,
    /// 1 to 100 characters; the same for all versions.
    pub name: String,
    /// A semantic version.
    pub version: ToolVersion,
    /// YAML.
    pub definition: ToolDefinition,
    /// The author; `None` once they were erased.
    pub created_by: Option<UserId>,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the row last changed; kept by the database.
    pub updated_at: DateTime<Utc>,
    /// When the version was withdrawn; `None` while live.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// A version of a tool to be created.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = tools)]
pub struct NewTool {
    /// Made here, so that the caller knows it before the row is written.
    pub id: ToolId,
    /// See [`Tool::group_id`].
    pub group_id: Option<GroupId>,
    /// See [`Tool::kind`].
    pub kind: ToolType,
    /// See [`Tool::name`].
    pub name: String,
    /// See [`Tool::version`].
    pub version: ToolVersion,
    /// See [`Tool::definition`].
    pub definition: ToolDefinition,
    /// See [`Tool::created_by`].
    pub created_by: Option<UserId>,
}

/// What is to change of a version in place; `None` leaves a field as it is. The version and the definition stay: a changed
/// tool is a new version.
#[derive(Debug, Clone, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = tools)]
pub struct ToolChanges {
    /// `Some(None)` makes the version visible to everyone.
    pub group_id: Option<Option<GroupId>>,
    /// See [`Tool::name`].
    pub name: Option<String>,
}

diesel::define_sql_function! {
    /// `semver_precedence(text)`: a key whose bytewise order is that of versions.
    fn semver_precedence(version: Text) -> Text;
}

// Bytewise, whatever the database's locale: as the index has it.
diesel::postfix_operator!(CollateC, " COLLATE \"C\"", Text, backend: Pg);

#[operations]
impl Tool {
    /// Creates a version: `INSERT INTO tools … RETURNING *`. Locks its group FOR SHARE, so that it is not archived meanwhile.
    ///
    /// ```no_run
    /// # use homeroom::{NewTool, Tool};
    /// # async fn example(db: &homeroom::Database, new: NewTool) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let tool = Tool::create(&conn, &new).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Conflict`] with rule `tools_group_id_name_version_key` or `tools_name_version_key` when the version is there
    /// already; [`Error::Invalid`] with rule `tools_name_check` or `tools_version_check`; [`Error::ForbiddenState`] for an
    /// archived group.
    pub async fn create(mut conn: &Connection, new: &NewTool) -> Result<Self> {
        diesel::insert_into(tools::table)
            .values(new)
            .returning(Self::as_returning())
            .load(&mut conn)
            .await
            .and_then(only_row)
            .map_err(Error::from)
    }

    /// The version with this id, if it and its group are live.
    ///
    /// `SELECT … FROM tools LEFT JOIN groups … WHERE tools.id = $1 AND (both) deleted_at IS NULL`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{Tool, ToolId};
    /// # async fn example(db: &homeroom::Database, id: ToolId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let version = Tool::find(&conn, id).await?.map(|tool| tool.version);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find(mut conn: &Connection, id: ToolId) -> Result<Option<Self>> {
        tools::table
            .left_join(groups::table)
            .filter(tools::id.eq(id))
            .filter(tools::deleted_at.is_null().and(groups::deleted_at.is_null()))
            .select(Self::as_select())
            .first(&mut conn)
            .await
            .optional()
            .map_err(Error::from)
    }

    /// As [`Tool::find`].
    ///
    /// ```no_run
    /// # use homeroom::{Tool, ToolId};
    /// # async fn example(db: &homeroom::Database, id: ToolId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let tool = Tool::get(&conn, id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn get(conn: &Connection, id: ToolId) -> Result<Self> {
        Self::find(conn, id).await?.ok_or_else(|| Error::not_found("tool", id))
    }

    /// The version with this id, whether it and its group are live or not: chats show the tool that they used.
    ///
    /// `SELECT … FROM tools WHERE id = $1`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{Tool, ToolId};
    /// # async fn example(db: &homeroom::Database, id: ToolId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let tool = Tool::find_with_deleted(&conn, id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find_with_deleted(mut conn: &Connection, id: ToolId) -> Result<Option<Self>> {
        tools::table
            .find(id)
            .select(Self::as_select())
            .first(&mut conn)
            .await
            .optional()
            .map_err(Error::from)
    }

    /// The live version of the highest precedence of a tool, in exactly this scope (`None`: that of everyone):
    /// `SELECT … ORDER BY semver_precedence(version) DESC LIMIT 1`, which an index answers; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{GroupId, Tool};
    /// # async fn example(db: &homeroom::Database, school: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let tutor = Tool::find_newest(&conn, Some(school), "Tutor").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find_newest(
        mut conn: &Connection,
        group_id: Option<GroupId>,
        name: &str,
    ) -> Result<Option<Self>> {
        let mut query = tools::table
            .left_join(groups::table)
            .filter(tools::name.eq(name))
            .filter(tools::deleted_at.is_null().and(groups::deleted_at.is_null()))
            .order(CollateC::new(semver_precedence(tools::version)).desc())
            .select(Self::as_select())
            .into_boxed();
        query = match group_id {
            Some(group_id) => query.filter(tools::group_id.eq(group_id)),
            None => query.filter(tools::group_id.is_null()),
        };
        query.first(&mut conn).await.optional().map_err(Error::from)
    }

    /// The live version of a tool that is pinned, in exactly this scope (`None`: that of everyone), which a unique index
    /// answers. Build metadata counts: `1.0.0+a` is another row than `1.0.0+b`.
    ///
    /// `SELECT … WHERE group_id = $1 AND name = $2 AND version = $3 AND deleted_at IS NULL …`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{GroupId, Tool, ToolVersion};
    /// # async fn example(db: &homeroom::Database, school: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let tool = Tool::find_version(&conn, school, "Tutor", &ToolVersion::new(1, 2, 0)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find_version(
        mut conn: &Connection,
        group_id: impl Into<Option<GroupId>>,
        name: &str,
        version: &ToolVersion,
    ) -> Result<Option<Self>> {
        let mut query = tools::table
            .left_join(groups::table)
            .filter(tools::name.eq(name).and(tools::version.eq(version)))
            .filter(tools::deleted_at.is_null().and(groups::deleted_at.is_null()))
            .select(Self::as_select())
            .into_boxed();
        query = match group_id.into() {
            Some(group_id) => query.filter(tools::group_id.eq(group_id)),
            None => query.filter(tools::group_id.is_null()),
        };
        query.first(&mut conn).await.optional().map_err(Error::from)
    }

    /// The live versions in exactly this scope (`None`: that of everyone) by id, which is by the time they were made.
    ///
    /// `SELECT … WHERE group_id = $1 AND deleted_at IS NULL … AND id > (the cursor's) ORDER BY id LIMIT $2`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{GroupId, PageRequest, Tool};
    /// # async fn example(db: &homeroom::Database, school: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let page = Tool::list(&conn, Some(school), &PageRequest::first(50)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range or a cursor of another list.
    pub async fn list(
        mut conn: &Connection,
        group_id: Option<GroupId>,
        page: &PageRequest,
    ) -> Result<Page<Self>> {
        let mut query = tools::table
            .left_join(groups::table)
            .filter(tools::deleted_at.is_null().and(groups::deleted_at.is_null()))
            .order(tools::id)
            .limit(page.fetch_limit()?)
            .select(Self::as_select())
            .into_boxed();
        query = match group_id {
            Some(group_id) => query.filter(tools::group_id.eq(group_id)),
            None => query.filter(tools::group_id.is_null()),
        };
        if let Some(after) = page.key::<ToolId>()? {
            query = query.filter(tools::id.gt(after));
        }
        let rows = query.load(&mut conn).await?;
        Ok(Page::new(rows, page, |tool: &Self| tool.id))
    }

    /// Changes a live version in place and returns the row as it is then. Locks the row until the transaction ends.
    ///
    /// `UPDATE tools SET … WHERE id = $1 AND deleted_at IS NULL RETURNING *`. Another group is locked FOR KEY SHARE.
    ///
    /// ```no_run
    /// # use homeroom::{Tool, ToolChanges, ToolId};
    /// # async fn example(db: &homeroom::Database, id: ToolId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let everyones = ToolChanges { group_id: Some(None), ..Default::default() };
    /// let tool = Tool::update(&conn, id, &everyones).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`]; as [`Tool::create`].
    pub async fn update(mut conn: &Connection, id: ToolId, changes: &ToolChanges) -> Result<Self> {
        if *changes == ToolChanges::default() {
            return Self::get(conn, id).await;
        }
        diesel::update(tools::table.filter(tools::id.eq(id).and(tools::deleted_at.is_null())))
            .set(changes)
            .returning(Self::as_returning())
            .load(&mut conn)
            .await
            .and_then(only_row)
            .optional()?
            .ok_or_else(|| Error::not_found("tool", id))
    }

    /// Withdraws a version; chats that used it keep it.
    ///
    /// `UPDATE tools SET deleted_at = now() WHERE id = $1 AND deleted_at IS NULL`. Locks the row until the transaction ends.
    ///
    /// ```no_run
    /// # use homeroom::{Tool, ToolId};
    /// # async fn example(db: &homeroom::Database, id: ToolId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// Tool::soft_delete(&conn, id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such live version.
    pub async fn soft_delete(mut conn: &Connection, id: ToolId) -> Result<()> {
        let changed =
            diesel::update(tools::table.filter(tools::id.eq(id).and(tools::deleted_at.is_null())))
                .set(tools::deleted_at.eq(diesel::dsl::now))
                .execute(&mut conn)
                .await?;
        if changed == 0 { Err(Error::not_found("tool", id)) } else { Ok(()) }
    }

    /// Brings a withdrawn version back.
    ///
    /// `UPDATE tools SET deleted_at = NULL WHERE id = $1 AND deleted_at IS NOT NULL RETURNING *`. Locks the row until the
    /// transaction ends.
    ///
    /// ```no_run
    /// # use homeroom::{Tool, ToolId};
    /// # async fn example(db: &homeroom::Database, id: ToolId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let tool = Tool::restore(&conn, id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such withdrawn version; [`Error::Conflict`] as [`Tool::create`].
    pub async fn restore(mut conn: &Connection, id: ToolId) -> Result<Self> {
        diesel::update(tools::table.filter(tools::id.eq(id).and(tools::deleted_at.is_not_null())))
            .set(tools::deleted_at.eq(None::<DateTime<Utc>>))
            .returning(Self::as_returning())
            .load(&mut conn)
            .await
            .and_then(only_row)
            .optional()?
            .ok_or_else(|| Error::not_found("withdrawn tool", id))
    }
}
