//! An index that tells too little apart.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "low-cardinality-index",
    family: Family::Index,
    kind: Kind::Performance,
    priority: Priority::Low,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "an index on one column with few values",
    rationale: "\
An index on a column of two or three values, each of them common, points at nearly every page of the table: reading the table is \
faster, and the planner knows. It is still written at each change.

By the statistics there are at most 10 values, none of them rarer than in 5 % of the rows (an index finds a rare one), and the table \
is not in the order of the column. The table has at least 10,000 rows. Indexes of foreign keys and constraints are needed and not named. \
Who may not read the table sees no statistics of it, and finds nothing.",
    sources: &[
        "https://www.postgresql.org/docs/current/indexes-partial.html",
        "https://www.postgresql.org/docs/current/view-pg-stats.html",
    ],
    impact: "Every write pays for an index that no query is faster with",
    mitigation: "Drop it, or index what is searched for: another column first, or a predicate on the rare value",
    blocking: Blocking::No("it costs time and space only"),
    needs: &[],
    look: Look::Sql(include_str!("low_cardinality_index.sql")),
    fixture: Fixture::Test("tests/it/statistics.rs"),
};
