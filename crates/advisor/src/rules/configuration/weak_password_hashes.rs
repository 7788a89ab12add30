//! Passwords that are stored as MD5.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "weak-password-hashes",
    family: Family::Configuration,
    kind: Kind::Security,
    priority: Priority::Medium,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "passwords of roles that are stored as MD5",
    rationale: "\
An MD5 hash of name and password can be used in place of the password, and is guessed by the thousand million a second. \
`scram-sha-256` has been the default since PostgreSQL 14, and 18 warns of MD5.",
    sources: &[
        "https://www.postgresql.org/docs/current/auth-password.html",
        "https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-PASSWORD-ENCRYPTION",
    ],
    impact: "Whoever sees a backup of the roles can sign in as them",
    mitigation: "Set password_encryption to scram-sha-256, and set the passwords again",
    blocking: Blocking::No("it is an exposure and stops no work"),
    needs: &[],
    look: Look::Sql(include_str!("weak_password_hashes.sql")),
    fixture: Fixture::Test("tests/it/configuration.rs"),
};
