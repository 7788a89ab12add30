//! The migrator: what a program calls.

mod left;
mod moves;
mod takeover;
mod verify;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use tokio_postgres::Client;

use self::left::settle;
use crate::catalog::Catalog;
use crate::error::Error;
use crate::event::Event;
use crate::folder::{self, Direction, EmbeddedFile, Migration};
use crate::history::History;
use crate::lock::MigrationLock;
use crate::plan::{PlannedMigration, Task, plan_down, plan_up};
use crate::run::Series;
use crate::settings::{DownOptions, Settings, UpOptions};
use crate::standing::{Standing, Status};
use crate::version::Version;

/// A set of migrations and the way to run them.
///
/// It holds no connection: each call takes one, whose session must be PostgreSQL's own or that of a pooler in session mode, with
/// no transaction open. Settings and roles that a migration sets do not outlive it, save settings of names with a dot, which
/// PostgreSQL does not list. A server before PostgreSQL 14 is refused by every call with [`Error::OldServer`].
///
/// ```no_run
/// use homeroom_migrate::{Migrator, UpOptions};
///
/// # async fn migrate() -> Result<(), Box<dyn std::error::Error>> {
/// let (mut client, connection) =
///     tokio_postgres::connect("host=localhost user=postgres", tokio_postgres::NoTls).await?;
/// let connection = tokio::spawn(connection);
///
/// let migrator = Migrator::from_dir("migrations")?;
/// for applied in migrator.up(&mut client, &UpOptions::default()).await? {
///     println!("{}_{} in {} ms", applied.version, applied.name, applied.duration_ms);
/// }
/// assert!(migrator.is_up_to_date(&client).await?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Migrator {
    migrations: Vec<Migration>,
    settings: Settings,
    observer: Arc<dyn Fn(Event<'_>) + Send + Sync>,
}

/// A migration that was run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AppliedMigration {
    /// The migration.
    pub version: Version,
    /// Its name.
    pub name: String,
    /// Up or down.
    pub direction: Direction,
    /// How long it took, its commit and all attempts included, in milliseconds.
    pub duration_ms: u64,
}

impl Migrator {
    /// The migrations of a folder.
    ///
    /// # Errors
    /// [`Error::ReadFolder`], or [`Error::Folder`] with all faults of its files.
    pub fn from_dir(folder: impl AsRef<Path>) -> Result<Self, Error> {
        let folder = folder.as_ref();
        let files = folder::read(folder)
            .map_err(|source| Error::ReadFolder { path: folder.to_owned(), source })?;
        let files = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        let migrations = folder::parse(&folder.display().to_string(), files)?;
        Ok(Self::new(migrations))
    }

    /// The migrations that [`include_migrations!`](crate::include_migrations) put into the program.
    ///
    /// # Errors
    /// [`Error::Folder`] with all faults of the files; none when the build script has checked them.
    pub fn embedded(files: &[EmbeddedFile]) -> Result<Self, Error> {
        let files = files.iter().map(|file| (file.name, file.sql.as_bytes()));
        Ok(Self::new(folder::parse("the program", files)?))
    }

    /// The migrations of files that a program has in memory, names and texts: to try them before they are written.
    ///
    /// # Errors
    /// [`Error::Folder`] with all faults of the files.
    pub fn from_texts<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Error> {
        let files = files.into_iter().map(|(name, text)| (name, text.as_bytes()));
        Ok(Self::new(folder::parse("memory", files)?))
    }

    fn new(migrations: Vec<Migration>) -> Self {
        Self { migrations, settings: Settings::default(), observer: Arc::new(|_| {}) }
    }

