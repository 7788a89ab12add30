//! Migrations that stop a database in use.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Need, Priority, Rule};
use serde_json::json;

use crate::migrations::location;
use crate::{Context, Found, Object, ObjectKind, RuleError};
use homeroom_migrate::{Finding as Danger, Severity};

pub(super) const RULE: Rule = Rule {
    id: "dangerous-migration",
    family: Family::Migrations,
    kind: Kind::Migrations,
    priority: Priority::High,
    certainty: Certainty::Likely,
    effort: Effort::Medium,
    title: "a migration that locks, rewrites or scans tables in use, or breaks the programs that use them",
    rationale: "\
What `homeroom migrate check` says of the up scripts, as far as it is more than a note: the linter squawk reads them, and with a \
scratch database each statement is run there, so that what it really locks, writes anew and reads from end to end decides, in `DO` \
blocks and functions too. Tables that a migration makes itself are nobody's yet and count for nothing.

Migrations that the history of the database has as applied pass: their danger is over. `-- check-ignore: rule reason` at a \
statement is heard.",
    sources: &["https://squawkhq.com/docs/rules", "https://www.postgresql.org/docs/current/explicit-locking.html"],
    impact: "Reads and writes wait for as long as the tables are large, or fail",
    mitigation: "Do what the help of each finding says: NOT VALID and VALIDATE, CONCURRENTLY, small steps",
    blocking: Blocking::No("it runs when the migration is applied"),
    needs: &[Need::Migrations],
    look: Look::Code {
        run: |context| Box::pin(find(context)),
        sql: "",
    },
    fixture: Fixture::Test("tests/it/migrations.rs"),
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    let looked = context.migrations().await?;
    let mut found: Vec<Found> = Vec::new();
    for migration in looked.migrations.iter().filter(|one| !looked.applied.contains(&one.version()))
    {
        let file = migration.up().file();
        let dangers: Vec<&Danger> = looked
            .report
            .findings
            .iter()
            .filter(|one| one.file == file && one.severity > Severity::Note)
            // What another rule tells.
            .filter(|one| !OTHERS.contains(&one.rule.as_str()))
            .collect();
        let Some(worst) = dangers.iter().max_by_key(|one| one.severity) else { continue };
        let object = Object::new(ObjectKind::Migration, migration.version().to_string());
        let more = if dangers.len() > 1 {
            format!(", and {} more", dangers.len() - 1)
        } else {
            String::new()
        };
        let title =
            format!("{}_{}: {}{more}", migration.version(), migration.name(), worst.message);
        let mut one = Found::new(object, title);
        one.priority =
            Some(if worst.severity == Severity::Error { Priority::High } else { Priority::Medium });
        one.description =
            Some(dangers.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n"));
        one.mitigation = worst.help.clone();
        one.location = location(context, file, worst.place.as_ref());
        one.evidence = json!(dangers);
        found.push(one);
    }
    Ok(found)
}

/// What the check finds and other rules of the family tell.
const OTHERS: [&str; 10] = [
    "empty-down",
    "digit-count",
    "edited-migration",
    "missing-migration",
    "late-migration",
    "half-down",
    "edited-where-done",
    "fails",
    "ignore-without-reason",
    "unused-check-ignore",
];
