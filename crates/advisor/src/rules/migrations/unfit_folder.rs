//! Folders of migrations that can't be run.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Need, Priority, Rule};
use crate::{Context, Found, RuleError};

pub(super) const RULE: Rule = Rule {
    id: "unfit-folder",
    family: Family::Migrations,
    kind: Kind::Migrations,
    priority: Priority::High,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "files in the folder of migrations that make it unfit to be run",
    rationale: "\
Two files with one version, an up without its down in a folder that has downs, a quote that never ends, a BEGIN without its \
COMMIT: with such files nobody knows what would be run. What each style of folder allows is told by `homeroom migrate`'s \
documentation.",
    sources: &[],
    impact: "Nothing can be migrated, or not what was meant",
    mitigation: "Do what the message says",
    blocking: Blocking::No("new databases and deployments need it"),
    needs: &[Need::Migrations],
    look: Look::Code { run: |context| Box::pin(find(context)), sql: "" },
    fixture: Fixture::Test("tests/it/migrations.rs"),
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    let looked = context.migrations().await?;
    if !looked.migrations.is_empty() {
        return Ok(Vec::new());
    }
    let faults = looked.report.findings.iter();
    Ok(faults.map(|fault| super::told(context, looked, fault)).collect())
}
