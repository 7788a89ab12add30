//! Statements that take long at each call.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};
use serde_json::json;

use super::location;
use crate::statements::Statement;
use crate::{Context, Found, RuleError};

const SQL: &str = include_str!("../../statements/gathered.sql");

pub(super) const RULE: Rule = Rule {
    id: "slow-statement",
    family: Family::Queries,
    kind: Kind::Query,
    priority: Priority::Medium,
    certainty: Certainty::Certain,
    effort: Effort::Medium,
    title: "a statement that takes long at each call",
    rationale: "\
What takes a fifth of a second on the average, and was called ten times at least, is felt by whoever waits for it. Above a second \
it matters more. The figures are those of `pg_stat_statements`, for whole days and real data.

A recording of tests knows small tables only: what takes a tenth of a second there on the average is told as a hint, with its \
caller, and so is nothing that ran once or twice.",
    sources: &["https://www.postgresql.org/docs/current/pgstatstatements.html"],
    impact: "People wait",
    mitigation: "Look at its plan with EXPLAIN (ANALYZE, BUFFERS) and values that are slow",
    blocking: Blocking::No("it works, slowly"),
    needs: &[],
    look: Look::Code {
        run: |context| Box::pin(find(context)),
        sql: SQL,
    },
    fixture: Fixture::Test("tests/it/queries.rs"),
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    let statements = context.statements().await?;
    Ok(statements.iter().filter_map(slow).collect())
}

/// The average of a call from which on it is slow, in milliseconds.
const SLOW: f64 = 200.0;
/// The same for tests, whose tables are small.
const SLOW_IN_TESTS: f64 = 100.0;

fn slow(statement: &Statement) -> Option<Found> {
    if let Some(served) =
        statement.served.filter(|served| served.calls >= 10 && served.mean() >= SLOW)
    {
        let title = format!("{:.0} ms a call: {}", served.mean(), statement.short());
        let mut found = Found::new(statement.object(), title);
        found.description = Some(format!(
            "It was called {} times and took {:.0} ms on the average, {:.0} ms at the most.",
            served.calls,
            served.mean(),
            served.longest
        ));
        found.priority =
            Some(if served.mean() >= 1_000.0 { Priority::High } else { Priority::Medium });
        found.evidence = json!({
            "statement": statement.text,
            "calls": served.calls,
            "mean_ms": served.mean().round(),
            "longest_ms": served.longest.round(),
            "rows_a_call": served.rows / served.calls.max(1),
        });
        return Some(found);
    }
    let recorded = statement.recorded.as_ref().filter(|recorded| recorded.calls >= 3)?;
    #[expect(clippy::cast_precision_loss, reason = "a count of calls has less than 53 bits")]
    let mean = recorded.total.as_secs_f64() * 1_000.0 / recorded.calls as f64;
    if mean < SLOW_IN_TESTS {
        return None;
    }
    let title = format!("{mean:.0} ms a call in tests: {}", statement.short());
    let mut found = Found::new(statement.object(), title);
    found.description = Some(format!(
        "It was called {} times in tests and took {mean:.0} ms on the average.",
        recorded.calls
    ));
    found.certainty = Some(Certainty::Hint);
    found.priority = Some(Priority::Low);
    found.location = location(recorded.at.first());
    found.evidence = json!({ "statement": statement.text, "calls": recorded.calls, "mean_ms": mean.round(), "at": recorded.at });
    Some(found)
}
