//! A default that was now, once.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "frozen-default",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::High,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "a default that is one fixed moment",
    rationale: "\
`DEFAULT 'now'` and a time that a tool wrote out are taken when the table is made: each row that comes later gets that one moment.

The column is named as a time of a row, and the default is a date of these years with a fraction of a second, which nobody types.",
    sources: &[
        "https://www.postgresql.org/docs/current/functions-datetime.html#FUNCTIONS-DATETIME-CURRENT",
    ],
    impact: "All rows say that they were made at one moment",
    mitigation: "Make now() the default",
    blocking: Blocking::No("rows that name their time are right"),
    needs: &[],
    look: Look::Sql(with_tables!("frozen_default.sql")),
    fixture: Fixture::Schema { fault: include_str!("frozen_default/fault.sql"), alike: include_str!("frozen_default/alike.sql") },
};
