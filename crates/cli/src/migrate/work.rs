//! What every command of `migrate` works with: the migrations, a database, and the line on the terminal.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use homeroom_migrate::{Event, Migrator, Settings, Status, Version};
use serde::Serialize;

use super::place::Place;
use crate::cli::{DatabaseArguments, RunArguments};
use crate::failure::{self, Refusal, WayOut};
use crate::progress::Progress;
use crate::target::{self, Private, Target};
use crate::terminal::count;

/// The migrations of a command and the database that it works on.
pub(super) struct Work<'a> {
    pub(super) place: &'a Place,
    pub(super) target: Target,
    pub(super) migrator: Migrator,
    pub(super) progress: &'a Progress,
    /// What a command needs to be told to come here.
    place_arguments: String,
    seen: Arc<Seen>,
}

/// What the migrator has told so far.
#[derive(Default)]
pub(super) struct Seen {
    planned: AtomicUsize,
    done: AtomicUsize,
    kept: Mutex<Vec<Kept>>,
}

/// A migration that could not be taken back earlier and is taken for still there.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Kept {
    version: Version,
    name: String,
    /// Why it could not be applied again.
    reason: String,
}

impl Seen {
    fn kept(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Work<'a> {
    /// Finds the database, and starts the private server where it takes one.
    pub(super) async fn open(
        place: &'a Place,
        database: &DatabaseArguments,
        run: Option<&RunArguments>,
        progress: &'a Progress,
    ) -> Result<Self> {
        if database.database.is_some() && target::is_named() {
            return Err(Refusal::new(
                "--database names a database of the private PostgreSQL, and there is a DATABASE_URL",
                "name the database in DATABASE_URL, or unset that",
            )
            .into());
        }
        let name = database.database.clone().unwrap_or_else(|| place.database());
        progress.doing("connecting");
        let target = Target::open_database(Private::Persistent, &name).await?;
        let seen = Arc::<Seen>::default();
        let migrator = place.migrator().clone().with_settings(settings(database, run));
        let migrator = observed(migrator, progress, &seen);
        let place_arguments = place_arguments(place, database);
        Ok(Self { place, target, migrator, progress, place_arguments, seen })
    }

    /// A command on the same migrations and database, to be typed.
    pub(super) fn command(&self, command: &str) -> String {
        format!("`homeroom migrate {command}{}`", self.place_arguments)
    }

    /// What was taken for still there so far.
    pub(super) fn kept(&self) -> Vec<Kept> {
        self.seen.kept().clone()
    }

    /// The error with what is known here of the way out. Tells on the standard error what was done before it and stays so.
    pub(super) fn explain(&self, error: anyhow::Error) -> anyhow::Error {
        use homeroom_migrate::Error;
        let help = match error.downcast_ref::<Error>() {
            Some(Error::NewerSchema { newest_known: Some(known), .. })
                if self.place.folder().is_some() =>
            {
                format!("run the newer program, or {}", self.command(&format!("down --to {known}")))
            }
            Some(Error::History { faults }) if faults.iter().all(is_late) => {
                format!("{} runs them now", self.command("up --allow-late"))
            }
            Some(Error::History { .. } | Error::UnknownVersion { .. }) => {
                format!("{} shows each migration", self.command("status"))
            }
            Some(Error::LeftApplied { .. }) => format!(
                "correct their down scripts and go down again, or apply what was taken back: {}",
                self.command("up")
            ),
            Some(Error::Failed(_)) if !self.seen.kept().is_empty() => format!(
                "drop what is left of the migrations that could not be taken back, and go on with {}",
                self.command("up")
            ),
            _ => return self.tell_done(error),
        };
        self.tell_done(error.context(WayOut(help)))
    }

    fn tell_done(&self, error: anyhow::Error) -> anyhow::Error {
        let done = self.seen.done.load(Ordering::Relaxed);
        let is_told =
            matches!(error.downcast_ref(), Some(homeroom_migrate::Error::LeftApplied { .. }));
        if done > 0 && !is_told {
            self.progress.end();
            let done = count(
                done,
                "migration was done before the error and stays so",
                "migrations were done before the error and stay so",
            );
            failure::tell(&done);
        }
        error
    }
}

fn place_arguments(place: &Place, database: &DatabaseArguments) -> String {
    let table = database.table.as_ref().map(|table| match &table.schema {
        Some(schema) => format!("{schema}.{}", table.name),
        None => table.name.clone(),
    });
    let named =
        [("--dir", place.folder()), ("--database", database.database.clone()), ("--table", table)];
    let given = named.iter().filter_map(|(name, value)| value.as_ref().map(|value| (name, value)));
    given.map(|(name, value)| format!(" {name} {value}")).collect()
}

fn is_late(fault: &homeroom_migrate::HistoryFault) -> bool {
    matches!(fault, homeroom_migrate::HistoryFault::Late { .. })
}

/// The newest migration that is applied.
pub(super) fn newest(status: &Status) -> Option<Version> {
    let mut applied = status.entries.iter().filter(|entry| entry.applied_at.is_some());
    applied.next_back().map(|entry| entry.version)
}

/// `0003_groups`, as files and messages have it.
pub(super) fn full_name(version: Version, name: &str) -> String {
    format!("{version}_{name}")
}

fn settings(database: &DatabaseArguments, run: Option<&RunArguments>) -> Settings {
    let mut settings = Settings::default();
    if let Some(table) = &database.table {
        settings.history = table.clone();
    }
    let Some(run) = run else { return settings };
    let limit = |time: Duration| Some(time).filter(|time| !time.is_zero());
    if let Some(time) = run.lock_timeout {
        settings.lock_timeout = limit(time);
    }
    if let Some(time) = run.statement_timeout {
        settings.statement_timeout = limit(time);
    }
    settings.wait_for_others = run.wait.unwrap_or(settings.wait_for_others);
    settings.retry.attempts = run.attempts.unwrap_or(settings.retry.attempts);
    settings
}

/// The same migrations, telling on the terminal what they do and counting what they have done.
pub(super) fn observed(migrator: Migrator, progress: &Progress, seen: &Arc<Seen>) -> Migrator {
    let (progress, seen) = (progress.clone(), Arc::clone(seen));
    migrator.with_observer(move |event| match event {
        Event::Waiting { holder } => {
            let holder = holder.map(|holder| format!(" ({holder})")).unwrap_or_default();
            progress.suspend(|| failure::tell(&format!("waiting for another migrator{holder}")));
        }
        // A way down and up again has two plans.
        Event::Planned { total } => {
            seen.planned.fetch_add(total, Ordering::Relaxed);
        }
        Event::Started { version, name, direction } => {
            let done = seen.done.load(Ordering::Relaxed);
            let total = seen.planned.load(Ordering::Relaxed);
            let doing = format!("{} {direction}", full_name(version, name));
            progress.at(doing, done as u64, Some(total as u64));
        }
        Event::Retrying { version, name, message, .. } => {
            let name = full_name(version, name);
            progress.suspend(|| failure::tell(&format!("{name} is tried again: {message}")));
        }
        Event::Kept { version, name, message } => {
            let (name, reason) = (name.to_owned(), message.to_owned());
            let told = full_name(version, &name);
            seen.kept().push(Kept { version, name, reason });
            progress.suspend(|| {
                failure::tell(&format!(
                    "{told} could not be taken back, and is taken for still there: {message}"
                ));
            });
        }
        Event::Finished { .. } => {
            seen.done.fetch_add(1, Ordering::Relaxed);
        }
        _ => {}
    })
}
