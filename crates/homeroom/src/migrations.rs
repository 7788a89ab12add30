//! Our own migrations, which are part of the library.

use homeroom_migrate::{Error, Migrator, include_migrations};

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
}
