//! Settings in force as a table: each key, its value and who set it.

use homeroom::{EffectiveSettings, Provenance};
use serde_json::Value;

use crate::terminal::{Rows, bytes};

/// The table of settings; `named` tells the group that set or locked a key, where it is known.
pub(crate) fn table(
    effective: &EffectiveSettings,
    named: impl Fn(&Provenance) -> Option<String>,
) -> String {
    let by = |from: &Provenance| {
        let by = named(from).or_else(|| from.path.as_ref().map(ToString::to_string));
        by.unwrap_or_else(|| "system default".to_owned())
    };
    let values = serde_json::to_value(&effective.settings).unwrap_or_default();
    let mut titles = vec!["key", "value", "set by"];
    if !effective.locked.is_empty() {
        titles.push("locked by");
    }
    let mut rows = Rows::new(&titles);
    for (key, from) in &effective.provenance {
        let mut cells = vec![key.clone(), value(&values, key), by(from)];
        if !effective.locked.is_empty() {
            let lock = effective.locked.iter().find(|(lock, _)| is_at_or_in(key, lock));
            cells.push(lock.map(|(_, from)| by(from)).unwrap_or_default());
        }
        rows.add(cells);
    }
    // What nobody has set before it was locked.
    for (lock, from) in &effective.locked {
        if !effective.provenance.keys().any(|key| is_at_or_in(key, lock)) {
            rows.add([lock.clone(), String::new(), String::new(), by(from)]);
        }
    }
    rows.text()
}

/// Whether a key is the other, or in it.
fn is_at_or_in(key: &str, other: &str) -> bool {
    key.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
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
