//! A place in a tree that two rows can have.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "path-may-repeat",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Medium,
    title: "an ltree path that is not unique",
    rationale: "\
A path says where a row stands. If two rows may have the same, what is below one is below the other too, and a move or a delete by the path takes both.

The column is an ltree that is named path or stands beside a reference to a parent. It passes with any unique index or exclusion constraint that has \
the column, and where a trigger makes the path of a text that is unique itself.",
    sources: &[
        "https://www.postgresql.org/docs/current/ltree.html",
    ],
    impact: "Two rows share their descendants",
    mitigation: "Make it unique, among the live rows where rows are marked as deleted",
    blocking: Blocking::No("it takes a wrong insert"),
    needs: &[],
    look: Look::Sql(with_tables!("path_may_repeat.sql")),
    fixture: Fixture::Schema { fault: include_str!("path_may_repeat/fault.sql"), alike: include_str!("path_may_repeat/alike.sql") },
};
