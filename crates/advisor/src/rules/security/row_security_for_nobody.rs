//! Row security that nobody is subject to.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "row-security-for-nobody",
    family: Family::Security,
    kind: Kind::Security,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "row security on a table that only its owner uses, to whom it does not apply",
    rationale: "\
Row security does not apply to the owner of a table unless it is forced. When no other role has any right on the table, whoever \
reads it is the owner, a member of the owner, or somebody who bypasses row security: no query is ever limited by the policies.",
    sources: &[
        "https://www.postgresql.org/docs/current/ddl-rowsecurity.html",
        "https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-FORCE-ROW-LEVEL-SECURITY",
    ],
    impact: "The policies protect nothing, and look as if they did",
    mitigation: "Use the table through a role that does not own it, or force row security",
    blocking: Blocking::No("it is as it was without policies"),
    needs: &[],
    look: Look::Sql(include_str!("row_security_for_nobody.sql")),
    fixture: Fixture::Schema {
        fault: include_str!("row_security_for_nobody/fault.sql"),
        alike: include_str!("row_security_for_nobody/alike.sql"),
    },
};
