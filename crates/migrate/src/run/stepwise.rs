//! A migration piece by piece, each with its progress in the row of the history.

use std::time::Instant;

use tokio_postgres::Client;

use super::{Run, Stop, Timeouts, bare, prepare, server_error};
use crate::error::Error;
use crate::failure::Step;
use crate::folder::Direction;
use crate::history::Progress;
use crate::lock;
use crate::script::{Unit, UnitKind};
use crate::session::SessionState;
use crate::transaction::OpenTransaction;

/// Runs what is left of a script. `progress` moves with it.
pub(super) async fn run(
    run: Run<'_>,
    progress: &mut Progress,
    session: &mut Option<SessionState>,
) -> Result<(), Stop> {
    let client = run.client;
    let changes = run.task.script.may_change_session();
    if changes && session.is_none() {
        *session = Some(SessionState::read(client).await.map_err(|error| stopped(run, 0, error))?);
    }
    let before = session.as_ref().filter(|_| changes);
    let started = Instant::now();
    let mut steps = Steps { run, progress, before, started, has_just_checked: false };
    let result = steps.run().await;
    let done = steps.progress.done;
    if let Some(before) = before {
        let restored = before.restore(client).await;
        // What stopped the script says more than what a broken connection does to the rest.
        if result.is_ok() {
            restored.map_err(|error| stopped(run, done, error))?;
        }
    }
    result
}

pub(super) struct Steps<'a> {
    run: Run<'a>,
    progress: &'a mut Progress,
    /// What the session had set, where the script may change that.
    before: Option<&'a SessionState>,
    started: Instant,
    /// Whether the lock was held when no statement had been run yet, and none was since.
    has_just_checked: bool,
}

impl Steps<'_> {
    async fn run(&mut self) -> Result<(), Stop> {
        let Run { client, history, task, .. } = self.run;
        self.check_lock().await?;
        self.has_just_checked = self.progress.done == 0;
        let up = task.migration.filter(|_| task.direction == Direction::Up);
        history.begin(client, task.version, up).await.map_err(|error| self.broken(error))?;
        self.replay_settings().await?;
        for unit in task.script.units() {
            if unit.statements.end <= self.progress.done {
                continue;
            }
            match unit.kind {
                UnitKind::Wrapped => self.run_wrapped(unit).await?,
                UnitKind::Block { closed } => self.run_block(unit, closed).await?,
                UnitKind::Bare => bare::run(self, unit.statements.start).await?,
            }
        }
        self.finish().await
    }

    /// Sets again what the statements that are done had set for the session: this may be another one.
    async fn replay_settings(&mut self) -> Result<(), Stop> {
        for index in 0..self.progress.done {
            if self.run.task.script.sets_session(index) {
                self.execute(index).await?;
            }
        }
        Ok(())
    }

    async fn run_wrapped(&mut self, unit: &Unit) -> Result<(), Stop> {
        let client = self.run.client;
        self.has_just_checked = false;
        let transaction =
            OpenTransaction::begin(client).await.map_err(|error| self.broken(error))?;
        let done = async {
            let timeouts = self.timeouts(unit.statements.start);
            let holds_lock = prepare(client, timeouts).await;
            if !holds_lock.map_err(|error| self.broken(error))? {
                return Err(Stop::Broken(Error::LockLost));
            }
            self.execute(unit.statements.start).await?;
            self.record(unit.statements.end).await
        };
        if let Err(stop) = done.await {
            let _ = transaction.roll_back().await;
            return Err(stop);
        }
        transaction.commit().await.map_err(|error| self.refused_commit(error))?;
        self.advanced_to(unit.statements.end);
        Ok(())
    }

    /// A transaction of the file itself. Its progress is recorded in it, before it ends.
    async fn run_block(&mut self, unit: &Unit, closed: bool) -> Result<(), Stop> {
        let Run { client, task, .. } = self.run;
        self.check_lock().await?;
        let (first, end) = (unit.statements.start, unit.statements.end);
        let begin = task.script.statement_text(first);
        let transaction = OpenTransaction::begin_with(client, begin)
            .await
            .map_err(|error| self.stop(first, error))?;
        let last = if closed { end - 1 } else { end };
        let close = if closed { task.script.statement_text(last) } else { "COMMIT" };
        let keeps = !["rollback", "abort"].iter().any(|word| {
            close.get(..word.len()).is_some_and(|have| have.eq_ignore_ascii_case(word))
        });
        let done = async {
            // Without a query, which would keep the file from choosing its isolation level.
            let (lock, statement) = self.timeouts(first).texts();
            for (name, value) in [("lock_timeout", lock), ("statement_timeout", statement)] {
                if let Some(value) = value {
                    let set = format!("SET LOCAL {name} = {value}");
                    client.batch_execute(&set).await.map_err(|error| self.broken(error))?;
                }
            }
            for index in first + 1..last {
                self.execute(index).await?;
            }
            if keeps { self.record(end).await } else { Ok(()) }
        };
        if let Err(stop) = done.await {
            let _ = transaction.roll_back().await;
            return Err(stop);
        }
        transaction.end_with(close).await.map_err(|error| self.refused_commit(error))?;
        if !keeps {
            self.record_alone(end, false).await?;
        }
        self.advanced_to(end);
        Ok(())
    }

    async fn finish(&mut self) -> Result<(), Stop> {
        let Run { client, history, task, .. } = self.run;
        if let Some(before) = self.before {
            before.restore(client).await.map_err(|error| self.broken(error))?;
        }
        let duration_ms = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        let finished = match task.direction {
            Direction::Up => history.finish_up(client, task.version, duration_ms).await,
            Direction::Down => history.delete(client, task.version).await,
        };
        finished.map_err(|error| self.broken(error))
    }

    /// Records in the open transaction that the statements before this one are done.
    async fn record(&self, done: usize) -> Result<(), Stop> {
        self.write(done, false).await.map_err(|error| self.broken(error))
    }

    async fn write(&self, done: usize, begun: bool) -> Result<(), tokio_postgres::Error> {
        let Run { client, history, task, .. } = self.run;
        // The role that the script has set need not have rights on the history.
        if let Some(before) = self.before {
            before.take_role_locally(client).await?;
        }
        history.advance(client, task.version, &task.script, done, begun).await
    }
}

