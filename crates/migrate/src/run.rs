//! Runs one migration: in one transaction or piece by piece, with its row of the history, and the retries.
//!
//! Which migrations run, and in which order, is decided before; see [`crate::plan`].

mod bare;
mod flight;
mod stepwise;
mod whole;

use std::time::{Duration, Instant};

use tokio_postgres::Client;
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::types::{ToSql, Type};

use self::flight::Flight;
use crate::error::Error;
use crate::event::Event;
use crate::failure::{Failure, Step};
use crate::history::{History, Progress};
use crate::lock::{self, key_parameters};
use crate::plan::Task;
use crate::script::Mode;
use crate::session::SessionState;
use crate::settings::Settings;

const BEGIN: &str = include_str!("run/begin.sql");

/// What a run works with.
#[derive(Clone, Copy)]
struct Run<'a> {
    client: &'a Client,
    history: &'a History,
    settings: &'a Settings,
    task: &'a Task<'a>,
}

/// Runs tasks one after another.
pub(crate) struct Series<'a> {
    client: &'a Client,
    history: &'a History,
    settings: &'a Settings,
    observe: &'a (dyn Fn(Event<'_>) + Send + Sync),
    /// What the session had set before the first task that may change that, read when it is first needed.
    session: Option<SessionState>,
    /// The next task, where it is sent already.
    ahead: Option<Flight<'a>>,
}

impl<'a> Series<'a> {
    pub(crate) fn new(
        client: &'a Client,
        history: &'a History,
        settings: &'a Settings,
        observe: &'a (dyn Fn(Event<'_>) + Send + Sync),
    ) -> Self {
        Self { client, history, settings, observe, session: None, ahead: None }
    }

    /// Runs a task to its end, again where a lock or a deadlock stood in the way. Gives the time that it took. When it succeeds,
    /// `next` has to be run next.
    pub(crate) async fn run(
        &mut self,
        task: &'a Task<'a>,
        next: Option<&'a Task<'a>>,
    ) -> Result<Duration, Error> {
        let Self { client, history, settings, .. } = *self;
        let run = Run { client, history, settings, task };
        let next = next.map(|task| Run { task, ..run });
        run_task(run, &mut self.session, (&mut self.ahead, next), self.observe).await
    }
}

/// Runs a task to its end as [`Series::run`] does, and nothing after it.
pub(crate) async fn run(
    client: &Client,
    history: &History,
    settings: &Settings,
    task: &Task<'_>,
    session: &mut Option<SessionState>,
) -> Result<Duration, Error> {
    let run = Run { client, history, settings, task };
    run_task(run, session, (&mut None, None), &|_| {}).await
}

