//! A constraint that was never checked.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "not-valid-constraint",
    family: Family::Schema,
    kind: Kind::Reliability,
    priority: Priority::Medium,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "a constraint that was left NOT VALID",
    rationale: "\
A constraint that is added NOT VALID holds for new rows; the second step, VALIDATE CONSTRAINT, is easily forgotten. Old rows may break it, the planner does not rely \
on it, and an update of an old row fails by surprise.",
    sources: &[
        "https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-VALIDATE-CONSTRAINT",
    ],
    impact: "Old rows may break it, and the next update of one fails",
    mitigation: "Mend what breaks it, then validate: it locks out no reader and no writer",
    blocking: Blocking::No("new rows are checked"),
    needs: &[],
    look: Look::Sql(with_tables!("not_valid_constraint.sql")),
    fixture: Fixture::Schema {
        fault: include_str!("not_valid_constraint/fault.sql"),
        alike: include_str!("not_valid_constraint/alike.sql"),
    },
};
