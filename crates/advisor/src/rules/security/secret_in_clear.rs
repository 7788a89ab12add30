//! Passwords, tokens and keys that are stored as they are.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};
use crate::{Context, Found, RuleError};

const SQL: &str = include_str!("secret_in_clear.sql");

pub(super) const RULE: Rule = Rule {
    id: "secret-in-clear",
    family: Family::Security,
    kind: Kind::Security,
    priority: Priority::Medium,
    certainty: Certainty::Hint,
    effort: Effort::Medium,
    title: "a column that holds passwords, tokens or keys in clear",
    rationale: "\
Who reads a backup, a replica or a log of statements has every secret that the database stores as it is. Passwords belong there as \
slow salted hashes (argon2, scrypt, bcrypt), tokens that are only compared as a SHA-256, and keys that have to be used again \
encrypted with a key that the database has not.

Columns of text are found by their names. One passes that says it is a hash or encrypted: by its name, its comment, a CHECK, its \
type (`bytea`, `char(60)`), or the average width that the server's statistics tell. That is a hint, for a column called `password` \
often holds a hash.

With consent (`--sample-values`) up to 200 values of each column are looked at by the server, which returns only how many look like \
a hash, like something encrypted, or like a signed token, a provider's key or a private key. That clears columns that hold hashes, \
makes the others certain, and finds keys in columns of any name.",
    sources: &["https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html", "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html"],
    impact: "Whoever sees a backup, a replica or a log can act as the people and programs whose secrets these are",
    mitigation: "Store a hash, or encrypt it with a key that is kept elsewhere; say so in a comment of the column",
    blocking: Blocking::No("it is an exposure and stops no work"),
    needs: &[],
    look: Look::Code {
        run: |context| Box::pin(find(context)),
        sql: SQL,
    },
    fixture: Fixture::Schema {
        fault: include_str!("secret_in_clear/fault.sql"),
        alike: include_str!("secret_in_clear/alike.sql"),
    },
};

async fn find(context: &Context<'_>) -> Result<Vec<Found>, RuleError> {
    let rows = context.query(SQL, &[&context.schemas, &context.options.sample_values]).await?;
    rows.iter().map(Found::from_row).collect()
}
