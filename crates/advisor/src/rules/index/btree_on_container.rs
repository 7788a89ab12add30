//! A B-tree on what should be looked into.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "btree-on-container",
    family: Family::Index,
    kind: Kind::Performance,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "a B-tree index on an array or on jsonb",
    rationale: "\
A B-tree compares whole values: it serves `tags = '{a,b}'`, which nobody asks, but neither `tags @> '{a}'` nor `settings @> …` nor any \
search by what is in the value. A GIN index does. A value of more than a third of a page can't even be inserted.

Indexes of one column are named, unless they are unique: to forbid the same array twice is a use of a B-tree.",
    sources: &[
        "https://www.postgresql.org/docs/current/gin.html",
        "https://www.postgresql.org/docs/current/datatype-json.html#JSON-INDEXING",
    ],
    impact: "Searches for what is in the values read the table, and every write pays",
    mitigation: "Replace it by a GIN index, or drop it",
    blocking: Blocking::No("searches are slow, not wrong"),
    needs: &[],
    look: Look::Sql(include_str!("btree_on_container.sql")),
    fixture: Fixture::Schema { fault: include_str!("btree_on_container/fault.sql"), alike: include_str!("btree_on_container/alike.sql") },
};
