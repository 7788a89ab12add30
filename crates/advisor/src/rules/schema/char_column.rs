//! Texts that are padded.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "char-column",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Low,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "char(n), which pads with spaces",
    rationale: "\
`char(n)` fills up with spaces, which count in the space it takes and do not count in comparisons, so that lengths, patterns and joins with text \
surprise. It does not refuse what is too short. For a code of fixed length text with a check is exact.

One character is never padded; a column with a check has its length. One line for a schema.",
    sources: &[
        "https://wiki.postgresql.org/wiki/Don%27t_Do_This",
        "https://www.postgresql.org/docs/current/datatype-character.html",
    ],
    impact: "Patterns and concatenations meet spaces that nobody wrote",
    mitigation: "Use text, with a check of the length",
    blocking: Blocking::No("values of full length are not touched"),
    needs: &[],
    look: Look::Sql(with_tables!("char_column.sql")),
    fixture: Fixture::Schema { fault: include_str!("char_column/fault.sql"), alike: include_str!("char_column/alike.sql") },
};
