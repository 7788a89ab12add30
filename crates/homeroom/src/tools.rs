//! AI tools that teachers make, a row a version: rows, queries and changes of `tools`.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use diesel::deserialize::{self, FromSql};
use diesel::pg::{Pg, PgValue};
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use saphyr_parser::Parser;
use serde::{Deserialize, Serialize};

use crate::codes::ToolType;
use crate::error::{Error, Result};
use crate::ids::{GroupId, ToolId, UserId};
use crate::page::{Page, PageRequest};
use crate::schema::{groups, tools};

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

/// A semantic version, ordered by precedence as the standard has it (section 11): build metadata does not count.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = Text)]
#[serde(transparent)]
pub struct ToolVersion(semver::Version);

impl ToolVersion {
    /// A version without pre-release: `major.minor.patch`.
    #[must_use]
    pub const fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self(semver::Version::new(major, minor, patch))
    }

    /// The parts of the version.
    #[must_use]
    pub const fn as_semver(&self) -> &semver::Version {
        &self.0
    }

    /// Which of two versions is the newer, as the database's `semver_precedence` decides it.
    #[must_use]
    pub fn cmp_precedence(&self, other: &Self) -> Ordering {
        self.0.cmp_precedence(&other.0)
    }
}

impl fmt::Display for ToolVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ToolVersion {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let version = text.parse::<semver::Version>();
        version.map(Self).map_err(|error| {
            Error::invalid(
                "version",
                format!("{text:?} is no semantic version such as 1.2.0: {error}"),
            )
        })
    }
}

impl FromSql<Text, Pg> for ToolVersion {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(std::str::from_utf8(value.as_bytes())?.parse()?))
    }
}

impl ToSql<Text, Pg> for ToolVersion {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        use std::io::Write;
        write!(out, "{}", self.0)?;
        Ok(serialize::IsNull::No)
    }
}

/// What a tool does, in well-formed YAML of at most 256 KiB.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = Text)]
#[serde(try_from = "String", into = "String")]
pub struct ToolDefinition(String);

impl ToolDefinition {
    /// The longest definition, in bytes.
    pub const MAX_BYTES: usize = 256 * 1024;

    /// Takes YAML and checks that it is well-formed. What its keys mean is not looked at.
    ///
    /// # Errors
    /// [`Error::Invalid`] with line and column of what is wrong, or when it is empty or too long.
    pub fn parse(yaml: impl Into<String>) -> Result<Self> {
        let yaml = yaml.into();
        if yaml.trim().is_empty() {
            return Err(Error::invalid("definition", "it is empty"));
        }
        if yaml.len() > Self::MAX_BYTES {
            let reason =
                format!("it has {} bytes, at most {} are allowed", yaml.len(), Self::MAX_BYTES);
            return Err(Error::invalid("definition", reason));
        }
        for event in Parser::new_from_str(&yaml) {
            event.map_err(|error| {
                Error::invalid("definition", format!("it is not YAML: {error}"))
            })?;
        }
        Ok(Self(yaml))
    }

    /// The YAML text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ToolDefinition {
    type Error = Error;

    fn try_from(yaml: String) -> Result<Self> {
        Self::parse(yaml)
    }
}

impl From<ToolDefinition> for String {
    fn from(definition: ToolDefinition) -> Self {
        definition.0
    }
}

impl FromSql<Text, Pg> for ToolDefinition {
    /// Takes what the database holds, well-formed or not: a definition that was stored by others must stay readable.
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        <String as FromSql<Text, Pg>>::from_sql(value).map(Self)
    }
}

impl ToSql<Text, Pg> for ToolDefinition {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <str as ToSql<Text, Pg>>::to_sql(&self.0, out)
    }
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

impl Tool {
    /// Creates a version: `INSERT INTO tools … RETURNING *`. Locks its group FOR SHARE, so that it is not archived meanwhile.
    ///
    /// # Errors
    /// [`Error::Conflict`] with rule `tools_group_id_name_version_key` or `tools_name_version_key` when the version is there
    /// already; [`Error::Invalid`] with rule `tools_name_check` or `tools_version_check`; [`Error::ForbiddenState`] for an
    /// archived group.
    pub async fn create(mut conn: &AsyncPgConnection, new: &NewTool) -> Result<Self> {
        diesel::insert_into(tools::table)
            .values(new)
            .returning(Self::as_returning())
            .get_result(&mut conn)
            .await
            .map_err(Error::from)
    }

