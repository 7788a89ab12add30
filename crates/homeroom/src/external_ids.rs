//! How other systems name our rows: rows and queries of `external_ids`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use homeroom_operations::operations;
use serde::{Deserialize, Serialize};

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::ids::{ChatSessionId, ClassId, GroupId, UserId};
use crate::schema::external_ids;
use crate::statement::only_row;

/// The name that another system has for one of our rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalId {
    /// The other system, such as one district's roster; 1 to 200 characters.
    pub source: String,
    /// Its id, unique per source and kind; 1 to 255 characters.
    pub external_id: String,
    /// Our row.
    pub target: ExternalIdTarget,
    /// When it became known.
    pub created_at: DateTime<Utc>,
}

/// The row that an external id stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum ExternalIdTarget {
    /// A person.
    User(UserId),
    /// A group.
    Group(GroupId),
    /// A class.
    Class(ClassId),
    /// A chat.
    ChatSession(ChatSessionId),
}

impl ExternalIdTarget {
    /// The word for the kind of row, as the column `kind` holds it.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Group(_) => "group",
            Self::Class(_) => "class",
            Self::ChatSession(_) => "chat_session",
        }
    }
}

/// A row of `external_ids` as the table has it: one reference a kind.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = external_ids, check_for_backend(diesel::pg::Pg))]
struct Row {
    source: String,
    external_id: String,
    user_id: Option<UserId>,
    group_id: Option<GroupId>,
    class_id: Option<ClassId>,
    chat_session_id: Option<ChatSessionId>,
    created_at: DateTime<Utc>,
}

impl Row {
    /// `None` can't be: a CHECK sees to it that exactly one reference is set.
    fn into_external_id(self) -> Option<ExternalId> {
        let target = (self.user_id.map(ExternalIdTarget::User))
            .or(self.group_id.map(ExternalIdTarget::Group))
            .or(self.class_id.map(ExternalIdTarget::Class))
            .or(self.chat_session_id.map(ExternalIdTarget::ChatSession))?;
        let Self { source, external_id, created_at, .. } = self;
        Some(ExternalId { source, external_id, target, created_at })
    }
}

#[operations]
impl ExternalId {
    /// Notes how another system names a row: `INSERT INTO external_ids …`. Locks that row FOR KEY SHARE.
    ///
    /// ```no_run
    /// # use homeroom::{ExternalId, ExternalIdTarget, UserId};
    /// # async fn example(db: &homeroom::Database, student: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let target = ExternalIdTarget::User(student);
    /// ExternalId::create(&conn, "miller.example", "s-4711", target).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Conflict`] with rule `external_ids_pkey` when the source has given the id to a row already, or with that of
    /// the foreign key without the row; [`Error::Invalid`] with rule `external_ids_source_check` and the like.
    pub async fn create(
        mut conn: &Connection,
        source: &str,
        external_id: &str,
        target: ExternalIdTarget,
    ) -> Result<Self> {
        let (mut user, mut group, mut class, mut chat) = (None, None, None, None);
        match target {
            ExternalIdTarget::User(id) => user = Some(id),
            ExternalIdTarget::Group(id) => group = Some(id),
            ExternalIdTarget::Class(id) => class = Some(id),
            ExternalIdTarget::ChatSession(id) => chat = Some(id),
        }
        let created_at = diesel::insert_into(external_ids::table)
            .values((
                external_ids::source.eq(source),
                external_ids::kind.eq(target.kind()),
                external_ids::external_id.eq(external_id),
                external_ids::user_id.eq(user),
                external_ids::group_id.eq(group),
                external_ids::class_id.eq(class),
                external_ids::chat_session_id.eq(chat),
            ))
            .returning(external_ids::created_at)
            .load(&mut conn)
            .await
            .and_then(only_row)?;
        let (source, external_id) = (source.to_owned(), external_id.to_owned());
        Ok(Self { source, external_id, target, created_at })
    }

    /// What a source's id of a kind (`user`, `group`, `class`, `chat_session`) stands for, whether that row is live or not:
    /// `SELECT … WHERE source = $1 AND kind = $2 AND external_id = $3`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{ExternalId, ExternalIdTarget};
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let known = ExternalId::find(&conn, "miller.example", "user", "s-4711").await?;
    /// if let Some(ExternalIdTarget::User(id)) = known.map(|known| known.target) {
    ///     println!("{id}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find(
        mut conn: &Connection,
        source: &str,
        kind: &str,
        external_id: &str,
    ) -> Result<Option<Self>> {
        let row: Option<Row> = external_ids::table
            .find((source, kind, external_id))
            .select(Row::as_select())
            .first(&mut conn)
            .await
            .optional()?;
        Ok(row.and_then(Row::into_external_id))
    }

    /// As [`ExternalId::find`].
    ///
    /// ```no_run
    /// # use homeroom::ExternalId;
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let class = ExternalId::get(&conn, "miller.example", "class", "c-7b").await?.target;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn get(
        conn: &Connection,
        source: &str,
        kind: &str,
        external_id: &str,
    ) -> Result<Self> {
        Self::find(conn, source, kind, external_id).await?.ok_or_else(|| {
            Error::not_found("external id", format_args!("{kind} {external_id} of {source}"))
        })
    }

    /// Forgets a source's id; the row that it stands for stays:
    /// `DELETE FROM external_ids WHERE source = $1 AND kind = $2 AND external_id = $3`.
    ///
    /// Locks the id's row until the transaction ends.
    ///
    /// ```no_run
    /// # use homeroom::ExternalId;
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// ExternalId::delete(&conn, "miller.example", "user", "s-4711").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn delete(
        mut conn: &Connection,
        source: &str,
        kind: &str,
        external_id: &str,
    ) -> Result<()> {
        let deleted = diesel::delete(external_ids::table.find((source, kind, external_id)))
            .execute(&mut conn)
            .await?;
        if deleted == 0 {
            return Err(Error::not_found(
                "external id",
                format_args!("{kind} {external_id} of {source}"),
            ));
        }
        Ok(())
    }
}
