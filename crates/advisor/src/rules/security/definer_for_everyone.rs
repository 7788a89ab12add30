//! `SECURITY DEFINER` functions that everybody may call.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "definer-for-everyone",
    family: Family::Security,
    kind: Kind::Security,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "a SECURITY DEFINER function that everybody may call and that does not ask who does",
    rationale: "\
`EXECUTE` is granted to PUBLIC on every new function. For one that runs with the rights of its owner that means that every role, \
also one that is made for another purpose years later, can do what it does.

Trigger functions pass, as nobody can call them, and so do functions in schemas that everybody else can't use, and those whose \
body looks at `session_user`, a setting, a privilege or a membership, for they decide themselves.",
    sources: &["https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY", "https://www.postgresql.org/docs/current/ddl-priv.html"],
    impact: "Every role of the server can do with the owner's rights what the function does",
    mitigation: "Revoke EXECUTE from PUBLIC in the transaction that makes the function, and grant it to the roles that need it",
    blocking: Blocking::No("only those who can already sign in to the database can use it"),
    needs: &[],
    look: Look::Sql(include_str!("definer_for_everyone.sql")),
    fixture: Fixture::Schema {
        fault: include_str!("definer_for_everyone/fault.sql"),
        alike: include_str!("definer_for_everyone/alike.sql"),
    },
};
