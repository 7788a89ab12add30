//! Statements that forget that rows may be deleted.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};
use serde_json::json;

use crate::statements::{Shape, Statement, Token, Verb};
use crate::{Context, Found, Object, ObjectKind, RuleError};

const SQL: &str = include_str!("soft_delete_forgotten.sql");

pub(super) const RULE: Rule = Rule {
    id: "soft-delete-forgotten",
    family: Family::Queries,
    kind: Kind::Query,
    priority: Priority::Medium,
    certainty: Certainty::Hint,
    effort: Effort::Small,
    title: "statements that show soft-deleted rows, beside others that leave them out",
    rationale: "\
Where rows stay and are marked as deleted, every statement that lists them has to leave the marked ones out, and the one that \
forgets shows what was taken away. Statements are told that read a table with a nullable `deleted_at` first and do not ask for it, \
while at least as many others of the same table, and two at the least, do. What is returned does not count as asked for.

A statement that asks for one row by its key passes, as that often wants deleted ones too, and so do joined tables, statements \
that lock, count or delete for good, and tables of which hardly a statement asks.",
    sources: &[],
    impact: "People see what was deleted",
    mitigation: "Add the condition, or read from a view that has it",
    blocking: Blocking::No("it shows too much and stops nothing"),
    needs: &[],
    look: Look::Code {
        run: |context| Box::pin(find(context)),
        sql: SQL,
    },
    fixture: Fixture::Test("tests/it/queries.rs"),
};

/// From so many statements on that ask it is what the application means to do.
const USUAL: usize = 2;

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    let statements = context.statements().await?;
    let mut found = Vec::new();
    for row in context.query(SQL, &[&context.schemas]).await? {
        let read = RuleError::Database;
        let identity: String = row.try_get("identity").map_err(read)?;
        let table: &str = row.try_get("table_name").map_err(read)?;
        let column: &str = row.try_get("column_name").map_err(read)?;
        let keys: Vec<String> = row.try_get("keys").map_err(read)?;
        let lists = statements
            .iter()
            .filter(|one| one.shape.verb == Verb::Select && one.shape.first_table() == Some(table));
        let (asking, others): (Vec<&Statement>, Vec<&Statement>) =
            lists.partition(|one| one.shape.asks_for(column));
        let forgetful: Vec<&Statement> =
            others.into_iter().filter(|one| is_list(&one.shape, &keys)).collect();
        if asking.len() >= USUAL.max(forgetful.len()) && !forgetful.is_empty() {
            found.push(told(identity, column, &asking, &forgetful));
        }
    }
    Ok(found)
}

fn told(identity: String, column: &str, asking: &[&Statement], forgetful: &[&Statement]) -> Found {
    let title = format!(
        "{} of {} statements that list {identity} do not ask for {column}",
        forgetful.len(),
        forgetful.len() + asking.len()
    );
    let texts: Vec<_> = forgetful
        .iter()
        .map(|one| json!({ "statement": one.text, "at": one.recorded.as_ref().map(|recorded| &recorded.at) }))
        .collect();
    let first = forgetful.iter().find_map(|one| one.recorded.as_ref()?.at.first());
    let mut found = Found::new(Object::new(ObjectKind::Table, identity), title);
    found.location = super::location(first);
    found.evidence = json!({ "do_not_ask": texts, "ask": asking.len() });
    found
}

/// Whether it returns rows by another condition than the keys of the table.
fn is_list(shape: &Shape, keys: &[String]) -> bool {
    let condition = shape.condition();
    // `"users"."id" = $1`, with or without parentheses.
    let asks_for_key = condition.windows(3).any(|window| match window {
        [Token::Word(name), Token::Sign('='), Token::Parameter] => keys.contains(name),
        _ => false,
    });
    let returns_rows = !shape
        .tokens
        .iter()
        .take_while(|token| token.word() != Some("from"))
        .any(|token| token.word() == Some("count"));
    !asks_for_key
        && returns_rows
        && !shape.has_all(&["for", "update"])
        && !shape.has_all(&["for", "share"])
}
