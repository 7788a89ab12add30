//! Schemas in which everybody may create.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "create-for-everyone",
    family: Family::Security,
    kind: Kind::Security,
    priority: Priority::Medium,
    certainty: Certainty::Certain,
    effort: Effort::Trivial,
    title: "a schema in which every role may create objects",
    rationale: "\
Who may create in a schema of other people's `search_path` can put a function there that fits a call better than the one that was \
meant, and have it run with their rights: CVE-2018-1058. PostgreSQL 15 no longer grants CREATE on `public`, but a database that \
was upgraded or restored keeps what it had.",
    sources: &[
        "https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATTERNS",
        "https://wiki.postgresql.org/wiki/A_Guide_to_CVE-2018-1058:_Protect_Your_Search_Path",
    ],
    impact: "Any role can have others, the owner and superusers among them, run its code",
    mitigation: "Revoke CREATE on the schema from PUBLIC",
    blocking: Blocking::No("only roles that can sign in to the database can use it"),
    needs: &[],
    look: Look::Sql(include_str!("create_for_everyone.sql")),
    fixture: Fixture::Schema {
        fault: include_str!("create_for_everyone/fault.sql"),
        alike: include_str!("create_for_everyone/alike.sql"),
    },
};
