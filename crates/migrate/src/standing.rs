//! How the files and the history of a database stand to each other: what is applied, what is pending, what does not fit.
//!
//! Pure comparison: it neither reads files nor talks to a server.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::error::Error;
use crate::folder::{Direction, Migration};
use crate::history::{Progress, Record};
use crate::version::Version;

/// Where one migration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum State {
    /// Applied, and its files are as they were then.
    Applied,
    /// Not applied, and newer than everything applied.
    Pending,
    /// Applied, and a file was changed since. Or begun outside of one transaction, and changed where it is done.
    Edited,
    /// Applied, and its files are gone although newer ones are there.
    Missing,
    /// Applied by a newer program: newer than every file that this one has.
    Newer,
    /// Not applied although a newer one is: it came late, as from a merged branch.
    Late,
    /// Its up script was begun outside of one transaction and has not come to its end: the next `up` continues it. Or it could not
    /// be taken back and older ones were: the next `up` tries it again, and keeps it as it is where that fails.
    Unfinished,
    /// Its down script was begun outside of one transaction and has not come to its end: the next `down` continues it.
    HalfDown,
}

impl fmt::Display for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Applied => "applied",
            Self::Pending => "pending",
            Self::Edited => "edited",
            Self::Missing => "missing",
            Self::Newer => "newer",
            Self::Late => "late",
            Self::Unfinished => "unfinished",
            Self::HalfDown => "half down",
        })
    }
}

/// One migration of the files, of the history, or of both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Entry {
    /// Its number.
    pub version: Version,
    /// Its name: that of the files where there are any.
    pub name: String,
    /// Where it stands.
    pub state: State,
    /// When it was applied.
    pub applied_at: Option<DateTime<Utc>>,
    /// The role that applied it.
    pub applied_by: Option<String>,
    /// How long that took, in milliseconds.
    pub duration_ms: Option<i64>,
    /// The program that applied it.
    pub tool_version: Option<String>,
    /// Why it cannot be taken back, where its down file says so.
    pub irreversible: Option<String>,
}

/// The files and the history of a database, compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Status {
    /// The history table, quoted and with its schema.
    pub history_table: String,
    /// Every migration that the files or the history know, by version.
    pub entries: Vec<Entry>,
}

impl Status {
    /// Whether everything is applied and everything fits.
    #[must_use]
    pub fn is_up_to_date(&self) -> bool {
        self.entries.iter().all(|entry| entry.state == State::Applied)
    }

    /// The migrations in this state, by version.
    pub fn in_state(&self, state: State) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.state == state)
    }
}

/// One way in which the history and the files do not fit. It prints with the migration and the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
#[non_exhaustive]
pub enum HistoryFault {
    /// A file of an applied migration was changed.
    #[error("{version}_{name} was edited after it was applied ({}): put the file back and make the change in a new migration, or `repair` to accept the file as it is", sides(*up, *down))]
    Edited {
        /// The migration.
        version: Version,
        /// Its name.
        name: String,
        /// Whether the up file was.
        up: bool,
        /// Whether the down file was.
        down: bool,
    },
    /// The files of an applied migration are gone.
    #[error(
        "{version}_{name} is applied and its files are missing: put them back, or take it back with `down`, which uses the SQL stored in the database"
    )]
    Missing {
        /// The migration.
        version: Version,
        /// Its name.
        name: String,
    },
    /// A migration that is not applied is older than one that is.
    #[error(
        "{version}_{name} is out of order, {newest} is applied already: give it the next free number, or allow this one to run late"
    )]
    Late {
        /// The migration.
        version: Version,
        /// Its name.
        name: String,
        /// The newest applied version.
        newest: Version,
    },
    /// A migration is half taken back.
    #[error(
        "{version}_{name} is half taken back ({done} statements of its down file are done): `down` takes the rest back"
    )]
    HalfDown {
        /// The migration.
        version: Version,
        /// Its name.
        name: String,
        /// How many statements of its down file are done.
        done: usize,
    },
    /// A script that was begun outside of one transaction was changed where it is done.
    #[error(
        "{version}_{name} stopped after statement {done} of its {direction} file, and what stands up to there was edited since: put that back, the rest may change"
    )]
    EditedWhereDone {
        /// The migration.
        version: Version,
        /// Its name.
        name: String,
        /// Which file.
        direction: Direction,
        /// How many statements are done.
        done: usize,
    },
}

