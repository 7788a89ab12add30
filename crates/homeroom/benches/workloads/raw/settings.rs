//! Settings in force, put together by hand from the rows of the statement that merges them.

use std::collections::BTreeMap;

use homeroom::Settings;
use serde_json::{Map, Value};
use tokio_postgres::Row;
use uuid::Uuid;

/// Who set a key: the group, its path, the class.
type From = (Option<Uuid>, Option<String>, Option<Uuid>);

#[derive(Default)]
pub(super) struct Effective {
    merged: Map<String, Value>,
    provenance: BTreeMap<String, From>,
    locked: BTreeMap<String, From>,
}

impl Effective {
    /// Takes the next row: whether it is a lock, the key, its value, and who set it.
    pub(super) fn add(&mut self, row: &Row) {
        let key: Vec<String> = row.get(1);
        let from: From = (row.get(3), row.get(5), row.get(4));
        if row.get(0) {
            self.locked.insert(key.join("."), from);
        } else {
            self.provenance.insert(key.join("."), from);
            insert(&mut self.merged, &key, row.get(2));
        }
    }

    /// The settings, and how many keys have been set and locked, those of the first level once more.
    pub(super) fn end(self) -> (Settings, usize) {
        let keys = self.provenance.len() + self.locked.len() + self.merged.len();
        let settings = serde_json::from_value(Value::Object(self.merged)).unwrap();
        (settings, keys)
    }
}

fn insert(object: &mut Map<String, Value>, key: &[String], value: Value) {
    let Some((first, rest)) = key.split_first() else { return };
    if rest.is_empty() {
        object.insert(first.clone(), value);
    } else if let Value::Object(inner) =
        object.entry(first.clone()).or_insert_with(|| Value::Object(Map::new()))
    {
        insert(inner, rest, value);
    }
}
