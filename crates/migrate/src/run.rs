//! Runs one migration: its transaction, its row of the history, and the retries of the whole.
//!
//! Which migrations run, and in which order, is decided before; see [`crate::plan`].

use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use futures_util::future::join;
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::error::Error;
use crate::event::Event;
use crate::failure::{Failure, Step};
use crate::folder::Direction;
use crate::history::History;
use crate::lock::key_in_pg_locks;
use crate::plan::Task;
use crate::script::Mode;
use crate::session::SessionState;
use crate::settings::Settings;
use crate::transaction::OpenTransaction;

const BEGIN: &str = include_str!("run/begin.sql");

/// Runs a task to its commit, again where a lock or a deadlock stood in the way. Gives the time that it took.
///
/// `session` is what the session had set before the first task that may change that, read when it is first needed.
pub(crate) async fn run(
    client: &Client,
    history: &History,
    settings: &Settings,
    task: &Task<'_>,
    session: &mut Option<SessionState>,
    observe: &(dyn Fn(Event<'_>) + Send + Sync),
) -> Result<Duration, Error> {
    let started = Instant::now();
    let mut attempts = 1;
    loop {
        let attempt = match task.script.mode() {
            Mode::Transaction => in_transaction(client, history, settings, task, session).await,
        };
        let (step, error) = match attempt {
            Ok(()) => return Ok(started.elapsed()),
            Err(Stop::Refused(step, error)) => (step, error),
            Err(Stop::Broken(error)) => return Err(error),
        };
        if !is_transient(&error) || attempts >= settings.retry.attempts {
            let script = (&*task.script, task.stored);
            return Err(Error::Failed(Box::new(Failure::new(
                task.version,
                &task.name,
                task.direction,
                script,
                step,
                &error,
                attempts,
            ))));
        }
        let pause = settings.retry.pause(attempts);
        observe(Event::Retrying {
            version: task.version,
            name: &task.name,
            attempts,
            message: error.message(),
            pause,
        });
        tokio::time::sleep(pause).await;
        attempts += 1;
    }
}

/// Why an attempt ended without a commit.
enum Stop {
    /// The server refused a statement or the commit, and its transaction is rolled back.
    Refused(Step, Box<DbError>),
    /// Anything else: trying again is of no use.
    Broken(Error),
}

async fn in_transaction(
    client: &Client,
    history: &History,
    settings: &Settings,
    task: &Task<'_>,
    session: &mut Option<SessionState>,
) -> Result<(), Stop> {
    let interrupted = |source| interrupted(task, source);
    if task.script.may_change_session() && session.is_none() {
        *session = Some(SessionState::read(client).await.map_err(interrupted)?);
    }
    let started = Instant::now();
    // Messages that need not wait for each other's answers go out together. The script waits: outside a transaction it would stay.
    let (transaction, holds_lock) =
        join(OpenTransaction::begin(client), prepare(client, settings)).await;
    let transaction = transaction.map_err(interrupted)?;
    let done = async {
        if !holds_lock.map_err(interrupted)? {
            return Err(Stop::Broken(Error::LockLost));
        }
        run_statements(client, task).await?;
        match session {
            Some(before) if task.script.may_change_session() => {
                before.restore(client).await.map_err(interrupted)
            }
            _ => Ok(()),
        }
    };
    if let Err(stop) = done.await {
        // The statement's own error says more than one of the rollback, which a broken connection needs not.
        let _ = transaction.roll_back().await;
        return Err(stop);
    }
    let duration_ms = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
    // When the row cannot be written, the server turns the commit into a rollback.
    let (recorded, committed) =
        join(record(client, history, task, duration_ms), transaction.commit()).await;
    let doing = "writing the history table";
    match (recorded, committed) {
        (Ok(()), Ok(())) => Ok(()),
        (Err(error), _) if error.as_db_error().is_some() => {
            Err(Stop::Broken(Error::database(doing, error)))
        }
        (_, Err(error)) | (Err(error), Ok(())) => Err(match server_error(&error) {
            Some(refusal) => Stop::Refused(Step::Commit, refusal),
            None => Stop::Broken(Error::CommitUnknown {
                version: task.version,
                name: task.name.clone(),
                source: error,
            }),
        }),
    }
}

async fn record(
    client: &Client,
    history: &History,
    task: &Task<'_>,
    duration_ms: i64,
) -> Result<(), tokio_postgres::Error> {
    match (task.direction, task.migration) {
        (Direction::Up, Some(migration)) => history.insert(client, migration, duration_ms).await,
        _ => history.delete(client, task.version).await,
    }
}

/// Sets the timeouts of a transaction and tells whether its session holds the migration lock.
async fn prepare(client: &Client, settings: &Settings) -> Result<bool, tokio_postgres::Error> {
    // Zero would mean no limit at all.
    let milliseconds = |timeout: Duration| timeout.as_millis().max(1).to_string();
    let lock_timeout = settings.lock_timeout.map(milliseconds);
    let statement_timeout = settings.statement_timeout.map(milliseconds);
    let (high, low) = key_in_pg_locks();
    let parameters: [(&(dyn ToSql + Sync), Type); 4] = [
        (&lock_timeout, Type::TEXT),
        (&statement_timeout, Type::TEXT),
        (&high, Type::OID),
        (&low, Type::OID),
    ];
    client.query_typed_one(BEGIN, &parameters).await?.try_get(2)
}

/// Sends the script whole, which is fastest, and counts the statements done: an error without a position is of the next.
async fn run_statements(client: &Client, task: &Task<'_>) -> Result<(), Stop> {
    let mut done = 0;
    let result = async {
        let mut messages = pin!(client.simple_query_raw(task.script.sql()).await?);
        while let Some(message) = messages.try_next().await? {
            if let SimpleQueryMessage::CommandComplete(_) = message {
                done += 1;
            }
        }
        Ok(())
    };
    result.await.map_err(|error: tokio_postgres::Error| match server_error(&error) {
        Some(refusal) => Stop::Refused(Step::Statement(done), refusal),
        None => interrupted(task, error),
    })
}

/// What became of a migration when something else than one of its statements failed.
fn interrupted(task: &Task<'_>, source: tokio_postgres::Error) -> Stop {
    Stop::Broken(match source.as_db_error() {
        Some(_) => Error::database("preparing or ending the transaction of a migration", source),
        None => Error::Interrupted { version: task.version, name: task.name.clone(), source },
    })
}

fn server_error(error: &tokio_postgres::Error) -> Option<Box<DbError>> {
    error.as_db_error().cloned().map(Box::new)
}

fn is_transient(error: &DbError) -> bool {
    [SqlState::LOCK_NOT_AVAILABLE, SqlState::T_R_DEADLOCK_DETECTED].contains(error.code())
}
