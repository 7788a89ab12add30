//! A migration in one transaction, its row of the history in it.

use std::pin::pin;

use futures_util::TryStreamExt as _;
use futures_util::future::join;
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::error::SqlState;

use super::{Run, Stop, Timeouts, server_error};
use crate::error::Error;
use crate::failure::Step;
use crate::lock::{self, KEY};
use crate::plan::Task;
use crate::session::SessionState;
use crate::transaction::OpenTransaction;

pub(super) async fn run(run: Run<'_>, session: &mut Option<SessionState>) -> Result<(), Stop> {
    let Run { client, task, .. } = run;
    let interrupted = |source| interrupted(task, source);
    if task.script.may_change_session() && session.is_none() {
        *session = Some(SessionState::read(client).await.map_err(interrupted)?);
    }
    let transaction = OpenTransaction::armed(client);
    let done = async {
        let opening = match task.script.sets_transaction() {
            // That has to come before any query.
            true if !lock::is_held(client).await.map_err(interrupted)? => {
                return Err(Stop::Broken(Error::LockLost));
            }
            true => Opening::of(run),
            false => Opening::locking(run),
        };
        run_statements(run, &opening).await?;
        if let (Some(before), true) = (&*session, task.script.may_change_session()) {
            before.restore(client).await.map_err(interrupted)?;
        }
        if task.script.may_change_session() || task.script.may_forget_prepared() {
            run.history.forget_prepared();
        }
        // Ready before the commit is sent, which does not wait for it.
        let up = task.brings_up();
        run.history.prepare_recording(client, task.version, up).await.map_err(interrupted)
    };
    let recording = match done.await {
        Ok(recording) => recording,
        Err(stop) => {
            // The statement's own error says more than one of the rollback, which a broken connection needs not.
            let _ = transaction.roll_back().await;
            return Err(stop);
        }
    };
    let (recorded, committed) = join(recording.write(client, true), transaction.commit()).await;
    outcome(task, recorded, committed)?;
    if task.script.may_unlock() {
        // What gives it back out of sight, the next migration's opening still keeps from meeting another migrator.
        return match lock::is_held(client).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Stop::Broken(Error::LockLost)),
            Err(error) => {
                Err(Stop::Broken(Error::database("looking for the migration lock", error)))
            }
        };
    }
    Ok(())
}

/// What the statement that records fails with in a session without the lock, and in one of a pooler that has not prepared it.
const NOT_OURS: [SqlState; 2] = [SqlState::DIVISION_BY_ZERO, SqlState::INVALID_SQL_STATEMENT_NAME];

/// What became of a migration whose statements have succeeded. When the row cannot be written, the server turns the commit into a
/// rollback.
pub(super) fn outcome(
    task: &Task<'_>,
    recorded: Result<(), tokio_postgres::Error>,
    committed: Result<(), tokio_postgres::Error>,
) -> Result<(), Stop> {
    match (recorded, committed) {
        (Ok(()), Ok(())) => Ok(()),
        (Err(error), _) if error.code().is_some_and(|code| NOT_OURS.contains(code)) => {
            Err(Stop::Broken(Error::LockLost))
        }
        (Err(error), _) if error.as_db_error().is_some() => {
            Err(Stop::Broken(Error::database("writing the history table", error)))
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

/// What is sent before the script, in one message with it: the server stops at the first statement of a message that fails, so
/// that no statement of the script can run outside of the transaction or without the lock.
#[derive(Default)]
pub(super) struct Opening {
    sql: String,
    statements: usize,
}

impl Opening {
    /// One that makes sure of the lock as well.
    fn locking(run: Run<'_>) -> Self {
        let mut opening = Self::of(run);
        // Taking the lock once more, which only the session that holds it can, costs a tenth of a look into pg_locks.
        let (high, low) = KEY;
        opening
            .add(&format!("SELECT 1 / pg_catalog.pg_try_advisory_xact_lock({high}, {low})::int; "));
        opening
    }

    pub(super) fn of(Run { settings, history, task, .. }: Run<'_>) -> Self {
        let (lock, statement) = Timeouts::of(settings).texts();
        let mut opening = Self { sql: "BEGIN; ".to_owned(), statements: 1 };
        for (name, milliseconds) in [("lock_timeout", lock), ("statement_timeout", statement)] {
            if let Some(milliseconds) = milliseconds {
                opening.add(&format!("SET LOCAL {name} = {milliseconds}; "));
            }
        }
        if task.is_left() {
            let (table, version) = (history.table(), task.version.get());
            opening.add(&format!("DELETE FROM {table} WHERE version = {version}; "));
        }
        opening
    }

    fn add(&mut self, statement: &str) {
        self.sql.push_str(statement);
        self.statements += 1;
    }
}

/// The statements, and what a commit would check. The transaction is the caller's.
pub(super) async fn rehearse(run: Run<'_>) -> Result<(), Stop> {
    run_statements(run, &Opening::default()).await?;
    let checked = run.client.batch_execute("SET CONSTRAINTS ALL IMMEDIATE").await;
    checked.map_err(|error| match server_error(&error) {
        Some(refusal) => Stop::Refused(Step::Commit, refusal),
        None => interrupted(run.task, error),
    })
}

/// Sends the script whole, which is fastest, and counts the statements done: an error without a position is of the next.
pub(super) async fn run_statements(run: Run<'_>, opening: &Opening) -> Result<(), Stop> {
    let Run { client, task, .. } = run;
    let (first, sent_from, sql) = task.script.body();
    let mut done = 0;
    let result = async {
        let sql = format!("{}{sql}", opening.sql);
        let mut messages = pin!(client.simple_query_raw(&sql).await?);
        while let Some(message) = messages.try_next().await? {
            if let SimpleQueryMessage::CommandComplete(_) = message {
                done += 1;
            }
        }
        Ok(())
    };
    result.await.map_err(|error: tokio_postgres::Error| match server_error(&error) {
        Some(refusal)
            if done < opening.statements && *refusal.code() == SqlState::DIVISION_BY_ZERO =>
        {
            Stop::Broken(Error::LockLost)
        }
        Some(refusal) => {
            let index = first + usize::saturating_sub(done, opening.statements);
            let step = Step::Statement { index, sent_from, sent_after: opening.sql.len() };
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
