//! The merge law of settings, as a model without a database.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

type Key = Vec<String>;

/// What a group sets and locks, or what several of them do, one below the other.
///
/// A write hides those above it at the same key, in it, and around it. A hidden one is kept: the write that hides it may
/// itself turn out to be locked from above.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Layer {
    /// The last write of each key, and how many writes it stands on: those at comparable keys, one on the other.
    writes: BTreeMap<Key, (usize, Value)>,
    locks: BTreeSet<Key>,
}

impl Layer {
    pub(super) fn of(settings: &Value) -> Self {
        let mut settings = settings.clone();
        let locked = settings.as_object_mut().and_then(|object| object.remove("locked"));
        let mut leaves = Vec::new();
        open(&settings, &mut Vec::new(), &mut leaves);
        let mut locks = Vec::new();
        open(&locked.unwrap_or_default(), &mut Vec::new(), &mut locks);
        Self {
            writes: leaves.into_iter().map(|(key, value)| (key, (0, value))).collect(),
            locks: locks.into_iter().filter(|(_, on)| *on == true).map(|(key, _)| key).collect(),
        }
    }

    /// What the two are together, with `below` below this one.
    pub(super) fn then(&self, below: &Self) -> Self {
        let unlocked =
            below.writes.iter().filter(|(key, _)| !self.locks.iter().any(|l| comparable(l, key)));
        // In the order of the writes: those of equal height are at keys that have nothing to do with each other.
        let mut order: Vec<(usize, usize, &Key, &Value)> = Vec::new();
        order.extend(self.writes.iter().map(|(key, (height, value))| (0, *height, key, value)));
        order.extend(unlocked.map(|(key, (height, value))| (1, *height, key, value)));
        order.sort_by_key(|(layer, height, key, _)| (*layer, *height, (*key).clone()));
        let mut together = Self { writes: BTreeMap::new(), locks: &self.locks | &below.locks };
        for (at, (_, _, key, value)) in order.iter().enumerate() {
            // A later write of the same key takes its place.
            if order[at + 1..].iter().any(|(_, _, later, _)| later == key) {
                continue;
            }
            let beneath = together.writes.iter().filter(|(other, _)| comparable(other, key));
            let height = beneath.map(|(_, (height, _))| height + 1).max().unwrap_or(0);
            together.writes.insert((*key).clone(), (height, (*value).clone()));
        }
        together
    }

    /// The keys in force.
    pub(super) fn in_force(&self) -> BTreeMap<Key, Value> {
        let shown = |key: &Key, height: usize| {
            !self.writes.iter().any(|(other, (above, _))| *above > height && comparable(other, key))
        };
        let writes = self.writes.iter().filter(|(key, (height, _))| shown(key, *height));
        writes.map(|(key, (_, value))| (key.clone(), value.clone())).collect()
    }

    /// What is in force, as one object.
    pub(super) fn render(&self) -> Value {
        let mut root = Value::Object(Map::new());
        for (key, value) in self.in_force() {
            let mut place = &mut root;
            for name in key {
                let object = place.as_object_mut().expect("keys in force are in objects");
                place = object.entry(name).or_insert_with(|| Value::Object(Map::new()));
            }
            *place = value;
        }
        root
    }

    pub(super) fn locks(&self) -> &BTreeSet<Key> {
        &self.locks
    }
}

/// Whether one of the keys is the other or in it.
pub(super) fn comparable(one: &Key, other: &Key) -> bool {
    one.iter().zip(other).all(|(a, b)| a == b)
}

fn open(value: &Value, key: &mut Key, leaves: &mut Vec<(Key, Value)>) {
    match value {
        Value::Object(inner) => {
            for (name, value) in inner {
                key.push(name.clone());
                open(value, key, leaves);
                key.pop();
            }
        }
        Value::Null if key.is_empty() => {}
        leaf => leaves.push((key.clone(), leaf.clone())),
    }
}