    /// The same migrations with these settings.
    #[must_use]
    pub fn with_settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// The same migrations, with a function that hears of each step as it happens. It must not block for long.
    #[must_use]
    pub fn with_observer(mut self, observer: impl Fn(Event<'_>) + Send + Sync + 'static) -> Self {
        self.observer = Arc::new(observer);
        self
    }

    /// The migrations, by version.
    #[must_use]
    pub fn migrations(&self) -> &[Migration] {
        &self.migrations
    }

    /// Applies the pending migrations, oldest first, each in a transaction with its row of the history table.
    ///
    /// Waits for another migrator that is at work. When one migration fails, those before it stay. A dropped future leaves no
    /// transaction open and no lock behind, once the statement that was being run has ended.
    ///
    /// # Errors
    /// [`Error::Failed`] when a migration fails, [`Error::History`] and [`Error::NewerSchema`] when the database does not fit the
    /// files, [`Error::Locked`] when another migrator did not finish in time.
    pub async fn up(
        &self,
        client: &mut Client,
        options: &UpOptions,
    ) -> Result<Vec<AppliedMigration>, Error> {
        options.check()?;
        let mut lock = self.lock(client).await?;
        let result = self.up_locked(lock.client(), options).await;
        lock.release().await;
        result
    }

    /// Takes applied migrations back, newest first, each in a transaction with its row of the history table.
    ///
    /// A migration whose files this program does not have is taken back with the SQL that was stored when it was applied.
    ///
    /// # Errors
    /// Before anything is taken back [`Error::Irreversible`] when one of them says that it cannot be, and [`Error::History`] when
    /// a down file was changed since; then as [`Migrator::up`]. [`Error::LeftApplied`] with all that could not be taken back when
    /// the options say to keep going.
    pub async fn down(
        &self,
        client: &mut Client,
        options: &DownOptions,
    ) -> Result<Vec<AppliedMigration>, Error> {
        options.check()?;
        let mut lock = self.lock(client).await?;
        let result = self.down_locked(lock.client(), options).await;
        lock.release().await;
        result
    }

    /// Every migration that the files or the database know, and where it stands. Reads only, and waits for nobody.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn status(&self, client: &Client) -> Result<Status, Error> {
        let (history, standing) = self.standing(client).await?;
        Ok(standing.status(history.table()))
    }

    /// Whether nothing is pending: for the start of a program and its readiness probe. Reads only, and waits for nobody.
    ///
    /// # Errors
    /// [`Error::History`] and [`Error::NewerSchema`] when the database does not fit the files, and [`Error::Database`].
    pub async fn is_up_to_date(&self, client: &Client) -> Result<bool, Error> {
        let (_, standing) = self.standing(client).await?;
        standing.check(&BTreeSet::new())?;
        Ok(standing.pending().next().is_none())
    }

    /// What [`Migrator::up`] would run, in that order. Reads only.
    ///
    /// # Errors
    /// As [`Migrator::up`], save what only the run can meet.
    pub async fn plan(
        &self,
        client: &Client,
        options: &UpOptions,
    ) -> Result<Vec<PlannedMigration>, Error> {
        let (_, standing) = self.standing(client).await?;
        Ok(plan_up(&standing, options)?.iter().map(PlannedMigration::from).collect())
    }

    /// What [`Migrator::down`] would run, in that order. Reads only.
    ///
    /// # Errors
    /// As [`Migrator::down`], save what only the run can meet.
    pub async fn plan_down(
        &self,
        client: &Client,
        options: &DownOptions,
    ) -> Result<Vec<PlannedMigration>, Error> {
        let (history, standing) = self.standing(client).await?;
        let (tasks, _) = plan_down(client, &history, &standing, options).await?;
        Ok(tasks.iter().map(PlannedMigration::from).collect())
    }

