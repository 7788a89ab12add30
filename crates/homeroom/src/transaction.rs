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
    let longest = (2_u64 << tries).min(250);
    // Without chance the longest pause is as good as any.
    let dice = getrandom::u32().map_or(longest, |dice| u64::from(dice) % (longest + 1));
    tokio::time::sleep(Duration::from_millis(dice)).await;
}
