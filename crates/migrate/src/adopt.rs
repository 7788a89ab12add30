//! The tables in which other tools keep the versions that they have applied, and what of them belongs to which file.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio_postgres::Client;

use crate::error::Error;
use crate::folder::Migration;
use crate::version::Version;

/// A tool whose table of applied versions can be taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Tool {
    /// Diesel, `__diesel_schema_migrations`.
    Diesel,
    /// sqlx, `_sqlx_migrations`.
    Sqlx,
    /// golang-migrate, `schema_migrations` with a column `dirty`.
    GolangMigrate,
    /// dbmate, `schema_migrations`.
    Dbmate,
    /// sql-migrate, `gorp_migrations`.
    SqlMigrate,
}

const ALL: [Tool; 5] =
    [Tool::Diesel, Tool::Sqlx, Tool::GolangMigrate, Tool::Dbmate, Tool::SqlMigrate];

/// Whether a table is on the `search_path`, and whether it has a column `dirty`.
const FIND: &str = include_str!("adopt/find.sql");

impl fmt::Display for Tool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Diesel => "Diesel",
            Self::Sqlx => "sqlx",
            Self::GolangMigrate => "golang-migrate",
            Self::Dbmate => "dbmate",
            Self::SqlMigrate => "sql-migrate",
        })
    }
}

impl Tool {
    /// Its table.
    #[must_use]
    pub fn table(self) -> &'static str {
        match self {
            Self::Diesel => "__diesel_schema_migrations",
            Self::Sqlx => "_sqlx_migrations",
            Self::GolangMigrate | Self::Dbmate => "schema_migrations",
            Self::SqlMigrate => "gorp_migrations",
        }
    }

    /// The rows as id, moment, whether it came to its end, and milliseconds.
    fn query(self) -> &'static str {
        match self {
            Self::Diesel => include_str!("adopt/diesel.sql"),
            Self::Sqlx => include_str!("adopt/sqlx.sql"),
            Self::GolangMigrate => include_str!("adopt/golang_migrate.sql"),
            Self::Dbmate => include_str!("adopt/dbmate.sql"),
            Self::SqlMigrate => include_str!("adopt/sql_migrate.sql"),
        }
    }
}

/// What was taken over from another tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Adopted {
    /// The tool.
    pub tool: Tool,
    /// The versions that the history has now and had not before.
    pub versions: Vec<Version>,
}

/// Why a row of another tool's table cannot be taken over. It prints with the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
#[non_exhaustive]
pub enum AdoptFault {
    /// It is of no file.
    #[error("{id} is applied and has no file here: put its file back")]
    NoFile {
        /// What the table calls it.
        id: String,
    },
    /// The tool has left it half done.
    #[error("{id} was not finished: finish it or take it back with the tool that began it")]
    Unfinished {
        /// What the table calls it.
        id: String,
    },
}

/// A row of a tool's table.
struct Row {
    id: String,
    applied_at: Option<DateTime<Utc>>,
    is_finished: bool,
    duration_ms: i64,
}

/// A migration that a tool has applied.
pub(crate) struct Claim<'a> {
    pub(crate) migration: &'a Migration,
    pub(crate) applied_at: Option<DateTime<Utc>>,
    pub(crate) duration_ms: i64,
}

/// The tools whose tables are there and have rows.
pub(crate) async fn find(client: &Client) -> Result<Vec<Tool>, Error> {
    let failed = |source| Error::database("looking for the tables of other tools", source);
    let mut found = Vec::new();
    for tool in ALL {
        let parameters: [(&(dyn tokio_postgres::types::ToSql + Sync), _); 2] = [
            (&tool.table(), tokio_postgres::types::Type::TEXT),
            (&(tool == Tool::GolangMigrate), tokio_postgres::types::Type::BOOL),
        ];
        let row = client.query_typed_one(FIND, &parameters).await.map_err(failed)?;
        let is_there: bool = row.try_get(0).map_err(failed)?;
        if is_there && !read(client, tool).await?.is_empty() {
            found.push(tool);
        }
    }
    Ok(found)
}

async fn read(client: &Client, tool: Tool) -> Result<Vec<Row>, Error> {
    let failed = |source| Error::database("reading the table of another tool", source);
    let rows = client.query_typed(tool.query(), &[]).await.map_err(failed)?;
    rows.iter()
        .map(|row| {
            Ok(Row {
                id: row.try_get(0)?,
                applied_at: row.try_get(1)?,
                is_finished: row.try_get(2)?,
                duration_ms: row.try_get(3)?,
            })
        })
        .collect::<Result<_, _>>()
        .map_err(failed)
}

/// The migrations that the tool has applied, or every reason why they cannot be taken over.
pub(crate) async fn claims<'a>(
    client: &Client,
    tool: Tool,
    migrations: &'a [Migration],
) -> Result<Vec<Claim<'a>>, Error> {
    let mut claims = Vec::new();
    let mut faults = Vec::new();
    for row in read(client, tool).await? {
        if !row.is_finished {
            faults.push(AdoptFault::Unfinished { id: row.id.clone() });
        }
        let digits: String = row.id.chars().take_while(char::is_ascii_digit).collect();
        let version: Option<Version> = digits.parse().ok();
        let is_its = |one: &&Migration| Some(one.version()) == version;
        if !migrations.iter().any(|one| is_its(&one)) {
            faults.push(AdoptFault::NoFile { id: row.id });
            continue;
        }
        // golang-migrate keeps the newest version alone.
        let is_applied = |one: &&Migration| {
            is_its(one) || (tool == Tool::GolangMigrate && Some(one.version()) <= version)
        };
        claims.extend(migrations.iter().filter(is_applied).map(|migration| Claim {
            migration,
            applied_at: row.applied_at,
            duration_ms: row.duration_ms,
        }));
    }
    if faults.is_empty() { Ok(claims) } else { Err(Error::Adopt { tool, faults }) }
}
