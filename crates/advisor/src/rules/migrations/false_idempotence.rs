//! Migrations that say they can be run twice.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Need, Priority, Rule};
use serde_json::json;

use crate::migrations::{Claim, Repeated, RepeatedResult, location};
use crate::{Context, Found, Object, ObjectKind, RuleError};

pub(super) const RULE: Rule = Rule {
    id: "false-idempotence",
    family: Family::Migrations,
    kind: Kind::Migrations,
    priority: Priority::Medium,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "a migration that says it can be run twice, and can't",
    rationale: "\
Whoever reads `IF NOT EXISTS`, or a comment that says so, runs the file again after a failure, by hand. It is run twice on a \
scratch database, the second time behind the first: where that fails or changes the schema once more, the promise is not kept. One \
guard in a file without the others is such a promise; guards on extensions and schemas are not, nor is `OR REPLACE`.",
    sources: &[],
    impact: "A second run stops half way",
    mitigation: "Guard every statement, or none and rely on the history of the migrations",
    blocking: Blocking::No("the first run works"),
    needs: &[Need::Migrations, Need::Scratch],
    look: Look::Code { run: |context| Box::pin(find(context)), sql: "" },
    fixture: Fixture::Test("tests/it/migrations.rs"),
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    let looked = context.migrations().await?;
    let told = |one: &Repeated| {
        let what = match &one.result {
            RepeatedResult::Failed(message) => format!("fails when it is run again: {message}"),
            RepeatedResult::Changed(_) => {
                "changes the schema once more when it is run again".to_owned()
            }
        };
        let says = match one.claim {
            Claim::Comment => "says that it can be run twice",
            Claim::Statement => "guards some of its statements",
        };
        let object = Object::new(ObjectKind::Migration, one.version.to_string());
        let mut found = Found::new(object, format!("{} {says}, and {what}", one.file));
        found.priority =
            Some(if one.claim == Claim::Comment { Priority::Medium } else { Priority::Low });
        found.location = location(context, &one.file, None);
        found.evidence = match &one.result {
            RepeatedResult::Failed(message) => json!({ "claim": one.claim, "failure": message }),
            RepeatedResult::Changed(difference) => {
                json!({ "claim": one.claim, "difference": difference })
            }
        };
        found
    };
    Ok(looked.repeated.iter().map(told).collect())
}
