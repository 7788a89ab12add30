//! JSON that is kept as it was typed.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "json-column",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Low,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "a json column where jsonb serves better",
    rationale: "\
`json` keeps the text, spaces, order and doubled keys included. It is parsed at each access, can't be indexed, and has no equality: DISTINCT, GROUP BY and UNION \
over it fail. `jsonb` has none of that.

Where the exact text matters (signatures, audits) json is right; accept it with that reason.",
    sources: &[
        "https://www.postgresql.org/docs/current/datatype-json.html",
    ],
    impact: "Each access parses the document, and DISTINCT and UNION fail",
    mitigation: "Change the type to jsonb; a rewrite of the table",
    blocking: Blocking::No("queries work, slowly"),
    needs: &[],
    look: Look::Sql(with_tables!("json_column.sql")),
    fixture: Fixture::Schema { fault: include_str!("json_column/fault.sql"), alike: include_str!("json_column/alike.sql") },
};
