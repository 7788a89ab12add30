//! What scripts really do to the relations that were there before them: locks, rewrites and scans, seen on a scratch database.
//!
//! Judging that is no business of this module: the feature `check` does.

mod lock_mode;
mod loss;
mod probe;
mod run;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::Serialize;
use tokio_postgres::Client;

pub use self::lock_mode::LockMode;
pub use self::loss::{DataLoss, RowCount};
use self::run::Tracer;
use crate::error::Error;
use crate::failure::Failure;
use crate::folder::{Direction, Migration};
use crate::migrator::Migrator;
use crate::plan::PlannedMigration;
use crate::script::{Mode, Script};
use crate::version::Version;

/// What kind of relation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RelationKind {
    /// A table, partitioned or not.
    Table,
    /// A materialized view.
    MaterializedView,
    /// An index.
    Index,
    /// A view.
    View,
    /// A sequence.
    Sequence,
    /// A foreign table.
    ForeignTable,
}

impl RelationKind {
    /// Whether it holds rows that applications read or write through it, so that a lock on it is felt.
    #[must_use]
    pub fn holds_rows(self) -> bool {
        matches!(self, Self::Table | Self::MaterializedView)
    }
}

impl fmt::Display for RelationKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Table => "table",
            Self::MaterializedView => "materialized view",
            Self::Index => "index",
            Self::View => "view",
            Self::Sequence => "sequence",
            Self::ForeignTable => "foreign table",
        })
    }
}

/// A relation that was there before the migration began.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Relation {
    /// What it is.
    pub kind: RelationKind,
    /// Its name with its schema, each quoted where SQL needs it.
    pub name: String,
    /// Of an index, its table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
}

/// A lock that a statement took on a relation that was there before the migration. It is held to the end of its transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TracedLock {
    /// The relation.
    pub relation: Relation,
    /// The strongest mode in which it is held.
    pub mode: LockMode,
}

/// One statement of a script and what it did to relations that were there before the migration began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TracedStatement {
    /// The bytes at which it stands in the script's text.
    pub bytes: Range<usize>,
    /// The line of the file at which it starts, from 1.
    pub line: u32,
    /// The column at which it starts, in characters from 1.
    pub column: u32,
    /// Which transaction of the script it ran in, from 0; `None`: in none, and then its locks and scans were not seen.
    pub transaction: Option<usize>,
    /// The locks that it took, or took in a stronger mode than statements before it, the strongest first.
    pub locks: Vec<TracedLock>,
    /// Tables, indexes and materialized views that it wrote anew.
    pub rewrites: Vec<Relation>,
    /// Tables and materialized views that it read from end to end.
    pub scans: Vec<Relation>,
}

/// One script that was run statement by statement on a scratch database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TracedMigration {
    /// The migration.
    pub version: Version,
    /// Its name.
    pub name: String,
    /// Which of its scripts was run.
    pub direction: Direction,
    /// The file of the script.
    pub file: String,
    /// How its statements are held together.
    pub mode: Mode,
    /// The statements, without a BEGIN and COMMIT of the file's own.
    pub statements: Vec<TracedStatement>,
    /// The tables and columns that were there before and are gone, with all that they held.
    pub losses: Vec<DataLoss>,
}

impl TracedMigration {
    /// The strongest lock that the script takes on each relation that was there before it, by name.
    #[must_use]
    pub fn locks(&self) -> Vec<TracedLock> {
        let mut strongest: BTreeMap<&Relation, LockMode> = BTreeMap::new();
        for lock in self.statements.iter().flat_map(|statement| &statement.locks) {
            let mode = strongest.entry(&lock.relation).or_insert(lock.mode);
            *mode = lock.mode.max(*mode);
        }
        let locks = strongest.into_iter();
        locks.map(|(relation, mode)| TracedLock { relation: relation.clone(), mode }).collect()
    }
}

/// Traces of as many migrations as ran, and why the next one did not.
pub(crate) struct Trace {
    pub(crate) migrations: Vec<TracedMigration>,
    pub(crate) failure: Option<Failure>,
}

#[cfg(feature = "check")]
impl Trace {
    /// That of this migration, if it ran.
    pub(crate) fn find(&self, version: Version) -> Option<&TracedMigration> {
        self.migrations.iter().find(|one| one.version == version)
    }
}

