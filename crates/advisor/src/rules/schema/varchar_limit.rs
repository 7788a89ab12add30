//! Limits in the types of texts.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "varchar-limit",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Low,
    certainty: Certainty::Hint,
    effort: Effort::Medium,
    title: "varchar(n) where text with a check would do",
    rationale: "\
`varchar(n)` is stored as text is and is no faster. Its limit is mostly a guess (255, a number of other databases); to raise it takes a lock, to lower it \
a look at all rows, and casting to it cuts silently. A check on the length is changed with less, and has a name in the error.

One line for a schema: it is a habit, not one hundred faults.",
    sources: &[
        "https://wiki.postgresql.org/wiki/Don%27t_Do_This",
        "https://www.postgresql.org/docs/current/datatype-character.html",
    ],
    impact: "Limits that were guessed are in the way one day",
    mitigation: "Use text, with a check where a length matters",
    blocking: Blocking::No("nothing is wrong until a limit is met"),
    needs: &[],
    look: Look::Sql(with_tables!("varchar_limit.sql")),
    fixture: Fixture::Schema { fault: include_str!("varchar_limit/fault.sql"), alike: include_str!("varchar_limit/alike.sql") },
};
