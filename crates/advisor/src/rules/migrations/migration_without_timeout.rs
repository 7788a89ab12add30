//! Migrations that wait for locks without an end.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Need, Priority, Rule};
use serde_json::json;

use crate::migrations::location;
use crate::{Context, Found, Object, ObjectKind, RuleError};
use homeroom_migrate::Migration;

pub(super) const RULE: Rule = Rule {
    id: "migration-without-timeout",
    family: Family::Migrations,
    kind: Kind::Migrations,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "migrations that take strong locks without a lock_timeout",
    rationale: "\
A migration that waits for a table waits behind every transaction that uses it, and everybody else waits behind the migration: one \
forgotten session stops the application. `lock_timeout` ends that after seconds.

`homeroom migrate` sets it itself, so folders of its own style pass. In those of other tools a pending migration is told that \
changes a table which was there before, and neither it nor the database or the role sets `lock_timeout`. A tool can be told to set \
it for its connection, which nobody sees here.",
    sources: &["https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT", "https://postgres.ai/blog/20210923-zero-downtime-postgres-schema-migrations-lock-timeout-and-retries"],
    impact: "One long transaction makes the migration, and behind it the application, wait",
    mitigation: "SET lock_timeout at the beginning of the migration, and try again when it fails",
    blocking: Blocking::No("it takes a long transaction at the wrong moment"),
    needs: &[Need::Migrations],
    look: Look::Code {
        run: |context| Box::pin(find(context)),
        sql: "",
    },
    fixture: Fixture::Test("tests/it/migrations.rs"),
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    let looked = context.migrations().await?;
    let is_set = !context.query(SET, &[]).await?.is_empty();
    if is_set || looked.migrations.iter().all(is_own) {
        return Ok(Vec::new());
    }
    let pending = looked.migrations.iter().filter(|one| !looked.applied.contains(&one.version()));
    let unguarded = pending.filter(|one| {
        alters(one.up().sql()) && !one.up().sql().to_lowercase().contains("lock_timeout")
    });
    let files: Vec<&str> = unguarded.map(|one| one.up().file()).collect();
    let Some(first) = files.first() else { return Ok(Vec::new()) };
    // All together: it is one decision.
    let title =
        format!("{} migrations change tables without a lock_timeout, such as {first}", files.len());
    let mut found = Found::new(Object::new(ObjectKind::Migration, "all"), title);
    found.location = location(context, first, None);
    found.evidence = json!({ "files": files });
    Ok(vec![found])
}

/// Whether the database or the role sets it for every session.
const SET: &str = "SELECT FROM pg_settings WHERE name = 'lock_timeout' AND reset_val <> '0'";

/// Whether its file is named as `homeroom migrate` names them.
fn is_own(migration: &Migration) -> bool {
    migration.up().file().ends_with(".up.sql") && migration.version().to_string().len() == 4
}

/// Whether it changes a table that it does not make itself.
fn alters(sql: &str) -> bool {
    let words: Vec<String> = sql.split_whitespace().map(str::to_lowercase).collect();
    let name_of = |window: &[String], skip: usize| {
        let mut rest = window
            .iter()
            .skip(skip)
            .skip_while(|word| ["if", "not", "exists", "only"].contains(&word.as_str()));
        rest.next().map(|name| name.trim_matches(['"', ';', '(']).to_owned())
    };
    let made: Vec<String> = words
        .windows(6)
        .filter(|window| matches!(window, [first, second, ..] if first == "create" && second == "table"))
        .filter_map(|window| name_of(window, 2))
        .collect();
    let altered = words.windows(5).filter(
        |window| matches!(window, [first, second, ..] if first == "alter" && second == "table"),
    );
    altered.filter_map(|window| name_of(window, 2)).any(|name| !made.contains(&name))
}
