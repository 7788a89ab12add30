//! A migration in one transaction, its row of the history in it.

use std::pin::pin;
use std::time::Instant;

use futures_util::TryStreamExt as _;
use futures_util::future::join;
use tokio_postgres::SimpleQueryMessage;

use super::{Run, Stop, Timeouts, prepare, server_error};
use crate::error::Error;
use crate::failure::Step;
use crate::folder::Direction;
use crate::plan::Task;
use crate::session::SessionState;
use crate::transaction::OpenTransaction;

pub(super) async fn run(run: Run<'_>, session: &mut Option<SessionState>) -> Result<(), Stop> {
    let Run { client, settings, task, .. } = run;
    let interrupted = |source| interrupted(task, source);
    if task.script.may_change_session() && session.is_none() {
        *session = Some(SessionState::read(client).await.map_err(interrupted)?);
    }
    let started = Instant::now();
    // Messages that need not wait for each other's answers go out together. The script waits: outside a transaction it would stay.
    let (transaction, holds_lock) =
        join(OpenTransaction::begin(client), prepare(client, Timeouts::of(settings))).await;
    let transaction = transaction.map_err(interrupted)?;
    let done = async {
        if !holds_lock.map_err(interrupted)? {
            return Err(Stop::Broken(Error::LockLost));
        }
        run_statements(run).await?;
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
    let (recorded, committed) = join(record(run, duration_ms), transaction.commit()).await;
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

/// The statements, and what a commit would check. The transaction is the caller's.
pub(super) async fn rehearse(run: Run<'_>) -> Result<(), Stop> {
    run_statements(run).await?;
    let checked = run.client.batch_execute("SET CONSTRAINTS ALL IMMEDIATE").await;
    checked.map_err(|error| match server_error(&error) {
        Some(refusal) => Stop::Refused(Step::Commit, refusal),
        None => interrupted(run.task, error),
    })
}

async fn record(run: Run<'_>, duration_ms: i64) -> Result<(), tokio_postgres::Error> {
    let Run { client, history, task, .. } = run;
    match (task.direction, task.migration) {
        (Direction::Up, Some(migration)) => history.insert(client, migration, duration_ms).await,
        _ => history.delete(client, task.version).await,
    }
}

/// Sends the script whole, which is fastest, and counts the statements done: an error without a position is of the next.
async fn run_statements(run: Run<'_>) -> Result<(), Stop> {
    let Run { client, task, .. } = run;
    let (first, sent_from, sql) = task.script.body();
    let mut done = first;
    let result = async {
        let mut messages = pin!(client.simple_query_raw(sql).await?);
        while let Some(message) = messages.try_next().await? {
            if let SimpleQueryMessage::CommandComplete(_) = message {
                done += 1;
            }
        }
        Ok(())
    };
    result.await.map_err(|error: tokio_postgres::Error| match server_error(&error) {
        Some(refusal) => {
            let step = Step::Statement { index: done, sent_from };
            Stop::Refused(step, refusal)
        }
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
