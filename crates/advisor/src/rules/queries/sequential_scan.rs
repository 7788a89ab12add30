//! Statements that read a large table for a few rows.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};
use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::finding::Suggestion;
use crate::statements::{Plan, Scan, Statement, Verb, explain};
use crate::{Context, Found, RuleError};

const SQL: &str = include_str!("sequential_scan.sql");
const HYPOTHETICAL: &str = include_str!("hypothetical_index.sql");

pub(super) const RULE: Rule = Rule {
    id: "sequential-scan",
    family: Family::Queries,
    kind: Kind::Performance,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "a statement that reads a large table from end to end for a few of its rows",
    rationale: "\
Of the statements that were run, the most expensive ones are planned for no value in particular (`EXPLAIN (GENERIC_PLAN)`, before \
PostgreSQL 16 a generic plan that is forced). Where the plan reads a table of 10,000 rows or more from end to end and expects one \
row in a hundred, or less, to pass its filter, an index of the columns that the filter compares with values is proposed.

Where the extension hypopg is in the database, the plan with that index is asked for as well: the proposal is made only when the \
plan uses it and costs half at the most. Otherwise it is less sure. Nothing is executed.",
    sources: &["https://www.postgresql.org/docs/current/using-explain.html", "https://hypopg.readthedocs.io/"],
    impact: "It takes the longer, the larger the table gets",
    mitigation: "Make the index",
    blocking: Blocking::No("it works, slowly"),
    needs: &[],
    look: Look::Code {
        run: |context| Box::pin(find(context)),
        sql: SQL,
    },
    fixture: Fixture::Test("tests/it/queries.rs"),
};

/// How many statements are planned: those that take most of the time.
const PLANNED: usize = 40;

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    let statements = context.statements().await?;
    let reads = |one: &&Statement| one.shape.verb != Verb::Other && one.shape.verb != Verb::Insert;
    let mut found: Vec<Found> = Vec::new();
    for statement in statements.iter().filter(reads).take(PLANNED) {
        let Some(plan) = explain(context, &statement.text).await? else { continue };
        for scan in plan.scans() {
            if let Some(one) = look(context, statement, &plan, &scan).await? {
                found.push(one);
            }
        }
    }
    Ok(found)
}

/// What there is to say of one scan.
async fn look(
    context: &Context<'_>,
    statement: &Statement,
    plan: &Plan,
    scan: &Scan,
) -> Result<Option<Found>, RuleError> {
    let columns: Vec<String> = compared(&scan.filter).into_iter().collect();
    if columns.is_empty() {
        return Ok(None);
    }
    let rows = context.query(SQL, &[&scan.schema, &scan.table, &scan.rows, &columns]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let read = RuleError::Database;
    let identity: String = row.try_get("identity").map_err(read)?;
    let table_rows: f64 = row.try_get("rows").map_err(read)?;
    let index: String = row.try_get("index").map_err(read)?;
    let up: String = row.try_get("up").map_err(read)?;
    let down: String = row.try_get("down").map_err(read)?;
    let hypothetical = with_index(context, statement, &index).await?;
    let mut evidence = json!({
        "statement": statement.text,
        "rows_of_table": table_rows,
        "rows_expected": scan.rows,
        "cost": plan.cost(),
        "plan": plan.outline(),
    });
    let mut certainty = None;
    if let Some(with) = &hypothetical {
        if with.cost() > 0.5 * plan.cost() {
            return Ok(None);
        }
        if let Value::Object(evidence) = &mut evidence {
            evidence.insert("cost_with_index".to_owned(), json!(with.cost()));
            evidence.insert("plan_with_index".to_owned(), json!(with.outline()));
        }
    } else {
        certainty = Some(Certainty::Hint);
    }
    let title = format!(
        "{identity} is read from end to end for {:.0} of {table_rows:.0} rows: {}",
        scan.rows,
        statement.short()
    );
    let mut found = Found::new(statement.object(), title);
    found.description = Some(match &hypothetical {
        Some(with) => format!(
            "The filter is {}. The planner reckons with a cost of {:.0}, and with an index of {} with {:.0}.",
            scan.filter,
            plan.cost(),
            columns.join(", "),
            with.cost()
        ),
        None => format!(
            "The filter is {}. The planner reckons with a cost of {:.0}.",
            scan.filter,
            plan.cost()
        ),
    });
    found.certainty = certainty;
    found.suggestion = Some(Suggestion { up, down: Some(down) });
    found.evidence = evidence;
    Ok(Some(found))
}

/// The plan with an index that isn't there; `None` where hypopg isn't there either.
async fn with_index(
    context: &Context<'_>,
    statement: &Statement,
    index: &str,
) -> Result<Option<Plan>, RuleError> {
    let Some(schema) = context.extension("hypopg") else { return Ok(None) };
    let path = "SELECT set_config('search_path', 'pg_catalog, ' || $1, true)";
    context.query(path, &[&schema]).await?;
    context.query(HYPOTHETICAL, &[&index]).await?;
    let plan = explain(context, &statement.text).await?;
    context.query(path, &[&schema]).await?;
    context.query("SELECT hypopg_reset()", &[]).await?;
    context.query(path, &[&"pg_catalog"]).await?;
    Ok(plan)
}

/// The columns that a filter compares with a value: `((users.email = $1) AND (users.name = ANY ($2)))`. Only where all of it must be
/// so: an OR is no case for one index.
fn compared(filter: &str) -> BTreeSet<String> {
    if filter.contains(" OR ") || filter.contains("SubPlan") {
        return BTreeSet::new();
    }
    let terms = filter.split(" AND ");
    terms
        .filter_map(|term| {
            let (column, value) = term.split_once(" = ")?;
            let value = value.trim_start_matches("ANY (").trim_start_matches('(');
            let column = column.trim_start_matches('(');
            if column.contains('(') {
                return None;
            }
            // `(users.email)::text`
            let column = column.split("::").next()?.trim_end_matches(')');
            let column = column.rsplit('.').next()?;
            let is_name = column.chars().all(|c| c.is_alphanumeric() || c == '_')
                || (column.starts_with('"') && column.ends_with('"') && column.len() > 2);
            (value.starts_with('$') && is_name && !column.is_empty())
                .then(|| column.trim_matches('"').to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::compared;

    #[test]
    fn only_columns_that_are_compared_with_values_go_into_an_index() {
        let columns = |filter| compared(filter).into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(columns("((users.email = $1) AND (users.deleted_at IS NULL))"), "email");
        assert_eq!(
            columns("(((users.name)::text = $1) AND (users.\"Role\" = ANY ($2)))"),
            "Role name"
        );
        assert_eq!(columns("((users.a = $1) OR (users.b = $2))"), "");
        assert_eq!(columns("(lower(users.email) = $1)"), "");
        assert_eq!(columns("(users.a = users.b)"), "");
    }
}
