//! A time of expiry that nothing finds.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "unindexed-expiry",
    family: Family::Index,
    kind: Kind::Performance,
    priority: Priority::Low,
    certainty: Certainty::Hint,
    effort: Effort::Small,
    title: "a time of expiry without an index",
    rationale: "\
Rows that all expire (sessions, tokens, invitations) are made to be removed when their time has come. Without an index that begins with \
the time each purge reads the whole table, and so does counting what is still valid.

The column is named as an expiry and is never null: what may have no end is not made to be purged.",
    sources: &[
        "https://www.postgresql.org/docs/current/indexes-intro.html",
    ],
    impact: "Each purge reads the whole table",
    mitigation: "Create the index",
    blocking: Blocking::No("purging is slow, not wrong"),
    needs: &[],
    look: Look::Sql(include_str!("unindexed_expiry.sql")),
    fixture: Fixture::Schema { fault: include_str!("unindexed_expiry/fault.sql"), alike: include_str!("unindexed_expiry/alike.sql") },
};
