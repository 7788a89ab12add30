//! A delete that can never succeed.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "cascade-meets-restrict",
    family: Family::Schema,
    kind: Kind::Reliability,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Medium,
    title: "a cascade that ends in a foreign key which forbids it",
    rationale: "\
A delete cascades from a first table to a second, and a third refers to the second with RESTRICT or NO ACTION: as soon as it does, the delete of \
the first fails, with an error that names a table the caller has never heard of. It is found on the day when somebody asks to be erased.

It passes where the third table's rows go by a cascade of the same delete (NO ACTION looks at the end, RESTRICT at once), where the key is \
deferrable, and where the third refers to the first as well and forbids its delete openly. Chains of up to six tables are followed.",
    sources: &[
        "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK",
    ],
    impact: "Deleting fails once the data are as they will be",
    mitigation: "Let the last key cascade or set null, or the first ones forbid the delete openly",
    blocking: Blocking::No("deleting fails, and nothing is lost"),
    needs: &[],
    look: Look::Sql(with_tables!("cascade_meets_restrict.sql")),
    fixture: Fixture::Schema { fault: include_str!("cascade_meets_restrict/fault.sql"), alike: include_str!("cascade_meets_restrict/alike.sql") },
};