async fn run_task<'a>(
    run: Run<'a>,
    session: &mut Option<SessionState>,
    (ahead, next): (&mut Option<Flight<'a>>, Option<Run<'a>>),
    observe: &(dyn Fn(Event<'_>) + Send + Sync),
) -> Result<Duration, Error> {
    let started = Instant::now();
    let Run { client, history, settings, task } = run;
    let mut sent = ahead.take();
    // A way down that did nothing leaves nothing to go on from.
    let earlier = task.progress.as_ref().filter(|progress| !progress.is_down_undone());
    let mut progress = match (earlier, task.script.mode()) {
        (None, Mode::Transaction) => None,
        (None, Mode::Statements) => Some(Progress::start(task.direction)),
        (Some(progress), _) => Some(progress.clone()),
    };
    if progress.is_some() && task.is_left() {
        let forgotten = history.delete(client, task.version).await;
        forgotten.map_err(|error| Error::database("writing the history table", error))?;
    }
    let mut attempts = 1;
    loop {
        let done_before = progress.as_ref().map(|progress| progress.done);
        let attempt = match &mut progress {
            None => match sent.take().or_else(|| Flight::start(run)) {
                Some(flight) => match flight.land(run, next).await {
                    // It changed nothing, or made its session forget what was prepared, where its text does not show it.
                    Err(Stop::Broken(Error::LockLost))
                        if lock::is_held(client).await.unwrap_or(false) =>
                    {
                        history.forget_prepared();
                        whole::run(run, session).await
                    }
                    landed => landed.map(|landed| *ahead = landed),
                },
                None => whole::run(run, session).await,
            },
            Some(progress) => stepwise::run(run, progress, session).await,
        };
        let (step, error) = match attempt {
            Ok(()) => return Ok(started.elapsed()),
            Err(Stop::Refused(step, error)) => (step, error),
            Err(Stop::Broken(error)) => return Err(error),
        };
        let done = progress.as_ref().map(|progress| progress.done);
        if done != done_before {
            attempts = 1;
        }
        if !is_transient(&error) || attempts >= settings.retry.attempts {
            if progress.as_ref().is_some_and(Progress::is_down_undone) {
                let settled = history.settle(client, task.version).await;
                settled.map_err(|error| Error::database("writing the history table", error))?;
            }
            return Err(failure(task, step, &error, (attempts, done.unwrap_or(0))));
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

/// Runs the script of a task in the caller's open transaction, as far as its commit would check it. Records nothing.
pub(crate) async fn rehearse(
    client: &Client,
    history: &History,
    settings: &Settings,
    task: &Task<'_>,
) -> Result<(), Error> {
    let run = Run { client, history, settings, task };
    match whole::rehearse(run).await {
        Ok(()) => Ok(()),
        Err(Stop::Refused(step, error)) => Err(failure(task, step, &error, (1, 0))),
        Err(Stop::Broken(error)) => Err(error),
    }
}

fn failure(task: &Task<'_>, step: Step, error: &DbError, tried_and_kept: (u32, usize)) -> Error {
    Error::Failed(Box::new(Failure::new(
        task.version,
        &task.name,
        task.direction,
        (&task.script, task.stored),
        step,
        error,
        tried_and_kept,
    )))
}

/// Why an attempt ended before the end of the script.
enum Stop {
    /// The server refused a statement or the commit, and its transaction is rolled back.
    Refused(Step, Box<DbError>),
    /// Anything else: trying again is of no use.
    Broken(Error),
}

/// How long a statement may wait for a lock and how long it may take.
#[derive(Clone, Copy)]
struct Timeouts {
    lock: Option<Duration>,
    statement: Option<Duration>,
}

impl Timeouts {
    fn of(settings: &Settings) -> Self {
        Self { lock: settings.lock_timeout, statement: settings.statement_timeout }
    }

    /// As settings of PostgreSQL. Zero would mean no limit at all.
    fn texts(self) -> (Option<String>, Option<String>) {
        let milliseconds = |timeout: Duration| timeout.as_millis().max(1).to_string();
        (self.lock.map(milliseconds), self.statement.map(milliseconds))
    }
}

/// Sets the timeouts of a transaction and tells whether the migration lock is its own: it takes it for itself as well, which
/// the session that holds it can and no other. That costs a tenth of a look into `pg_locks`.
async fn prepare(client: &Client, timeouts: Timeouts) -> Result<bool, tokio_postgres::Error> {
    let (lock_timeout, statement_timeout) = timeouts.texts();
    let [high, low] = key_parameters();
    let parameters: [(&(dyn ToSql + Sync), Type); 4] =
        [(&lock_timeout, Type::TEXT), (&statement_timeout, Type::TEXT), high, low];
    client.query_typed_one(BEGIN, &parameters).await?.try_get(2)
}

fn server_error(error: &tokio_postgres::Error) -> Option<Box<DbError>> {
    error.as_db_error().cloned().map(Box::new)
}

fn is_transient(error: &DbError) -> bool {
    [SqlState::LOCK_NOT_AVAILABLE, SqlState::T_R_DEADLOCK_DETECTED].contains(error.code())
}
