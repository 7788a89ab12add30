//! Which archived groups were at a path: what somebody asks who wants one back and has no id.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use homeroom_ltree::Ltree;
use homeroom_operations::operations;

use crate::connection::Connection;
use crate::error::Result;
use crate::groups::Group;
use crate::ids::GroupId;
use crate::page::{Page, PageRequest};
use crate::schema::groups;

#[operations]
impl Group {
    /// The archived groups that were at this path, the last archived first: `SELECT … WHERE path = $1 AND deleted_at IS NOT
    /// NULL`, which the GiST index answers. There can be several, as a path is free again once its group is archived.
    ///
    /// No lock. An archived group keeps the path that it had.
    ///
    /// ```no_run
    /// # use homeroom::{Group, PageRequest, ltree::Ltree};
    /// # async fn example(db: &homeroom::Database, path: &Ltree) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// if let [only] = &*Group::list_archived(&conn, path, &PageRequest::default()).await?.items {
    ///     Group::restore(&conn, only.id).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for a limit out of range or a cursor of another list.
    pub async fn list_archived(
        mut conn: &Connection,
        path: &Ltree,
        page: &PageRequest,
    ) -> Result<Page<Self>> {
        let mut query = groups::table
            .filter(groups::path.eq(path).and(groups::deleted_at.is_not_null()))
            .order((groups::deleted_at.desc(), groups::id.desc()))
            .limit(page.fetch_limit()?)
            .select(Self::as_select())
            .into_boxed();
        if let Some((time, id)) = page.key::<(DateTime<Utc>, GroupId)>()? {
            query = query.filter(
                groups::deleted_at
                    .lt(time)
                    .or(groups::deleted_at.eq(time).and(groups::id.lt(id)).assume_not_null()),
            );
        }
        let rows = query.load(&mut conn).await?;
        Ok(Page::new(rows, page, |group: &Self| (group.deleted_at, group.id)))
    }
}
