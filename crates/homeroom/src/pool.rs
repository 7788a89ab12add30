//! The pool of connections: deadpool, with what it lacks (a minimum, an idle timeout, no dirty connection back).

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use deadpool::managed::{self, Metrics, QueueMode, RecycleError, RecycleResult, Timeouts};
use diesel_async::{
    AnsiTransactionManager, AsyncPgConnection, SimpleAsyncConnection, TransactionManager,
};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::config::DatabaseConfig;
use crate::connect;
use crate::error::{Cause, Error, Result};
use crate::observe::{Endpoint, PoolMetrics};

/// A connection that was idle for less is handed out without asking whether it is alive: a ping on every checkout costs
/// about half of a point read.
const PING_AFTER: Duration = Duration::from_secs(5);
/// How long the keeper rests when it is not told otherwise by a shorter idle timeout.
const KEEPER_REST: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct Manager {
    config: DatabaseConfig,
    metrics: Arc<PoolMetrics>,
}

impl managed::Manager for Manager {
    type Type = AsyncPgConnection;
    type Error = Error;

    async fn create(&self) -> Result<AsyncPgConnection> {
        let begun = Instant::now();
        let opened = connect::open(&self.config).await;
        self.metrics.opened(begun, &opened);
        opened
    }

    async fn recycle(
        &self,
        connection: &mut AsyncPgConnection,
        metrics: &Metrics,
    ) -> RecycleResult<Error> {
        if metrics.age() > self.config.settings.max_lifetime {
            return Err(RecycleError::message("older than the maximum lifetime"));
        }
        if metrics.last_used() > PING_AFTER {
            let limit = self.config.settings.connect_timeout;
            let ping = tokio::time::timeout(limit, connection.batch_execute(""));
            return match ping.await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(error)) => Err(RecycleError::Backend(error.into())),
                Err(_) => Err(RecycleError::message("no answer to a ping")),
            };
        }
        Ok(())
    }
}

#[derive(Clone)]
pub(crate) struct Pool {
    pool: managed::Pool<Manager>,
    in_flight: Arc<InFlight>,
    metrics: Arc<PoolMetrics>,
    _keeper: Arc<Keeper>,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pool").field(&self.status()).finish()
    }
}

impl Pool {
    /// Makes a pool without a connection; the keeper begins to fill it up to the minimum.
    pub(crate) fn new(config: DatabaseConfig) -> Result<Self> {
        let settings = config.settings.clone();
        let metrics = Arc::new(PoolMetrics::new(Endpoint::of(&config)));
        let manager = Manager { config, metrics: metrics.clone() };
        let pool = managed::Pool::builder(manager)
            .max_size(settings.pool_max)
            .runtime(deadpool::Runtime::Tokio1)
            // Opening and pinging have limits of their own, with better messages.
            .timeouts(Timeouts {
                wait: Some(settings.acquire_timeout),
                create: None,
                recycle: None,
            })
            // The connection used last is used first, so that those above the minimum come to their idle timeout.
            .queue_mode(QueueMode::Lifo)
            .build()
            .map_err(|error| Error::invalid("pool", error.to_string()))?;
        let keeper = tokio::spawn(keep(pool.weak(), settings.pool_min, settings.idle_timeout));
        Ok(Self {
            pool,
            in_flight: Arc::default(),
            metrics,
            _keeper: Arc::new(Keeper(keeper.abort_handle())),
        })
    }

    pub(crate) async fn get(&self) -> Result<Connection> {
        let lease = Lease::new(&self.in_flight);
        let asked = Instant::now();
        let object = self.pool.get().await.map_err(|error| self.cannot_get(error))?;
        self.metrics.handed_out(asked);
        let metrics = self.metrics.clone();
        Ok(Connection { object: Some(object), handed_out: Instant::now(), metrics, _lease: lease })
    }

    fn cannot_get(&self, error: managed::PoolError<Error>) -> Error {
        match error {
            managed::PoolError::Backend(error) => error,
            managed::PoolError::Timeout(_) => {
                self.metrics.timed_out();
                self.metrics.sizes(self.status());
                let PoolStatus { max, waiting, .. } = self.status();
                let wait = self.pool.timeouts().wait.unwrap_or_default();
                Error::Unavailable {
                    what: format!("no connection came free within {wait:?}"),
                    source: Some(Cause::new(format!(
                        "all {max} are in use and {waiting} more tasks wait (DATABASE_POOL_MAX, DATABASE_POOL_ACQUIRE_TIMEOUT)"
                    ))),
                }
            }
            managed::PoolError::Closed => Error::Unavailable {
                what: "the database handle was closed".to_owned(),
                source: None,
            },
            error => Error::Unavailable {
                what: "no connection could be had".to_owned(),
                source: Some(Cause::new(error.to_string())),
            },
        }
    }

