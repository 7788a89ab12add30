//! Statements and transactions that may take for ever.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "missing-timeouts",
    family: Family::Configuration,
    kind: Kind::Reliability,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "no limit for how long a statement runs or a transaction idles",
    rationale: "\
A statement without a limit keeps its locks and its connection until somebody ends it; a transaction that was left open does so \
and keeps vacuum from removing any row that died since. Both limits can be set for the server, the database or the roles of the \
application, which is what the rule looks at, for each role that can sign in and has to do with the tables.

An application can also set them in each session it begins, which nobody else sees: accept the finding then, with that reason. The \
manual advises against `statement_timeout` and `lock_timeout` for the whole server, as dumps and maintenance want none; so the \
suggestion is one for the database, and `lock_timeout` belongs to migrations. A server that listens to nobody but its own user \
passes.",
    sources: &["https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT", "https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-IDLE-IN-TRANSACTION-SESSION-TIMEOUT"],
    impact: "One slow statement or forgotten transaction can hold up all others",
    mitigation: "Set them for the database or for the roles of the application, longer than the longest that is meant",
    blocking: Blocking::No("nothing is slow because of it today"),
    needs: &[],
    look: Look::Sql(include_str!("missing_timeouts.sql")),
    fixture: Fixture::Test("tests/it/configuration.rs"),
};
