//! Statements that have become slower.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};
use serde_json::json;

use crate::statements::{Snapshot, Statement};
use crate::{Context, Found, RuleError};

const SQL: &str = include_str!("../../statements/gathered.sql");

pub(super) const RULE: Rule = Rule {
    id: "slower-statement",
    family: Family::Queries,
    kind: Kind::Query,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Medium,
    title: "a statement that has become slower since the last run",
    rationale: "\
A run keeps what the server has counted of each statement; the next one compares the average of the calls since with that of the \
calls before. Twice as long, 5 ms more at least, and fifty calls in the new span are told. Where the server has begun to count \
anew there is nothing to compare.",
    sources: &["https://www.postgresql.org/docs/current/pgstatstatements.html"],
    impact: "What was fast is so no longer",
    mitigation: "Compare its plan with that of the past: a table has grown, statistics are old, or an index is gone",
    blocking: Blocking::No("it works, slower"),
    needs: &[],
    look: Look::Code { run: |context| Box::pin(find(context)), sql: SQL },
    fixture: Fixture::Test("tests/it/queries.rs"),
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    let Some(earlier) = context.options.earlier_statements else {
        return Err(RuleError::Skip("there are no figures of an earlier run".to_owned()));
    };
    let statements = context.statements().await?;
    Ok(statements.iter().filter_map(|statement| slower(earlier, statement)).collect())
}

fn slower(earlier: &Snapshot, statement: &Statement) -> Option<Found> {
    let change = earlier.change(statement)?;
    if change.calls < 50 || change.since < 2.0 * change.before || change.since - change.before < 5.0
    {
        return None;
    }
    let title = format!(
        "from {:.1} ms to {:.1} ms a call: {}",
        change.before,
        change.since,
        statement.short()
    );
    let mut found = Found::new(statement.object(), title);
    found.description = Some(format!(
        "Until {} a call took {:.1} ms on the average; the {} calls since took {:.1} ms.",
        earlier.taken_at.format("%Y-%m-%d"),
        change.before,
        change.calls,
        change.since
    ));
    found.evidence = json!({
        "statement": statement.text,
        "since": earlier.taken_at,
        "calls_since": change.calls,
        "mean_ms_before": (change.before * 100.0).round() / 100.0,
        "mean_ms_since": (change.since * 100.0).round() / 100.0,
    });
    Some(found)
}
