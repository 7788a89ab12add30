//! The history table: what was applied, when, by whom, and how to take it back.
//!
//! This module alone reads and writes the table. What a row means beside the files is decided in [`crate::standing`].

mod progress;
mod recording;

use std::sync::Mutex;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, GenericClient};

pub(crate) use self::progress::Progress;
use self::recording::Prepared;
pub(crate) use self::recording::Recording;
use crate::catalog::Catalog;
use crate::error::Error;
use crate::folder::Migration;
use crate::identifier::quote;
use crate::server;
use crate::version::Version;

const FIND: &str = include_str!("history/find.sql");
const CREATE: &str = include_str!("history/create.sql");
const UPGRADE: &str = include_str!("history/upgrade.sql");
const LIST: &str = include_str!("history/list.sql");
const ADOPT: &str = include_str!("history/adopt.sql");
const REPAIR: &str = include_str!("history/repair.sql");

/// What the history says of the program that wrote a row.
const TOOL_VERSION: &str = concat!("homeroom-migrate ", env!("CARGO_PKG_VERSION"));

/// Where the history is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryTable {
    /// The schema; `None` finds the table on the `search_path` and creates it in the first schema of that.
    pub schema: Option<String>,
    /// The table.
    pub name: String,
}

impl Default for HistoryTable {
    fn default() -> Self {
        Self { schema: None, name: "homeroom_migrations".to_owned() }
    }
}

/// One applied migration as the history table has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) version: Version,
    pub(crate) name: String,
    pub(crate) up_checksum: String,
    pub(crate) down_checksum: Option<String>,
    pub(crate) applied_by: String,
    pub(crate) applied_at: DateTime<Utc>,
    pub(crate) duration_ms: i64,
    pub(crate) tool_version: String,
    /// Its script that was begun and has not come to its end.
    pub(crate) unfinished: Option<Progress>,
}

/// The history table of one database, its schema known.
#[derive(Debug)]
pub(crate) struct History {
    schema: String,
    name: String,
    /// Quoted and qualified: the `search_path` of a migration cannot mislead it.
    table: String,
    exists: bool,
    /// Whether it has every column that this version knows.
    is_current: bool,
    prepared: Mutex<Prepared>,
}

impl History {
    fn new(schema: String, name: &str, exists: bool, is_current: bool) -> Self {
        let table = format!("{}.{}", quote(&schema), quote(name));
        Self {
            schema,
            name: name.to_owned(),
            table,
            exists,
            is_current,
            prepared: Mutex::default(),
        }
    }

    /// Finds the table, or the place where it would be, on a server that is new enough. Everything that is done with a database
    /// begins here.
    pub(crate) async fn find(client: &Client, wanted: &HistoryTable) -> Result<Self, Error> {
        let failed = |source| Error::database("looking for the history table", source);
        let name = quote(&wanted.name);
        let path = match &wanted.schema {
            Some(schema) => format!("{}.{name}", quote(schema)),
            None => name,
        };
        let row = client.query_typed_one(FIND, &[(&path, Type::TEXT)]).await.map_err(failed)?;
        server::check_version(row.try_get(0).map_err(failed)?)?;
        if let Some(schema) = row.try_get(2).map_err(failed)? {
            let is_current = row.try_get(3).map_err(failed)?;
            return Ok(Self::new(schema, &wanted.name, true, is_current));
        }
        let schema = match &wanted.schema {
            Some(schema) => Some(schema.clone()),
            None => row.try_get(1).map_err(failed)?,
        };
        let schema = schema.ok_or(Error::NoSchema)?;
        Ok(Self::new(schema, &wanted.name, false, false))
    }

    /// Its quoted and qualified name.
    pub(crate) fn table(&self) -> &str {
        &self.table
    }

    /// The catalog without this table.
    pub(crate) fn remove_from(&self, catalog: Catalog) -> Catalog {
        catalog.without_table(&self.schema, &self.name)
    }

    /// Creates the table where it is missing, and adds the columns that an older one lacks. Only the holder of the migration lock
    /// may call it.
    pub(crate) async fn make_ready(&mut self, client: &mut Client) -> Result<(), Error> {
        if self.is_current {
            return Ok(());
        }
        let (doing, sql) = if self.exists {
            ("upgrading the history table", UPGRADE)
        } else {
            ("creating the history table", CREATE)
        };
        let failed = |source| Error::database(doing, source);
        let transaction = client.transaction().await.map_err(failed)?;
        transaction.batch_execute(&self.sql(sql)).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        (self.exists, self.is_current) = (true, true);
        Ok(())
    }

