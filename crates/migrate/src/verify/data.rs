//! Which tables and columns are made anew by a way down and so hold nothing of what they held before.

use std::collections::BTreeMap;

use tokio_postgres::Client;

use crate::catalog::Object;
use crate::script::Script;

const COLUMNS: &str = include_str!("columns.sql");

/// What each column's data hangs on, by table and column.
#[derive(Debug, Default)]
pub(crate) struct Columns(BTreeMap<(String, String), (u32, i16)>);

impl Columns {
    pub(crate) async fn read(client: &Client) -> Result<Self, tokio_postgres::Error> {
        let mut columns = BTreeMap::new();
        for row in client.query_typed(COLUMNS, &[]).await? {
            columns.insert((row.try_get(0)?, row.try_get(1)?), (row.try_get(2)?, row.try_get(3)?));
        }
        Ok(Self(columns))
    }

    /// The tables and columns that both have by name and that are not the same ones.
    pub(crate) fn made_anew(&self, now: &Self) -> Vec<Object> {
        let mut anew: Vec<Object> = Vec::new();
        for (key, (table_before, number_before)) in &self.0 {
            let Some((table_now, number_now)) = now.0.get(key) else { continue };
            let (table, column) = key;
            let object = if table_before != table_now {
                Object { kind: "table".to_owned(), name: table.clone() }
            } else if number_before != number_now {
                Object { kind: "column".to_owned(), name: format!("{table}.{column}") }
            } else {
                continue;
            };
            if !anew.contains(&object) {
                anew.push(object);
            }
        }
        anew
    }
}

/// Whether a script may fill what it makes: then nothing can be said about lost data.
pub(crate) fn carries_data(script: &Script) -> bool {
    const FILLING: [&str; 7] = ["INSERT", "UPDATE", "MERGE", "WITH", "DO", "SELECT", "CALL"];
    script.first_words().any(|word| FILLING.contains(&word))
}
