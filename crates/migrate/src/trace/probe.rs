//! Looks at what a session holds and at the relations of its database, before and after a statement.

use std::collections::BTreeMap;

use tokio_postgres::{Client, Error};

use super::{LockMode, Relation, RelationKind, TracedLock};

const RELATIONS: &str = include_str!("relations.sql");
const STATE: &str = include_str!("state.sql");

/// The relations that were there before a migration, by OID.
pub(super) struct Relations(BTreeMap<u32, Relation>);

impl Relations {
    pub(super) async fn read(client: &Client) -> Result<Self, Error> {
        let mut relations = BTreeMap::new();
        for row in client.query_typed(RELATIONS, &[]).await? {
            let Some(kind) = kind(row.try_get(1)?) else { continue };
            let relation = Relation { kind, name: row.try_get(2)?, table: row.try_get(4)? };
            relations.insert(row.try_get(0)?, relation);
        }
        Ok(Self(relations))
    }

    fn named(&self, oids: impl Iterator<Item = u32>) -> Vec<Relation> {
        let mut named: Vec<Relation> = oids.filter_map(|oid| self.0.get(&oid).cloned()).collect();
        named.sort();
        named
    }
}

fn kind(relkind: &str) -> Option<RelationKind> {
    Some(match relkind {
        "r" | "p" => RelationKind::Table,
        "m" => RelationKind::MaterializedView,
        "i" | "I" => RelationKind::Index,
        "v" => RelationKind::View,
        "S" => RelationKind::Sequence,
        "f" => RelationKind::ForeignTable,
        _ => return None,
    })
}

/// What a session holds and has done, and the files of its database's relations.
#[derive(Default)]
pub(super) struct State {
    locks: BTreeMap<u32, LockMode>,
    files: BTreeMap<u32, i64>,
    /// How often the open transaction has read each relation from end to end.
    scans: BTreeMap<u32, i64>,
}

impl State {
    pub(super) async fn read(client: &Client) -> Result<Self, Error> {
        let mut state = Self::default();
        for row in client.query_typed(STATE, &[]).await? {
            let oid = row.try_get(1)?;
            let number: Option<i64> = row.try_get(3)?;
            match row.try_get(0)? {
                "lock" => {
                    let mode: Option<&str> = row.try_get(2)?;
                    if let Some(mode) = mode.and_then(LockMode::parse) {
                        let held = state.locks.entry(oid).or_insert(mode);
                        *held = mode.max(*held);
                    }
                }
                "file" => state.files.extend(number.map(|file| (oid, file))),
                _ => state.scans.extend(number.map(|count| (oid, count))),
            }
        }
        Ok(state)
    }

    /// The locks that `after` has and this one has not, or in a weaker mode; the strongest first.
    pub(super) fn locks_taken(&self, after: &Self, relations: &Relations) -> Vec<TracedLock> {
        let taken = after.locks.iter().filter(|(oid, mode)| self.locks.get(oid) < Some(*mode));
        let named = taken.filter_map(|(oid, mode)| {
            Some(TracedLock { relation: relations.0.get(oid)?.clone(), mode: *mode })
        });
        let mut locks: Vec<TracedLock> = named.collect();
        locks.sort_by(|left, right| {
            right.mode.cmp(&left.mode).then_with(|| left.relation.cmp(&right.relation))
        });
        locks
    }

    /// The relations that have another file in `after`.
    pub(super) fn rewritten(&self, after: &Self, relations: &Relations) -> Vec<Relation> {
        relations.named(self.files.iter().filter_map(|(oid, file)| {
            after.files.get(oid).is_some_and(|now| now != file).then_some(*oid)
        }))
    }

    /// The relations that `after` has read more often.
    pub(super) fn scanned(&self, after: &Self, relations: &Relations) -> Vec<Relation> {
        relations.named(after.scans.iter().filter_map(|(oid, count)| {
            (*count > self.scans.get(oid).copied().unwrap_or(0)).then_some(*oid)
        }))
    }
}
