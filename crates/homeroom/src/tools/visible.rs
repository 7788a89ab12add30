//! Which tools can be used at a group, and by whom.

use diesel::sql_types;
use homeroom_operations::operations;

use crate::connection::Connection;
use crate::error::Result;
use crate::ids::{GroupId, UserId};
use crate::page::{Page, PageRequest};
use crate::statement::statement;
use crate::tools::{Tool, ToolSummary, ToolSummaryColumns};

statement! {
    ReadVisible<'a>, "visible.sql",
    binds {
        user_id: Option<UserId> => sql_types::Nullable<sql_types::Uuid>,
        group_id: GroupId => sql_types::Uuid,
        after_name: &'a str => sql_types::Text,
        after_depth: i32 => sql_types::Integer,
        rows: i64 => sql_types::BigInt,
    },
    returns (ToolSummaryColumns, sql_types::Integer,)
}

#[operations]
impl Tool {
    /// The tools that a person can use at a live group: of each tool of the group, of those above it and of everyone the
    /// newest live version, by name, of equal names the nearest scope first. One statement (`tools/visible.sql`), one round
    /// trip, no lock.
    ///
    /// The person has to be live and active, and to be a member of the group, of a group below it or of a class of these, or a
    /// group administrator above it, or a system administrator anywhere. For everybody else the list is empty.
    ///
    /// ```no_run
    /// # use homeroom::{GroupId, PageRequest, Tool, UserId};
    /// # async fn example(db: &homeroom::Database, user: UserId, school: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// for tool in Tool::visible(&conn, user, school, &PageRequest::first(50)).await?.items {
    ///     println!("{} {}", tool.name, tool.version);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for a limit out of range or a cursor of another list.
    pub async fn visible(
        conn: &Connection,
        user_id: UserId,
        group_id: GroupId,
        page: &PageRequest,
    ) -> Result<Page<ToolSummary>> {
        read_visible(conn, Some(user_id), group_id, page).await
    }

    /// As [`Tool::visible`], whoever asks: for a caller that has settled already who may.
    ///
    /// ```no_run
    /// # use homeroom::{GroupId, PageRequest, Tool};
    /// # async fn example(db: &homeroom::Database, school: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let tools = Tool::visible_at(&conn, school, &PageRequest::default()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Tool::visible`].
    pub async fn visible_at(
        conn: &Connection,
        group_id: GroupId,
        page: &PageRequest,
    ) -> Result<Page<ToolSummary>> {
        read_visible(conn, None, group_id, page).await
    }
}

async fn read_visible(
    mut conn: &Connection,
    user_id: Option<UserId>,
    group_id: GroupId,
    page: &PageRequest,
) -> Result<Page<ToolSummary>> {
    // Every name sorts behind the empty one.
    let (after_name, after_depth) = page.key::<(String, i32)>()?.unwrap_or_default();
    let after_name = after_name.as_str();
    let query =
        ReadVisible { user_id, group_id, after_name, after_depth, rows: page.fetch_limit()? };
    let rows: Vec<(ToolSummary, i32)> = diesel_async::RunQueryDsl::load(query, &mut conn).await?;
    let read = Page::new(rows, page, |(tool, depth)| (tool.name.clone(), *depth));
    let items = read.items.into_iter().map(|(tool, _)| tool).collect();
    Ok(Page { items, next: read.next })
}
