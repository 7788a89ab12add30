//! Our own migrations, which are part of the library.

use std::fmt;

use homeroom_migrate::{Error, Migrator, State, Status, include_migrations};

use crate::database::Database;
use crate::error::Result;

/// The migrations of this version of the library, ready to run: `migrator()?.up(&mut client, &UpOptions::default())`.
///
/// ```no_run
/// use homeroom::DatabaseConfig;
/// use homeroom_migrate::UpOptions;
///
/// # async fn example() -> homeroom::Result<()> {
/// let mut client = DatabaseConfig::from_env()?.connect_client().await?;
/// homeroom::migrator()?.up(&mut client, &UpOptions::default()).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// None: the build has checked the files.
pub fn migrator() -> Result<Migrator, Error> {
    Migrator::embedded(include_migrations!())
}

impl Database {
    /// Whether the database has the schema of this version of the library: for the start of a program and its readiness
    /// probe. On a connection of its own; reads the history (`SELECT … FROM homeroom_migrations`) and locks nothing.
    ///
    /// ```no_run
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// if !db.is_up_to_date().await? {
    ///     println!("503: `homeroom migrate up` has not run yet");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Migrate`](crate::Error::Migrate) when the database's history does not fit, such as a newer schema; or as
    /// [`Database::connect`].
    pub async fn is_up_to_date(&self) -> Result<bool> {
        let client = self.config().connect_client().await?;
        Ok(migrator()?.is_up_to_date(&client).await?)
    }

    /// Whether the program can do its work: a readiness probe's answer, `true` for [`Readiness::Ready`] and
    /// [`Readiness::Ahead`].
    ///
    /// ```no_run
    /// # async fn example(db: &homeroom::Database) {
    /// let status = if db.is_ready().await { 200 } else { 503 };
    /// # }
    /// ```
    pub async fn is_ready(&self) -> bool {
        self.readiness().await.is_ready()
    }

    /// Whether the program can do its work, and why not: gets a connection of the pool and has the server answer on it, then reads
    /// the history of the migrations on a connection of its own. No lock; takes as long as a checkout and an opening may.
    ///
    /// A liveness probe should not ask this, nor the database at all: restarting the program mends no database.
    ///
    /// ```no_run
    /// # async fn example(db: &homeroom::Database) {
    /// // "migration 0027_reports is pending"
    /// println!("{}", db.readiness().await);
    /// # }
    /// ```
    pub async fn readiness(&self) -> Readiness {
        if let Err(error) = self.ping().await {
            return Readiness::Unreachable(error);
        }
        match self.migration_status().await {
            Ok(status) => Readiness::of(&status),
            Err(error) => Readiness::Unreachable(error),
        }
    }

    async fn migration_status(&self) -> Result<Status> {
        let client = self.config().connect_client().await?;
        Ok(migrator()?.status(&client).await?)
    }
}

/// Whether the program can do its work with the database: [`Database::readiness`]. It prints as one line for a probe's answer,
/// without the server's address.
#[derive(Debug)]
#[non_exhaustive]
pub enum Readiness {
    /// The server answers, and the schema is this version's.
    Ready,
    /// The server answers, and its schema is newer, as while a new version is being rolled out: this one goes on.
    Ahead {
        /// The migrations that this version does not know, such as `0027_reports`.
        newer: Vec<String>,
    },
    /// The server answers, and its schema lacks something.
    Behind {
        /// The migrations that are not applied, or not to their end.
        pending: Vec<String>,
    },
    /// The server answers, and its schema was made by other migrations than this version's.
    Different {
        /// The migrations that were edited or are missing.
        migrations: Vec<String>,
    },
    /// No connection could be had, or the server does not answer.
    Unreachable(crate::Error),
}

impl Readiness {
    /// Whether the program can do its work: [`Ready`](Self::Ready) or [`Ahead`](Self::Ahead).
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        matches!(self, Self::Ready | Self::Ahead { .. })
    }

    fn of(status: &Status) -> Self {
        let named = |states: &[State]| -> Vec<String> {
            let entries = status.entries.iter().filter(|entry| states.contains(&entry.state));
            entries.map(|entry| format!("{}_{}", entry.version, entry.name)).collect()
        };
        let pending = named(&[State::Pending, State::Late, State::Unfinished]);
        if !pending.is_empty() {
            return Self::Behind { pending };
        }
        let migrations = named(&[State::Edited, State::Missing]);
        if !migrations.is_empty() {
            return Self::Different { migrations };
        }
        match named(&[State::Newer]) {
            newer if newer.is_empty() => Self::Ready,
            newer => Self::Ahead { newer },
        }
    }
}

impl fmt::Display for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready => f.write_str("ready"),
            Self::Ahead { newer } => {
                write!(f, "ready, with a newer schema: {} not known here", listed(newer))
            }
            Self::Behind { pending } => {
                write!(
                    f,
                    "the schema is behind: {} not applied (homeroom migrate up)",
                    listed(pending)
                )
            }
            Self::Different { migrations } => {
                write!(
                    f,
                    "the schema is another one: {} edited or missing (homeroom migrate status)",
                    listed(migrations)
                )
            }
            Self::Unreachable(error) => write!(f, "the database is unreachable ({})", error.kind()),
        }
    }
}

/// `0001_a is`, `0001_a and 3 more are`.
fn listed(migrations: &[String]) -> String {
    match migrations {
        [only] => format!("{only} is"),
        [first, more @ ..] => format!("{first} and {} more are", more.len()),
        [] => "nothing is".to_owned(),
    }
}
