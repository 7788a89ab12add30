//! Blocks that are read again and again.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};
use crate::{Context, Found, RuleError};

const SQL: &str = include_str!("cache_hit_ratio.sql");

pub(super) const RULE: Rule = Rule {
    id: "cache-hit-ratio",
    family: Family::Configuration,
    kind: Kind::Performance,
    priority: Priority::Low,
    certainty: Certainty::Hint,
    effort: Effort::Medium,
    title: "more than a tenth of the blocks that are read are not in the cache",
    rationale: "\
Of the blocks that a database reads often, nearly all should be found in `shared_buffers`. Below nine tenths, with enough traffic \
for the figure to mean something (800 MB read, statistics as old as the run asks for), the cache is too small for what is read, or \
large tables are read from end to end. What is missing there may still come from the system's cache, so this is a hint.",
    sources: &[
        "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-DATABASE-VIEW",
        "https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-SHARED-BUFFERS",
    ],
    impact: "Reads wait for the system or the disk",
    mitigation: "Look for statements that read whole tables first, then raise shared_buffers towards a quarter of the memory",
    blocking: Blocking::No("it is a matter of speed"),
    needs: &[],
    look: Look::Code { run: |context| Box::pin(find(context)), sql: SQL },
    fixture: Fixture::Test("tests/it/configuration.rs"),
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    let age = context.options.statistics_age.as_secs_f64();
    context.query(SQL, &[&age]).await?.iter().map(Found::from_row).collect()
}
