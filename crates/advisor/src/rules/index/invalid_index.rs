//! An index that serves nobody.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "invalid-index",
    family: Family::Index,
    kind: Kind::Reliability,
    priority: Priority::High,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "an index that is invalid",
    rationale: "\
`CREATE INDEX CONCURRENTLY` and `REINDEX CONCURRENTLY` that are broken off, by a duplicate, a deadlock or a lost connection, leave an \
invalid index behind. No query uses it; if it is ready, every write still pays for it, and a unique one already refuses duplicates. The \
index of a partitioned table is invalid until each partition has its part.

An index on a table that somebody locks as building an index does is passed over: it may be done soon.",
    sources: &[
        "https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
    ],
    impact: "Queries that were to use it read the table, and writes may pay for it all the same",
    mitigation: "Build it again, or drop it",
    blocking: Blocking::No("queries are slow, not wrong"),
    needs: &[],
    look: Look::Sql(include_str!("invalid_index.sql")),
    fixture: Fixture::Schema { fault: include_str!("invalid_index/fault.sql"), alike: include_str!("invalid_index/alike.sql") },
};
