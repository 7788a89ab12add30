//! Dead rows that nobody removes.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "dead-rows",
    family: Family::Configuration,
    kind: Kind::Performance,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "a table with far more dead rows than autovacuum waits for",
    rationale: "\
Autovacuum begins when the dead rows of a table pass its threshold and a share of the rows (`autovacuum_vacuum_scale_factor`, that \
of the table where it has one). Twice that, in a table where they are a fifth of all and 10,000 at least, says that it does not \
keep up: an old transaction holds the rows, locks end it again and again, or its limits are too low for the load.",
    sources: &[
        "https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-SPACE-RECOVERY",
        "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ALL-TABLES-VIEW",
    ],
    impact: "Every scan reads the dead rows too",
    mitigation: "Look for old transactions and for what autovacuum says in the log, then lower the scale factor of the table",
    blocking: Blocking::No("it is a matter of speed"),
    needs: &[],
    look: Look::Sql(include_str!("dead_rows.sql")),
    fixture: Fixture::Test("tests/it/configuration.rs"),
};
