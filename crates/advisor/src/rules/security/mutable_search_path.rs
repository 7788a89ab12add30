//! Functions that indexes, checks and materialised views call, and that find tables by the path of whoever is there.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "mutable-search-path",
    family: Family::Security,
    kind: Kind::Reliability,
    priority: Priority::Medium,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "a function that a restored dump or a maintenance command calls without the search_path it needs",
    rationale: "\
`pg_dump` restores with an empty `search_path`, and since PostgreSQL 17 `CREATE INDEX`, `REINDEX`, `ANALYZE`, `REFRESH \
MATERIALIZED VIEW` and autovacuum run with `pg_catalog, pg_temp`. A function that an index expression, a `CHECK`, a generated \
column or a materialised view calls then no longer finds a table that its body names without a schema, and the restore or the \
command fails.

Functions that nothing of the kind calls run with the rights and the path of their caller, who gains nothing by changing it: they \
pass, and so do bodies that name no table of the schema or name it with its schema.",
    sources: &["https://www.postgresql.org/docs/17/release-17.html#RELEASE-17-MIGRATION", "https://www.postgresql.org/docs/current/app-pgdump.html"],
    impact: "A backup can't be restored as it is, or an index can't be built again",
    mitigation: "Give the function a search_path of its own, or write the schema before the table",
    blocking: Blocking::No("nothing fails before the dump is restored or the index rebuilt"),
    needs: &[],
    look: Look::Sql(include_str!("mutable_search_path.sql")),
    fixture: Fixture::Schema {
        fault: include_str!("mutable_search_path/fault.sql"),
        alike: include_str!("mutable_search_path/alike.sql"),
    },
};
