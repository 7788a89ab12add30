//! Which tables and columns a script takes away, and how much a database holds in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};

use crate::error::Error;
use crate::identifier::quote;

const COLUMNS: &str = include_str!("columns.sql");
const ESTIMATE: &str = include_str!("estimate.sql");

/// A table or a column that a script takes away with all that it holds. A renamed one is not lost, nor is one that is made anew by
/// another name after its data was carried over; rows that a script deletes or changes are not seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct DataLoss {
    /// The schema of the table.
    pub schema: String,
    /// The table.
    pub table: String,
    /// The column; `None`: the whole table.
    pub column: Option<String>,
}

/// How many rows would lose something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "precision", content = "rows", rename_all = "snake_case")]
#[non_exhaustive]
pub enum RowCount {
    /// Counted.
    Exact(u64),
    /// More than were counted; as many as the last `ANALYZE`, `VACUUM` or index build found.
    Estimate(u64),
    /// More than these, which were counted; there is no estimate.
    MoreThan(u64),
}

impl RowCount {
    /// Whether nothing would be lost.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self == Self::Exact(0)
    }
}

impl fmt::Display for RowCount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(1) => formatter.write_str("1 row"),
            Self::Exact(rows) => write!(formatter, "{rows} rows"),
            Self::Estimate(rows) => write!(formatter, "about {rows} rows"),
            Self::MoreThan(rows) => write!(formatter, "more than {rows} rows"),
        }
    }
}

impl DataLoss {
    /// How many rows the database holds in the table, or has a value for in the column. Counts exactly as far as `limit` rows of
    /// the table; of a larger one it gives the estimate of the server's statistics. `None` where there is no such table or column.
    ///
    /// Reads at most `limit + 1` rows under `ACCESS SHARE`, as a `SELECT` does.
    ///
    /// # Errors
    /// [`Error::Database`], as when the role may not read the table.
    pub async fn count(&self, client: &Client, limit: u32) -> Result<Option<RowCount>, Error> {
        let failed = |source| Error::database("counting the rows that would be lost", source);
        let table = format!("{}.{}", quote(&self.schema), quote(&self.table));
        let value = self.column.as_deref().map_or_else(|| "true".to_owned(), quote);
        let read = i64::from(limit) + 1;
        let sql = format!(
            "SELECT count(*), count(value) FROM (SELECT {value} AS value FROM {table} LIMIT {read}) AS sample"
        );
        let row = match client.query_typed_one(&sql, &[]).await {
            Ok(row) => row,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let rows: i64 = row.try_get(0).map_err(failed)?;
        let values: i64 = row.try_get(1).map_err(failed)?;
        if rows < read {
            return Ok(Some(RowCount::Exact(values.unsigned_abs())));
        }
        let estimate = self.estimate(client).await.map_err(failed)?;
        let counted = values.unsigned_abs().saturating_sub(1);
        Ok(Some(estimate.map_or(RowCount::MoreThan(counted), |rows| {
            RowCount::Estimate(rows.max(values.unsigned_abs()))
        })))
    }

    async fn estimate(&self, client: &Client) -> Result<Option<u64>, tokio_postgres::Error> {
        let parameters: [(&(dyn ToSql + Sync), Type); 3] =
            [(&self.schema, Type::NAME), (&self.table, Type::NAME), (&self.column, Type::NAME)];
        let Some(row) = client.query_typed_opt(ESTIMATE, &parameters).await? else {
            return Ok(None);
        };
        let (rows, null): (Option<f64>, Option<f64>) = (row.try_get(0)?, row.try_get(1)?);
        // Both are small and never negative; the cast of a float saturates.
        Ok(rows.map(|rows| (rows * (1.0 - null.unwrap_or(0.0))).round() as u64))
    }
}

impl fmt::Display for DataLoss {
    /// As `table public.users` or `column public.users.email`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { schema, table, column } = self;
        match column {
            None => write!(formatter, "table {schema}.{table}"),
            Some(column) => write!(formatter, "column {schema}.{table}.{column}"),
        }
    }
}

/// Whether the table or column is not there.
fn is_absent(error: &tokio_postgres::Error) -> bool {
    [SqlState::UNDEFINED_TABLE, SqlState::UNDEFINED_COLUMN, SqlState::INVALID_SCHEMA_NAME]
        .iter()
        .any(|code| error.code() == Some(code))
}

/// Every table and column that holds data, by what the data hangs on: the table's OID and the column's number.
pub(super) struct StoredColumns(BTreeMap<(u32, i16), DataLoss>);

impl StoredColumns {
    pub(super) async fn read(client: &Client) -> Result<Self, tokio_postgres::Error> {
        let mut columns = BTreeMap::new();
        for row in client.query_typed(COLUMNS, &[]).await? {
            let number: i32 = row.try_get(1)?;
            let key = (row.try_get(0)?, i16::try_from(number).unwrap_or(0));
            let place = DataLoss {
                schema: row.try_get(2)?,
                table: row.try_get(3)?,
                column: row.try_get(4)?,
            };
            columns.insert(key, place);
        }
        Ok(Self(columns))
    }

    /// The tables that are gone, and the columns that are gone from tables that are not.
    pub(super) fn lost(&self, now: &Self) -> Vec<DataLoss> {
        let is_gone = |key: &(u32, i16)| !now.0.contains_key(key);
        let lost: BTreeSet<&DataLoss> = self
            .0
            .iter()
            .filter(|((table, number), _)| {
                is_gone(&(*table, *number)) && (*number == 0 || !is_gone(&(*table, 0)))
            })
            .map(|(_, place)| place)
            .collect();
        lost.into_iter().cloned().collect()
    }
}
