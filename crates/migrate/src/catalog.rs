//! A structural snapshot of a database: everything that a migration could change, as text that does not depend on OIDs.
//!
//! One SQL file a kind of object stands in `catalog/`; each gives rows of kind, relation (for what belongs to one), name and
//! definition. Data is no part of it, and neither is what belongs to a cluster: roles and tablespaces.

mod diff;

use std::collections::BTreeMap;
use std::fmt;
use std::pin::pin;

use futures_util::TryStreamExt as _;
use serde::Serialize;
use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

pub use self::diff::{CatalogDiff, Change};
use crate::error::Error;

/// The kind of the entries that hold the order of a table's columns and nothing else.
const COLUMN_ORDER: &str = "column order";

const ENTER: &str = include_str!("catalog/enter.sql");
const LEAVE: &str = include_str!("catalog/leave.sql");
const OBJECTS: [&str; 24] = [
    include_str!("catalog/collations.sql"),
    include_str!("catalog/column_orders.sql"),
    include_str!("catalog/columns.sql"),
    include_str!("catalog/comments.sql"),
    include_str!("catalog/constraints.sql"),
    include_str!("catalog/event_triggers.sql"),
    include_str!("catalog/extensions.sql"),
    include_str!("catalog/foreign_data.sql"),
    include_str!("catalog/functions.sql"),
    include_str!("catalog/indexes.sql"),
    include_str!("catalog/operators.sql"),
    include_str!("catalog/parameters.sql"),
    include_str!("catalog/policies.sql"),
    include_str!("catalog/privileges.sql"),
    include_str!("catalog/publications.sql"),
    include_str!("catalog/rules.sql"),
    include_str!("catalog/schemas.sql"),
    include_str!("catalog/sequences.sql"),
    include_str!("catalog/statistics.sql"),
    include_str!("catalog/tables.sql"),
    include_str!("catalog/text_search.sql"),
    include_str!("catalog/triggers.sql"),
    include_str!("catalog/types.sql"),
    include_str!("catalog/views.sql"),
];

/// One object of a database, by its kind and its qualified name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Object {
    /// What it is: `table`, `column`, `index`, …
    pub kind: String,
    /// Its name with all that qualifies it.
    pub name: String,
}

impl fmt::Display for Object {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.kind, self.name)
    }
}

/// What makes an object what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Definition {
    /// The relation that it belongs to, unquoted: `schema.table`.
    relation: Option<String>,
    text: String,
}

/// The structure of a database at one moment.
///
/// It leaves out system schemas, temporary objects and what belongs to an extension. Two catalogs are equal when no statement
/// about structure, comments or privileges could tell them apart; the order of columns counts, and can be told from the rest.
///
/// ```no_run
/// # use homeroom_migrate::{Catalog, Error};
/// # async fn compare(client: &tokio_postgres::Client) -> Result<(), Error> {
/// let before = Catalog::read(client).await?;
/// client.batch_execute("CREATE TABLE lessons (id bigint)").await.unwrap();
/// let after = Catalog::read(client).await?;
/// println!("{}", before.diff(&after)); // + table public.lessons …
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    objects: BTreeMap<Object, Definition>,
}

impl Catalog {
    /// Reads it in one round trip, within the caller's transaction if there is one. It changes nothing, and locks no more than
    /// a query of the system catalogs does.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn read(client: &Client) -> Result<Self, Error> {
        let failed = |source| Error::database("reading the catalog", source);
        let parts: Vec<&str> = [ENTER].into_iter().chain(OBJECTS).chain([LEAVE]).collect();
        let mut objects = BTreeMap::new();
        let stream = client.simple_query_raw(&parts.join("\n;\n")).await.map_err(failed)?;
        let mut messages = pin!(stream);
        while let Some(message) = messages.try_next().await.map_err(failed)? {
            // Those of entering and leaving have no kind.
            if let SimpleQueryMessage::Row(row) = message
                && let Some((object, definition)) = read_row(&row).map_err(failed)?
            {
                objects.insert(object, definition);
            }
        }
        Ok(Self { objects })
    }

    /// The same without a table and all that belongs to it: its columns, indexes, constraints, comments and privileges.
    #[must_use]
    pub fn without_table(mut self, schema: &str, table: &str) -> Self {
        let relation = format!("{schema}.{table}");
        self.objects.retain(|_, definition| definition.relation.as_ref() != Some(&relation));
        self
    }

    /// What became different from this one to the other.
    #[must_use]
    pub fn diff(&self, other: &Self) -> CatalogDiff {
        CatalogDiff::between(self, other)
    }

    /// Whether it holds nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// Every object with its definition, sorted by kind and name.
    pub fn iter(&self) -> impl Iterator<Item = (&Object, &str)> {
        self.objects.iter().map(|(object, definition)| (object, definition.text.as_str()))
    }

    /// The definition of an object.
    #[must_use]
    pub fn find(&self, kind: &str, name: &str) -> Option<&str> {
        let object = Object { kind: kind.to_owned(), name: name.to_owned() };
        self.objects.get(&object).map(|definition| definition.text.as_str())
    }
}

impl fmt::Display for Catalog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (object, definition) in self.iter() {
            writeln!(formatter, "{object}: {definition}")?;
        }
        Ok(())
    }
}

fn read_row(row: &SimpleQueryRow) -> Result<Option<(Object, Definition)>, tokio_postgres::Error> {
    if row.columns().first().is_none_or(|column| column.name() != "kind") {
        return Ok(None);
    }
    let text = |index| row.try_get(index).map(|text| text.unwrap_or_default().to_owned());
    let relation = row.try_get(1)?.map(str::to_owned);
    Ok(Some((Object { kind: text(0)?, name: text(2)? }, Definition { relation, text: text(3)? })))
}
