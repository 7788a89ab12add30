//! A reference of another type than what it refers to.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "foreign-key-type-mismatch",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Medium,
    certainty: Certainty::Certain,
    effort: Effort::Medium,
    title: "a foreign key whose two sides have different types",
    rationale: "\
An `integer` that refers to a `bigint` works until the key passes 2,147,483,647, when no row can refer to the new ones. Other pairs are \
compared with a cast in every join, which may leave an index aside.

Text and varchar are one type for this. A column that is wider than the key it refers to does no harm itself: such columns are told in \
one line for the key, with a low priority, as it is the key that will run out.",
    sources: &[
        "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK",
    ],
    impact: "Inserts fail once the key has grown past what the column can hold",
    mitigation: "Change the type of the column; of a large table in steps, with a second column",
    blocking: Blocking::No("nothing fails before the key has grown"),
    needs: &[],
    look: Look::Sql(with_tables!("foreign_key_type_mismatch.sql")),
    fixture: Fixture::Schema { fault: include_str!("foreign_key_type_mismatch/fault.sql"), alike: include_str!("foreign_key_type_mismatch/alike.sql") },
};
