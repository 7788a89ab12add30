//! A UUID that is a text.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "uuid-in-text",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Low,
    certainty: Certainty::Likely,
    effort: Effort::Medium,
    title: "a UUID in a text column",
    rationale: "\
As text a UUID takes 37 bytes and not 16, in the table and in each index, and may stand there in upper and in lower case, or be none at all.

Columns of text types are taken for UUIDs by the name, by `varchar(36)` for an id, and by a default that makes one.",
    sources: &[
        "https://www.postgresql.org/docs/current/datatype-uuid.html",
    ],
    impact: "Keys and indexes are more than twice as large, and one UUID has several spellings",
    mitigation: "Use uuid, in all that refers to it at once",
    blocking: Blocking::No("it is larger and slower, and not wrong"),
    needs: &[],
    look: Look::Sql(with_tables!("uuid_in_text.sql")),
    fixture: Fixture::Schema { fault: include_str!("uuid_in_text/fault.sql"), alike: include_str!("uuid_in_text/alike.sql") },
};
