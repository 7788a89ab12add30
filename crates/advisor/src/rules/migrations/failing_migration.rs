//! Migrations that fail.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Need, Priority, Rule};
use crate::{Context, Found, RuleError};

pub(super) const RULE: Rule = Rule {
    id: "failing-migration",
    family: Family::Migrations,
    kind: Kind::Migrations,
    priority: Priority::High,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "a migration that fails on an empty database",
    rationale: "\
The up scripts are run in their order on an empty scratch database. Where one fails, nobody can make the schema anew: not a test, \
not a new colleague, not the next region.",
    sources: &[],
    impact: "The schema can't be made from the migrations",
    mitigation: "Mend it; where it was applied elsewhere already, what it needs has to come before it",
    blocking: Blocking::No("databases that are there go on"),
    needs: &[Need::Migrations, Need::Scratch],
    look: Look::Code { run: |context| Box::pin(find(context)), sql: "" },
    fixture: Fixture::Test("tests/it/migrations.rs"),
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    super::checked(context, &["fails"]).await
}
