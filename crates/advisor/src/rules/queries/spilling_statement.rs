//! Statements that write to the disk to sort.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};
use serde_json::json;

use crate::statements::Statement;
use crate::{Context, Found, RuleError};

const SQL: &str = include_str!("../../statements/gathered.sql");

pub(super) const RULE: Rule = Rule {
    id: "spilling-statement",
    family: Family::Queries,
    kind: Kind::Query,
    priority: Priority::Low,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "a statement that writes temporary files at each call",
    rationale: "\
A sort, hash or materialisation that does not fit into `work_mem` goes to temporary files. A megabyte a call on the average, over \
twenty calls, is told: an index that gives the order, fewer columns or rows, or more `work_mem` for that transaction avoid it.",
    sources: &[
        "https://www.postgresql.org/docs/current/pgstatstatements.html",
        "https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-WORK-MEM",
    ],
    impact: "It waits for the disk, and so do others",
    mitigation: "Give it an index with its order, or SET LOCAL work_mem in its transaction",
    blocking: Blocking::No("it is a matter of speed"),
    needs: &[],
    look: Look::Code { run: |context| Box::pin(find(context)), sql: SQL },
    fixture: Fixture::Test("tests/it/queries.rs"),
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    let statements = context.statements().await?;
    Ok(statements.iter().filter_map(spilling).collect())
}

/// Blocks of 8 KiB a call.
const BLOCKS: i64 = 128;

fn spilling(statement: &Statement) -> Option<Found> {
    let served = statement.served.filter(|served| served.calls >= 20)?;
    let blocks = served.temporary_blocks / served.calls;
    if blocks < BLOCKS {
        return None;
    }
    let title = format!(
        "{} MB of temporary files a call: {}",
        (blocks * 8).div_euclid(1_024),
        statement.short()
    );
    let mut found = Found::new(statement.object(), title);
    found.description =
        Some(format!("{} calls wrote {} blocks each to temporary files.", served.calls, blocks));
    found.evidence =
        json!({ "statement": statement.text, "calls": served.calls, "blocks_a_call": blocks });
    Some(found)
}
