//! The one error type of the library.

use std::path::PathBuf;
use std::time::Duration;

use crate::adopt::{AdoptFault, Tool};
use crate::failure::Failure;
use crate::folder::FolderError;
use crate::lock::Holder;
use crate::migrator::AppliedMigration;
use crate::standing::HistoryFault;
use crate::version::Version;

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder of migrations could not be read.
    #[error("cannot read the migrations in {}", path.display())]
    ReadFolder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// A file of a new migration could not be written.
    #[error("cannot write {}", path.display())]
    WriteFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// The files are not a sound set of migrations; all faults are in it.
    #[error(transparent)]
    Folder(#[from] FolderError),

    /// The history of the database does not fit the files; all faults are in it.
    #[error("the history of the database does not fit the migration files{}", list(faults))]
    History {
        /// All faults, by version.
        faults: Vec<HistoryFault>,
    },

    /// The database was migrated by a newer program.
    #[error("newer schema than the program: the database has {} and the newest migration known here is {}; run the newer program, or take them back with `down`, which uses the SQL stored in the database", versions_text(versions), known(*newest_known))]
    NewerSchema {
        /// The applied versions that this program does not know.
        versions: Vec<Version>,
        /// The newest version of its files.
        newest_known: Option<Version>,
    },

    /// A version that neither the files nor the history have.
    #[error("there is no migration {version}: `status` lists those there are")]
    UnknownVersion {
        /// The version that was asked for.
        version: Version,
    },

    /// A migration that says of itself that it cannot be taken back. Nothing was rolled back.
    #[error(
        "{version}_{name} cannot be taken back ({reason}): restore a backup, or go forward with a new migration"
    )]
    Irreversible {
        /// The migration.
        version: Version,
        /// Its name.
        name: String,
        /// The reason in its down file.
        reason: String,
    },

    /// A migration of which neither the database nor the files have the way back.
    #[error(
        "{version}_{name} has no down SQL, neither stored in the database nor in a file: run a program that has its files"
    )]
    NoDown {
        /// The migration.
        version: Version,
        /// Its name.
        name: String,
    },

    /// The stored down SQL of a migration cannot be run.
    #[error(
        "the down SQL stored for {version}_{name} cannot be run: run a program that has its files"
    )]
    StoredDown {
        /// The migration.
        version: Version,
        /// Its name.
        name: String,
        /// What is wrong with it.
        source: FolderError,
    },

    /// Some migrations could not be taken back and stay applied; the others were, as
    /// [`DownOptions::keep_going`](crate::DownOptions::keep_going) asked.
    #[error("{} could not be taken back and {} applied{}", match left.len() {
        1 => "one migration".to_owned(),
        several => format!("{several} migrations"),
    }, if left.len() == 1 { "stays" } else { "stay" }, left.iter().map(|why| format!("\n  {}", why.to_string().replace('\n', "\n  "))).collect::<String>())]
    LeftApplied {
        /// Those that were taken back, in that order.
        taken_back: Vec<AppliedMigration>,
        /// Why each of the others was not, newest first.
        left: Vec<Error>,
    },

    /// A migration failed. Nothing of it was kept.
    #[error(transparent)]
    Failed(Box<Failure>),

    /// Another migrator held the lock for all the time that could be waited.
    #[error("another migrator is at work, waited {:.1} s for it: {}; wait longer, or end it with pg_terminate_backend(pid) when it hangs", waited.as_secs_f64(), holder.as_ref().map_or_else(|| "it has just finished".to_owned(), ToString::to_string))]
    Locked {
        /// Who holds the lock, as far as this role may see.
        holder: Option<Holder>,
        /// How long it was waited for.
        waited: Duration,
    },

    /// The session lost its advisory lock, which happens behind a pooler that changes sessions.
    #[error(
        "the migration lock is not held by this session any more: connect directly to PostgreSQL, or through a pooler in session mode"
    )]
    LockLost,

    /// A database that has a history already cannot be given one.
    #[error(
        "{table} has {newest} and older ones already: `baseline` is for a database without a history; `up` applies what is pending"
    )]
    HasHistory {
        /// The history table, quoted and with its schema.
        table: String,
        /// The newest version in it.
        newest: Version,
    },

    /// The table of another tool cannot be taken over; all reasons are in it. Nothing was changed.
    #[error("the applied versions of {tool} cannot be taken over{}", reasons(faults))]
    Adopt {
        /// The tool.
        tool: Tool,
        /// All reasons.
        faults: Vec<AdoptFault>,
    },

    /// Not exactly one table of another tool can be taken over.
    #[error("{}", match tools.as_slice() {
        [] => "no table of another tool with applied versions is on the search_path: set the search_path, or use `baseline`".to_owned(),
        _ => format!("several tools have applied versions here ({}): say which one is to be taken over", tools.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    })]
    AdoptWhich {
        /// Those that were found.
        tools: Vec<Tool>,
    },

    /// `pg_dump` cannot be started.
    #[error("cannot run {}: install the client programs of PostgreSQL, or say where they are", program.display())]
    PgDump {
        /// The program.
        program: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// `pg_dump` failed.
    #[error("{} could not dump the schema: {said}", program.display())]
    Dump {
        /// The program.
        program: PathBuf,
        /// What it said.
        said: String,
    },

    /// The caller could not give a scratch database.
    #[error("there is no scratch database to verify on")]
    Scratch {
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// A scratch database that migrations were applied to is no scratch database.
    #[error(
        "the scratch database has applied migrations in {table}: verify on an empty database, everything in it is at risk"
    )]
    ScratchInUse {
        /// The history table, quoted and with its schema.
        table: String,
    },

    /// Options that contradict each other.
    #[error("{0}")]
    Options(&'static str),

    /// The server is older than the oldest that migrations run on. Nothing was changed.
    #[error(
        "the server is PostgreSQL {version}, and migrations run on {oldest} and newer: nothing was changed"
    )]
    OldServer {
        /// Its major version.
        version: String,
        /// The oldest major version that is new enough.
        oldest: i32,
    },

    /// There is no schema to create the history table in.
    #[error(
        "no schema of the search_path exists: set the search_path, or name a schema for the history table"
    )]
    NoSchema,

    /// The connection broke while a migration was running. Nothing of it was kept.
    #[error(
        "the connection broke while {version}_{name} was running: nothing of it was kept, run it again"
    )]
    Interrupted {
        /// The migration.
        version: Version,
        /// Its name.
        name: String,
        /// What broke.
        source: tokio_postgres::Error,
    },

    /// The connection broke while a migration was running that does not run in one transaction. What was done is kept.
    #[error(
        "the connection broke while {version}_{name} was running, which is not in one transaction: {done} of its statements are done, run it again to continue"
    )]
    Stopped {
        /// The migration.
        version: Version,
        /// Its name.
        name: String,
        /// How many of its statements are surely done.
        done: usize,
        /// What broke.
        source: tokio_postgres::Error,
    },

    /// The connection broke while a migration was being committed: it may be applied or not.
    #[error(
        "the connection broke while {version}_{name} was being committed: `status` says whether it was"
    )]
    CommitUnknown {
        /// The migration.
        version: Version,
        /// Its name.
        name: String,
        /// What broke.
        source: tokio_postgres::Error,
    },

    /// PostgreSQL or the connection to it failed outside the statements of a migration.
    #[error("{doing} failed")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        source: tokio_postgres::Error,
    },
}

impl Error {
    /// The migration that it is about, where it says of one that it cannot be taken back.
    pub(crate) fn migration(&self) -> Option<Version> {
        match self {
            Self::Failed(failure) => Some(failure.version),
            Self::Irreversible { version, .. }
            | Self::NoDown { version, .. }
            | Self::StoredDown { version, .. } => Some(*version),
            _ => None,
        }
    }

    pub(crate) fn database(doing: &'static str, source: tokio_postgres::Error) -> Self {
        Self::Database { doing, source }
    }
}

fn list(faults: &[HistoryFault]) -> String {
    faults.iter().map(|fault| format!("\n  {fault}")).collect()
}

fn reasons(faults: &[AdoptFault]) -> String {
    faults.iter().map(|fault| format!("\n  {fault}")).collect()
}

fn versions_text(versions: &[Version]) -> String {
    versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn known(newest: Option<Version>) -> String {
    newest.map_or_else(|| "none".to_owned(), |version| version.to_string())
}
