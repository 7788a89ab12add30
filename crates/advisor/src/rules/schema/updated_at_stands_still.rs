//! A time of the last change that nothing sets.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "updated-at-stands-still",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Low,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "a time of the last change that nothing moves",
    rationale: "\
A column that is called `updated_at` and has the time of the insert as its default says when a row was made, unless something sets it \
at each update. An application can; a person with psql, a job in SQL and the next service will not.

It is told of a column when triggers move those of other tables in the schema, or when the statistics prove it: rows were updated, and the \
times of change are those of creation. Where a schema has no such trigger at all the application may do it, which is told in one line as a \
hint. A column without a default is the application's own affair.",
    sources: &[
        "https://www.postgresql.org/docs/current/plpgsql-trigger.html",
    ],
    impact: "What asks for changes since a time misses them",
    mitigation: "Set it in a trigger before each update",
    blocking: Blocking::No("readers of the column are misled, and nothing fails"),
    needs: &[],
    look: Look::Sql(with_tables!("updated_at_stands_still.sql")),
    fixture: Fixture::Schema { fault: include_str!("updated_at_stands_still/fault.sql"), alike: include_str!("updated_at_stands_still/alike.sql") },
};
