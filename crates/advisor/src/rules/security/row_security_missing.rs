//! Tables without row security beside tables that have it.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "row-security-missing",
    family: Family::Security,
    kind: Kind::Security,
    priority: Priority::High,
    certainty: Certainty::Likely,
    effort: Effort::Medium,
    title: "a table without row security whose rows are those of protected ones",
    rationale: "\
Where some tables keep rows from those they are not for, the same rows must not be had from others. A table of the same schema \
without row security is reported when it has a column by which the policies of others decide (`owner_id`, with the same type), or \
when its rows belong to those of a protected table and are deleted with them (`ON DELETE CASCADE`).

Keys named `id`, times and flags are no such columns. Where others were granted the protected tables but not this one, they can't \
read it at all, and it passes; so do partitions.",
    sources: &["https://www.postgresql.org/docs/current/ddl-rowsecurity.html"],
    impact: "What the policies protect can be read and changed beside them",
    mitigation: "Enable row security and write a policy like those of the other table",
    blocking: Blocking::No("it is an exposure and stops no work"),
    needs: &[],
    look: Look::Sql(include_str!("row_security_missing.sql")),
    fixture: Fixture::Schema {
        fault: include_str!("row_security_missing/fault.sql"),
        alike: include_str!("row_security_missing/alike.sql"),
    },
};
