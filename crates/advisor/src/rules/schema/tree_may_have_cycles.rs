//! A tree that may be none.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "tree-may-have-cycles",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Low,
    certainty: Certainty::Likely,
    effort: Effort::Medium,
    title: "a tree in which a row may become its own ancestor",
    rationale: "\
A column that refers to a parent in the same table makes a tree as long as nobody moves a row below itself. Then every recursive query over it runs \
without end, and whatever hangs there is in no tree at all.

Columns that are named as a parent or a manager are looked at; a reply or a copy never moves. It passes where a trigger looks at the column, and \
where a check says that the parent comes first. A check that a row is not its own parent catches the shortest cycle only. Lists of types are passed over.",
    sources: &[
        "https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-CYCLE",
    ],
    impact: "A recursive query over the tree never ends",
    mitigation: "Refuse cycles in a trigger that locks what it walks, and say CYCLE in the queries",
    blocking: Blocking::No("it takes a wrong move"),
    needs: &[],
    look: Look::Sql(with_tables!("tree_may_have_cycles.sql")),
    fixture: Fixture::Schema { fault: include_str!("tree_may_have_cycles/fault.sql"), alike: include_str!("tree_may_have_cycles/alike.sql") },
};
