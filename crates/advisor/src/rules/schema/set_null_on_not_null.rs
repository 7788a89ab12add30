//! A foreign key that would empty what can't be empty.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "set-null-on-not-null",
    family: Family::Schema,
    kind: Kind::Reliability,
    priority: Priority::High,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "ON DELETE SET NULL on a column that is NOT NULL",
    rationale: "\
When what is referred to is deleted PostgreSQL sets the columns to null, which the constraint refuses: the delete fails, with an error about another \
table than the one it was for. SET DEFAULT without a default is the same.

Since PostgreSQL 15 a key can name the columns that are emptied; only those count.",
    sources: &[
        "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK",
    ],
    impact: "Deleting what is referred to fails",
    mitigation: "Drop the NOT NULL, or say CASCADE or RESTRICT",
    blocking: Blocking::No("deleting fails, and nothing is lost"),
    needs: &[],
    look: Look::Sql(with_tables!("set_null_on_not_null.sql")),
    fixture: Fixture::Schema { fault: include_str!("set_null_on_not_null/fault.sql"), alike: include_str!("set_null_on_not_null/alike.sql") },
};
