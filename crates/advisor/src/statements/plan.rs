//! The plan of a statement whose values nobody knows.

use serde_json::Value;

use crate::context::Context;
use crate::error::RuleError;

/// How many parameters the statement has that is being planned.
const COUNT: &str = "SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'homeroom_advisor'";

/// What the server would do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plan {
    /// What `EXPLAIN (FORMAT JSON)` says of the topmost node.
    pub(crate) root: Value,
}

/// A table that would be read from end to end.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scan {
    pub(crate) schema: String,
    pub(crate) table: String,
    pub(crate) filter: String,
    /// How many rows the planner expects to be left.
    pub(crate) rows: f64,
}

impl Plan {
    /// What the planner thinks it costs, in its own unit.
    pub(crate) fn cost(&self) -> f64 {
        number(&self.root, "Total Cost")
    }

    /// The sequential scans with a filter.
    pub(crate) fn scans(&self) -> Vec<Scan> {
        let scans = self.nodes().into_iter().filter(|node| text(node, "Node Type") == "Seq Scan");
        let scans = scans.filter(|node| !text(node, "Filter").is_empty()).map(|node| Scan {
            schema: text(node, "Schema").to_owned(),
            table: text(node, "Relation Name").to_owned(),
            filter: text(node, "Filter").to_owned(),
            rows: number(node, "Plan Rows"),
        });
        scans.collect()
    }

    /// The nodes, one a line with its depth, as `EXPLAIN (COSTS OFF)` prints them.
    pub(crate) fn outline(&self) -> Vec<String> {
        let mut lines = Vec::new();
        outline(&self.root, 0, &mut lines);
        lines
    }

    fn nodes(&self) -> Vec<&Value> {
        let mut nodes = vec![&self.root];
        let mut next = 0;
        while let Some(node) = nodes.get(next).copied() {
            nodes.extend(node.get("Plans").and_then(Value::as_array).into_iter().flatten());
            next += 1;
        }
        nodes
    }
}

fn outline(node: &Value, depth: usize, lines: &mut Vec<String>) {
    let mut line = format!("{}{}", "  ".repeat(depth), text(node, "Node Type"));
    for (label, key) in [
        (" using ", "Index Name"),
        (" on ", "Relation Name"),
        (" if ", "Index Cond"),
        (", filter ", "Filter"),
    ] {
        let own = text(node, key);
        if !own.is_empty() {
            line.push_str(label);
            line.push_str(own);
        }
    }
    lines.push(line);
    for child in node.get("Plans").and_then(Value::as_array).into_iter().flatten() {
        outline(child, depth + 1, lines);
    }
}

fn text<'a>(node: &'a Value, key: &str) -> &'a str {
    node.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn number(node: &Value, key: &str) -> f64 {
    node.get(key).and_then(Value::as_f64).unwrap_or_default()
}

/// Asks for the plan of a statement with parameters: the generic one, for no value in particular. `None` where the server can't plan
/// it, as when the type of a parameter can't be told, or the text was cut off.
///
/// Nothing is executed: `EXPLAIN (GENERIC_PLAN)` since PostgreSQL 16; before, a prepared statement of which a generic plan is forced,
/// so that the nulls that are passed don't matter. The text goes through the extended protocol, which takes one statement alone.
pub(crate) async fn explain(
    context: &Context<'_>,
    statement: &str,
) -> Result<Option<Plan>, RuleError> {
    // The search_path of the application, for its names have no schema.
    let schemas =
        context.schemas.iter().map(|schema| format!("\"{}\"", schema.replace('"', "\"\"")));
    let path = schemas.collect::<Vec<_>>().join(", ");
    batch(context, "SAVEPOINT plan").await?;
    let set = "SELECT set_config('search_path', $1, true)";
    context.query(set, &[&format!("public, {path}")]).await?;
    let plan = if context.server.version >= 160_000 {
        plan(context, &format!("EXPLAIN (GENERIC_PLAN, VERBOSE, FORMAT JSON) {statement}")).await
    } else {
        prepared(context, statement).await
    };
    batch(
        context,
        "ROLLBACK TO SAVEPOINT plan; RELEASE SAVEPOINT plan; SET LOCAL search_path = pg_catalog",
    )
    .await?;
    // A prepared statement outlives the rollback.
    if !context.query(COUNT, &[]).await?.is_empty() {
        batch(context, "DEALLOCATE homeroom_advisor").await?;
    }
    Ok(plan.ok().flatten())
}

async fn prepared(
    context: &Context<'_>,
    statement: &str,
) -> Result<Option<Plan>, tokio_postgres::Error> {
    let client = context.client;
    client.batch_execute("SET LOCAL plan_cache_mode = force_generic_plan").await?;
    client.execute_typed(&format!("PREPARE homeroom_advisor AS {statement}"), &[]).await?;
    let parameters: i32 = client.query_one(COUNT, &[]).await?.try_get(0)?;
    let nulls = vec!["NULL"; usize::try_from(parameters).unwrap_or_default()].join(", ");
    let values = if nulls.is_empty() { nulls } else { format!("({nulls})") };
    plan(context, &format!("EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE homeroom_advisor{values}")).await
}

async fn plan(context: &Context<'_>, sql: &str) -> Result<Option<Plan>, tokio_postgres::Error> {
    let rows = context.client.query_typed(sql, &[]).await?;
    let json: Option<Value> = match rows.first() {
        Some(row) => row.try_get(0)?,
        None => None,
    };
    let root = json.as_ref().and_then(|json| json.get(0)).and_then(|first| first.get("Plan"));
    Ok(root.map(|root| Plan { root: root.clone() }))
}

async fn batch(context: &Context<'_>, sql: &str) -> Result<(), RuleError> {
    context.client.batch_execute(sql).await.map_err(RuleError::Database)
}
