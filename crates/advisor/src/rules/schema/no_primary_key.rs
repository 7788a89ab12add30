//! A table without a primary key.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "no-primary-key",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Medium,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "a table without a primary key",
    rationale: "\
Without a key two rows can be the same in all, so that none of them can be changed or deleted alone. Logical replication refuses updates \
and deletes of such a table (or sends whole rows), and tools that page, copy or compare need a key.

Partitions and children of inheritance are as their parent is; the history of a tool of migration is passed over. Where a unique index on \
columns that are never null stands in, the priority is low and the index can be made the key.",
    sources: &[
        "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS",
        "https://www.postgresql.org/docs/current/logical-replication-publication.html",
    ],
    impact: "A row can't be told from its double, and changes are not replicated",
    mitigation: "Make a unique index the key, or add an identity column",
    blocking: Blocking::No("nothing fails until a double appears"),
    needs: &[],
    look: Look::Sql(with_tables!("no_primary_key.sql")),
    fixture: Fixture::Schema { fault: include_str!("no_primary_key/fault.sql"), alike: include_str!("no_primary_key/alike.sql") },
};
