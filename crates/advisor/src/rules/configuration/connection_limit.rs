//! More connections than the server takes.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};
use crate::{Context, Found, RuleError};

const SQL: &str = include_str!("connection_limit.sql");

pub(super) const RULE: Rule = Rule {
    id: "connection-limit",
    family: Family::Configuration,
    kind: Kind::Configuration,
    priority: Priority::Medium,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "pools or sessions that come up to what max_connections leaves",
    rationale: "\
A connection above the limit is refused, to the application in the middle of a deployment as well as to whoever wants to look why. \
What is free for applications is `max_connections` without what is reserved for superusers (and for `pg_use_reserved_connections` \
since PostgreSQL 16), or the smaller limit of the database or the role.

It is reported when the pools of the application, all instances together, may open more than that (as far as their size is told by \
`--pool-max`), and when four fifths are in use now.",
    sources: &["https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-MAX-CONNECTIONS", "https://wiki.postgresql.org/wiki/Number_Of_Database_Connections"],
    impact: "Under load connections are refused",
    mitigation: "Make the pools smaller, put a pooler between, or raise max_connections with the memory that it takes",
    blocking: Blocking::No("it fails under load alone"),
    needs: &[],
    look: Look::Code {
        run: |context| Box::pin(find(context)),
        sql: SQL,
    },
    fixture: Fixture::Test("tests/it/configuration.rs"),
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    let pool = context.options.pool_max.map(i64::from);
    context.query(SQL, &[&pool]).await?.iter().map(Found::from_row).collect()
}
