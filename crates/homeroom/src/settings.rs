//! Settings of groups and classes, and what of them is in force: merged from the root down, with where each key came from.

use std::collections::BTreeMap;

use diesel::sql_types::{Array, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::ids::GroupId;
use crate::json::jsonb_column;
use crate::schema::Ltree as LtreeSql;
use homeroom_ltree::Ltree;

/// What a group or a class sets: any keys, in JSON objects that are merged key by key.
///
/// ```
/// use homeroom::Settings;
/// use serde_json::json;
///
/// let settings: Settings = serde_json::from_value(json!({ "language": "es", "chat": { "max_turns": 50 } }))?;
/// assert_eq!(settings.get("language"), Some(&json!("es")));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(
    Debug,
    Clone,
    Default,
    PartialEq,
    Serialize,
    Deserialize,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = Jsonb)]
pub struct Settings {
    /// What a person may store, unless their own limits say otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<StorageSettings>,
    /// Every other key, preserved as it is.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

jsonb_column!(Settings);

/// The storage limits that a group sets for its people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageSettings {
    /// The largest single file, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_file_size_bytes: Option<u64>,
    /// All files of a person together, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage_quota_bytes: Option<u64>,
    /// Every other key, preserved as it is.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Settings {
    /// The value of a key that has no field of its own.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.other.get(key)
    }

    /// The same with a key set.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.other.insert(key.into(), value.into());
        self
    }
}

/// What is in force at a group, and where each key came from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EffectiveSettings {
    /// The settings as one object.
    pub settings: Settings,
    /// For each key that is not an object (`chat.max_turns`): the group that set it, and its path.
    pub provenance: BTreeMap<String, Provenance>,
}

/// The group whose settings are in force for a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// Its id; `None` for the system's default.
    pub group_id: Option<GroupId>,
    /// Its path; `None` for the system's default.
    pub path: Option<Ltree>,
}

/// What is in force where no group says otherwise: 10 MiB a file, 1 GiB in all.
#[must_use]
pub fn system_default() -> Settings {
    Settings {
        storage: Some(StorageSettings {
            max_file_size_bytes: Some(10 << 20),
            storage_quota_bytes: Some(1 << 30),
            other: Map::new(),
        }),
        other: Map::new(),
    }
}

#[derive(diesel::QueryableByName)]
struct Leaf {
    #[diesel(sql_type = Array<Text>)]
    key: Vec<String>,
    #[diesel(sql_type = Jsonb)]
    value: Value,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    group_id: Option<GroupId>,
    #[diesel(sql_type = Nullable<LtreeSql>)]
    path: Option<Ltree>,
}

impl EffectiveSettings {
    /// What is in force at a live group: the system's default, then its ancestors' settings from the root down, then its own;
    /// objects are merged key by key, anything else of a child replaces its parent's.
    ///
    /// One round trip (`settings/effective.sql`), no lock.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such live group.
    pub async fn of_group(mut conn: &AsyncPgConnection, id: GroupId) -> Result<Self> {
        let leaves: Vec<Leaf> = diesel::sql_query(include_str!("settings/effective.sql"))
            .bind::<SqlUuid, _>(id)
            .bind::<Jsonb, _>(system_default())
            .load(&mut conn)
            .await?;
        // The system's default is never empty, so that no rows at all means no group.
        if leaves.is_empty() {
            return Err(Error::not_found("group", id));
        }
        let mut merged = Map::new();
        let mut provenance = BTreeMap::new();
        for Leaf { key, value, group_id, path } in leaves {
            provenance.insert(key.join("."), Provenance { group_id, path });
            insert(&mut merged, &key, value);
        }
        let settings = serde_json::from_value(Value::Object(merged)).map_err(|error| {
            Error::invalid("settings", format!("what groups set does not fit together: {error}"))
        })?;
        Ok(Self { settings, provenance })
    }
}

fn insert(object: &mut Map<String, Value>, key: &[String], value: Value) {
    match key {
        [] => {}
        [last] => {
            object.insert(last.clone(), value);
        }
        [first, rest @ ..] => {
            let inner = object.entry(first.clone()).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}