impl Steps<'_> {
    /// Records in a transaction of its own how many statements are done, and whether the next one is begun.
    pub(super) async fn record_alone(&self, done: usize, begun: bool) -> Result<(), Stop> {
        if self.before.is_none() {
            return self.write(done, begun).await.map_err(|error| self.broken(error));
        }
        let transaction =
            OpenTransaction::begin(self.run.client).await.map_err(|error| self.broken(error))?;
        if let Err(error) = self.write(done, begun).await {
            let _ = transaction.roll_back().await;
            return Err(self.broken(error));
        }
        transaction.commit().await.map_err(|error| self.broken(error))
    }

    /// Runs one statement as the session stands.
    pub(super) async fn execute(&self, index: usize) -> Result<(), Stop> {
        let sql = self.run.task.script.statement_text(index);
        self.run.client.batch_execute(sql).await.map_err(|error| self.stop(index, error))
    }

    pub(super) async fn check_lock(&mut self) -> Result<(), Stop> {
        if std::mem::take(&mut self.has_just_checked) {
            return Ok(());
        }
        match lock::is_held(self.run.client).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Stop::Broken(Error::LockLost)),
            Err(error) => Err(self.broken(error)),
        }
    }

    /// Those of the settings, save where the script has set its own before this statement.
    pub(super) fn timeouts(&self, index: usize) -> Timeouts {
        let mut timeouts = Timeouts::of(self.run.settings);
        let script = &self.run.task.script;
        timeouts.lock = timeouts.lock.filter(|_| !script.sets("LOCK_TIMEOUT", index));
        timeouts.statement =
            timeouts.statement.filter(|_| !script.sets("STATEMENT_TIMEOUT", index));
        timeouts
    }

    pub(super) fn client(&self) -> &Client {
        self.run.client
    }

    pub(super) fn text(&self, index: usize) -> &str {
        self.run.task.script.statement_text(index)
    }

    pub(super) fn done(&self) -> usize {
        self.progress.done
    }

    /// Whether nothing comes after so many statements: the end of the script is recorded then, and this with it.
    pub(super) fn is_end(&self, done: usize) -> bool {
        done == self.run.task.script.length()
    }

    /// Whether an earlier run or attempt began the next statement in no transaction.
    pub(super) fn is_begun(&self) -> bool {
        self.progress.begun
    }

    pub(super) fn set_begun(&mut self, begun: bool) {
        self.progress.begun = begun;
    }

    pub(super) fn advanced_to(&mut self, done: usize) {
        self.progress.done = done;
        self.progress.begun = false;
    }

    /// Why a statement of the script stopped it.
    fn stop(&self, index: usize, error: tokio_postgres::Error) -> Stop {
        match server_error(&error) {
            Some(refusal) => {
                let start = self.run.task.script.statement(index).map_or(0, |range| range.start);
                Stop::Refused(Step::Statement { index, sent_from: start, sent_after: 0 }, refusal)
            }
            None => stopped(self.run, self.progress.done, error),
        }
    }

    fn refused_commit(&self, error: tokio_postgres::Error) -> Stop {
        match server_error(&error) {
            Some(refusal) => Stop::Refused(Step::Commit, refusal),
            None => stopped(self.run, self.progress.done, error),
        }
    }

    /// Why something of ours stopped the script.
    pub(super) fn broken(&self, error: tokio_postgres::Error) -> Stop {
        stopped(self.run, self.progress.done, error)
    }
}

fn stopped(run: Run<'_>, done: usize, source: tokio_postgres::Error) -> Stop {
    Stop::Broken(match source.as_db_error() {
        Some(_) => Error::database("keeping the progress of a migration", source),
        None => {
            Error::Stopped { version: run.task.version, name: run.task.name.clone(), done, source }
        }
    })
}
