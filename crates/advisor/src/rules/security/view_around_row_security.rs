//! Views that show what policies hide.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "view-around-row-security",
    family: Family::Security,
    kind: Kind::Security,
    priority: Priority::High,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "a view through which others see all rows of a protected table",
    rationale: "\
A view reads with the rights of its owner. Where row security does not apply to that owner (a superuser, one with BYPASSRLS, the \
owner of a table on which it is not forced), those who may read the view see every row. A materialised view keeps what its owner \
saw, for everybody.

Views with `security_invoker` pass, views that nobody else may read, and those that choose their rows by `current_user` or a \
setting.",
    sources: &["https://www.postgresql.org/docs/current/sql-createview.html", "https://www.postgresql.org/docs/current/ddl-rowsecurity.html"],
    impact: "Rows that the policies hide are read through the view",
    mitigation: "Set security_invoker on the view (PostgreSQL 15 and newer), or let a role own it to whom the policies apply",
    blocking: Blocking::No("it is an exposure and stops no work"),
    needs: &[],
    look: Look::Sql(include_str!("view_around_row_security.sql")),
    fixture: Fixture::Schema {
        fault: include_str!("view_around_row_security/fault.sql"),
        alike: include_str!("view_around_row_security/alike.sql"),
    },
};
