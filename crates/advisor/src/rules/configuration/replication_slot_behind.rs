//! Replication slots that nobody reads.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "replication-slot-behind",
    family: Family::Configuration,
    kind: Kind::Reliability,
    priority: Priority::High,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "a replication slot without a reader that holds back WAL",
    rationale: "\
A slot keeps all WAL that its reader has not read yet, and one whose reader is gone does so until the disk is full or \
`max_slot_wal_keep_size` ends it. It is reported when nobody is connected to it and more is kept than `max_wal_size`.",
    sources: &[
        "https://www.postgresql.org/docs/current/view-pg-replication-slots.html",
        "https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-MAX-SLOT-WAL-KEEP-SIZE",
    ],
    impact: "The disk fills up, and the server stops",
    mitigation: "Drop the slot, or bring its reader back",
    blocking: Blocking::No("there is time until the disk is full"),
    needs: &[],
    look: Look::Sql(include_str!("replication_slot_behind.sql")),
    fixture: Fixture::Test("tests/it/configuration.rs"),
};
