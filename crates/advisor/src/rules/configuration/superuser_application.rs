//! Applications that are superusers.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "superuser-application",
    family: Family::Configuration,
    kind: Kind::Security,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Medium,
    title: "an application that works as a superuser",
    rationale: "\
A superuser is bound by no right and no policy, reads and writes files of the server and runs programs there. An injected \
statement then costs the machine, not a table.

Two things show it: sessions of a superuser that no known tool (psql, pg_dump, pgAdmin …) has opened, and tables that no other \
role could use, so that whatever uses them must be a superuser. A server that listens to nobody but its own user passes, as \
private servers of development are.",
    sources: &["https://www.postgresql.org/docs/current/role-attributes.html", "https://www.postgresql.org/docs/current/ddl-rowsecurity.html"],
    impact: "An injected statement owns the server",
    mitigation: "Make a role without SUPERUSER for the application, and grant it what it needs",
    blocking: Blocking::No("nothing fails because of it"),
    needs: &[],
    look: Look::Sql(include_str!("superuser_application.sql")),
    fixture: Fixture::Test("tests/it/configuration.rs"),
};
