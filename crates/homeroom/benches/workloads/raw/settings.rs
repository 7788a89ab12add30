//! Settings in force, merged by hand: what a level sets replaces what stands above it, unless that is locked.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tokio_postgres::Row;
use uuid::Uuid;

/// Who set a key: the group, its path, the class.
type From = (Option<Uuid>, Option<String>, Option<Uuid>);

#[derive(Default)]
pub(super) struct Effective {
    pub(super) settings: Map<String, Value>,
    pub(super) provenance: BTreeMap<String, From>,
    pub(super) locked: BTreeMap<String, From>,
}

impl Effective {
    /// Merges the next level below: its group, its class, its path, and what it sets.
    pub(super) fn merge(&mut self, row: &Row) {
        let from: From = (row.get(0), row.get(2), row.get(1));
        let Value::Object(mut own) = row.get::<_, Value>(3) else { return };
        let locks = own.remove("locked");
        let mut settings = std::mem::take(&mut self.settings);
        self.set(&mut settings, own, "", &from);
        self.settings = settings;
        if let Some(locks) = locks {
            self.lock(&locks, "", &from);
        }
    }

    fn set(
        &mut self,
        into: &mut Map<String, Value>,
        own: Map<String, Value>,
        at: &str,
        from: &From,
    ) {
        for (key, value) in own {
            let name = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
            if self.locked.contains_key(&name) {
                continue;
            }
            match (into.get_mut(&key), value) {
                (Some(Value::Object(inner)), Value::Object(own)) => {
                    self.set(inner, own, &name, from);
                }
                (was, Value::Object(own)) if own.values().any(|value| !is_empty(value)) => {
                    if was.is_some() {
                        self.provenance.remove(&name);
                    }
                    let mut inner = Map::new();
                    self.set(&mut inner, own, &name, from);
                    into.insert(key, Value::Object(inner));
                }
                (_, Value::Object(_)) => {}
                (_, value) => {
                    let inside = format!("{name}.");
                    if self.locked.keys().any(|lock| lock.starts_with(&inside)) {
                        continue;
                    }
                    self.provenance.retain(|key, _| !key.starts_with(&inside));
                    self.provenance.insert(name, from.clone());
                    into.insert(key, value);
                }
            }
        }
    }

    fn lock(&mut self, locks: &Value, at: &str, from: &From) {
        match locks {
            Value::Object(inner) => {
                for (key, locks) in inner {
                    let name = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                    self.lock(locks, &name, from);
                }
            }
            Value::Bool(true) => {
                self.locked.entry(at.to_owned()).or_insert_with(|| from.clone());
            }
            _ => {}
        }
    }
}

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Object(inner) if inner.is_empty())
}
