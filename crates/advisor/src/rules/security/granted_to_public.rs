//! Tables, views and sequences that everybody may use.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "granted-to-public",
    family: Family::Security,
    kind: Kind::Security,
    priority: Priority::High,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "rights on a table that every role has",
    rationale: "\
PUBLIC is every role that there is and that will be. What is granted to it can't be taken from one role, and nobody who makes a \
role for a report or another application expects it to read or write these rows.

Rights on members of extensions pass, which their scripts grant on purpose, and so do grants to named roles.",
    sources: &["https://www.postgresql.org/docs/current/ddl-priv.html"],
    impact: "A role for any purpose reads or writes these rows",
    mitigation: "Revoke it from PUBLIC and grant it to the roles that need it",
    blocking: Blocking::No("only roles that can sign in to the database can use it"),
    needs: &[],
    look: Look::Sql(include_str!("granted_to_public.sql")),
    fixture: Fixture::Schema {
        fault: include_str!("granted_to_public/fault.sql"),
        alike: include_str!("granted_to_public/alike.sql"),
    },
};
