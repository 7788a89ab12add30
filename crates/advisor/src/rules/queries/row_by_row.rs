//! The same change again and again in a loop.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};
use crate::statements::Verb;
use crate::{Context, Found, RuleError};

pub(super) const RULE: Rule = Rule {
    id: "row-by-row",
    family: Family::Queries,
    kind: Kind::Query,
    priority: Priority::Low,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "a change that a loop makes row by row",
    rationale: "\
As with queries in a loop, each change costs a round trip, and without a transaction around a commit too. `INSERT … SELECT \
unnest($1, $2)`, `UPDATE … FROM unnest` or COPY do the same at once. It is found as `n-plus-one` is, in recorded tests, from five \
times in a row on.",
    sources: &["https://www.postgresql.org/docs/current/populate.html"],
    impact: "The time grows with the number of rows, by a round trip each",
    mitigation: "Write all of them with one statement, over unnest() of arrays",
    blocking: Blocking::No("it works, slowly"),
    needs: &[],
    look: Look::Code { run: |context| Box::pin(find(context)), sql: "" },
    fixture: Fixture::Test("tests/it/recording.rs"),
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    let changes = |verb| matches!(verb, Verb::Insert | Verb::Update | Verb::Delete);
    super::repeated(context, changes).await
}