impl HistoryFault {
    /// The migration.
    #[must_use]
    pub fn version(&self) -> Version {
        match self {
            Self::Edited { version, .. }
            | Self::Missing { version, .. }
            | Self::Late { version, .. }
            | Self::HalfDown { version, .. }
            | Self::EditedWhereDone { version, .. } => *version,
        }
    }
}

fn sides(up: bool, down: bool) -> &'static str {
    match (up, down) {
        (true, true) => "the up and the down file",
        (true, false) => "the up file",
        (false, true) => "the down file",
        (false, false) => "its name",
    }
}

/// Whether a migration could not be taken back, while older ones were. What it made may have gone with what they made.
fn is_left(record: &Record) -> bool {
    record.unfinished.as_ref().is_some_and(Progress::is_down_undone)
}

/// What of an applied migration differs from its files.
struct Edits {
    up: bool,
    down: bool,
    name: bool,
}

/// The comparison of the files with the rows of a history table.
pub(crate) struct Standing<'a> {
    migrations: BTreeMap<Version, &'a Migration>,
    records: BTreeMap<Version, Record>,
}

impl<'a> Standing<'a> {
    pub(crate) fn new(migrations: &'a [Migration], records: Vec<Record>) -> Self {
        let migrations: BTreeMap<Version, &Migration> =
            migrations.iter().map(|one| (one.version(), one)).collect();
        let mut by_version = BTreeMap::new();
        for mut record in records {
            // The table has the number alone; a version prints as it stands in the file.
            if let Some(migration) = migrations.get(&record.version) {
                record.version = migration.version();
            }
            by_version.insert(record.version, record);
        }
        Self { migrations, records: by_version }
    }

