//! JSON that may be anything.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "json-not-object",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Low,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "a JSON column with nothing that keeps it an object",
    rationale: "\
A column whose default is `{}` is meant to hold an object. A text, a number or an array is JSON as well: the usual accident is a document that was encoded \
twice, which is one long string. `->` finds nothing in it then, and says so by null.

Where a quarter of the JSON columns of the schema are checked, each that is not is told; else it is one thing to decide and one line.",
    sources: &[
        "https://www.postgresql.org/docs/current/functions-json.html#FUNCTIONS-JSON-PROCESSING",
    ],
    impact: "A document that was encoded twice is stored, and all its keys read as null",
    mitigation: "Add the check",
    blocking: Blocking::No("programs that are right write objects"),
    needs: &[],
    look: Look::Sql(with_tables!("json_not_object.sql")),
    fixture: Fixture::Schema { fault: include_str!("json_not_object/fault.sql"), alike: include_str!("json_not_object/alike.sql") },
};
