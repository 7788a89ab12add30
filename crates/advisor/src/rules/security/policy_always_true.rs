//! Policies that allow everything.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "policy-always-true",
    family: Family::Security,
    kind: Kind::Security,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "a permissive policy for all roles that lets everybody change every row",
    rationale: "\
Permissive policies are joined with OR: one whose condition is `true` makes all others for the same command pointless. For reading \
that can be meant. For `INSERT`, `UPDATE` and `DELETE` by all roles it amounts to no row security.

Policies for named roles pass, and tables on which a restrictive policy has the last word.",
    sources: &["https://www.postgresql.org/docs/current/sql-createpolicy.html"],
    impact: "Everybody who was granted the command changes rows of others",
    mitigation: "Write the condition that was meant, or limit the policy to a role",
    blocking: Blocking::No("it is an exposure and stops no work"),
    needs: &[],
    look: Look::Sql(include_str!("policy_always_true.sql")),
    fixture: Fixture::Schema {
        fault: include_str!("policy_always_true/fault.sql"),
        alike: include_str!("policy_always_true/alike.sql"),
    },
};