    pub(crate) fn migration(&self, version: Version) -> Option<&'a Migration> {
        self.migrations.get(&version).copied()
    }

    /// Whether the files or the history know the version.
    pub(crate) fn knows(&self, version: Version) -> bool {
        self.migrations.contains_key(&version) || self.records.contains_key(&version)
    }

    /// The applied migrations, newest first.
    pub(crate) fn applied(&self) -> impl Iterator<Item = &Record> {
        self.records.values().rev()
    }

    /// The migrations that are not applied or not to their end, oldest first.
    pub(crate) fn pending(&self) -> impl Iterator<Item = &'a Migration> {
        let pending = self.migrations.values().filter(|one| {
            self.records.get(&one.version()).is_none_or(|record| {
                let unfinished = record.unfinished.as_ref();
                unfinished.is_some_and(|progress| progress.direction == Direction::Up)
                    || is_left(record)
            })
        });
        pending.copied()
    }

    /// How far the script of a migration has come that was begun and has not come to its end.
    pub(crate) fn progress(&self, version: Version) -> Option<&Progress> {
        self.records.get(&version).and_then(|record| record.unfinished.as_ref())
    }

    /// The applied migrations whose files are not as they were.
    pub(crate) fn edited(&self) -> impl Iterator<Item = &'a Migration> {
        self.migrations.values().copied().filter(|one| self.edits(one.version()).is_some())
    }

    /// Whether the down file of an applied migration is not what was stored.
    pub(crate) fn is_down_edited(&self, version: Version) -> bool {
        self.edits(version).is_some_and(|edits| edits.down)
    }

    /// Fails when the history does not fit the files: first all that is wrong, then a schema newer than the program.
    pub(crate) fn check(&self, allowed_late: &BTreeSet<Version>) -> Result<(), Error> {
        let faults: Vec<_> = self
            .versions()
            .filter_map(|version| self.fault(version))
            .filter(|fault| match fault {
                HistoryFault::Late { version, .. } => !allowed_late.contains(version),
                _ => true,
            })
            .collect();
        if !faults.is_empty() {
            return Err(Error::History { faults });
        }
        let newer: Vec<_> =
            self.versions().filter(|version| self.state(*version) == State::Newer).collect();
        if newer.is_empty() {
            return Ok(());
        }
        Err(Error::NewerSchema { versions: newer, newest_known: self.newest_file() })
    }

    pub(crate) fn status(&self, history_table: &str) -> Status {
        let entries = self.versions().map(|version| self.entry(version)).collect();
        Status { history_table: history_table.to_owned(), entries }
    }

    fn entry(&self, version: Version) -> Entry {
        let migration = self.migration(version);
        let record = self.records.get(&version);
        let name = migration.map(Migration::name).or(record.map(|record| record.name.as_str()));
        Entry {
            version,
            name: name.unwrap_or_default().to_owned(),
            state: self.state(version),
            applied_at: record.map(|record| record.applied_at),
            applied_by: record.map(|record| record.applied_by.clone()),
            duration_ms: record.map(|record| record.duration_ms),
            tool_version: record.map(|record| record.tool_version.clone()),
            irreversible: migration.and_then(|one| one.down().irreversible().map(str::to_owned)),
        }
    }

    fn state(&self, version: Version) -> State {
        match (self.migrations.contains_key(&version), self.records.contains_key(&version)) {
            (true, true) if self.is_half_down(version) => State::HalfDown,
            (true, true) if self.is_edited_where_done(version) => State::Edited,
            (true, true) if self.progress(version).is_some() => State::Unfinished,
            (true, true) if self.edits(version).is_some() => State::Edited,
            (true, true) => State::Applied,
            (true, false) if self.newest_applied().is_some_and(|newest| version < newest) => {
                State::Late
            }
            (true, false) => State::Pending,
            (false, _) if self.newest_file().is_none_or(|newest| version > newest) => State::Newer,
            (false, _) => State::Missing,
        }
    }

    fn fault(&self, version: Version) -> Option<HistoryFault> {
        let name = || self.entry(version).name;
        match self.state(version) {
            State::Applied | State::Pending | State::Newer | State::Unfinished => None,
            State::HalfDown => {
                let done = self.progress(version)?.done;
                Some(HistoryFault::HalfDown { version, name: name(), done })
            }
            State::Edited => Some(match (self.edits(version), self.progress(version)) {
                (Some(Edits { up, down, .. }), _) => {
                    HistoryFault::Edited { version, name: name(), up, down }
                }
                (None, progress) => {
                    let Progress { direction, done, .. } = *progress?;
                    HistoryFault::EditedWhereDone { version, name: name(), direction, done }
                }
            }),
            State::Missing => Some(HistoryFault::Missing { version, name: name() }),
            State::Late => {
                Some(HistoryFault::Late { version, name: name(), newest: self.newest_applied()? })
            }
        }
    }

    /// Whether its way down has begun and has not come to its end.
    fn is_half_down(&self, version: Version) -> bool {
        self.progress(version).is_some_and(|progress| {
            progress.direction == Direction::Down && !progress.is_down_undone()
        })
    }

    /// Whether its way up has begun, and what is done of it is no longer how its file begins.
    fn is_edited_where_done(&self, version: Version) -> bool {
        let Some((migration, progress)) = self.migration(version).zip(self.progress(version))
        else {
            return false;
        };
        progress.direction == Direction::Up && !progress.fits(migration.up())
    }

    /// What was changed of an applied migration; `None` when nothing was. A renamed migration counts as edited.
    fn edits(&self, version: Version) -> Option<Edits> {
        let migration = self.migration(version)?;
        let record = self.records.get(&version).filter(|one| one.unfinished.is_none())?;
        let down = migration.down().checksum();
        let edits = Edits {
            up: Some(&record.up_checksum) != migration.up().checksum().as_ref(),
            down: record.down_checksum.is_some() && record.down_checksum != down,
            name: record.name != migration.name(),
        };
        (edits.up || edits.down || edits.name).then_some(edits)
    }

    fn versions(&self) -> impl Iterator<Item = Version> {
        let all: BTreeSet<Version> =
            self.migrations.keys().chain(self.records.keys()).copied().collect();
        all.into_iter()
    }

    /// What is left applied makes nothing late: it will be tried again in its turn.
    fn newest_applied(&self) -> Option<Version> {
        let mut newest_first = self.records.values().rev();
        newest_first.find(|record| !is_left(record)).map(|record| record.version)
    }

    fn newest_file(&self) -> Option<Version> {
        self.migrations.keys().next_back().copied()
    }
}
