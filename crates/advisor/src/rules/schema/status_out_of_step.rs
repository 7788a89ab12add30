//! A status that may contradict its time.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "status-out-of-step",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Low,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "a status and a time that may contradict each other",
    rationale: "\
A table has a status that can be completed, deleted, archived and a nullable time for the same thing. Without a check a row is completed and has not \
ended, or is deleted by the one and alive by the other, and each query believes another column.

The values come from an enum type or a check. Of a status that takes any text only the end is told, as a hint. It passes where a check or a trigger has both columns.",
    sources: &[
        "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS",
    ],
    impact: "Queries that look at the one disagree with those that look at the other",
    mitigation: "Add the check, or keep one of the two",
    blocking: Blocking::No("programs that are right write both"),
    needs: &[],
    look: Look::Sql(with_tables!("status_out_of_step.sql")),
    fixture: Fixture::Schema { fault: include_str!("status_out_of_step/fault.sql"), alike: include_str!("status_out_of_step/alike.sql") },
};
