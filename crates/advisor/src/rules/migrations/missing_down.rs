//! Migrations without a way back.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Need, Priority, Rule};
use crate::{Context, Found, RuleError};

pub(super) const RULE: Rule = Rule {
    id: "missing-down",
    family: Family::Migrations,
    kind: Kind::Migrations,
    priority: Priority::Medium,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "a migration without a down script, or with one that does nothing",
    rationale: "\
In a folder that has down scripts, one that is missing or empty takes nothing back and is recorded as done: the history says that \
the migration is gone, and its tables are there. A folder without any down script passes, as that of a project which wants none, \
and so does a down that says why there is no way back (`-- irreversible: reason`).",
    sources: &[],
    impact: "Taking it back leaves what it made",
    mitigation: "Write the way back, or why there is none",
    blocking: Blocking::No("it takes a rollback"),
    needs: &[Need::Migrations],
    look: Look::Code { run: |context| Box::pin(find(context)), sql: "" },
    fixture: Fixture::Test("tests/it/migrations.rs"),
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    super::checked(context, &["empty-down"]).await
}
