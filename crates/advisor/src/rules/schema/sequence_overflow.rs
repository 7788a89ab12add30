//! A sequence that comes to its end.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "sequence-overflow",
    family: Family::Schema,
    kind: Kind::Reliability,
    priority: Priority::Medium,
    certainty: Certainty::Certain,
    effort: Effort::Large,
    title: "a sequence that has used half of its numbers",
    rationale: "\
When a sequence, or the column that it feeds, has no number left, every insert fails at once. An `integer` key ends at 2,147,483,647, a `smallint` at 32,767. \
To widen the key of a large table takes weeks of preparing, or hours of downtime.

The share is that of the smaller of both ends. From 50 % it is told, from 75 % as high, from 90 % as critical. Sequences that cycle are meant to. \
The value is read of those that the role may use.",
    sources: &[
        "https://www.postgresql.org/docs/current/sql-createsequence.html",
        "https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-INT",
    ],
    impact: "All inserts fail on the day it ends",
    mitigation: "Widen the column and what refers to it to bigint, in steps",
    blocking: Blocking::No("there is time, which the priority tells"),
    needs: &[],
    look: Look::Sql(with_tables!("sequence_overflow.sql")),
    fixture: Fixture::Schema { fault: include_str!("sequence_overflow/fault.sql"), alike: include_str!("sequence_overflow/alike.sql") },
};
