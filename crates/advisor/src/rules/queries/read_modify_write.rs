//! Numbers that are read, changed in the program and written back.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};
use serde_json::json;

use crate::statements::{Shape, Statement, Token, Verb};
use crate::{Context, Found, Object, ObjectKind, RuleError};

const SQL: &str = include_str!("read_modify_write.sql");

pub(super) const RULE: Rule = Rule {
    id: "read-modify-write",
    family: Family::Queries,
    kind: Kind::Reliability,
    priority: Priority::Medium,
    certainty: Certainty::Hint,
    effort: Effort::Small,
    title: "a counter that is written back as the program last saw it",
    rationale: "\
A program that reads a number and writes back a changed one loses what others wrote between: of two that add one, one is lost. The \
database can add by itself (`SET n = n + $1`), or the read can lock (`FOR UPDATE`), or the write can ask whether the row is still \
as it was (`WHERE … AND version = $2`).

It is told of columns of numbers that are counted by their names (`balance`, `used_bytes`, `…_count`), when one statement reads \
the column without a lock and another sets it to a value from outside, with a condition that asks neither for the column nor for a \
version. What happens between the two nobody sees here, so it is a hint.",
    sources: &["https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED", "https://wiki.postgresql.org/wiki/Lock_Monitoring"],
    impact: "Changes of others are lost",
    mitigation: "Let the database add, lock the row when it is read, or ask for its version when it is written",
    blocking: Blocking::No("it takes two at once"),
    needs: &[],
    look: Look::Code {
        run: |context| Box::pin(find(context)),
        sql: SQL,
    },
    fixture: Fixture::Test("tests/it/queries.rs"),
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    let statements = context.statements().await?;
    let mut found = Vec::new();
    for row in context.query(SQL, &[&context.schemas]).await? {
        let read = RuleError::Database;
        let identity: String = row.try_get("identity").map_err(read)?;
        let table: &str = row.try_get("table_name").map_err(read)?;
        let column: &str = row.try_get("column_name").map_err(read)?;
        let Some(write) = statements.iter().find(|one| writes(&one.shape, table, column)) else {
            continue;
        };
        let Some(read) = statements.iter().find(|one| reads(&one.shape, table, column)) else {
            continue;
        };
        found.push(told(identity, read, write));
    }
    Ok(found)
}

fn told(identity: String, read: &Statement, write: &Statement) -> Found {
    let title = format!("{identity} is read without a lock and set to what the program made of it");
    let at = write.recorded.as_ref().map(|recorded| &recorded.at);
    let location = super::location(at.and_then(|at| at.first()));
    let evidence = json!({ "reads": read.text, "writes": write.text, "written_at": at });
    let mut found = Found::new(Object::new(ObjectKind::Column, identity), title);
    found.location = location;
    found.evidence = evidence;
    found
}

/// Whether it sets the column to a value from outside, and nothing in its condition notices that the row has changed.
fn writes(shape: &Shape, table: &str, column: &str) -> bool {
    const VERSIONS: [&str; 7] =
        ["version", "lock_version", "row_version", "revision", "etag", "xmin", "updated_at"];
    let notices =
        |token: &Token| token.word().is_some_and(|word| word == column || VERSIONS.contains(&word));
    shape.verb == Verb::Update
        && shape.first_table() == Some(table)
        && shape.set_from_outside().contains(&column)
        && !shape.condition().is_empty()
        && !shape.condition().iter().any(notices)
}

/// Whether it returns the column, and locks nothing.
fn reads(shape: &Shape, table: &str, column: &str) -> bool {
    let from = shape.tokens.iter().position(|token| token.word() == Some("from")).unwrap_or(0);
    let returned = shape.tokens.get(..from).unwrap_or_default();
    let is_returned =
        returned.iter().any(|token| token.word() == Some(column) || *token == Token::Sign('*'));
    let is_summed = returned.contains(&Token::Sign('('));
    shape.verb == Verb::Select
        && shape.first_table() == Some(table)
        && is_returned
        && !is_summed
        && !shape.has_all(&["for", "update"])
        && !shape.has_all(&["for", "no", "key", "update"])
}
