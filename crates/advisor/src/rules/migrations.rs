//! A folder of migrations.

mod dangerous_migration;
mod edited_migration;
mod failing_migration;
mod false_idempotence;
mod migration_without_timeout;
mod missing_down;
mod unfit_folder;
mod wrong_down;

use serde_json::json;

use crate::migrations::{Migrations, location};
use crate::rule::Rule;
use crate::{Context, Found, Object, ObjectKind, RuleError};

pub(super) const RULES: &[&Rule] = &[
    &dangerous_migration::RULE,
    &edited_migration::RULE,
    &failing_migration::RULE,
    &false_idempotence::RULE,
    &migration_without_timeout::RULE,
    &missing_down::RULE,
    &unfit_folder::RULE,
    &wrong_down::RULE,
];

/// What the check found by these rules of its own.
async fn checked(context: &Context<'_>, rules: &[&str]) -> Result<Vec<Found>, RuleError> {
    let looked = context.migrations().await?;
    if looked.migrations.is_empty() {
        return Ok(Vec::new());
    }
    let findings = looked.report.findings.iter().filter(|one| rules.contains(&one.rule.as_str()));
    Ok(findings.map(|one| told(context, looked, one)).collect())
}

fn told(context: &Context<'_>, looked: &Migrations, finding: &homeroom_migrate::Finding) -> Found {
    let object = Object::new(ObjectKind::Migration, looked.identity(&finding.file));
    let mut found =
        Found::new(object, format!("{} {}", finding.file, finding.message).trim().to_owned());
    found.description = Some(finding.to_string());
    found.mitigation.clone_from(&finding.help);
    found.location = location(context, &finding.file, finding.place.as_ref());
    found.evidence = json!(finding);
    found
}
