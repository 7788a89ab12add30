//! The same query again and again in a loop.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};
use crate::statements::Verb;
use crate::{Context, Found, RuleError};

pub(super) const RULE: Rule = Rule {
    id: "n-plus-one",
    family: Family::Queries,
    kind: Kind::Query,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "a query that a loop runs for each of many rows",
    rationale: "\
A list is read with one statement and then something of each of its rows with one more: with a hundred rows, a hundred round \
trips. Tests that are recorded (`HOMEROOM_STATEMENTS`) show it: the same query five times or more in a row on one connection, with \
hardly another statement between.

Which loop runs it says the source: of the places that led to the call, the innermost that stands in a `for`, `while`, `loop` or \
an iterator's closure. Where that is in a test, it is the test that repeats, and nothing is told. Without the source at hand the \
innermost place is told as a hint.",
    sources: &["https://docs.diesel.rs/2.3.x/diesel/associations/index.html"],
    impact: "The time grows with the number of rows, by a round trip each",
    mitigation: "Read all of them at once, with = ANY ($1) or a join",
    blocking: Blocking::No("it works, slowly"),
    needs: &[],
    look: Look::Code {
        run: |context| Box::pin(find(context)),
        sql: "",
    },
    fixture: Fixture::Test("tests/it/recording.rs"),
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    super::repeated(context, |verb| verb == Verb::Select).await
}