impl Migrator {
    /// Applies every up script in order to an empty scratch database, statement by statement, and tells what each statement did to
    /// relations that were there before its migration began.
    ///
    /// What is seen, inside of `DO` blocks, functions and triggers too:
    /// - locks that are held after the statement (`pg_locks` of the session), so not those that it gave back itself, as a failed
    ///   block of PL/pgSQL does;
    /// - rewrites: the file of a relation (`pg_relation_filenode`) is another one;
    /// - scans from end to end: PostgreSQL's own counter of sequential scans (`track_counts`, on unless it was turned off), which
    ///   `ALTER TABLE` and index builds move as well. Whether a query scans is decided for the empty tables of the scratch
    ///   database and may be otherwise on full ones; what `ALTER TABLE` does is the same.
    ///
    /// Of a statement that runs in no transaction only rewrites are seen: its locks are gone when it ends.
    ///
    /// The history table is not made. Roles, tablespaces and databases that a script makes belong to the server and stay.
    ///
    /// # Errors
    /// [`Error::Failed`] when a script fails, [`Error::ScratchInUse`] when the database has a history, [`Error::Database`].
    pub async fn trace(&self, scratch: &Client) -> Result<Vec<TracedMigration>, Error> {
        all_or_error(self.trace_ups(scratch).await?)
    }

    /// Brings an empty scratch database to where the planned migrations begin and runs these, in the planned order, as
    /// [`Migrator::trace`] does. For [`Migrator::plan`] and [`Migrator::plan_down`]: which locks they take, and what is lost.
    ///
    /// What is planned with stored SQL alone is left out, as the scratch database cannot be brought to where it begins.
    ///
    /// # Errors
    /// As [`Migrator::trace`].
    pub async fn trace_plan(
        &self,
        scratch: &Client,
        plan: &[PlannedMigration],
    ) -> Result<Vec<TracedMigration>, Error> {
        let find = |version| self.migrations().iter().find(|one| one.version() == version);
        let planned: Vec<(&Migration, Direction)> =
            plan.iter().filter_map(|one| Some((find(one.version)?, one.direction))).collect();
        let first_is_up = |migration: &Migration| {
            let first = planned.iter().find(|(one, _)| one.version() == migration.version());
            matches!(first, Some((_, Direction::Up)))
        };
        let last = planned.iter().map(|(migration, _)| migration.version()).max();
        let before = self
            .migrations()
            .iter()
            .filter(|one| last.is_some_and(|last| one.version() <= last) && !first_is_up(one));
        let tracer = self.tracer(scratch).await?;
        for migration in before {
            if let Err(failure) = tracer.apply(migration).await? {
                return Err(Error::Failed(Box::new(failure)));
            }
        }
        all_or_error(trace_all(&tracer, planned).await?)
    }

    /// The up scripts in order, as far as they run.
    pub(crate) async fn trace_ups(&self, scratch: &Client) -> Result<Trace, Error> {
        // A list: with the closure the future could not go to another thread.
        let ups: Vec<(&Migration, Direction)> =
            self.migrations().iter().map(|migration| (migration, Direction::Up)).collect();
        trace_all(&self.tracer(scratch).await?, ups).await
    }

    async fn tracer<'a>(&self, scratch: &'a Client) -> Result<Tracer<'a>, Error> {
        let (history, standing) = self.standing(scratch).await?;
        if standing.applied().next().is_some() {
            return Err(Error::ScratchInUse { table: history.table().to_owned() });
        }
        Tracer::new(scratch).await
    }
}

async fn trace_all<'a>(
    tracer: &Tracer<'_>,
    scripts: impl IntoIterator<Item = (&'a Migration, Direction)>,
) -> Result<Trace, Error> {
    let mut migrations = Vec::new();
    for (migration, direction) in scripts {
        match tracer.trace(migration, direction).await? {
            Ok(traced) => migrations.push(traced),
            Err(failure) => return Ok(Trace { migrations, failure: Some(failure) }),
        }
    }
    Ok(Trace { migrations, failure: None })
}

fn all_or_error(trace: Trace) -> Result<Vec<TracedMigration>, Error> {
    match trace.failure {
        None => Ok(trace.migrations),
        Some(failure) => Err(Error::Failed(Box::new(failure))),
    }
}

/// The script of a side.
fn script(migration: &Migration, direction: Direction) -> &Script {
    match direction {
        Direction::Up => migration.up(),
        Direction::Down => migration.down(),
    }
}
