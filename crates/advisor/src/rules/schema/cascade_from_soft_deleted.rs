//! A hard cascade among rows that are only marked.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "cascade-from-soft-deleted",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Low,
    certainty: Certainty::Hint,
    effort: Effort::Medium,
    title: "rows that are only marked as deleted, in the way of a cascade",
    rationale: "\
Two tables mark their rows as deleted, so that they can be restored; but a DELETE of one row in the first removes its rows of the second for good. \
One statement by hand, or a purge that was meant for the first table alone, and there is nothing to restore.

It is right where erasing a person or a tenant has to remove all: accept it with that reason.",
    sources: &[
        "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK",
    ],
    impact: "A purge of one table removes what could have been restored in another",
    mitigation: "Say RESTRICT where a delete is not meant, and purge the inner tables first",
    blocking: Blocking::No("it takes a real DELETE"),
    needs: &[],
    look: Look::Sql(with_tables!("cascade_from_soft_deleted.sql")),
    fixture: Fixture::Schema { fault: include_str!("cascade_from_soft_deleted/fault.sql"), alike: include_str!("cascade_from_soft_deleted/alike.sql") },
};
