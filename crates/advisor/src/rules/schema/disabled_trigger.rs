//! A trigger that is switched off.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "disabled-trigger",
    family: Family::Schema,
    kind: Kind::Reliability,
    priority: Priority::High,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "a trigger that is disabled",
    rationale: "\
`ALTER TABLE … DISABLE TRIGGER` is for a moment of maintenance, and outlives it when the second half is forgotten. With ALL it switches foreign keys off as well, which stay in the catalog as if \
they were enforced; only a superuser can do that.",
    sources: &[
        "https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DISABLE-ENABLE-TRIGGER",
    ],
    impact: "What the trigger keeps is not kept",
    mitigation: "Enable it, and mend what was written meanwhile; or drop it",
    blocking: Blocking::No("what it kept is not kept since then"),
    needs: &[],
    look: Look::Sql(with_tables!("disabled_trigger.sql")),
    fixture: Fixture::Schema {
        fault: include_str!("disabled_trigger/fault.sql"),
        alike: include_str!("disabled_trigger/alike.sql"),
    },
};
