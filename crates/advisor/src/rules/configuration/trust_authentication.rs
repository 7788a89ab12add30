//! Hosts that are believed.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};
use crate::{Context, Found, RuleError};

const SQL: &str = include_str!("trust_authentication.sql");

pub(super) const RULE: Rule = Rule {
    id: "trust-authentication",
    family: Family::Configuration,
    kind: Kind::Security,
    priority: Priority::High,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "a network from which everybody is believed to be who they say",
    rationale: "\
`trust` asks for nothing: whoever reaches the port is the role that they name, a superuser too. Lines for the loopback addresses \
pass, where only users of the machine come from. The file is shown to superusers, and to those who may execute \
`pg_hba_file_rules()`; for others the rule is skipped.",
    sources: &["https://www.postgresql.org/docs/current/auth-trust.html"],
    impact: "Whoever reaches the port can be any role",
    mitigation: "Ask for scram-sha-256 or a certificate",
    blocking: Blocking::No("it is an exposure and stops no work"),
    needs: &[],
    look: Look::Code { run: |context| Box::pin(find(context)), sql: SQL },
    fixture: Fixture::Test("tests/it/configuration.rs"),
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    const MAY: &str = "SELECT has_function_privilege('pg_hba_file_rules()', 'EXECUTE')";
    let rows = context.query(MAY, &[]).await?;
    let may: Option<bool> = rows.first().map(|row| row.get(0));
    if may != Some(true) {
        return Err(RuleError::Skip("this role may not read pg_hba.conf".to_owned()));
    }
    context.find(SQL).await
}