    /// The version with this id, if it and its group are live.
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find(mut conn: &AsyncPgConnection, id: ToolId) -> Result<Option<Self>> {
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
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn get(conn: &AsyncPgConnection, id: ToolId) -> Result<Self> {
        Self::find(conn, id).await?.ok_or_else(|| Error::not_found("tool", id))
    }

    /// The version with this id, whether it and its group are live or not: chats show the tool that they used.
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find_with_deleted(
        mut conn: &AsyncPgConnection,
        id: ToolId,
    ) -> Result<Option<Self>> {
        tools::table
            .find(id)
            .select(Self::as_select())
            .first(&mut conn)
            .await
            .optional()
            .map_err(Error::from)
    }

    /// The live version of the highest precedence of a tool, in exactly this scope (`None`: that of everyone):
    /// `SELECT … ORDER BY semver_precedence(version) DESC LIMIT 1`, which an index answers.
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find_newest(
        mut conn: &AsyncPgConnection,
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

    /// The live versions in exactly this scope (`None`: that of everyone) by id, which is by the time they were made.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range or a cursor of another list.
    pub async fn list(
        mut conn: &AsyncPgConnection,
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
    /// # Errors
    /// [`Error::NotFound`]; as [`Tool::create`].
    pub async fn update(
        mut conn: &AsyncPgConnection,
        id: ToolId,
        changes: &ToolChanges,
    ) -> Result<Self> {
        if *changes == ToolChanges::default() {
            return Self::get(conn, id).await;
        }
        diesel::update(tools::table.filter(tools::id.eq(id).and(tools::deleted_at.is_null())))
            .set(changes)
            .returning(Self::as_returning())
            .get_result(&mut conn)
            .await
            .optional()?
            .ok_or_else(|| Error::not_found("tool", id))
    }

    /// Withdraws a version; chats that used it keep it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such live version.
    pub async fn soft_delete(mut conn: &AsyncPgConnection, id: ToolId) -> Result<()> {
        let changed =
            diesel::update(tools::table.filter(tools::id.eq(id).and(tools::deleted_at.is_null())))
                .set(tools::deleted_at.eq(diesel::dsl::now))
                .execute(&mut conn)
                .await?;
        if changed == 0 { Err(Error::not_found("tool", id)) } else { Ok(()) }
    }

    /// Brings a withdrawn version back.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such withdrawn version; [`Error::Conflict`] as [`Tool::create`].
    pub async fn restore(mut conn: &AsyncPgConnection, id: ToolId) -> Result<Self> {
        diesel::update(tools::table.filter(tools::id.eq(id).and(tools::deleted_at.is_not_null())))
            .set(tools::deleted_at.eq(None::<DateTime<Utc>>))
            .returning(Self::as_returning())
            .get_result(&mut conn)
            .await
            .optional()?
            .ok_or_else(|| Error::not_found("withdrawn tool", id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_is_well_formed_yaml_and_says_where_it_is_not() {
        assert!(ToolDefinition::parse("prompt: Help with homework\nmodel: {name: x}\n").is_ok());
        let error = ToolDefinition::parse("prompt: [1, 2\nmodel: x\n").unwrap_err().to_string();
        assert!(error.starts_with("definition is not valid: it is not YAML:"), "{error}");
        assert!(error.contains("line"), "{error}");
    }

    #[test]
    fn a_definition_has_bounds() {
        let longest = format!("text: {}", "x".repeat(ToolDefinition::MAX_BYTES - 6));
        assert!(ToolDefinition::parse(longest.clone()).is_ok());
        assert!(ToolDefinition::parse(format!("{longest}x")).is_err());
        assert!(ToolDefinition::parse(" \n").is_err());
    }

    #[test]
    fn a_version_that_is_none_is_refused_with_an_example() {
        let error = "1.2".parse::<ToolVersion>().unwrap_err().to_string();
        assert!(error.contains("\"1.2\" is no semantic version such as 1.2.0"), "{error}");
    }
}