    pub(crate) fn status(&self) -> PoolStatus {
        self.pool.status().into()
    }

    /// Closes the connections that nobody uses, so that what is opened next shows whether the server is there.
    pub(crate) fn close_idle(&self) {
        self.pool.retain(|_, _| false);
    }

    pub(crate) async fn close(&self) {
        self.pool.close();
        self.in_flight.ended().await;
    }
}

/// The pool's figures at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct PoolStatus {
    /// Connections at the most.
    pub max: usize,
    /// Connections that are open now.
    pub open: usize,
    /// Open connections that nobody uses.
    pub idle: usize,
    /// Tasks that wait for a connection.
    pub waiting: usize,
}

impl From<managed::Status> for PoolStatus {
    fn from(status: managed::Status) -> Self {
        Self {
            max: status.max_size,
            open: status.size,
            idle: status.available,
            waiting: status.waiting,
        }
    }
}

/// A connection that is borrowed from the pool and goes back when it is dropped.
///
/// It derefs to Diesel's [`AsyncPgConnection`]: hand `&connection` to the methods of this library, or
/// `&mut &*connection` to a Diesel query of your own. Queries that are polled together are pipelined.
///
/// One that is dropped with a transaction open (its future was cancelled, it panicked) is closed instead, which rolls the
/// transaction back.
pub struct Connection {
    /// `None` only while being dropped.
    object: Option<managed::Object<Manager>>,
    handed_out: Instant,
    metrics: Arc<PoolMetrics>,
    _lease: Lease,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}

impl Deref for Connection {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        #[expect(clippy::expect_used, reason = "taken only by drop, after which nobody can deref")]
        self.object.as_ref().expect("a connection until it is dropped")
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        #[expect(clippy::expect_used, reason = "taken only by drop, after which nobody can deref")]
        self.object.as_mut().expect("a connection until it is dropped")
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.metrics.given_back(self.handed_out);
        if let Some(mut object) = self.object.take()
            && AnsiTransactionManager::is_broken_transaction_manager(&mut *object)
        {
            drop(managed::Object::take(object));
        }
    }
}

/// Counts the connections that are out, so that a close can wait for them.
#[derive(Debug, Default)]
struct InFlight {
    leases: AtomicUsize,
    ended: Notify,
}

impl InFlight {
    async fn ended(&self) {
        loop {
            let ended = self.ended.notified();
            if self.leases.load(Ordering::SeqCst) == 0 {
                return;
            }
            ended.await;
        }
    }
}

#[derive(Debug)]
struct Lease(Arc<InFlight>);

impl Lease {
    fn new(in_flight: &Arc<InFlight>) -> Self {
        in_flight.leases.fetch_add(1, Ordering::SeqCst);
        Self(in_flight.clone())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.0.leases.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.ended.notify_waiters();
        }
    }
}

#[derive(Debug)]
struct Keeper(AbortHandle);

impl Drop for Keeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Closes what is idle too long above the minimum, and opens what is missing below it.
async fn keep(pool: managed::WeakPool<Manager>, min: usize, idle_timeout: Duration) {
    let rest = KEEPER_REST.min(idle_timeout / 2).max(Duration::from_millis(10));
    loop {
        let Some(pool) = pool.upgrade() else { return };
        if pool.is_closed() {
            return;
        }
        let mut open = pool.status().size;
        pool.retain(|_, metrics| {
            let keep = open <= min || metrics.last_used() < idle_timeout;
            if !keep {
                open -= 1;
            }
            keep
        });
        fill(&pool, min).await;
        pool.manager().metrics.sizes(pool.status().into());
        drop(pool);
        tokio::time::sleep(rest).await;
    }
}

async fn fill(pool: &managed::Pool<Manager>, min: usize) {
    // Held until all are there: a connection that goes back would be handed out again instead of a new one.
    let mut held = Vec::new();
    while pool.status().size < min {
        match pool.get().await {
            Ok(connection) => held.push(connection),
            Err(error) => {
                tracing::warn!(%error, "the pool can't be filled up to its minimum");
                return;
            }
        }
    }
}
