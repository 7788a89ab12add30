//! Up/down SQL migrations for any PostgreSQL: checked, recorded and reversible.
//!
//! A migration is a pair of files, `NNNN_name.up.sql` and `NNNN_name.down.sql`, in a folder of its own; the files of other tools are
//! read as well. [`Migrator`] applies and takes back, each migration in one transaction with its row of the history table or, where
//! that cannot be, statement by statement, one migrator at a time.
//!
//! This crate knows nobody's tables but its own history table.
//!
//! # Features
//! `engine` (on by default) is all that talks to PostgreSQL. Without it [`build`] remains, for build scripts that put the files
//! into the program. `check` (off by default) is `Migrator::check`, which brings a linter.

pub mod build;
mod folder;
mod script;
mod sql;
mod version;

pub use folder::{Direction, EmbeddedFile, Fault, FolderError, FolderStyle, Migration};
pub use script::{Mode, Script};
pub use version::Version;

#[cfg(feature = "engine")]
mod adopt;
#[cfg(feature = "engine")]
mod catalog;
#[cfg(feature = "check")]
mod check;
#[cfg(feature = "engine")]
mod dump;
#[cfg(feature = "engine")]
mod error;
#[cfg(feature = "engine")]
mod event;
#[cfg(feature = "engine")]
mod failure;
#[cfg(feature = "engine")]
mod history;
#[cfg(feature = "engine")]
mod identifier;
#[cfg(feature = "engine")]
mod lock;
#[cfg(feature = "engine")]
mod migrator;
#[cfg(feature = "engine")]
mod new;
#[cfg(feature = "engine")]
mod plan;
#[cfg(feature = "engine")]
mod run;
#[cfg(feature = "engine")]
mod server;
#[cfg(feature = "engine")]
mod session;
#[cfg(feature = "engine")]
mod settings;
#[cfg(feature = "engine")]
mod standing;
#[cfg(feature = "engine")]
mod trace;
#[cfg(feature = "engine")]
mod transaction;
#[cfg(feature = "engine")]
mod verify;

#[cfg(feature = "engine")]
pub use {
    adopt::{AdoptFault, Adopted, Tool},
    catalog::{Catalog, CatalogDiff, Change, Object},
    dump::PgDump,
    error::Error,
    event::Event,
    failure::{Failure, Place},
    history::HistoryTable,
    lock::Holder,
    migrator::{AppliedMigration, Migrator},
    new::create_migration,
    plan::PlannedMigration,
    settings::{DownOptions, Retry, Settings, UpOptions},
    standing::{Entry, HistoryFault, State, Status},
    trace::{
        DataLoss, LockMode, Relation, RelationKind, RowCount, TracedLock, TracedMigration,
        TracedStatement,
    },
    verify::{DownClass, Verification, VerifiedMigration},
};

#[cfg(feature = "check")]
pub use check::{CheckOptions, CheckReport, Finding, FindingPlace, FindingSource, Severity};

/// The migration files that [`build::embed_migrations`] put into the program, as `&'static [EmbeddedFile]`.
///
/// ```ignore
/// let migrator = Migrator::embedded(include_migrations!())?;
/// ```
#[macro_export]
macro_rules! include_migrations {
    () => {{
        use $crate::EmbeddedFile;
        const FILES: &[EmbeddedFile] =
            include!(concat!(env!("OUT_DIR"), "/homeroom_migrations.rs"));
        FILES
    }};
}

#[cfg(all(doctest, feature = "engine"))]
#[doc = include_str!("../README.md")]
struct Readme;
