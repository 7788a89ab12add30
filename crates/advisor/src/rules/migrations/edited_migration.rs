//! Files that are no longer what was applied.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Need, Priority, Rule};
use crate::{Context, Found, RuleError};

pub(super) const RULE: Rule = Rule {
    id: "edited-migration",
    family: Family::Migrations,
    kind: Kind::Migrations,
    priority: Priority::High,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "a migration whose files do not fit the history of the database",
    rationale: "\
The history keeps a checksum of what was applied. A file that was edited afterwards, is missing, came late behind newer ones, or \
stands half taken back means that this database and one that is made anew from the files differ, and nobody can say how.",
    sources: &[],
    impact: "This database and a new one are not the same",
    mitigation: "Put the file back and make the change in a new migration, or accept it with `homeroom migrate repair`",
    blocking: Blocking::No("both go on working, differently"),
    needs: &[Need::Migrations],
    look: Look::Code { run: |context| Box::pin(find(context)), sql: "" },
    fixture: Fixture::Test("tests/it/migrations.rs"),
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    let rules = [
        "edited-migration",
        "missing-migration",
        "late-migration",
        "half-down",
        "edited-where-done",
    ];
    super::checked(context, &rules).await
}
