//! An end that may come before its beginning.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "range-may-be-backwards",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Low,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "a range that may end before it begins",
    rationale: "\
A row whose end comes before its beginning is in no range and in no list, or has a negative length. A check, or a range type, refuses it.

Pairs of one type are found by their names, such as starts_at and ends_at. It passes where a check, a trigger or an index of a range has both.",
    sources: &[
        "https://www.postgresql.org/docs/current/rangetypes.html",
        "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS",
    ],
    impact: "Such a row is found by no search, or has a negative length",
    mitigation: "Add the check",
    blocking: Blocking::No("programs that are right write the begin first"),
    needs: &[],
    look: Look::Sql(with_tables!("range_may_be_backwards.sql")),
    fixture: Fixture::Schema { fault: include_str!("range_may_be_backwards/fault.sql"), alike: include_str!("range_may_be_backwards/alike.sql") },
};
