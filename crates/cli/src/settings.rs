//! Settings in force as a table: each key, its value and who set it.

use homeroom::{EffectiveSettings, Provenance};
use serde_json::Value;

use crate::terminal::{Rows, bytes};

/// The table of settings; `named` tells the group that set a key, where it is known.
pub(crate) fn table(
    effective: &EffectiveSettings,
    named: impl Fn(&Provenance) -> Option<String>,
) -> String {
    let values = serde_json::to_value(&effective.settings).unwrap_or_default();
    let mut rows = Rows::new(&["key", "value", "set by"]);
    for (key, from) in &effective.provenance {
        let set_by = named(from).or_else(|| from.path.as_ref().map(ToString::to_string));
        let set_by = set_by.unwrap_or_else(|| "system default".to_owned());
        rows.add([key.clone(), value(&values, key), set_by]);
    }
    rows.text()
}

/// The value of a key such as `chat.max_turns`.
fn value(settings: &Value, key: &str) -> String {
    let value = key.split('.').try_fold(settings, |value, name| value.get(name));
    match value {
        Some(Value::Number(number)) if key.ends_with("_bytes") => {
            number.as_u64().map_or_else(|| number.to_string(), bytes)
        }
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        // A name with a dot in it.
        None => String::new(),
    }
}
