//! A size that may be below nothing.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "may-be-negative",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Low,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "sizes and quantities that may be negative",
    rationale: "\
A negative size, quota, quantity or sequence number is always a mistake of some program, and sums hide it. A check costs next to nothing.

Columns of integer or numeric types are named by their names: sizes, bytes, quotas, quantities, stock, seats, capacity, tokens, seq. Those with any \
check, of their own or of their domain, pass, as do those with a negative default (−1 often means no limit), keys, and tables of movements.",
    sources: &[
        "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS",
    ],
    impact: "A wrong number is stored and spoils the sums",
    mitigation: "Add the check",
    blocking: Blocking::No("programs that are right write nothing negative"),
    needs: &[],
    look: Look::Sql(with_tables!("may_be_negative.sql")),
    fixture: Fixture::Schema { fault: include_str!("may_be_negative/fault.sql"), alike: include_str!("may_be_negative/alike.sql") },
};
