//! A statement that runs in no transaction: begun, run and recorded, so that a killed one is neither lost nor run twice.

use futures_util::future::{join3, try_join};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error};

use super::Stop;
use super::stepwise::Steps;
use crate::identifier::fold;
use crate::sql::tokens;

const TIMEOUTS: &str = include_str!("timeouts.sql");
const SET_TIMEOUTS: &str = include_str!("set_timeouts.sql");
const INDEX: &str = include_str!("index.sql");

/// Runs the statement with this index and records it.
pub(super) async fn run(steps: &mut Steps<'_>, index: usize) -> Result<(), Stop> {
    steps.check_lock().await?;
    let effect = Effect::of(steps.text(index));
    let looked =
        try_join(effect.look(steps.client(), steps.is_begun()), timeouts(steps.client())).await;
    let (found, before) = looked.map_err(|error| steps.broken(error))?;
    if steps.is_begun() && found.is_there {
        // It came to its end, and the program did not live to record it.
        return record(steps, index + 1).await;
    }
    clear(steps.client(), &found.invalid).await.map_err(|error| steps.broken(error))?;
    // An effect that is there before says nothing about the statement.
    if !steps.is_begun() && !found.is_there {
        steps.record_alone(steps.done(), true).await?;
        steps.set_begun(true);
    }
    let mut timeouts = steps.timeouts(index);
    if tokens(steps.text(index)).any(|token| token.eq_ignore_ascii_case("concurrently")) {
        // It waits for every older transaction, and nobody waits behind it.
        timeouts.lock = None;
    }
    let client = steps.client();
    let own = timeouts.texts();
    let before = (timeouts.lock.map(|_| before.0), timeouts.statement.map(|_| before.1));
    // In one go: the timeouts come back whatever becomes of the statement, and of this program.
    let (set, result, set_back) =
        join3(set_timeouts(client, &own), steps.execute(index), set_timeouts(client, &before))
            .await;
    if let Err(stop) = result {
        if matches!(stop, Stop::Refused(..)) && effect.is_exact() {
            // Best effort: the connection may be gone, and a statement once begun is only looked at twice.
            if steps.record_alone(steps.done(), false).await.is_ok() {
                steps.set_begun(false);
            }
        }
        return Err(stop);
    }
    set.and(set_back).map_err(|error| steps.broken(error))?;
    record(steps, index + 1).await
}

async fn record(steps: &mut Steps<'_>, done: usize) -> Result<(), Stop> {
    if !steps.is_end(done) {
        steps.record_alone(done, false).await?;
    }
    steps.advanced_to(done);
    Ok(())
}

/// The timeouts for locks and for statements as settings; `None` leaves one as it is.
type Timeouts = (Option<String>, Option<String>);

/// Those of the session.
async fn timeouts(client: &Client) -> Result<(String, String), Error> {
    let row = client.query_typed_one(TIMEOUTS, &[]).await?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}

async fn set_timeouts(client: &Client, (lock, statement): &Timeouts) -> Result<(), Error> {
    let parameters: [(&(dyn ToSql + Sync), Type); 2] =
        [(lock, Type::TEXT), (statement, Type::TEXT)];
    client.query_typed(SET_TIMEOUTS, &parameters).await.map(drop)
}

/// Drops invalid indexes.
async fn clear(client: &Client, invalid: &[String]) -> Result<(), Error> {
    for index in invalid {
        tracing::info!(index, "dropping an invalid index to build it again");
        client.batch_execute(&format!("DROP INDEX CONCURRENTLY {index}")).await?;
    }
    Ok(())
}

/// What is there of a statement's effect.
#[derive(Default)]
struct Found {
    /// Whether the statement has surely come to its end.
    is_there: bool,
    /// The invalid indexes, quoted and qualified, that a failed CREATE INDEX CONCURRENTLY has left, which IF NOT EXISTS would take for
    /// the real one.
    invalid: Vec<String>,
}

/// What tells whether a statement has come to its end.
#[derive(Debug, PartialEq, Eq)]
enum Effect {
    /// A valid index of this name, in the schema of the table. Without a name the server chooses one.
    Index { table: String, name: Option<String> },
    /// No relation of this name.
    NoIndex { name: String },
    /// A database of this name, or none.
    Database { name: String, exists: bool },
    /// Nothing that could be looked up: the statement does no harm when it runs again.
    Unknown,
}

impl Effect {
    fn of(statement: &str) -> Self {
        let tokens: Vec<&str> = tokens(statement).collect();
        let mut rest = tokens.as_slice();
        if skip(&mut rest, &["create", "database"]) {
            return Self::database(rest, true);
        }
        if skip(&mut rest, &["drop", "database"]) {
            skip(&mut rest, &["if", "exists"]);
            return Self::database(rest, false);
        }
        if skip(&mut rest, &["drop", "index", "concurrently"]) {
            skip(&mut rest, &["if", "exists"]);
            let name = qualified_name(&mut rest);
            return match rest.first() {
                Some(&",") => Self::Unknown,
                _ => Self::NoIndex { name },
            };
        }
        if skip(&mut rest, &["create"]) {
            skip(&mut rest, &["unique"]);
            if skip(&mut rest, &["index", "concurrently"]) {
                skip(&mut rest, &["if", "not", "exists"]);
                let name = rest
                    .first()
                    .filter(|token| !token.eq_ignore_ascii_case("on"))
                    .map(|token| fold(token));
                if name.is_some() {
                    rest = rest.get(1..).unwrap_or(&[]);
                }
                skip(&mut rest, &["on"]);
                skip(&mut rest, &["only"]);
                return Self::Index { table: qualified_name(&mut rest), name };
            }
        }
        Self::Unknown
    }

