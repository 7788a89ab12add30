//! A time that is a text.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "time-in-text",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Medium,
    title: "a time in a text column",
    rationale: "\
A text takes `2024-02-30` and `yesterday`, sorts by its letters and has no zone. Comparing it with a time needs a cast at each row, which fails at the first wrong one.

Columns of text types are named by their names: created_at, expires_on, last_seen_at and the like.",
    sources: &[
        "https://www.postgresql.org/docs/current/datatype-datetime.html",
    ],
    impact: "What is no time is stored, and comparisons are wrong",
    mitigation: "Use timestamptz",
    blocking: Blocking::No("texts that are times sort right in one format only"),
    needs: &[],
    look: Look::Sql(with_tables!("time_in_text.sql")),
    fixture: Fixture::Schema { fault: include_str!("time_in_text/fault.sql"), alike: include_str!("time_in_text/alike.sql") },
};
