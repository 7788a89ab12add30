//! Policies that nobody asks.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "policies-without-row-security",
    family: Family::Security,
    kind: Kind::Security,
    priority: Priority::High,
    certainty: Certainty::Certain,
    effort: Effort::Trivial,
    title: "a table with policies whose row security is off",
    rationale: "\
`CREATE POLICY` does not enable row security, and the server asks a policy only where it is enabled. The policies look as if rows \
were protected, and every row is seen by all who may read the table.",
    sources: &["https://www.postgresql.org/docs/current/ddl-rowsecurity.html"],
    impact: "Rows are seen and changed that the policies mean to protect",
    mitigation: "Enable row security, after a look at what the roles of the application then still see",
    blocking: Blocking::No("it is an exposure and stops no work"),
    needs: &[],
    look: Look::Sql(include_str!("policies_without_row_security.sql")),
    fixture: Fixture::Schema {
        fault: include_str!("policies_without_row_security/fault.sql"),
        alike: include_str!("policies_without_row_security/alike.sql"),
    },
};
