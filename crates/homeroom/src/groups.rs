//! The tree of districts, schools and departments: rows, queries and changes of `groups`. What reads around a group (above,
//! below, beside it) is in `tree`.

mod tree;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use homeroom_ltree::Ltree;
use homeroom_operations::operations;
use serde::{Deserialize, Serialize};

use crate::codes::GroupType;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::ids::GroupId;
use crate::page::{Page, PageRequest};
use crate::schema::groups;
use crate::settings::Settings;
use crate::statement::{kept, only_row};

pub use tree::SubtreeCounts;

/// A district, a school or a department.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Queryable, Selectable, Identifiable)]
#[diesel(table_name = groups, check_for_backend(diesel::pg::Pg))]
pub struct Group {
    /// Made by the client.
    pub id: GroupId,
    /// The group above; `None` at the root.
    pub parent_id: Option<GroupId>,
    /// 1 to 100 characters.
    pub name: String,
    /// Lower-case and URL-safe, unique among live siblings.
    pub slug: String,
    /// What the group is, which decides where it may stand.
    #[serde(rename = "type")]
    pub kind: GroupType,
    /// The slugs from the root down, with `_` for `-`; kept by the database.
    pub path: Ltree,
    /// What this group sets; see [`EffectiveSettings`](crate::EffectiveSettings) for what is in force.
    pub settings: Settings,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the row last changed; kept by the database.
    pub updated_at: DateTime<Utc>,
    /// When the group was archived; `None` while live.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// A group to be created.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = groups)]
pub struct NewGroup {
    /// Made here, so that the caller knows it before the row is written.
    pub id: GroupId,
    /// See [`Group::parent_id`].
    pub parent_id: Option<GroupId>,
    /// See [`Group::name`].
    pub name: String,
    /// See [`Group::slug`].
    pub slug: String,
    /// See [`Group::kind`].
    pub kind: GroupType,
    /// See [`Group::settings`].
    pub settings: Settings,
}

impl NewGroup {
    /// A group of a type, with the slug that its name gives.
    #[must_use]
    pub fn new(
        kind: GroupType,
        parent_id: impl Into<Option<GroupId>>,
        name: impl Into<String>,
    ) -> Self {
        let name = name.into();
        Self {
            id: GroupId::generate(),
            parent_id: parent_id.into(),
            slug: homeroom_ltree::slug(&name),
            name,
            kind,
            settings: Settings::default(),
        }
    }

    /// The same with another slug.
    #[must_use]
    pub fn slug(mut self, slug: impl Into<String>) -> Self {
        self.slug = slug.into();
        self
    }

    /// The same with settings.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }
}

/// What is to change of a group in place; `None` leaves a field as it is. See [`Group::rename`] and [`Group::move_to`] for
/// what changes its path.
#[derive(Debug, Clone, Default, PartialEq, AsChangeset)]
#[diesel(table_name = groups)]
pub struct GroupChanges {
    /// See [`Group::name`].
    pub name: Option<String>,
    /// Replaces all settings of the group.
    pub settings: Option<Settings>,
}

#[operations]
impl Group {
    /// Creates a group: `INSERT INTO groups … RETURNING *`; the database computes the path.
    ///
    /// Locks the parent FOR SHARE, and waits for a move, rename or archiving of any group that is under way.
    ///
    /// ```no_run
    /// # use homeroom::{Group, GroupId, GroupType, NewGroup};
    /// # async fn example(db: &homeroom::Database, district: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let new = NewGroup::new(GroupType::School, district, "Miller Junior High");
    /// let school = Group::create(&conn, &new).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Conflict`] with rule `groups_path_key` when a live sibling has the slug, or `groups_parent_id_fkey` without
    /// the parent; [`Error::Invalid`] with rule `groups_parent_type_check` where the type can't stand there, or
    /// `groups_slug_check`, `groups_name_check`; [`Error::ForbiddenState`] below an archived group.
    pub async fn create(mut conn: &Connection, new: &NewGroup) -> Result<Self> {
        diesel::insert_into(groups::table)
            .values(new)
            .returning(Self::as_returning())
            .load(&mut conn)
            .await
            .and_then(only_row)
            .map_err(Error::from)
    }

