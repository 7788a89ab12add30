//! The ids of entries: `DB-012`.

use super::{Entry, Register, document};

/// What stands before the number where no entry says otherwise.
const PREFIX: &str = "DB";

/// Whether two ways to write an id mean the same: `12`, `DB-12`, `db-012`.
pub(super) fn is_same(id: &str, asked: &str) -> bool {
    if id.eq_ignore_ascii_case(asked) {
        return true;
    }
    let (Some((prefix, number)), Some(asked_number)) = (parts(id), number(asked)) else {
        return false;
    };
    let asked_prefix = parts(asked).map(|(prefix, _)| prefix);
    number == asked_number && asked_prefix.is_none_or(|asked| asked.eq_ignore_ascii_case(prefix))
}

fn parts(id: &str) -> Option<(&str, u32)> {
    let (prefix, number) = id.rsplit_once('-')?;
    Some((prefix, number.parse().ok()?))
}

fn number(id: &str) -> Option<u32> {
    id.rsplit('-').next()?.parse().ok()
}

impl Register {
    /// The id after all that were ever given away.
    pub(super) fn next_id(&self) -> String {
        let ids = self.entries.iter().flat_map(|entry| entry.formerly.iter().chain([&entry.id]));
        let taken: Vec<(&str, u32)> = ids.filter_map(|id| parts(id)).collect();
        let prefix = taken.first().map_or(PREFIX, |(prefix, _)| prefix);
        let last = taken.iter().map(|(_, number)| *number).max().unwrap_or(0);
        format!("{prefix}-{:03}", last + 1)
    }

    /// Gives an id to entries that have none, and another one to all but the oldest of those that share one. Says what it did.
    pub(super) fn number_anew(&mut self) -> Vec<String> {
        let mut notes = Vec::new();
        for index in 0..self.entries.len() {
            let Some(entry) = self.entries.get(index) else { break };
            let is_older = |other: &&Entry| {
                is_same(&other.id, &entry.id)
                    && (&other.added, &other.key) < (&entry.added, &entry.key)
            };
            let older = self.entries.iter().find(is_older).map(|older| older.title.clone());
            if !entry.id.is_empty() && older.is_none() {
                continue;
            }
            let (before, id) = (entry.clone(), self.next_id());
            notes.push(match older {
                Some(older) => format!(
                    "{} was given to two entries: it stays with “{older}”, and “{}” is {id} now",
                    before.id, before.title
                ),
                None => format!("“{}” had no id: it is {id} now", before.title),
            });
            if let Some(entry) = self.entries.get_mut(index) {
                if !before.id.is_empty() {
                    entry.formerly.push(before.id.clone());
                }
                entry.id = id;
                document::write(&mut self.document, &before, entry);
            }
        }
        notes
    }
}
