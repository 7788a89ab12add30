//! Statements that most of the time is spent on.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};
use serde_json::json;

use crate::statements::Statement;
use crate::{Context, Found, RuleError};

const SQL: &str = include_str!("../../statements/gathered.sql");

pub(super) const RULE: Rule = Rule {
    id: "heavy-statement",
    family: Family::Queries,
    kind: Kind::Query,
    priority: Priority::Low,
    certainty: Certainty::Hint,
    effort: Effort::Medium,
    title: "a statement on which the server spends a great part of its time",
    rationale: "\
Where a third of the time of all statements goes into one, work on that one, or calling it less often, buys most. A minute in all \
is the least that counts. That it is heavy need not be wrong: it may be what the server is there for.",
    sources: &["https://www.postgresql.org/docs/current/pgstatstatements.html"],
    impact: "The server has less time for all others",
    mitigation: "Call it less often, or look at its plan",
    blocking: Blocking::No("it is a matter of speed"),
    needs: &[],
    look: Look::Code { run: |context| Box::pin(find(context)), sql: SQL },
    fixture: Fixture::Test("tests/it/queries.rs"),
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    let statements = context.statements().await?;
    Ok(statements.iter().filter_map(heavy).collect())
}

/// The part of all time from which on it is heavy.
const SHARE: f64 = 1.0 / 3.0;
/// The least time in all that counts, in milliseconds.
const LEAST: f64 = 60_000.0;

fn heavy(statement: &Statement) -> Option<Found> {
    let served =
        statement.served.filter(|served| served.share >= SHARE && served.total >= LEAST)?;
    let title =
        format!("{:.0} % of the server's time: {}", served.share * 100.0, statement.short());
    let mut found = Found::new(statement.object(), title);
    found.description = Some(format!(
        "{} calls of {:.1} ms took {:.0} s, which is {:.0} % of the time of all statements.",
        served.calls,
        served.mean(),
        served.total / 1_000.0,
        served.share * 100.0
    ));
    found.evidence = json!({
        "statement": statement.text,
        "calls": served.calls,
        "mean_ms": (served.mean() * 100.0).round() / 100.0,
        "total_ms": served.total.round(),
        "share": (served.share * 1_000.0).round() / 1_000.0,
    });
    Some(found)
}