    /// The live group with this id: `SELECT … WHERE id = $1 AND deleted_at IS NULL`; no lock.
    ///
    /// A live group has no archived one above it: an archiving takes all that is below.
    ///
    /// ```no_run
    /// # use homeroom::{Group, GroupId};
    /// # async fn example(db: &homeroom::Database, id: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let path = Group::find(&conn, id).await?.map(|group| group.path);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find(mut conn: &Connection, id: GroupId) -> Result<Option<Self>> {
        let query = groups::table
            .filter(groups::id.eq(id).and(groups::deleted_at.is_null()))
            .select(Self::as_select());
        kept(query).load(&mut conn).await.and_then(only_row).optional().map_err(Error::from)
    }

    /// As [`Group::find`].
    ///
    /// ```no_run
    /// # use homeroom::{Group, GroupId};
    /// # async fn example(db: &homeroom::Database, id: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let group = Group::get(&conn, id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn get(conn: &Connection, id: GroupId) -> Result<Self> {
        Self::find(conn, id).await?.ok_or_else(|| Error::not_found("group", id))
    }

    /// The group with this id, archived or not.
    ///
    /// `SELECT … FROM groups WHERE id = $1`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{Group, GroupId};
    /// # async fn example(db: &homeroom::Database, id: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let archived = Group::find_with_deleted(&conn, id).await?.and_then(|group| group.deleted_at);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find_with_deleted(mut conn: &Connection, id: GroupId) -> Result<Option<Self>> {
        groups::table
            .find(id)
            .select(Self::as_select())
            .first(&mut conn)
            .await
            .optional()
            .map_err(Error::from)
    }

    /// The live group at this path: `SELECT … WHERE path = $1 AND deleted_at IS NULL`, which the unique index answers; no
    /// lock.
    ///
    /// ```no_run
    /// # use homeroom::{Group, ltree::Ltree};
    /// # async fn example(db: &homeroom::Database, path: &Ltree) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let school = Group::find_by_path(&conn, path).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find_by_path(mut conn: &Connection, path: &Ltree) -> Result<Option<Self>> {
        let query = groups::table
            .filter(groups::path.eq(path).and(groups::deleted_at.is_null()))
            .select(Self::as_select());
        kept(query).load(&mut conn).await.and_then(only_row).optional().map_err(Error::from)
    }

    /// All live groups by id, which is by the time they were made.
    ///
    /// `SELECT … WHERE deleted_at IS NULL AND id > (the cursor's) ORDER BY id LIMIT $1`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{Group, PageRequest};
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let page = Group::list(&conn, &PageRequest::first(50)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range or a cursor of another list.
    pub async fn list(mut conn: &Connection, page: &PageRequest) -> Result<Page<Self>> {
        let mut query = groups::table
            .filter(groups::deleted_at.is_null())
            .order(groups::id)
            .limit(page.fetch_limit()?)
            .select(Self::as_select())
            .into_boxed();
        if let Some(after) = page.key::<GroupId>()? {
            query = query.filter(groups::id.gt(after));
        }
        let rows = query.load(&mut conn).await?;
        Ok(Page::new(rows, page, |group: &Self| group.id))
    }

    /// Changes a live group in place and returns the row as it is then. Locks the row until the transaction ends.
    ///
    /// `UPDATE groups SET … WHERE id = $1 AND deleted_at IS NULL RETURNING *`.
    ///
    /// ```no_run
    /// # use homeroom::{Group, GroupChanges, GroupId, Settings};
    /// # async fn example(db: &homeroom::Database, school: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let settings = Settings::default().with("language", "es");
    /// let changes = GroupChanges { settings: Some(settings), ..Default::default() };
    /// let school = Group::update(&conn, school, &changes).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] with rule `groups_name_check`.
    pub async fn update(
        mut conn: &Connection,
        id: GroupId,
        changes: &GroupChanges,
    ) -> Result<Self> {
        if *changes == GroupChanges::default() {
            return Self::get(conn, id).await;
        }
        diesel::update(groups::table.filter(groups::id.eq(id).and(groups::deleted_at.is_null())))
            .set(changes)
            .returning(Self::as_returning())
            .load(&mut conn)
            .await
            .and_then(only_row)
            .optional()?
            .ok_or_else(|| Error::not_found("group", id))
    }

    /// Gives a live group another name and slug; the paths of all below it follow in the same statement.
    ///
    /// Locks the shape of the tree (an advisory lock) until the transaction ends: waits for inserts of groups and other changes
    /// of the tree that are under way, and makes later ones wait. Needs READ COMMITTED.
    ///
    /// `UPDATE groups SET name = $2, slug = $3 WHERE id = $1 AND deleted_at IS NULL RETURNING *`; the trigger
    /// `groups_cascade` updates what is below.
    ///
    /// ```no_run
    /// # use homeroom::{Group, GroupId};
    /// # async fn example(db: &homeroom::Database, school: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let school = Group::rename(&conn, school, "Lincoln High School", "lincoln-high").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Conflict`] with rule `groups_path_key` when a live sibling has the slug;
    /// [`Error::Invalid`] with rule `groups_slug_check` or `groups_name_check`; [`Error::ForbiddenState`] in a transaction
    /// of a stricter isolation.
    pub async fn rename(
        mut conn: &Connection,
        id: GroupId,
        name: &str,
        slug: &str,
    ) -> Result<Self> {
        diesel::update(groups::table.filter(groups::id.eq(id).and(groups::deleted_at.is_null())))
            .set((groups::name.eq(name), groups::slug.eq(slug)))
            .returning(Self::as_returning())
            .load(&mut conn)
            .await
            .and_then(only_row)
            .optional()?
            .ok_or_else(|| Error::not_found("group", id))
    }

    /// Puts a live group with all below it under another parent (`None`: at the root). Locks and isolation as
    /// [`Group::rename`].
    ///
    /// `UPDATE groups SET parent_id = $2 WHERE id = $1 AND deleted_at IS NULL RETURNING *`.
    ///
    /// ```no_run
    /// # use homeroom::{Group, GroupId};
    /// # async fn example(db: &homeroom::Database, school: GroupId, district: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let school = Group::move_to(&conn, school, Some(district)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Conflict`] with rule `groups_path_key` when a live sibling there has the slug;
    /// [`Error::Invalid`] with rule `groups_parent_type_check` or `groups_cycle_check`; [`Error::ForbiddenState`] under an
    /// archived parent.
    pub async fn move_to(
        mut conn: &Connection,
        id: GroupId,
        parent_id: Option<GroupId>,
    ) -> Result<Self> {
        diesel::update(groups::table.filter(groups::id.eq(id).and(groups::deleted_at.is_null())))
            .set(groups::parent_id.eq(parent_id))
            .returning(Self::as_returning())
            .load(&mut conn)
            .await
            .and_then(only_row)
            .optional()?
            .ok_or_else(|| Error::not_found("group", id))
    }

    /// Archives a group with all that is live below it: the soft delete of groups. Locks and isolation as [`Group::rename`].
    ///
    /// `UPDATE groups SET deleted_at = now() WHERE id = $1 AND deleted_at IS NULL`.
    ///
    /// ```no_run
    /// # use homeroom::{Group, GroupId};
    /// # async fn example(db: &homeroom::Database, school: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// Group::archive(&conn, school).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such live group.
    pub async fn archive(mut conn: &Connection, id: GroupId) -> Result<()> {
        let changed = diesel::update(
            groups::table.filter(groups::id.eq(id).and(groups::deleted_at.is_null())),
        )
        .set(groups::deleted_at.eq(diesel::dsl::now))
        .execute(&mut conn)
        .await?;
        if changed == 0 { Err(Error::not_found("group", id)) } else { Ok(()) }
    }

    /// Brings an archived group back, with all that was archived together with it. Locks and isolation as [`Group::rename`].
    ///
    /// `UPDATE groups SET deleted_at = NULL WHERE id = $1 AND deleted_at IS NOT NULL RETURNING *`.
    ///
    /// ```no_run
    /// # use homeroom::{Group, GroupId};
    /// # async fn example(db: &homeroom::Database, school: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let school = Group::restore(&conn, school).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such archived group; [`Error::Conflict`] with rule `groups_path_key` when its
    /// slug is in use by now; [`Error::ForbiddenState`] while its parent is archived.
    pub async fn restore(mut conn: &Connection, id: GroupId) -> Result<Self> {
        diesel::update(
            groups::table.filter(groups::id.eq(id).and(groups::deleted_at.is_not_null())),
        )
        .set(groups::deleted_at.eq(None::<DateTime<Utc>>))
        .returning(Self::as_returning())
        .load(&mut conn)
        .await
        .and_then(only_row)
        .optional()?
        .ok_or_else(|| Error::not_found("archived group", id))
    }
}
