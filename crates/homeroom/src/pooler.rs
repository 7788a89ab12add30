//! Poolers such as PgBouncer in transaction mode, behind which a session's state is everybody's: recognised, and kept out of it.

use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::backend::Backend;
use crate::error::{Cause, Error, Result};

/// What stands between us and the server: `DATABASE_POOLER`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum PoolerMode {
    /// Find out. A pooler is taken for one in transaction mode, which is right for all of them.
    #[default]
    Auto,
    /// Nothing, or a pooler in session mode.
    Session,
    /// A pooler in transaction mode that keeps prepared statements.
    Transaction,
}

impl FromStr for PoolerMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "session" => Ok(Self::Session),
            "transaction" => Ok(Self::Transaction),
            _ => Err("auto, session or transaction".to_owned()),
        }
    }
}

/// What was found out about a pooler, for all connections of a pool.
#[derive(Debug, Default)]
pub(crate) struct Pooler {
    mode: PoolerMode,
    refuses_options: AtomicBool,
    /// It was seen to keep prepared statements.
    keeps_statements: AtomicBool,
}

impl Pooler {
    pub(crate) fn new(mode: PoolerMode) -> Self {
        Self { mode, ..Self::default() }
    }

    /// Whether settings can be a part of a connection's start.
    pub(crate) fn takes_options(&self) -> bool {
        self.mode != PoolerMode::Transaction && !self.refuses_options.load(Ordering::Relaxed)
    }

    /// Whether a pooler in transaction mode stands before the server.
    pub(crate) async fn recognise(
        &self,
        client: &Client,
        backend: &Backend,
        took_options: bool,
        server: &str,
    ) -> Result<bool> {
        if !took_options {
            self.refuses_options.store(true, Ordering::Relaxed);
        }
        let failed = |error| Error::from_connect(server.to_owned(), error);
        if self.mode == PoolerMode::Transaction {
            return Ok(true);
        }
        let process = one(client, include_str!("identify.sql")).await.map_err(failed)?;
        // A pooler gives out a number of its own, for it can't know whose process will do the work.
        if self.mode == PoolerMode::Session || process == backend.process().to_string() {
            return Ok(false);
        }
        if !self.keeps_statements.load(Ordering::Relaxed) {
            if !keeps_statements(client).await.map_err(failed)? {
                return Err(Error::Refused {
                    server: server.to_owned(),
                    source: Cause::new(NOT_KEPT),
                });
            }
            self.keeps_statements.store(true, Ordering::Relaxed);
        }
        Ok(true)
    }
}

const NOT_KEPT: &str = "a pooler stands before the server that does not keep prepared statements: in transaction mode PgBouncer 1.21 or \
    newer with max_prepared_statements above 0 does; where the mode is session, set DATABASE_POOLER to session";

/// Whether this error is a pooler's that takes no settings with the start of a connection.
pub(crate) fn refuses_options(error: &Error) -> bool {
    let Error::Unavailable { source: Some(cause), .. } = error else { return false };
    cause.sqlstate() == Some(&SqlState::PROTOCOL_VIOLATION) && cause.to_string().contains("options")
}

/// Asks within a transaction, which stays on one of the server's sessions. A pooler that keeps statements gives them names of its own,
/// as those of different clients would collide.
async fn keeps_statements(client: &Client) -> Result<bool, tokio_postgres::Error> {
    client.batch_execute("BEGIN").await?;
    let named = async {
        let statement = client
            .prepare("SELECT name FROM pg_prepared_statements WHERE statement LIKE '%pg_prepared_statements%'")
            .await?;
        let names = client.query(&statement, &[]).await?;
        Ok::<_, tokio_postgres::Error>(names.iter().any(|row| !is_ours(row.get(0))))
    };
    let named = named.await;
    client.batch_execute("ROLLBACK").await?;
    // A name that another client has taken already.
    Ok(named.unwrap_or(false))
}

/// Whether a prepared statement has the driver's name for it: an s and a number.
fn is_ours(name: &str) -> bool {
    name.strip_prefix('s').is_some_and(|number| number.parse::<u64>().is_ok())
}

/// The one value of the one row that a statement gives.
async fn one(client: &Client, statement: &str) -> Result<String, tokio_postgres::Error> {
    let messages = client.simple_query(statement).await?;
    let value = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(ToOwned::to_owned),
        _ => None,
    });
    Ok(value.unwrap_or_default())
}
