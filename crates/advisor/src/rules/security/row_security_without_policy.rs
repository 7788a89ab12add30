//! Row security that lets nothing through.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "row-security-without-policy",
    family: Family::Security,
    kind: Kind::Security,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "row security without a policy on a table that others were given",
    rationale: "\
Without a policy nothing is allowed, to anybody but the owner and those who bypass row security. Others were granted rights on \
this table, which say that they should get something from it: their queries return no rows and their inserts fail.

A table that nobody else was given is closed on purpose and passes.",
    sources: &["https://www.postgresql.org/docs/current/ddl-rowsecurity.html"],
    impact: "Queries of those who may use the table find nothing, without an error",
    mitigation: "Write the policies, or revoke the rights that mean nothing",
    blocking: Blocking::No("what is refused is not exposed"),
    needs: &[],
    look: Look::Sql(include_str!("row_security_without_policy.sql")),
    fixture: Fixture::Schema {
        fault: include_str!("row_security_without_policy/fault.sql"),
        alike: include_str!("row_security_without_policy/alike.sql"),
    },
};
