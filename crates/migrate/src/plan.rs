//! What will run and in which order, before anything does.

use std::borrow::Cow;

use serde::Serialize;
use tokio_postgres::Client;

use crate::error::Error;
use crate::folder::{Direction, FolderError, Migration};
use crate::history::{History, Progress, Record};
use crate::script::{Mode, Script, Source, Wanted};
use crate::settings::{DownOptions, UpOptions};
use crate::standing::{HistoryFault, Standing};
use crate::version::Version;

/// One migration that would run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlannedMigration {
    /// The migration.
    pub version: Version,
    /// Its name.
    pub name: String,
    /// Up or down.
    pub direction: Direction,
    /// How its statements are held together.
    pub mode: Mode,
    /// The file of the script.
    pub file: String,
    /// Whether the script is the one stored in the database instead of the file.
    pub stored: bool,
    /// The script.
    pub sql: String,
}

/// One migration that is to run.
#[derive(Debug)]
pub(crate) struct Task<'a> {
    pub(crate) version: Version,
    pub(crate) name: String,
    pub(crate) direction: Direction,
    pub(crate) script: Cow<'a, Script>,
    pub(crate) stored: bool,
    /// Its files, where this program has them; always for up.
    pub(crate) migration: Option<&'a Migration>,
    /// How far the script has come in an earlier run; of what was left applied, that the way down did nothing.
    pub(crate) progress: Option<Progress>,
}

impl<'a> Task<'a> {
    /// The migration that it applies; `None` when it takes one back.
    pub(crate) fn brings_up(&self) -> Option<&'a Migration> {
        self.migration.filter(|_| self.direction == Direction::Up)
    }

    /// Whether the migration is recorded as applied and tried again, because it could not be taken back while older ones were.
    pub(crate) fn is_left(&self) -> bool {
        self.direction == Direction::Up
            && self.progress.as_ref().is_some_and(Progress::is_down_undone)
    }
}

impl From<&Task<'_>> for PlannedMigration {
    fn from(task: &Task<'_>) -> Self {
        Self {
            version: task.version,
            name: task.name.clone(),
            direction: task.direction,
            mode: task.script.mode(),
            file: task.script.file().to_owned(),
            stored: task.stored,
            sql: task.script.sql().to_owned(),
        }
    }
}

/// The pending migrations, oldest first, as far as the options go.
pub(crate) fn plan_up<'a>(
    standing: &Standing<'a>,
    options: &UpOptions,
) -> Result<Vec<Task<'a>>, Error> {
    options.check()?;
    standing.check(&options.allow_late)?;
    if let Some(version) = options.to
        && !standing.knows(version)
    {
        return Err(Error::UnknownVersion { version });
    }
    let tasks = standing
        .pending()
        .filter(|migration| options.to.is_none_or(|last| migration.version() <= last))
        .take(options.steps.unwrap_or(usize::MAX))
        .map(|migration| Task {
            version: migration.version(),
            name: migration.name().to_owned(),
            direction: Direction::Up,
            script: Cow::Borrowed(migration.up()),
            stored: false,
            migration: Some(migration),
            progress: standing.progress(migration.version()).cloned(),
        });
    Ok(tasks.collect())
}

/// The applied migrations, newest first, as far as the options go. Fails when one of them cannot be taken back; told to keep going,
/// it leaves them out and gives the reasons.
pub(crate) async fn plan_down<'a>(
    client: &Client,
    history: &History,
    standing: &Standing<'a>,
    options: &DownOptions,
) -> Result<(Vec<Task<'a>>, Vec<Error>), Error> {
    options.check()?;
    if let Some(version) = options.to
        && !standing.knows(version)
    {
        return Err(Error::UnknownVersion { version });
    }
    let steps = match (options.to, options.steps, options.all) {
        (None, None, false) => 1,
        (_, steps, _) => steps.unwrap_or(usize::MAX),
    };
    let records: Vec<&Record> = standing
        .applied()
        .filter(|record| options.to.is_none_or(|stays| record.version > stays))
        .take(steps)
        .collect();
    // A down file that was changed may be the better one or the worse one: that is not ours to guess.
    let faults: Vec<_> = records
        .iter()
        .filter(|record| standing.is_down_edited(record.version))
        .map(|record| HistoryFault::Edited {
            version: record.version,
            name: record.name.clone(),
            up: false,
            down: true,
        })
        .collect();
    if !faults.is_empty() {
        return Err(Error::History { faults });
    }
    let (mut tasks, mut left) = (Vec::with_capacity(records.len()), Vec::new());
    for record in records {
        match task_down(client, history, standing, record).await {
            Ok(task) => tasks.push(task),
            Err(error) if options.keep_going && error.migration().is_some() => left.push(error),
            Err(error) => return Err(error),
        }
    }
    Ok((tasks, left))
}

async fn task_down<'a>(
    client: &Client,
    history: &History,
    standing: &Standing<'a>,
    record: &Record,
) -> Result<Task<'a>, Error> {
    let Record { version, name, .. } = record;
    let migration = standing.migration(*version);
    let script = match migration {
        Some(migration) => Cow::Borrowed(migration.down()),
        None => Cow::Owned(stored_script(client, history, record).await?),
    };
    if let Some(reason) = script.irreversible() {
        return Err(Error::Irreversible {
            version: *version,
            name: name.clone(),
            reason: reason.to_owned(),
        });
    }
    let direction = Direction::Down;
    let progress = record.unfinished.clone().filter(|progress| progress.direction == direction);
    if let Some(Progress { done, .. }) = progress.as_ref().filter(|one| !one.fits(&script)) {
        let (version, name, done) = (*version, name.clone(), *done);
        let faults = vec![HistoryFault::EditedWhereDone { version, name, direction, done }];
        return Err(Error::History { faults });
    }
    Ok(Task {
        version: *version,
        name: name.clone(),
        direction,
        script,
        stored: migration.is_none(),
        migration,
        progress,
    })
}

async fn stored_script(
    client: &Client,
    history: &History,
    record: &Record,
) -> Result<Script, Error> {
    let Record { version, name, .. } = record;
    let Some(sql) = history.stored_down(client, *version).await? else {
        return Err(Error::NoDown { version: *version, name: name.clone() });
    };
    let file = format!("{version}_{name}.down.sql");
    let mut faults = Vec::new();
    let source = Source {
        file: &file,
        direction: Direction::Down,
        first_line: 1,
        // What was sound in its own style when it was applied is not judged again.
        is_lenient: true,
        wanted: Wanted::WherePossible,
    };
    Script::read(&source, &sql, &mut faults).ok_or_else(|| Error::StoredDown {
        version: *version,
        name: name.clone(),
        source: FolderError { folder: history.table().to_owned(), faults },
    })
}
