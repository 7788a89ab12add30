//! `SECURITY DEFINER` functions that look for names where their caller says.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "definer-search-path",
    family: Family::Security,
    kind: Kind::Security,
    priority: Priority::High,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "a SECURITY DEFINER function whose names its caller can redirect",
    rationale: "\
A function with the rights of its owner must mean its owner's tables, functions and operators. Without a `search_path` of its own \
it means those that its caller's path finds first, and a caller can put a table, a function or an operator of their own there, \
which then runs with the owner's rights.

A path of its own is no help where everybody may create in one of its schemas. And where it does not name `pg_temp`, temporary \
tables are found before all others: that is reported, with less weight, when the body names a table without its schema and \
everybody may make temporary tables. Functions in C, bodies of standard SQL (`BEGIN ATOMIC`), which are bound when they are made, \
and members of extensions pass.",
    sources: &["https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY", "https://nvd.nist.gov/vuln/detail/CVE-2018-1058"],
    impact: "Who may call it can have code run with the rights of its owner",
    mitigation: "Give the function a search_path of trusted schemas with pg_temp at its end, or qualify every name and set it to nothing",
    blocking: Blocking::No("only those who can already sign in to the database can use it"),
    needs: &[],
    look: Look::Sql(include_str!("definer_search_path.sql")),
    fixture: Fixture::Schema {
        fault: include_str!("definer_search_path/fault.sql"),
        alike: include_str!("definer_search_path/alike.sql"),
    },
};
