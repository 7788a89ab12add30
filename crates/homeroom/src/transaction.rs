//! Running work in a transaction, and what to do when it has lost against another one.

use std::borrow::Cow;
use std::time::Duration;

use diesel_async::{AnsiTransactionManager, TransactionManager};

use crate::config::DatabaseConfig;
use crate::connect::begin_with_timeouts;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::observe::observe;
use crate::pool::PooledConnection;

/// How often work is tried that loses against others.
pub(crate) const TRIES: u32 = 10;

/// How a transaction begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begin {
    /// At the server's default, READ COMMITTED.
    Plain,
    Serializable,
}

impl Begin {
    const fn sql(self) -> &'static str {
        match self {
            Self::Plain => "BEGIN",
            Self::Serializable => "BEGIN ISOLATION LEVEL SERIALIZABLE",
        }
    }
}

/// Runs `work` in a transaction: committed when it returns `Ok`, rolled back otherwise.
pub(crate) async fn run<T, E, F>(
    connection: &mut PooledConnection,
    begin: Begin,
    config: &DatabaseConfig,
    work: F,
) -> Result<T, E>
where
    F: AsyncFnOnce(&mut Connection) -> Result<T, E>,
    E: From<Error>,
{
    let backend = connection.backend();
    let begin = match connection.is_pooled() {
        true => Cow::from(begin_with_timeouts(&config.settings, begin.sql())),
        false => Cow::from(begin.sql()),
    };
    let conn: &mut Connection = connection;
    observe("BEGIN", async {
        Ok::<_, Error>(AnsiTransactionManager::begin_transaction_sql(conn, &begin).await?)
    })
    .await?;
    let outcome = work(conn).await;
    let value = end(conn, outcome).await?;
    // PostgreSQL answers the COMMIT of a failed transaction with a rollback, and calls it no error.
    if backend.was_rolled_back() { Err(Error::Aborted.into()) } else { Ok(value) }
}

/// Commits when the work of the open transaction (or savepoint) came to something, else rolls back.
pub(crate) async fn end<T, E: From<Error>>(
    conn: &mut Connection,
    outcome: Result<T, E>,
) -> Result<T, E> {
    match outcome {
        Ok(value) => {
            let commit =
                async { Ok::<_, Error>(AnsiTransactionManager::commit_transaction(conn).await?) };
            observe("COMMIT", commit).await?;
            Ok(value)
        }
        Err(error) => {
            // The work's error says more than that of a rollback; a connection that can't roll back is not reused.
            let rollback =
                async { Ok::<_, Error>(AnsiTransactionManager::rollback_transaction(conn).await?) };
            if let Err(error) = observe("ROLLBACK", rollback).await {
                tracing::warn!(%error, "a transaction could not be rolled back, its connection is closed");
            }
            Err(error)
        }
    }
}

/// Waits for a random time before work is tried again, so that those who have met don't meet again at once.
pub(crate) async fn pause(tries: u32) {
    // Without chance the longest pause is as good as any.
    let pause = getrandom::u32().map_or(longest_pause(tries), |dice| pause_of(tries, dice));
    tokio::time::sleep(Duration::from_millis(pause)).await;
}

/// Milliseconds from 0 to the longest, any of them as likely as any other.
const fn pause_of(tries: u32, dice: u32) -> u64 {
    dice as u64 % (longest_pause(tries) + 1)
}

/// Milliseconds: twice as many at each try, and a quarter of a second at the most.
const fn longest_pause(tries: u32) -> u64 {
    let longest = 2 << tries;
    if longest < 250 { longest } else { 250 }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_longest_pause_doubles_with_each_try_up_to_a_quarter_of_a_second() {
        let longest: Vec<u64> = (0..TRIES).map(longest_pause).collect();
        assert_eq!(longest, [2, 4, 8, 16, 32, 64, 128, 250, 250, 250]);
    }

    #[test]
    fn a_pause_is_any_from_none_to_the_longest() {
        for tries in 0..TRIES {
            let pauses: BTreeSet<u64> = (0..1_000).map(|dice| pause_of(tries, dice)).collect();
            assert!(pauses.into_iter().eq(0..=longest_pause(tries)));
            assert!(pause_of(tries, u32::MAX) <= longest_pause(tries));
        }
    }
}
