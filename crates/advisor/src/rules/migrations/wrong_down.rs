//! Downs that do not lead back.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Need, Priority, Rule};
use serde_json::json;

use crate::migrations::location;
use crate::{Context, Found, Object, ObjectKind, RuleError};
use homeroom_migrate::{DownClass, VerifiedMigration};

pub(super) const RULE: Rule = Rule {
    id: "wrong-down",
    family: Family::Migrations,
    kind: Kind::Migrations,
    priority: Priority::Medium,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "a down script that fails or leaves another schema than was there before",
    rationale: "\
Each migration is applied, taken back and applied again on a scratch database, and the schema is compared object by object. A down \
that fails, that leaves something else than was there before, or behind which the up fails or makes something else, is wrong. The \
order of columns and white space in definitions are no difference. That a down can't bring back the rows of a dropped table is its \
nature and is not told.",
    sources: &[],
    impact: "A rollback fails, or leaves a schema that no file describes",
    mitigation: "Write in the down script what the difference shows",
    blocking: Blocking::No("it takes a rollback"),
    needs: &[Need::Migrations, Need::Scratch],
    look: Look::Code { run: |context| Box::pin(find(context)), sql: "" },
    fixture: Fixture::Test("tests/it/migrations.rs"),
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    let looked = context.migrations().await?;
    let verified = looked.verification.iter().flat_map(|verification| &verification.migrations);
    let wrong = verified.filter(|one| matches!(one.class, DownClass::Wrong | DownClass::Failing));
    let told = |one: &VerifiedMigration| {
        let migration =
            looked.migrations.iter().find(|migration| migration.version() == one.version);
        let title = format!("the down of {}_{} is {}", one.version, one.name, one.class);
        let object = Object::new(ObjectKind::Migration, one.version.to_string());
        let mut found = Found::new(object, title);
        found.description = Some(one.to_string());
        let file = migration.map_or("", |migration| migration.down().file());
        found.location = location(context, file, None);
        found.evidence = json!({
            "class": one.class,
            "difference": one.difference,
            "difference_again": one.difference_again,
            "failure": one.failure,
        });
        found
    };
    Ok(wrong.map(told).collect())
}