    /// All rows by version; none where there is no table.
    pub(crate) async fn list(&self, client: &Client) -> Result<Vec<Record>, Error> {
        if !self.exists {
            return Ok(Vec::new());
        }
        let failed = |source| Error::database("reading the history table", source);
        let progress = if self.is_current { progress::COLUMNS } else { progress::NO_COLUMNS };
        let list = self.sql(LIST).replace("{progress}", progress);
        let rows = client.query_typed(&list, &[]).await.map_err(failed)?;
        rows.iter()
            .map(|row| {
                Ok(Record {
                    version: Version::from(row.try_get::<_, i64>(0)?),
                    name: row.try_get(1)?,
                    up_checksum: row.try_get(2)?,
                    down_checksum: row.try_get(3)?,
                    applied_by: row.try_get(4)?,
                    applied_at: row.try_get(5)?,
                    duration_ms: row.try_get(6)?,
                    tool_version: row.try_get(7)?,
                    unfinished: Progress::read(row, 8)?,
                })
            })
            .collect::<Result<_, _>>()
            .map_err(failed)
    }

    /// The down SQL that was stored with a version.
    pub(crate) async fn stored_down(
        &self,
        client: &Client,
        version: Version,
    ) -> Result<Option<String>, Error> {
        let sql = self.sql("SELECT down_sql FROM {table} WHERE version = $1");
        client
            .query_typed_one(&sql, &[(&version.get(), Type::INT8)])
            .await
            .and_then(|row| row.try_get(0))
            .map_err(|source| Error::database("reading the stored down SQL", source))
    }

    /// Records a migration as applied that this program did not apply, unless it is recorded already. `how` says where that is
    /// known from.
    pub(crate) async fn adopt(
        &self,
        client: &impl GenericClient,
        migration: &Migration,
        applied_at: Option<DateTime<Utc>>,
        duration_ms: i64,
        how: &str,
    ) -> Result<bool, tokio_postgres::Error> {
        let name = migration.name();
        let down = migration.down();
        let tool_version = format!("{TOOL_VERSION}, {how}");
        let parameters: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 8] = [
            (&migration.version().get(), Type::INT8),
            (&name, Type::TEXT),
            (&migration.up().checksum(), Type::TEXT),
            (&down.checksum(), Type::TEXT),
            (&down.stored_sql(), Type::TEXT),
            (&applied_at, Type::TIMESTAMPTZ),
            (&duration_ms, Type::INT8),
            (&tool_version, Type::TEXT),
        ];
        let rows = client.query_typed(&self.sql(ADOPT), &parameters).await?;
        Ok(!rows.is_empty())
    }

    /// Forgets a migration that was taken back. The caller's transaction holds it.
    pub(crate) async fn delete(
        &self,
        client: &Client,
        version: Version,
    ) -> Result<(), tokio_postgres::Error> {
        let sql = self.sql("DELETE FROM {table} WHERE version = $1");
        client.query_typed(&sql, &[(&version.get(), Type::INT8)]).await.map(drop)
    }

    /// Takes name, checksums and down SQL of an applied migration from its files as they are now.
    pub(crate) async fn repair(&self, client: &Client, migration: &Migration) -> Result<(), Error> {
        let name = migration.name();
        let down = migration.down();
        let parameters: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 5] = [
            (&migration.version().get(), Type::INT8),
            (&name, Type::TEXT),
            (&migration.up().checksum(), Type::TEXT),
            (&down.checksum(), Type::TEXT),
            (&down.stored_sql(), Type::TEXT),
        ];
        client
            .query_typed(&self.sql(REPAIR), &parameters)
            .await
            .map(drop)
            .map_err(|source| Error::database("repairing the history table", source))
    }

    fn sql(&self, template: &str) -> String {
        template.replace("{table}", &self.table)
    }
}

/// The SHA-256 of a script in hexadecimal, the same for every kind of line ending.
pub(crate) fn checksum(sql: &str) -> String {
    use std::fmt::Write as _;
    let text = sql.replace("\r\n", "\n").replace('\r', "\n");
    let mut hexadecimal = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        let _ = write!(hexadecimal, "{byte:02x}");
    }
    hexadecimal
}

#[cfg(test)]
mod tests {
    use super::checksum;

    #[test]
    fn line_endings_do_not_change_a_checksum_and_anything_else_does() {
        assert_eq!(checksum("a\nb\n"), checksum("a\r\nb\r"));
        assert_ne!(checksum("a\nb\n"), checksum("a\nb"));
        assert_ne!(checksum("a b"), checksum("a  b"));
    }
}
