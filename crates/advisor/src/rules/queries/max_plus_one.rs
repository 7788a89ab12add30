//! Numbers that are taken from the greatest one.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};
use serde_json::json;

use crate::statements::{Shape, Token};
use crate::{Context, Found, Object, ObjectKind, RuleError};

const SQL: &str = include_str!("max_plus_one.sql");

pub(super) const RULE: Rule = Rule {
    id: "max-plus-one",
    family: Family::Queries,
    kind: Kind::Reliability,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Medium,
    title: "the next number is the greatest one and one more",
    rationale: "\
Two transactions that run at the same time read the same `max()` and give the same number. Where a unique constraint stands by, \
one of them fails; where none does, the number is there twice. `SERIALIZABLE` fails one of them too.

It is looked for in statements that were run and in the bodies of functions. A statement or body passes that takes an advisory \
lock, a row or a table first (`pg_advisory_…`, `FOR UPDATE`, `LOCK TABLE`).",
    sources: &["https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED"],
    impact: "Two rows get one number, or one of two writers fails",
    mitigation: "Count in a column of the parent row (UPDATE … SET next = next + 1 … RETURNING), or use a sequence where gaps don't matter",
    blocking: Blocking::No("it takes two at once"),
    needs: &[],
    look: Look::Code {
        run: |context| Box::pin(find(context)),
        sql: SQL,
    },
    fixture: Fixture::Schema {
        fault: include_str!("max_plus_one/fault.sql"),
        alike: include_str!("max_plus_one/alike.sql"),
    },
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    let mut found = Vec::new();
    for row in context.query(SQL, &[&context.schemas]).await? {
        let read = RuleError::Database;
        let identity: String = row.try_get("identity").map_err(read)?;
        let shape = Shape::of(row.try_get("body").map_err(read)?);
        let Some(column) = counted(&shape) else { continue };
        let title = format!("{identity} gives the next {column} by the greatest one");
        let mut one = Found::new(Object::new(ObjectKind::Function, &identity), title);
        one.evidence = json!({ "function": identity, "column": column });
        found.push(one);
    }
    // Without any statements the functions still count.
    for statement in context.statements().await.unwrap_or_default() {
        let Some(column) = counted(&statement.shape) else { continue };
        let title =
            format!("the next {column} is given by the greatest one: {}", statement.short());
        let mut one = Found::new(statement.object(), title);
        let at = statement.recorded.as_ref().map(|recorded| &recorded.at);
        one.location = super::location(at.and_then(|at| at.first()));
        one.evidence = json!({ "statement": statement.text, "column": column, "at": at });
        found.push(one);
    }
    Ok(found)
}

/// The column of which `max(…) + 1` is taken, without a lock.
fn counted(shape: &Shape) -> Option<String> {
    let locks = [&["for", "update"][..], &["for", "no", "key", "update"], &["lock", "table"]];
    let is_locked = locks.iter().any(|words| shape.has_all(words))
        || shape
            .tokens
            .iter()
            .filter_map(Token::word)
            .any(|word| word.starts_with("pg_advisory") || word.starts_with("pg_try_advisory"));
    if is_locked {
        return None;
    }
    shape.tokens.iter().enumerate().filter(|(_, token)| token.word() == Some("max")).find_map(
        |(start, _)| {
            let mut rest = shape.tokens.get(start + 1..)?.iter();
            if rest.next() != Some(&Token::Sign('(')) {
                return None;
            }
            let mut column = None;
            for token in rest.by_ref() {
                match token {
                    Token::Word(word) => column = Some(word.clone()),
                    Token::Sign('.') => {}
                    Token::Sign(')') => break,
                    _ => return None,
                }
            }
            // `coalesce(max(n), 0) + 1`, also with a sign or a cast.
            let mut rest = rest.skip_while(|token| match token {
                Token::Sign(sign) => [',', ')', '-', ':'].contains(sign),
                Token::Parameter | Token::Literal => true,
                Token::Word(word) => {
                    ["integer", "int", "bigint", "int4", "int8"].contains(&word.as_str())
                }
            });
            let is_raised = rest.next() == Some(&Token::Sign('+'))
                && matches!(rest.next(), Some(Token::Parameter | Token::Literal));
            column.filter(|_| is_raised)
        },
    )
}
