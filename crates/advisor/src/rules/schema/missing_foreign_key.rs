//! A reference that nothing holds.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "missing-foreign-key",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Medium,
    title: "a reference without a foreign key",
    rationale: "\
A column `team_id` of the type of the key of `teams` refers to a team. Without a foreign key it may refer to none, and stays when the team goes.

It is told where at least 70 % of such columns of the schema have a key, so that this one is an exception and not the habit. Logs, histories, events and the like outlive what they \
tell of on purpose and pass.",
    sources: &[
        "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK",
    ],
    impact: "Rows refer to what is gone",
    mitigation: "Mend what refers to nothing, then add the key",
    blocking: Blocking::No("programs that are right leave nothing behind"),
    needs: &[],
    look: Look::Sql(with_tables!("missing_foreign_key.sql")),
    fixture: Fixture::Schema { fault: include_str!("missing_foreign_key/fault.sql"), alike: include_str!("missing_foreign_key/alike.sql") },
};
