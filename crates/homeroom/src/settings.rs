//! Settings of groups and classes, and what of them is in force: merged from the root down, with where each key came from.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{self, Array, Jsonb, Nullable};
use homeroom_ltree::Ltree;
use homeroom_operations::operations;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::ids::{ClassId, GroupId};
use crate::json::jsonb_column;
use crate::schema::Ltree as LtreeSql;
use crate::statement::statement;

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
    /// What groups and classes below may not set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub locked: BTreeMap<String, Lock>,
    /// Every other key, preserved as it is.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

jsonb_column!(Settings);

/// Locks, in the shape of the settings that they lock.
///
/// ```
/// use homeroom::Settings;
/// use serde_json::json;
///
/// let settings = Settings::default().with("language", "es").lock(&["language"]).lock(&["chat", "max_turns"]);
/// let locked = json!({ "language": true, "chat": { "max_turns": true } });
/// assert_eq!(serde_json::to_value(&settings)?, json!({ "language": "es", "locked": locked }));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Lock {
    /// Whether the key is locked, with all that is in it.
    Key(bool),
    /// Locks of keys in an object.
    Inner(BTreeMap<String, Self>),
}

/// The storage limits that a group sets for its people: for all of them, and for those of a role.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StorageSettings {
    /// For people of every role.
    #[serde(flatten)]
    pub limits: StorageLimitSettings,
    /// For people of one role, over those for all.
    #[serde(default, skip_serializing_if = "RoleStorageSettings::is_empty")]
    pub roles: RoleStorageSettings,
}

/// The storage limits that a group sets for the people of each role.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each field is named after the role that it is for")]
pub struct RoleStorageSettings {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_admin: Option<StorageLimitSettings>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_admin: Option<StorageLimitSettings>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teacher: Option<StorageLimitSettings>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub student: Option<StorageLimitSettings>,
    /// Every other key, preserved as it is.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl RoleStorageSettings {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Limits of what a person may store; `None` leaves one to the groups above.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StorageLimitSettings {
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

    /// The same with a key locked, which is named from the outermost object inwards: nothing below may set it, or replace
    /// an object that it is in.
    #[must_use]
    pub fn lock(mut self, key: &[&str]) -> Self {
        let mut inner = &mut self.locked;
        if let [outer @ .., last] = key {
            for name in outer {
                let lock = inner.entry((*name).to_owned()).or_insert(Lock::Key(false));
                match lock {
                    // All that is in it is locked already.
                    Lock::Key(true) => return self,
                    Lock::Key(false) => *lock = Lock::Inner(BTreeMap::new()),
                    Lock::Inner(_) => {}
                }
                let Lock::Inner(next) = lock else { return self };
                inner = next;
            }
            inner.insert((*last).to_owned(), Lock::Key(true));
        }
        self
    }
}

/// What is in force at a group or a class, and where each key came from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EffectiveSettings {
    /// The settings as one object, without `locked`.
    pub settings: Settings,
    /// For each key that is not an object (`chat.max_turns`): who set it.
    pub provenance: BTreeMap<String, Provenance>,
    /// For each locked key: the highest that locked it. Nothing below may set it, or replace the object that it is in.
    pub locked: BTreeMap<String, Provenance>,
}

/// Whose settings are in force for a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// The group, or that of the class; `None` for the system's default.
    pub group_id: Option<GroupId>,
    /// The group's path; `None` for the system's default.
    pub path: Option<Ltree>,
    /// The class, where it is one that set the key.
    pub class_id: Option<ClassId>,
}

/// What is in force where nobody says otherwise: 10 MiB a file, 1 GiB in all. The database has it as
/// `system_default_settings()`.
#[must_use]
pub fn system_default() -> Settings {
    let limits = StorageLimitSettings {
        max_file_size_bytes: Some(10 << 20),
        storage_quota_bytes: Some(1 << 30),
        other: Map::new(),
    };
    let storage = StorageSettings { limits, roles: RoleStorageSettings::default() };
    Settings { storage: Some(storage), ..Settings::default() }
}

statement! {
    ReadEffective, "settings/effective.sql",
    binds {
        group_id: Option<GroupId> => Nullable<sql_types::Uuid>,
        class_id: Option<ClassId> => Nullable<sql_types::Uuid>,
    },
    returns (
        sql_types::Bool,
        Array<sql_types::Text>,
        Jsonb,
        Nullable<sql_types::Uuid>,
        Nullable<sql_types::Uuid>,
        Nullable<LtreeSql>,
    )
}

/// A key with its value, or a lock of it, and who set it.
#[derive(Queryable)]
struct Entry {
    is_lock: bool,
    key: Vec<String>,
    value: Value,
    group_id: Option<GroupId>,
    class_id: Option<ClassId>,
    path: Option<Ltree>,
}

#[operations]
impl EffectiveSettings {
    /// What is in force at a live group: the system's default, then its ancestors' settings from the root down, then its own.
    ///
    /// Objects are merged key by key; anything else of a child replaces its parent's, unless somebody above has locked it.
    /// One statement (`settings/effective.sql`), one round trip, no lock on rows.
    ///
    /// ```no_run
    /// # use homeroom::{EffectiveSettings, GroupId};
    /// # async fn example(db: &homeroom::Database, school: GroupId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let effective = EffectiveSettings::of_group(&conn, school).await?;
    /// for (key, from) in &effective.provenance {
    ///     println!("{key} comes from {:?}", from.path);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such live group; [`Error::Invalid`] when a key that has a type here has another
    /// one in what was merged.
    pub async fn of_group(conn: &Connection, id: GroupId) -> Result<Self> {
        let read = ReadEffective { group_id: Some(id), class_id: None };
        Self::read(conn, read).await?.ok_or_else(|| Error::not_found("group", id))
    }

    /// What is in force in a live class: as [`EffectiveSettings::of_group`] at its group, then the class's own settings.
    ///
    /// The same statement (`settings/effective.sql`), one round trip, no lock.
    ///
    /// ```no_run
    /// # use homeroom::{ClassId, EffectiveSettings};
    /// # async fn example(db: &homeroom::Database, class: ClassId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let effective = EffectiveSettings::of_class(&conn, class).await?;
    /// let locked = effective.locked.contains_key("chat.max_turns");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such live class in a live group; [`Error::Invalid`] as
    /// [`EffectiveSettings::of_group`].
    pub async fn of_class(conn: &Connection, id: ClassId) -> Result<Self> {
        let read = ReadEffective { group_id: None, class_id: Some(id) };
        Self::read(conn, read).await?.ok_or_else(|| Error::not_found("class", id))
    }

    async fn read(mut conn: &Connection, read: ReadEffective) -> Result<Option<Self>> {
        let entries: Vec<Entry> = diesel_async::RunQueryDsl::load(read, &mut conn).await?;
        // The system's default is never empty, so that no rows at all means no such place.
        if entries.is_empty() {
            return Ok(None);
        }
        let mut merged = Map::new();
        let (mut provenance, mut locked) = (BTreeMap::new(), BTreeMap::new());
        for Entry { is_lock, key, value, group_id, class_id, path } in entries {
            let from = Provenance { group_id, path, class_id };
            if is_lock {
                locked.insert(key.join("."), from);
            } else {
                provenance.insert(key.join("."), from);
                insert(&mut merged, &key, value);
            }
        }
        let settings = serde_json::from_value(Value::Object(merged)).map_err(|error| {
            Error::invalid("settings", format!("what was merged does not fit together: {error}"))
        })?;
        Ok(Some(Self { settings, provenance, locked }))
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
