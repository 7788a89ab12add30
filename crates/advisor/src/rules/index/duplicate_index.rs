//! Two indexes of which each could do the work of both.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "duplicate-index",
    family: Family::Index,
    kind: Kind::Performance,
    priority: Priority::Medium,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "an index that another one makes superfluous",
    rationale: "\
Each index is written at every insert and at most updates, is vacuumed, and takes memory from the cache. A second one with the same \
keys, operator classes, collations, sort orders, included columns, expressions and predicate buys nothing for that.

Of a set of twins the one is kept that does most: first what a constraint, a replica identity or CLUSTER needs, then what is unique, \
then the first by name. The planner may well use the twin that goes; it will use the other one as gladly, so its statistics are not \
asked. Only valid indexes count, and not those that belong to the index of a partitioned table.",
    sources: &["https://www.postgresql.org/docs/current/indexes-intro.html"],
    impact: "Every write pays for both, and so do vacuum, backups and the cache",
    mitigation: "Drop the twin that no constraint needs",
    blocking: Blocking::No("it costs time and space, and nothing is wrong with the data"),
    needs: &[],
    look: Look::Sql(include_str!("duplicate_index.sql")),
    fixture: Fixture::Schema {
        fault: include_str!("duplicate_index/fault.sql"),
        alike: include_str!("duplicate_index/alike.sql"),
    },
};