    fn database(rest: &[&str], exists: bool) -> Self {
        rest.first().map_or(Self::Unknown, |token| Self::Database { name: fold(token), exists })
    }

    /// Whether it can be told for sure that the statement has come to its end.
    fn is_exact(&self) -> bool {
        !matches!(self, Self::Index { name: None, .. })
    }

    /// Looks for it. `begun` says that the statement was begun earlier: an index whose name the server chose is ours only then.
    async fn look(&self, client: &Client, begun: bool) -> Result<Found, Error> {
        match self {
            Self::Index { name: None, .. } if !begun => Ok(Found::default()),
            Self::Index { table, name } => {
                let found = find_indexes(client, table, name.as_deref()).await?;
                let is_there = name.is_some() && found.iter().any(|index| index.is_valid);
                let invalid = found.into_iter().filter(|index| !index.is_valid);
                Ok(Found { is_there, invalid: invalid.map(|index| index.name).collect() })
            }
            Self::NoIndex { name } => {
                let sql = "SELECT pg_catalog.to_regclass($1) IS NULL";
                let row = client.query_typed_one(sql, &[(name, Type::TEXT)]).await?;
                Ok(Found { is_there: row.try_get(0)?, invalid: Vec::new() })
            }
            Self::Database { name, exists } => {
                let sql =
                    "SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $1) = $2";
                let parameters: [(&(dyn ToSql + Sync), Type); 2] =
                    [(name, Type::TEXT), (exists, Type::BOOL)];
                let row = client.query_typed_one(sql, &parameters).await?;
                Ok(Found { is_there: row.try_get(0)?, invalid: Vec::new() })
            }
            Self::Unknown => Ok(Found::default()),
        }
    }
}

struct Index {
    /// Quoted and qualified.
    name: String,
    is_valid: bool,
}

/// The index of this name; without a name, the invalid ones whose names the server chose.
async fn find_indexes(
    client: &Client,
    table: &str,
    name: Option<&str>,
) -> Result<Vec<Index>, Error> {
    let parameters: [(&(dyn ToSql + Sync), Type); 2] = [(&table, Type::TEXT), (&name, Type::TEXT)];
    let rows = client.query_typed(INDEX, &parameters).await?;
    rows.iter().map(|row| Ok(Index { name: row.try_get(0)?, is_valid: row.try_get(1)? })).collect()
}

/// Goes past these words, when the tokens begin with them.
fn skip(tokens: &mut &[&str], words: &[&str]) -> bool {
    let begins = words.len() <= tokens.len()
        && tokens.iter().zip(words).all(|(token, word)| token.eq_ignore_ascii_case(word));
    if begins {
        *tokens = tokens.get(words.len()..).unwrap_or(&[]);
    }
    begins
}

/// The name at the start of the tokens, as it stands there.
fn qualified_name(tokens: &mut &[&str]) -> String {
    let mut name = String::new();
    let mut wants_part = true;
    while let Some((first, rest)) = tokens.split_first()
        && wants_part != (*first == ".")
        && !matches!(*first, "(" | "," | ";")
    {
        name.push_str(first);
        wants_part = !wants_part;
        *tokens = rest;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::Effect;

    fn index(table: &str, name: Option<&str>) -> Effect {
        Effect::Index { table: table.to_owned(), name: name.map(str::to_owned) }
    }

    #[test]
    fn the_index_and_the_table_of_a_statement_are_found_however_they_are_written() {
        for (sql, expected) in [
            ("create index concurrently i on t (a)", index("t", Some("i"))),
            (
                "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS Idx ON ONLY s.T(a)",
                index("s.T", Some("idx")),
            ),
            ("create index concurrently on \"S\".\"t\" using gin (a)", index("\"S\".\"t\"", None)),
            ("create /* x */ index concurrently \"I\"\"j\" on t (a)", index("t", Some("I\"j"))),
        ] {
            assert_eq!(Effect::of(sql), expected, "{sql}");
        }
    }

    #[test]
    fn what_is_dropped_is_found() {
        let gone = |name: &str| Effect::NoIndex { name: name.to_owned() };
        assert_eq!(Effect::of("drop index concurrently if exists s.i cascade"), gone("s.i"));
        assert_eq!(Effect::of("drop index concurrently i, j"), Effect::Unknown);
        assert_eq!(Effect::of("vacuum"), Effect::Unknown);
    }
}
