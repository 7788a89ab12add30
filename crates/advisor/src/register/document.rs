//! How entries stand in the file: one line a key, changed in place.

use serde_json::Value as Json;
use toml_edit::{DocumentMut, Item, Key, TableLike, Value};

use super::OWN;
use super::entry::Entry;

/// The fields of an entry, in the order in which a new one is written.
const FIELDS: [&str; 28] = [
    "id",
    "rule",
    "object",
    "issue",
    "priority",
    "title",
    "impact",
    "effort",
    "tracking",
    "added",
    "source",
    "description",
    "effect",
    "mitigation",
    "blocking",
    "suggestion",
    "up",
    "down",
    "evidence",
    "check",
    "accepted",
    "completed",
    "reopened",
    "last_seen",
    "proof",
    "formerly",
    "wording",
    "page_row",
];
/// The last one, which stands apart as it is long.
const PAGE_DETAILS: &str = "page_details";

/// Whether the advisor writes a field as a date, or dates.
fn is_date(field: &str) -> bool {
    matches!(field, "added" | "last_seen" | "completed" | "reopened" | "until" | "updated")
}

/// The text of a string, a date or another plain value.
pub(super) fn text(item: &Item) -> Option<String> {
    match value(item)? {
        Json::String(text) => Some(text),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
        plain => Some(plain.to_string()),
    }
}

/// A value as JSON, with dates as text.
pub(super) fn value(item: &Item) -> Option<Json> {
    if let Some(table) = item.as_table_like() {
        let fields = table.iter().filter_map(|(key, item)| Some((key.to_owned(), value(item)?)));
        return Some(Json::Object(fields.collect()));
    }
    item.as_value().map(plain)
}

fn plain(value: &Value) -> Json {
    match value {
        Value::String(text) => Json::String(text.value().clone()),
        Value::Integer(number) => Json::from(*number.value()),
        Value::Float(number) => Json::from(*number.value()),
        Value::Boolean(boolean) => Json::from(*boolean.value()),
        Value::Datetime(date) => Json::String(date.value().to_string()),
        Value::Array(array) => array.iter().map(plain).collect(),
        Value::InlineTable(table) => {
            table.iter().map(|(key, value)| (key.to_owned(), plain(value))).collect()
        }
    }
}

/// Writes a new entry behind all others.
pub(super) fn insert(document: &mut DocumentMut, entry: &Entry) {
    let fields = fields(entry);
    let key = Key::new(&entry.key).display_repr().into_owned();
    // What stands at the end of the file, such as the heading of a new one, comes before it.
    let mut block = document.trailing().as_str().unwrap_or_default().to_owned();
    let is_first = document.is_empty();
    if !is_first || !block.is_empty() {
        block.push('\n');
    }
    let mut add = |name: &str, value: &Json| {
        block.push_str(&format!("{key}.{name} = {}\n", written(name, value)));
    };
    for name in FIELDS {
        if let Some(value) = fields.get(name) {
            add(name, value);
        }
    }
    for (table, labelled) in [("detail", &entry.details), ("cell", &entry.cells)] {
        for (label, text) in labelled {
            let label = Key::new(label);
            add(&format!("{table}.{}", label.display_repr()), &Json::from(text.as_str()));
        }
    }
    if let Some(value) = fields.get(PAGE_DETAILS) {
        add(PAGE_DETAILS, value);
    }
    if let Some((key, item)) = parsed(&block).as_table_mut().remove_entry(&entry.key) {
        document.set_trailing("");
        document.as_table_mut().insert_formatted(&key, item);
    }
}

/// Writes the fields of an entry that are others than before.
pub(super) fn write(document: &mut DocumentMut, before: &Entry, entry: &Entry) {
    let (before, after) = (fields(before), fields(entry));
    let Some(table) = document.get_mut(&entry.key).and_then(Item::as_table_like_mut) else {
        return;
    };
    for name in FIELDS.into_iter().chain([PAGE_DETAILS]) {
        match after.get(name) {
            value if value == before.get(name) => {}
            Some(value) => put(table, name, value),
            None => {
                table.remove(name);
            }
        }
    }
}

/// Says something of the register itself.
pub(super) fn set_own(document: &mut DocumentMut, name: &str, value: &str) {
    let json = Json::from(value);
    if let Some(table) = document.get_mut(OWN).and_then(Item::as_table_like_mut) {
        return put(table, name, &json);
    }
    let mut block = document.trailing().as_str().unwrap_or_default().to_owned();
    if !document.is_empty() || !block.is_empty() {
        block.push('\n');
    }
    block.push_str(&format!("{OWN}.{name} = {}\n", written(name, &json)));
    if let Some((key, item)) = parsed(&block).as_table_mut().remove_entry(OWN) {
        document.set_trailing("");
        document.as_table_mut().insert_formatted(&key, item);
    }
}

/// Puts a value in the place of another one, whose comment stays.
fn put(table: &mut dyn TableLike, name: &str, value: &Json) {
    let text = format!("x = {}\n", written(name, value));
    let Some(Item::Value(mut value)) = parsed(&text).remove("x") else { return };
    match table.get_mut(name).and_then(Item::as_value_mut) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => {
            table.insert(name, Item::Value(value));
        }
    }
}

fn fields(entry: &Entry) -> serde_json::Map<String, Json> {
    match serde_json::to_value(entry) {
        Ok(Json::Object(mut fields)) => {
            let is_plain = |name: &str| {
                matches!(name, "id" | "issue" | "priority" | "impact" | "effort" | "added")
            };
            fields.retain(|name, value| value.as_str() != Some("") || !is_plain(name));
            fields
        }
        _ => serde_json::Map::new(),
    }
}

/// A value on one line: a line is what git merges, and one of several lines could be torn apart.
fn written(name: &str, value: &Json) -> String {
    match value {
        Json::String(text) if is_date(name) && text.parse::<chrono::NaiveDate>().is_ok() => {
            text.clone()
        }
        // JSON escapes all that TOML wants escaped, but for one character.
        Json::String(text) => Json::from(text.as_str()).to_string().replace('\u{7f}', "\\u007f"),
        Json::Array(values) => {
            let values: Vec<String> = values.iter().map(|value| written(name, value)).collect();
            format!("[{}]", values.join(", "))
        }
        Json::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{name} = {}", written(name, value)))
                .collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => value.to_string(),
    }
}

/// A piece of TOML that was just made.
fn parsed(text: &str) -> DocumentMut {
    let parsed = text.parse();
    debug_assert!(parsed.is_ok(), "{parsed:?}\n{text}");
    parsed.unwrap_or_default()
}
