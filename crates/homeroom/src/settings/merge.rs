//! Merges what is set from the root down. Here and not in the database: reading the few levels is a tenth of the work.

use std::collections::BTreeMap;
use std::ops::Bound;

use serde_json::{Map, Value};

use crate::settings::Provenance;

/// A key from the outermost object inwards.
type Key = Vec<String>;

/// What is in force after the levels that were merged.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// The value of each key that is not an object, and who set it. None of them is in another.
    pub(super) leaves: BTreeMap<Key, (Value, Provenance)>,
    /// The highest that locked each key.
    pub(super) locks: BTreeMap<Key, Provenance>,
}

impl Merged {
    /// Merges the next level below those that were merged.
    pub(super) fn add(&mut self, from: &Provenance, mut settings: Map<String, Value>) {
        let locks = settings.remove("locked");
        for (key, value) in leaves(Value::Object(settings)) {
            // Neither a locked key may be set, nor what would replace the object that it is in.
            if overlapping(&self.locks, &key).next().is_some() {
                continue;
            }
            // Deeper levels win: on the same key, and where one of the two has an object and the other has not.
            let hidden: Vec<Key> = overlapping(&self.leaves, &key).cloned().collect();
            for key in hidden {
                self.leaves.remove(&key);
            }
            self.leaves.insert(key, (value, from.clone()));
        }
        for (key, value) in locks.map(leaves).unwrap_or_default() {
            if value == Value::Bool(true) {
                self.locks.entry(key).or_insert_with(|| from.clone());
            }
        }
    }
}

/// Opens objects down to what is none; an empty one sets nothing.
fn leaves(value: Value) -> Vec<(Key, Value)> {
    fn open(key: &mut Key, value: Value, found: &mut Vec<(Key, Value)>) {
        let Value::Object(inner) = value else {
            found.push((key.clone(), value));
            return;
        };
        for (name, value) in inner {
            key.push(name);
            open(key, value, found);
            key.pop();
        }
    }
    let mut found = Vec::new();
    open(&mut Key::new(), value, &mut found);
    found
}

/// The keys that are this one, in it, or around it.
fn overlapping<'a, V>(keys: &'a BTreeMap<Key, V>, key: &'a Key) -> impl Iterator<Item = &'a Key> {
    let around = (0..key.len()).filter_map(|length| key.get(..length));
    let around = around.filter_map(|outer| Some(keys.get_key_value(outer)?.0));
    // What is in an object stands behind its key, without anything else in between.
    let inside = keys.range::<Key, _>((Bound::Included(key), Bound::Unbounded));
    around.chain(inside.map(|(inner, _)| inner).take_while(|inner| inner.starts_with(key)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Merges levels, and returns the names of the keys with their values.
    fn merged(levels: &[Value]) -> Vec<String> {
        let mut merged = Merged::default();
        for level in levels {
            let from = Provenance { group_id: None, path: None, class_id: None };
            let Value::Object(settings) = level.clone() else { panic!("settings are an object") };
            merged.add(&from, settings);
        }
        merged.leaves.iter().map(|(key, (value, _))| format!("{} {value}", key.join("."))).collect()
    }

    #[test]
    fn a_value_replaces_an_object_and_an_object_a_value() {
        let object = json!({ "a": { "b": 1, "c": { "d": 2 } }, "ab": 3 });
        assert_eq!(merged(&[object.clone(), json!({ "a": 4 })]), ["a 4", "ab 3"]);
        assert_eq!(merged(&[json!({ "a": 4 }), object]), ["a.b 1", "a.c.d 2", "ab 3"]);
    }

    #[test]
    fn an_empty_object_sets_nothing_and_null_is_a_value() {
        assert_eq!(merged(&[json!({ "a": 1 }), json!({ "a": {} })]), ["a 1"]);
        assert_eq!(merged(&[json!({ "a": { "b": 1 } }), json!({ "a": null })]), ["a null"]);
    }

    #[test]
    fn a_lock_holds_its_key_what_is_in_it_and_what_it_is_in_but_not_its_own_level() {
        let above = json!({ "a": { "b": 1 }, "locked": { "a": { "b": true, "c": false } } });
        let below = json!({ "a": { "b": { "x": 2 }, "c": 3 } });
        assert_eq!(merged(&[above.clone(), below]), ["a.b 1", "a.c 3"]);
        assert_eq!(merged(&[above, json!({ "a": 2 })]), ["a.b 1"]);
    }
}
