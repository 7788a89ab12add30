//! Statements that are fast and slow.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};
use serde_json::json;

use crate::statements::Statement;
use crate::{Context, Found, RuleError};

const SQL: &str = include_str!("../../statements/gathered.sql");

pub(super) const RULE: Rule = Rule {
    id: "uneven-statement",
    family: Family::Queries,
    kind: Kind::Query,
    priority: Priority::Low,
    certainty: Certainty::Hint,
    effort: Effort::Medium,
    title: "a statement whose time varies a lot",
    rationale: "\
A statement that mostly takes a moment and sometimes a second waits for a lock, meets values with many rows for which its plan was \
not made, or finds its blocks out of the cache. It is reported when a hundred calls deviate by more than three times their \
average, and the longest took half a second.",
    sources: &["https://www.postgresql.org/docs/current/pgstatstatements.html"],
    impact: "Some people wait, and nobody can say why",
    mitigation: "Log it with auto_explain and log_lock_waits, and compare the plans of fast and slow calls",
    blocking: Blocking::No("it is a matter of speed"),
    needs: &[],
    look: Look::Code { run: |context| Box::pin(find(context)), sql: SQL },
    fixture: Fixture::Test("tests/it/queries.rs"),
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    let statements = context.statements().await?;
    Ok(statements.iter().filter_map(uneven).collect())
}

/// The longest call, in milliseconds, from which on it is felt.
const FELT: f64 = 500.0;

fn uneven(statement: &Statement) -> Option<Found> {
    let is_uneven = |calls, deviation: f64, mean, longest| {
        calls >= 100 && deviation > 3.0 * mean && longest >= FELT
    };
    let served = statement
        .served
        .filter(|one| is_uneven(one.calls, one.deviation, one.mean(), one.longest))?;
    let title = format!(
        "{:.1} ms on the average and {:.0} ms at the most: {}",
        served.mean(),
        served.longest,
        statement.short()
    );
    let mut found = Found::new(statement.object(), title);
    found.description = Some(format!(
        "{} calls took {:.1} ms on the average, with a deviation of {:.1} ms; the longest took {:.0} ms.",
        served.calls,
        served.mean(),
        served.deviation,
        served.longest
    ));
    found.evidence = json!({
        "statement": statement.text,
        "calls": served.calls,
        "mean_ms": (served.mean() * 100.0).round() / 100.0,
        "deviation_ms": (served.deviation * 100.0).round() / 100.0,
        "longest_ms": served.longest.round(),
    });
    Some(found)
}
