//! [`Database`], the one handle: connections, transactions, migrations, health.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel_async::{
    AnsiTransactionManager, AsyncPgConnection, SimpleAsyncConnection, TransactionManager,
};

use crate::config::DatabaseConfig;
use crate::error::{Error, Result};
use crate::observe::{self, observe};
use crate::pool::{Connection, Pool, PoolStatus};
use crate::replicas::Replicas;

/// The handle to the database: the type to name in signatures.
///
/// Cheap to clone; all clones share one pool.
///
/// ```no_run
/// use homeroom::{Database, DatabaseConfig, User, UserId};
///
/// async fn greet(db: &Database, id: UserId) -> homeroom::Result<String> {
///     let conn = db.conn().await?;
///     let user = User::get(&conn, id).await?;
///     Ok(format!("Good morning, {}", user.name))
/// }
///
/// # async fn example() -> homeroom::Result<()> {
/// let db = Database::connect(DatabaseConfig::from_env()?).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Database {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    config: DatabaseConfig,
    pool: Pool,
    pub(crate) replicas: Replicas,
}

impl Database {
    /// Opens the pool, with one connection made and the rest of the minimum on the way, and a pool for each replica, which is not
    /// waited for.
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused) for a wrong password or database,
    /// [`Error::Unavailable`](crate::Error::Unavailable) when nobody answers: at once, with the cause.
    pub async fn connect(config: DatabaseConfig) -> Result<Self> {
        let pool = Pool::new(config.clone())?;
        drop(pool.get().await?);
        let replicas = Replicas::new(&config)?;
        Ok(Self { inner: Arc::new(Inner { config, pool, replicas }) })
    }

    /// The settings that the handle was opened with.
    #[must_use]
    pub fn config(&self) -> &DatabaseConfig {
        &self.inner.config
    }

    /// Borrows a connection. No round trip, unless a new one has to be opened or this one was idle for 5 s.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable) when all are in use for longer than the acquire timeout, or as
    /// [`Database::connect`].
    pub async fn conn(&self) -> Result<Connection> {
        self.inner.pool.get().await
    }

    /// Runs `work` in a transaction: committed when it returns `Ok`, rolled back when it returns `Err`, when its future is
    /// dropped and when it panics.
    ///
    /// `BEGIN` (at the server's default, READ COMMITTED), then the work, then `COMMIT` or `ROLLBACK`.
    ///
    /// ```no_run
    /// # use homeroom::{Database, Group, GroupId, GroupMember, GroupRole, UserId, Error};
    /// # async fn example(db: &Database, school: GroupId, user: UserId) -> homeroom::Result<()> {
    /// db.transaction(async |conn| {
    ///     Group::rename(conn, school, "Lincoln High School", "lincoln-high").await?;
    ///     GroupMember::set_role(conn, school, user, GroupRole::Teacher).await?;
    ///     Ok::<_, Error>(())
    /// })
    /// .await
    /// # }
    /// ```
    ///
    /// # Errors
    /// The work's own error, or that of `BEGIN` or `COMMIT`; after a `COMMIT` whose answer was lost the outcome is not known.
    pub async fn transaction<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, E>,
        E: From<crate::Error>,
    {
        observe::transaction(self.run_transaction(work)).await
    }

    async fn run_transaction<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, E>,
        E: From<crate::Error>,
    {
        let mut connection = self.conn().await?;
        let conn: &mut AsyncPgConnection = &mut connection;
        observe("BEGIN", async {
            Ok::<_, Error>(AnsiTransactionManager::begin_transaction(conn).await?)
        })
        .await?;
        let outcome = work(conn).await;
        end_transaction(conn, outcome).await
    }

    /// Asks the server for an answer, and returns how long it took: one round trip, no lock.
    ///
    /// ```no_run
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// let took = db.ping().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Database::conn`]; [`Error::Unavailable`](crate::Error::Unavailable) when the connection was lost.
    pub async fn ping(&self) -> Result<Duration> {
        let mut connection = self.conn().await?;
        let start = Instant::now();
        connection.batch_execute("").await?;
        Ok(start.elapsed())
    }

    /// The pool's figures; asks nobody.
    #[must_use]
    pub fn status(&self) -> PoolStatus {
        self.inner.pool.status()
    }

    /// Closes the pool: nobody gets a connection any more, and those that are out are waited for.
    ///
    /// Waits as long as the work in flight takes; put a `tokio::time::timeout` around it for a limit.
    ///
    /// ```no_run
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// tokio::time::timeout(std::time::Duration::from_secs(10), db.close()).await.ok();
    /// # Ok(())
    /// # }
    /// ```
    pub async fn close(&self) {
        self.inner.pool.close().await;
        self.inner.replicas.close().await;
    }
}

/// Commits when the work of the open transaction (or savepoint) came to something, else rolls back.
pub(crate) async fn end_transaction<T, E: From<crate::Error>>(
    conn: &mut AsyncPgConnection,
    outcome: Result<T, E>,
) -> Result<T, E> {
    match outcome {
        Ok(value) => {
            let commit =
                async { Ok::<_, Error>(AnsiTransactionManager::commit_transaction(conn).await?) };
            observe("COMMIT", commit).await?;
            Ok(value)
        }
        Err(error) => {
            // The work's error says more than that of a rollback; a connection that can't roll back is not reused.
            let rollback =
                async { Ok::<_, Error>(AnsiTransactionManager::rollback_transaction(conn).await?) };
            if let Err(error) = observe("ROLLBACK", rollback).await {
                tracing::warn!(%error, "a transaction could not be rolled back, its connection is closed");
            }
            Err(error)
        }
    }
}
