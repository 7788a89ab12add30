//! The pool of connections: deadpool, with what it lacks (a minimum, an idle timeout, no dirty and no dead connection handed out).

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use deadpool::managed::{self, Metrics, QueueMode, RecycleError, RecycleResult, Timeouts};
use diesel_async::{AnsiTransactionManager, SimpleAsyncConnection, TransactionManager};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::backend::Backend;
use crate::config::DatabaseConfig;
use crate::connect::{self, Opened};
use crate::connection::Connection;
use crate::error::{Cause, Error, Result};
use crate::observe::{Endpoint, PoolMetrics};
use crate::pooler::Pooler;

/// A connection that the server was heard on since then is handed out without asking whether it is alive: a ping on every
/// checkout costs about half of a point read.
const PING_AFTER: Duration = Duration::from_secs(1);
/// How long a connection may take to answer a ping, to bring itself in order, or to end what was cancelled. What takes longer costs more
/// than a new one.
const ANSWER: Duration = Duration::from_secs(1);
/// How long the keeper rests when it is not told otherwise by a shorter idle timeout.
const KEEPER_REST: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct Manager {
    config: DatabaseConfig,
    pooler: Pooler,
    metrics: Arc<PoolMetrics>,
    open: Arc<Open>,
    /// When a connection was found dead by its silence: those that were silent since then are taken for dead too.
    silence: Silence,
}

impl Manager {
    fn new(config: DatabaseConfig, metrics: Arc<PoolMetrics>) -> Self {
        let pooler = Pooler::new(config.settings.pooler);
        Self { config, pooler, metrics, open: Arc::default(), silence: Silence::default() }
    }

    fn is_usable(&self, pooled: &Pooled) -> bool {
        let silence = self.silence.since();
        let backend = &pooled.opened.backend;
        !backend.is_lost() && silence.is_none_or(|since| backend.last_heard() > since)
    }

    /// Runs a statement on an idle connection. One that does not answer condemns all that are as silent: else each would cost the
    /// same wait again, one after the other.
    async fn ask(&self, pooled: &mut Pooled, statement: &str) -> RecycleResult<Error> {
        let asked = Instant::now();
        match tokio::time::timeout(ANSWER, pooled.opened.connection.batch_execute(statement)).await
        {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(RecycleError::Backend(error.into())),
            Err(_) => {
                self.silence.note(asked);
                Err(RecycleError::message("no answer"))
            }
        }
    }
}

impl managed::Manager for Manager {
    // In a box, as deadpool moves it about.
    type Type = Box<Pooled>;
    type Error = Error;

    async fn create(&self) -> Result<Box<Pooled>> {
        let counted = Counted::new(&self.open)?;
        let begun = Instant::now();
        let opened = connect::open(&self.config, &self.pooler).await;
        self.metrics.opened(begun, &opened);
        Ok(Box::new(Pooled { opened: opened?, metrics: self.metrics.clone(), _counted: counted }))
    }

    async fn recycle(&self, pooled: &mut Box<Pooled>, metrics: &Metrics) -> RecycleResult<Error> {
        let now = Instant::now();
        if now.duration_since(metrics.created) > self.config.settings.max_lifetime {
            return Err(RecycleError::message("older than the maximum lifetime"));
        }
        // As nearly always, in one look.
        let heard_since = now.checked_sub(PING_AFTER).max(self.silence.since());
        if pooled.opened.backend.lend_at_once(heard_since) {
            return Ok(());
        }
        if !self.is_usable(pooled) {
            return Err(RecycleError::message("lost"));
        }
        let backend = pooled.opened.backend.clone();
        if !tokio::time::timeout(ANSWER, backend.settled()).await.unwrap_or(false) {
            return Err(RecycleError::message("left with a statement or a transaction open"));
        }
        if backend.is_spoiled() {
            return Err(RecycleError::message("left without its prepared statements"));
        }
        // Lent to us first: what is left running by the last borrower is cancelled, what we ask must not be.
        let cancelled = backend.lend();
        if backend.is_altered() && !pooled.opened.pooled {
            let reset = pooled.opened.reset.clone();
            self.ask(pooled, &reset).await?;
            backend.mark_in_order();
        } else if cancelled || backend.last_heard().elapsed() > PING_AFTER {
            self.ask(pooled, "").await?;
        }
        Ok(())
    }
}

/// A connection of the pool.
pub(crate) struct Pooled {
    opened: Opened,
    metrics: Arc<PoolMetrics>,
    _counted: Counted,
}

/// The connections that are open or are being opened, so that a close can wait for them.
#[derive(Debug, Default)]
struct Open {
    count: AtomicUsize,
    is_closing: AtomicBool,
    fewer: Notify,
}

impl Open {
    async fn none(&self) {
        loop {
            let fewer = self.fewer.notified();
            if self.count.load(Ordering::SeqCst) == 0 {
                return;
            }
            fewer.await;
        }
    }
}

#[derive(Debug)]
struct Counted(Arc<Open>);

