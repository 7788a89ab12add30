//! A code that takes any text.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "free-text-code",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Low,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "a column of codes that takes any text",
    rationale: "\
A status or a role is one of a few words that programs compare with. Text without a check takes `Active`, `actve` and the empty string too, which no \
branch of any program handles.

A column is taken for one of codes by its name (status, state, role, kind, type, visibility), by a default of one word, or by having at most 12 values in 1,000 \
rows or more. Classes of Rails and of polymorphic references, states of an address and of a sign-in elsewhere, kinds of events and jobs are not a closed list. \
An enum type, a check, a foreign key or a key of its own make it one.",
    sources: &[
        "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS",
        "https://www.postgresql.org/docs/current/datatype-enum.html",
    ],
    impact: "A misspelt code is stored, and the row is in no list",
    mitigation: "Add a check of the values, or a table of them",
    blocking: Blocking::No("programs that are right write known codes"),
    needs: &[],
    look: Look::Sql(with_tables!("free_text_code.sql")),
    fixture: Fixture::Schema { fault: include_str!("free_text_code/fault.sql"), alike: include_str!("free_text_code/alike.sql") },
};
