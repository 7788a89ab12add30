//! Tables that autovacuum leaves alone.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "table-without-autovacuum",
    family: Family::Configuration,
    kind: Kind::Reliability,
    priority: Priority::Medium,
    certainty: Certainty::Certain,
    effort: Effort::Trivial,
    title: "a table with autovacuum_enabled = off",
    rationale: "\
The option is set for a bulk load and forgotten. The table then keeps its dead rows, its statistics stay those of an earlier day, \
and the vacuum against wraparound comes all at once, as that one can't be turned off.

The option for a table's TOAST table alone passes.",
    sources: &["https://www.postgresql.org/docs/current/sql-createtable.html#RELOPTION-AUTOVACUUM-ENABLED"],
    impact: "The table grows, and its plans are made with old statistics",
    mitigation: "Take the option away, and ANALYZE the table after bulk loads",
    blocking: Blocking::No("it gets worse slowly"),
    needs: &[],
    look: Look::Sql(include_str!("table_without_autovacuum.sql")),
    fixture: Fixture::Schema {
        fault: include_str!("table_without_autovacuum/fault.sql"),
        alike: include_str!("table_without_autovacuum/alike.sql"),
    },
};
