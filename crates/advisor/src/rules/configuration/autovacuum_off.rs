//! Autovacuum that is off.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "autovacuum-off",
    family: Family::Configuration,
    kind: Kind::Reliability,
    priority: Priority::High,
    certainty: Certainty::Certain,
    effort: Effort::Trivial,
    title: "autovacuum is off for the whole server",
    rationale: "\
Without autovacuum dead rows stay, tables and indexes grow, statistics grow old and plans bad, and a vacuum against wraparound \
comes all at once. `track_counts` off comes to the same. A server that listens to nobody but its own user passes.",
    sources: &["https://www.postgresql.org/docs/current/routine-vacuuming.html#AUTOVACUUM"],
    impact: "Tables grow, and queries get slower with them",
    mitigation: "Turn it on; for a load that it disturbs, tune its cost limits or single tables",
    blocking: Blocking::No("it gets worse slowly"),
    needs: &[],
    look: Look::Sql(include_str!("autovacuum_off.sql")),
    fixture: Fixture::Test("tests/it/configuration.rs"),
};