impl Counted {
    /// Counts first and looks then, as a close says so first and counts then: one of them sees the other.
    fn new(open: &Arc<Open>) -> Result<Self> {
        open.count.fetch_add(1, Ordering::SeqCst);
        let counted = Self(open.clone());
        match open.is_closing.load(Ordering::SeqCst) {
            true => Err(closed()),
            false => Ok(counted),
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.count.fetch_sub(1, Ordering::SeqCst);
        self.0.fewer.notify_waiters();
    }
}

fn closed() -> Error {
    Error::Unavailable { what: "the database handle was closed".to_owned(), source: None }
}

/// A moment that is looked at in every checkout and hardly ever set.
#[derive(Debug, Default)]
struct Silence {
    is_set: AtomicBool,
    since: Mutex<Option<Instant>>,
}

impl Silence {
    fn since(&self) -> Option<Instant> {
        if !self.is_set.load(Ordering::Acquire) {
            return None;
        }
        *self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, since: Instant) {
        *self.since.lock().unwrap_or_else(PoisonError::into_inner) = Some(since);
        self.is_set.store(true, Ordering::Release);
    }
}

#[derive(Clone)]
pub(crate) struct Pool {
    pool: managed::Pool<Manager>,
    metrics: Arc<PoolMetrics>,
    keeper: Arc<Keeper>,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pool").field(&self.status()).finish()
    }
}

impl Pool {
    /// Makes a pool without a connection.
    pub(crate) fn new(config: DatabaseConfig) -> Result<Self> {
        let settings = config.settings.clone();
        let metrics = Arc::new(PoolMetrics::new(Endpoint::of(&config)));
        let pool = managed::Pool::builder(Manager::new(config, metrics.clone()))
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
        Ok(Self { pool, metrics, keeper: Arc::default() })
    }

    /// Begins to fill the pool up to its minimum, and to look after it.
    pub(crate) fn keep(&self) {
        let settings = &self.pool.manager().config.settings;
        let keeper = keep(self.pool.weak(), settings.pool_min, settings.idle_timeout);
        self.keeper.0.get_or_init(|| tokio::spawn(keeper).abort_handle());
    }

    pub(crate) async fn get(&self) -> Result<PooledConnection> {
        let asked = Instant::now();
        // Where one is free no timer is set, which would be a good part of the checkout. Nobody is overtaken by that: a
        // connection that comes back belongs to the first who waits.
        let at_once = Timeouts { wait: Some(Duration::ZERO), ..self.pool.timeouts() };
        let object = match self.pool.timeout_get(&at_once).await {
            Err(managed::PoolError::Timeout(managed::TimeoutType::Wait)) => self.pool.get().await,
            got => got,
        };
        let object = object.map_err(|error| self.cannot_get(error))?;
        let Metrics { created, recycled, .. } = *managed::Object::metrics(&object);
        let handed_out = recycled.unwrap_or(created);
        self.metrics.handed_out(handed_out.saturating_duration_since(asked));
        Ok(PooledConnection { object: Some(object), handed_out })
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
            managed::PoolError::Closed => closed(),
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
        let open = &self.pool.manager().open;
        open.is_closing.store(true, Ordering::SeqCst);
        self.pool.close();
        open.none().await;
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
/// It derefs to the [`Connection`]: hand `&connection` to the methods of this library, or
/// `&mut &*connection` to a Diesel query of your own. Queries that are polled together are pipelined.
///
/// Nothing of what was done with it reaches the next borrower:
/// - One that is dropped with a transaction open (its future was cancelled, it panicked, a `BEGIN` in plain SQL was left) is closed
///   instead, which rolls the transaction back.
/// - A statement that still runs, because its future was dropped, is cancelled. It may have been done all the same: repeatable writes
///   take an idempotency key.
/// - Settings, `SET ROLE`, `LISTEN`, temporary tables and session locks are reset before the connection is lent again, by one round
///   trip that is made only where such a statement was seen on its way to the server. What a function *inside* the database changes
///   for the session (`set_config(…, false)`, `pg_advisory_lock`) is not seen: let it be the transaction's.
pub struct PooledConnection {
    /// `None` only while being dropped.
    object: Option<managed::Object<Manager>>,
    handed_out: Instant,
}

impl PooledConnection {
    /// The server's side of it.
    pub(crate) fn backend(&self) -> Arc<Backend> {
        self.opened().backend.clone()
    }

    /// Whether a pooler in transaction mode stands before the server.
    pub(crate) fn is_pooled(&self) -> bool {
        self.opened().pooled
    }

    #[expect(clippy::expect_used, reason = "taken only by drop, after which nobody can ask")]
    fn opened(&self) -> &Opened {
        &self.object.as_ref().expect("a connection until it is dropped").opened
    }
}

impl fmt::Debug for PooledConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PooledConnection")
    }
}

impl Deref for PooledConnection {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.opened().connection
    }
}

impl DerefMut for PooledConnection {
    fn deref_mut(&mut self) -> &mut Connection {
        #[expect(clippy::expect_used, reason = "taken only by drop, after which nobody can deref")]
        &mut self.object.as_mut().expect("a connection until it is dropped").opened.connection
    }
}

impl Drop for PooledConnection {
    fn drop(&mut self) {
        let Some(mut object) = self.object.take() else { return };
        let now = Instant::now();
        object.metrics.given_back(now.duration_since(self.handed_out));
        if AnsiTransactionManager::is_broken_transaction_manager(&mut object.opened.connection) {
            drop(managed::Object::take(object));
        } else {
            object.opened.backend.give_back(now);
        }
    }
}

#[derive(Debug, Default)]
struct Keeper(OnceLock<AbortHandle>);

impl Drop for Keeper {
    fn drop(&mut self) {
        if let Some(task) = self.0.get() {
            task.abort();
        }
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
        pool.retain(|pooled, _| {
            let idle = pooled.opened.backend.idle_for();
            let keep = pool.manager().is_usable(pooled) && (open <= min || idle < idle_timeout);
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
                break;
            }
        }
    }
    for pooled in held {
        pooled.opened.backend.give_back(Instant::now());
    }
}
