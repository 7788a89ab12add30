//! Tables of which the planner knows nothing, or nothing new.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "stale-statistics",
    family: Family::Configuration,
    kind: Kind::Performance,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Trivial,
    title: "a table that was not analysed since most of its rows changed",
    rationale: "\
The planner chooses by the statistics that ANALYZE keeps. A table of 8 MB and more is reported when it was never analysed, or when \
more than three times as many rows have changed as autovacuum waits for.

Partitioned tables are their own case: autovacuum analyses the partitions, but never the table as a whole, and queries of several \
partitions are planned without statistics until somebody runs ANALYZE.",
    sources: &["https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-STATISTICS"],
    impact: "Plans are made for a table that is no longer so",
    mitigation: "Run ANALYZE on it",
    blocking: Blocking::No("it is a matter of speed"),
    needs: &[],
    look: Look::Sql(include_str!("stale_statistics.sql")),
    fixture: Fixture::Test("tests/it/configuration.rs"),
};