    /// The structure of the database without the history table: what the migrations made of it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn catalog(&self, client: &Client) -> Result<Catalog, Error> {
        let history = History::find(client, &self.settings.history).await?;
        Ok(history.remove_from(Catalog::read(client).await?))
    }

    /// Accepts edited files of applied migrations as they are now: the history takes their names, checksums and down SQL. Runs
    /// none of them. Gives the versions.
    ///
    /// # Errors
    /// [`Error::Locked`] and [`Error::Database`].
    pub async fn repair(&self, client: &mut Client) -> Result<Vec<Version>, Error> {
        let mut lock = self.lock(client).await?;
        let result = self.repair_locked(lock.client()).await;
        lock.release().await;
        result
    }

    async fn lock<'a>(&self, client: &'a mut Client) -> Result<MigrationLock<'a>, Error> {
        let on_wait = |holder: Option<&_>| {
            tracing::info!(?holder, "waiting for another migrator");
            (self.observer)(Event::Waiting { holder });
        };
        MigrationLock::acquire(client, self.settings.wait_for_others, on_wait).await
    }

    pub(crate) async fn standing(&self, client: &Client) -> Result<(History, Standing<'_>), Error> {
        let history = History::find(client, &self.settings.history).await?;
        let standing = Standing::new(&self.migrations, history.list(client).await?);
        Ok((history, standing))
    }

    async fn up_locked(
        &self,
        client: &mut Client,
        options: &UpOptions,
    ) -> Result<Vec<AppliedMigration>, Error> {
        let (mut history, standing) = self.standing(client).await?;
        let tasks = plan_up(&standing, options)?;
        if !tasks.is_empty() {
            history.make_ready(client).await?;
        }
        self.run_all(client, &history, &tasks).await
    }

    async fn down_locked(
        &self,
        client: &mut Client,
        options: &DownOptions,
    ) -> Result<Vec<AppliedMigration>, Error> {
        let (mut history, standing) = self.standing(client).await?;
        let (tasks, mut left) = plan_down(client, &history, &standing, options).await?;
        if !tasks.is_empty() {
            history.make_ready(client).await?;
        }
        if !options.keep_going {
            return self.run_all(client, &history, &tasks).await;
        }
        self.take_back_what_can_be(client, &history, &tasks, &mut left).await.and_then(|done| {
            if left.is_empty() {
                Ok(done)
            } else {
                Err(Error::LeftApplied { taken_back: done, left })
            }
        })
    }

    async fn repair_locked(&self, client: &mut Client) -> Result<Vec<Version>, Error> {
        let (history, standing) = self.standing(client).await?;
        let mut repaired = Vec::new();
        for migration in standing.edited() {
            history.repair(client, migration).await?;
            repaired.push(migration.version());
        }
        Ok(repaired)
    }

    async fn run_all(
        &self,
        client: &Client,
        history: &History,
        tasks: &[Task<'_>],
    ) -> Result<Vec<AppliedMigration>, Error> {
        (self.observer)(Event::Planned { total: tasks.len() });
        let mut applied = Vec::with_capacity(tasks.len());
        let mut kept = Vec::new();
        let mut series = Series::new(client, history, &self.settings, &*self.observer);
        for (index, task) in tasks.iter().enumerate() {
            match self.run_one(&mut series, task, tasks.get(index + 1)).await {
                Ok(one) => applied.push(one),
                Err(Error::Failed(failure)) if task.is_left() && failure.says_done_already() => {
                    self.keep(client, history, &failure).await?;
                    kept.push(failure.version);
                }
                Err(error) => return Err(error),
            }
        }
        settle(client, history, kept).await?;
        Ok(applied)
    }

    async fn run_one<'a>(
        &self,
        series: &mut Series<'a>,
        task: &'a Task<'a>,
        next: Option<&'a Task<'a>>,
    ) -> Result<AppliedMigration, Error> {
        let observe = &*self.observer;
        let (version, name, direction) = (task.version, task.name.as_str(), task.direction);
        observe(Event::Started { version, name, direction });
        let duration = series.run(task, next).await?;
        tracing::info!(%version, name, %direction, ?duration, "migration committed");
        observe(Event::Finished { version, name, direction, duration });
        let duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Ok(AppliedMigration { version, name: name.to_owned(), direction, duration_ms })
    }
}

impl fmt::Debug for Migrator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Migrator")
            .field("migrations", &self.migrations.len())
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
