//! An index that was not used for long.

use crate::context::Context;
use crate::error::RuleError;
use crate::found::Found;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "unused-index",
    family: Family::Index,
    kind: Kind::Performance,
    priority: Priority::Low,
    certainty: Certainty::Hint,
    effort: Effort::Small,
    title: "an index that no query has used",
    rationale: "\
The server counts how often an index is scanned. One that was never scanned since the counting began costs every write and serves nobody.

The counters must be old enough (30 days unless told otherwise), both since they were reset and since the server started, as a crash \
clears them. Unique indexes and those of constraints forbid something even when nobody reads them; those that serve a foreign key are \
needed when a row on the other side goes. The table must have been read and written, and the index have at least 1 MiB. The counters are \
those of this server: look at its replicas too, and whether the index is younger than the counters.",
    sources: &[
        "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ALL-INDEXES-VIEW",
    ],
    impact: "Every write pays for it, and it takes memory",
    mitigation: "Look at the replicas, at reports that are made once a year, and at its age; then drop it",
    blocking: Blocking::No("it costs time and space only"),
    needs: &[],
    look: Look::Code { run: |context| Box::pin(run(context)), sql: SQL },
    fixture: Fixture::Test("tests/it/statistics.rs"),
};

const SQL: &str = include_str!("unused_index.sql");

async fn run(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    let age = context.options.statistics_age.as_secs_f64();
    context.query(SQL, &[&context.schemas, &age]).await?.iter().map(Found::from_row).collect()
}
