//! Transactions that run out.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "wraparound",
    family: Family::Configuration,
    kind: Kind::Reliability,
    priority: Priority::High,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "a database that has not been frozen for too long",
    rationale: "\
There are 2^31 transactions between the oldest that is not frozen and the newest; before they run out the server refuses to write. \
Autovacuum freezes a table when it is `autovacuum_freeze_max_age` old, so an age a little above it is nothing. One half above it \
says that something keeps vacuum from its work: an old transaction, a prepared one, a replication slot, or vacuum that is too \
slow. What holds the oldest transaction is in the evidence.",
    sources: &[
        "https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND",
    ],
    impact: "In the end the server refuses all writes until it was vacuumed",
    mitigation: "End what holds it back, then VACUUM (FREEZE) the oldest tables",
    blocking: Blocking::No("there is time until 1.5 thousand million transactions"),
    needs: &[],
    look: Look::Sql(include_str!("wraparound.sql")),
    fixture: Fixture::Test("tests/it/configuration.rs"),
};
