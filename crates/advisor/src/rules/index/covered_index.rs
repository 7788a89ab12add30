//! An index whose keys are the first ones of another.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "covered-index",
    family: Family::Index,
    kind: Kind::Performance,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "an index whose work a longer one does",
    rationale: "\
A B-tree on `(a, b)` serves every search for `a`, so that one on `(a)` alone is written, vacuumed and cached for little. It is smaller \
and so a little faster for searches by `a` only; where that was measured, keep it and accept the finding with that reason.

Both are B-trees with the same operator classes, collations, predicate and order (or all of it reversed, as a tree is read both ways), \
and the longer one has all that the shorter one includes. What is unique, what a constraint, a replica identity or CLUSTER needs, and \
what belongs to the index of a partitioned table is never named: a shorter unique index says more than a longer one.",
    sources: &[
        "https://www.postgresql.org/docs/current/indexes-multicolumn.html",
    ],
    impact: "Every write pays for both",
    mitigation: "Drop the shorter one",
    blocking: Blocking::No("it costs time and space, and nothing is wrong with the data"),
    needs: &[],
    look: Look::Sql(include_str!("covered_index.sql")),
    fixture: Fixture::Schema { fault: include_str!("covered_index/fault.sql"), alike: include_str!("covered_index/alike.sql") },
};
