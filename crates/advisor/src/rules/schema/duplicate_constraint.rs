//! A constraint that says what another says.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "duplicate-constraint",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Low,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "a constraint that is there twice",
    rationale: "\
Two foreign keys on the same columns check each row twice, and when their actions differ the stricter one decides, whatever the other promises. Two unique constraints keep two \
indexes. Two equal checks say that a migration ran twice.

The one that others need is kept, a primary key before a unique constraint, else the first by name. Where actions differ it is for people to choose.",
    sources: &[
        "https://www.postgresql.org/docs/current/ddl-constraints.html",
    ],
    impact: "Each write is checked twice, and changing the one changes nothing",
    mitigation: "Drop the one that nothing needs",
    blocking: Blocking::No("both say the same"),
    needs: &[],
    look: Look::Sql(with_tables!("duplicate_constraint.sql")),
    fixture: Fixture::Schema { fault: include_str!("duplicate_constraint/fault.sql"), alike: include_str!("duplicate_constraint/alike.sql") },
};
