//! A foreign key that nothing serves.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "unindexed-foreign-key",
    family: Family::Index,
    kind: Kind::Performance,
    priority: Priority::Medium,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "a foreign key without an index that serves it",
    rationale: "\
PostgreSQL makes an index for what is referred to, but none for what refers. When a row that is referred to is deleted or its key \
changes, the rows that refer to it are searched, one statement a key, and without an index each reads the whole table while it holds \
locks. Joins in that direction read it as well.

An index serves a key when it begins with its columns, in any order, or with the one that is unique on the other side, or when a part \
of its columns is already unique. One `WHERE column IS NOT NULL` serves, as a search for a key never looks for null; any other \
predicate leaves rows out. Keys of partitions are as those of their table. A table that is known to be small, and a \
reference to a list of types, are told with a low priority.",
    sources: &[
        "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK",
    ],
    impact: "Deletes on the other side read the whole table for each row, and hold their locks meanwhile",
    mitigation: "Create the index",
    blocking: Blocking::No("all is found, slowly"),
    needs: &[],
    look: Look::Sql(include_str!("unindexed_foreign_key.sql")),
    fixture: Fixture::Schema { fault: include_str!("unindexed_foreign_key/fault.sql"), alike: include_str!("unindexed_foreign_key/alike.sql") },
};
