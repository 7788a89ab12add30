//! [`Database`], the one handle: connections, transactions, migrations, health.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel_async::SimpleAsyncConnection;

use crate::config::DatabaseConfig;
use crate::connection::Connection;
use crate::error::Result;
use crate::observe;
use crate::pool::{Pool, PoolStatus, PooledConnection};
use crate::replicas::Replicas;
use crate::transaction::{self, Begin};

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
        // The keeper would not see that it is on the way, and open one more.
        drop(pool.get().await?);
        pool.keep();
        let replicas = Replicas::new(&config)?;
        Ok(Self { inner: Arc::new(Inner { config, pool, replicas }) })
    }

    /// The settings that the handle was opened with.
    #[must_use]
    pub fn config(&self) -> &DatabaseConfig {
        &self.inner.config
    }

    /// Borrows a connection. No round trip, unless a new one has to be opened, this one was idle for a second, or the last borrower
    /// left something behind in the session ([`PooledConnection`] tells what).
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable) when all are in use for longer than the acquire timeout, or as
    /// [`Database::connect`].
    pub async fn conn(&self) -> Result<PooledConnection> {
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
    /// [`Error::Aborted`](crate::Error::Aborted) when a statement failed and the work returned `Ok` all the same: nothing was stored.
    pub async fn transaction<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Connection) -> Result<T, E>,
        E: From<crate::Error>,
    {
        observe::transaction(async {
            let mut connection = self.conn().await?;
            transaction::run(&mut connection, Begin::Plain, self.config(), work).await
        })
        .await
    }

    /// Runs `work` in a transaction of isolation level SERIALIZABLE, and again from its beginning when it loses against another
    /// one: up to ten times in all, with random pauses between that grow from milliseconds to a quarter of a second.
    ///
    /// What the transaction reads and decides then holds as if it had run alone, without locks of its own. The work is to do nothing
    /// but talk to the database, since it may run several times, each time as a clone. Operations on the shape of the tree refuse this level: they lock.
    ///
    /// `BEGIN ISOLATION LEVEL SERIALIZABLE`, then the work, then `COMMIT`; again after the SQLSTATEs `40001` and `40P01`, whatever
    /// error the work makes of them.
    ///
    /// ```no_run
    /// # use homeroom::{Connection, Database, Error};
    /// # async fn seats_left(conn: &Connection) -> homeroom::Result<i64> { Ok(1) }
    /// # async fn take_seat(conn: &Connection) -> homeroom::Result<()> { Ok(()) }
    /// # async fn example(db: &Database) -> homeroom::Result<bool> {
    /// db.serializable(async |conn| {
    ///     if seats_left(conn).await? == 0 {
    ///         return Ok(false);
    ///     }
    ///     take_seat(conn).await?;
    ///     Ok::<_, Error>(true)
    /// })
    /// .await
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Database::transaction`]; the last error, such as [`Error::Retry`](crate::Error::Retry), when it has lost ten times.
    pub async fn serializable<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Connection) -> Result<T, E> + Clone,
        E: From<crate::Error>,
    {
        observe::transaction(async {
            let mut connection = self.conn().await?;
            let backend = connection.backend();
            for tries in 1..transaction::TRIES {
                let lost = backend.races_lost();
                let begin = Begin::Serializable;
                let outcome =
                    transaction::run(&mut connection, begin, self.config(), work.clone()).await;
                if outcome.is_ok() || backend.races_lost() == lost {
                    return outcome;
                }
                observe::transaction_runs_again();
                transaction::pause(tries).await;
            }
            transaction::run(&mut connection, Begin::Serializable, self.config(), work).await
        })
        .await
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
