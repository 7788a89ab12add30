//! Names that are unique only where there is a scope.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "null-scope-in-unique",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "uniqueness in a scope that may be null",
    rationale: "\
Unique on `(parent_id, slug)` does not count rows without a parent against each other: null is not equal to null. At the root, or for what belongs to everyone, there can be \
any number of one name.

One column of the key may be null and is a foreign key, and the rest holds a name. It passes with NULLS NOT DISTINCT (PostgreSQL 15), with a predicate that leaves nulls \
out, and where a second unique index counts those without the scope.",
    sources: &[
        "https://www.postgresql.org/docs/current/indexes-unique.html",
    ],
    impact: "Two rows without a scope have one name",
    mitigation: "Say NULLS NOT DISTINCT, or add a unique index WHERE the scope IS NULL",
    blocking: Blocking::No("it takes a double at the root"),
    needs: &[],
    look: Look::Sql(with_tables!("null_scope_in_unique.sql")),
    fixture: Fixture::Schema { fault: include_str!("null_scope_in_unique/fault.sql"), alike: include_str!("null_scope_in_unique/alike.sql") },
};
