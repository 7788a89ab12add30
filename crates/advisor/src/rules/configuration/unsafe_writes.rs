//! Settings that give up what was written.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "unsafe-writes",
    family: Family::Configuration,
    kind: Kind::Reliability,
    priority: Priority::High,
    certainty: Certainty::Certain,
    effort: Effort::Trivial,
    title: "a setting with which a crash loses or damages data",
    rationale: "\
`fsync`, `full_page_writes`, `zero_damaged_pages` and `ignore_checksum_failure` trade the data for speed or for a look at what is \
left after a disaster. `synchronous_commit = off` loses the last moments before a crash and damages nothing: it is reported with \
less weight, for the server and for databases and roles, to be accepted where it is meant. In one transaction or session anyone \
may set it, which nobody sees and nobody minds.

A server that listens to nobody but its own user passes: those are made for tests and thrown away.",
    sources: &["https://www.postgresql.org/docs/current/runtime-config-wal.html", "https://www.postgresql.org/docs/current/runtime-config-developer.html"],
    impact: "A crash loses or damages data",
    mitigation: "Set it back",
    blocking: Blocking::No("it takes a crash"),
    needs: &[],
    look: Look::Sql(include_str!("unsafe_writes.sql")),
    fixture: Fixture::Test("tests/it/configuration.rs"),
};
