//! Reads from streaming replicas: which one, whether it has what was written, and the primary where none will do.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use diesel::sql_types::{Bool, Nullable, Text};
use diesel_async::SimpleAsyncConnection;
use homeroom_operations::operations;
use tokio::time::Instant;

use crate::config::DatabaseConfig;
use crate::connection::Connection;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::observe::{Endpoint, ReplicaMetrics};
use crate::pool::{Pool, PooledConnection};
use crate::statement::{only_row, statement};

/// Between two looks at a replica that has not replayed yet: from here, doubled each time, up to there.
const POLL: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(16));

/// How long a replica may take to show that it lives, once something has failed.
const ANSWER: Duration = Duration::from_secs(1);

statement! {
    ReadWalPosition, "replicas/wal_position.sql",
    binds {},
    returns (Text,)
}

statement! {
    HasReplayed<'a>, "replicas/has_replayed.sql",
    binds { position: &'a str => Text, },
    returns (Nullable<Bool>,)
}

statement! {
    ReadReplayed, "replicas/replayed.sql",
    binds {},
    returns (Nullable<Text>,)
}

/// A place in the primary's write-ahead log: what was committed before it is there for whoever waits for it.
///
/// It prints and parses as PostgreSQL's `pg_lsn` does, so that it can go along with a client from one request to the next.
///
/// ```
/// use homeroom::WalPosition;
///
/// let position: WalPosition = "16/B374D848".parse()?;
/// assert_eq!(position.to_string(), "16/B374D848");
/// assert!(position > "16/0".parse()?);
/// # Ok::<(), homeroom::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WalPosition(u64);

#[operations]
impl WalPosition {
    /// Where the primary's log ends now (`SELECT pg_current_wal_insert_lsn()`): one round trip, no lock. Ask after the commit of
    /// what is to be read: within its transaction the end is not known yet.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSessionId, Message, NewMessage, PageRequest, WalPosition};
    /// # async fn example(db: &homeroom::Database, chat: ChatSessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// Message::append(&conn, chat, &NewMessage::user("What is a fraction?")).await?;
    /// let written = WalPosition::current(&conn).await?;
    /// drop(conn);
    /// // Sees the message, from a replica if one has it soon.
    /// let page = PageRequest::first(50);
    /// let messages = db.read_after(written, async |conn| Message::list(conn, chat, &page).await).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Database`] on a replica, which writes no log.
    pub async fn current(mut conn: &Connection) -> Result<Self> {
        let (position,): (String,) = diesel_async::RunQueryDsl::load(ReadWalPosition {}, &mut conn)
            .await
            .and_then(only_row)?;
        position.parse()
    }
}

impl fmt::Display for WalPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:X}/{:X}", self.0 >> 32, self.0 & 0xffff_ffff)
    }
}

impl FromStr for WalPosition {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let half = |digits: &str| {
            let hexadecimal = (1..=8).contains(&digits.len())
                && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            hexadecimal.then(|| u64::from_str_radix(digits, 16).ok()).flatten()
        };
        text.split_once('/')
            .and_then(|(high, low)| Some(Self(half(high)? << 32 | half(low)?)))
            .ok_or_else(|| {
                Error::invalid(
                    "WAL position",
                    "it is not written as PostgreSQL does, like 16/B374D848",
                )
            })
    }
}

/// How far a replica is: [`Database::replicas`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplicaStatus {
    /// Its address, without the password.
    pub server: String,
    /// How many bytes of the primary's log it has not replayed; `None` when it can't be reached.
    pub lag: Option<u64>,
}

/// The pools of the replicas.
#[derive(Debug)]
pub(crate) struct Replicas {
    all: Vec<Replica>,
    turn: AtomicUsize,
}

#[derive(Debug)]
struct Replica {
    server: String,
    pool: Pool,
    metrics: ReplicaMetrics,
    /// Whether the last read of it failed: it is left out until its pool's keeper has reached it.
    failed: AtomicBool,
}

impl Replicas {
    pub(crate) fn new(config: &DatabaseConfig) -> Result<Self> {
        let all = config.replicas().map(|config| {
            let server = config.server().to_owned();
            let metrics = ReplicaMetrics::new(&Endpoint::of(&config));
            let pool = Pool::new(config)?;
            pool.keep();
            Ok(Replica { server, metrics, pool, failed: AtomicBool::new(false) })
        });
        Ok(Self { all: all.collect::<Result<_>>()?, turn: AtomicUsize::new(0) })
    }

    pub(crate) async fn close(&self) {
        for replica in &self.all {
            replica.pool.close().await;
        }
    }

    /// Those that seem to live, beginning with another one each time.
    fn in_turn(&self) -> impl Iterator<Item = &Replica> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.all.len().max(1);
        let (before, from) = self.all.split_at_checked(turn).unwrap_or_default();
        from.iter().chain(before).filter(|replica| replica.seems_alive())
    }
}

impl Replica {
    fn seems_alive(&self) -> bool {
        !self.failed.load(Ordering::Relaxed) || self.pool.status().open > 0
    }

    /// Runs a read; `None` when it has to be run elsewhere.
    async fn read<T>(
        &self,
        written: Option<(WalPosition, Instant)>,
        work: impl AsyncFnOnce(&Connection) -> Result<T>,
    ) -> Option<Result<T>> {
        let conn = match self.pool.get().await {
            Ok(conn) => conn,
            Err(error) => return self.passed_over(error.kind()),
        };
        let outcome = async {
            if let Some((position, until)) = written
                && !has_replayed(&conn, position, until).await?
            {
                return Ok(None);
            }
            work(&conn).await.map(Some)
        };
        match outcome.await {
            Ok(Some(value)) => {
                self.failed.store(false, Ordering::Relaxed);
                Some(Ok(value))
            }
            Ok(None) => {
                self.metrics.passed_over("behind");
                None
            }
            // Replaying would have waited for the read, and cancelled it.
            Err(Error::Retry { .. }) => {
                self.metrics.passed_over("retry");
                None
            }
            // The replica is gone, or it refuses a write, which is nobody else's to do.
            Err(Error::Unavailable { .. }) if !is_alive(&conn).await => {
                self.passed_over("unavailable")
            }
            Err(error) => Some(Err(error)),
        }
    }

    /// Leaves it out until its pool's keeper has reached it again.
    fn passed_over<T>(&self, reason: &'static str) -> Option<T> {
        self.failed.store(true, Ordering::Relaxed);
        self.pool.close_idle();
        self.metrics.passed_over(reason);
        tracing::warn!(
            target: "homeroom::replica",
            { server.address = self.server, error.type = reason },
            "a replica can't be read from"
        );
        None
    }

    /// What it has replayed; `None` when it can't be reached.
    async fn replayed(&self) -> Option<WalPosition> {
        let read = async {
            let conn = self.pool.get().await?;
            let (position,): (Option<String>,) =
                diesel_async::RunQueryDsl::load(ReadReplayed {}, &mut &*conn)
                    .await
                    .and_then(only_row)?;
            position.as_deref().map(WalPosition::from_str).transpose()
        };
        read.await.ok().flatten()
    }
}

async fn is_alive(mut conn: &Connection) -> bool {
    matches!(tokio::time::timeout(ANSWER, conn.batch_execute("")).await, Ok(Ok(())))
}

/// Polls until the replica has replayed what was written, or the time is over.
async fn has_replayed(
    conn: &PooledConnection,
    position: WalPosition,
    until: Instant,
) -> Result<bool> {
    let position = position.to_string();
    let (mut rest, longest) = POLL;
    loop {
        let (replayed,): (Option<bool>,) =
            diesel_async::RunQueryDsl::load(HasReplayed { position: &position }, &mut &**conn)
                .await
                .and_then(only_row)?;
        if replayed == Some(true) {
            return Ok(true);
        }
        if Instant::now() + rest > until {
            return Ok(false);
        }
        tokio::time::sleep(rest).await;
        rest = (rest * 2).min(longest);
    }
}

impl Database {
    /// Runs a read on a replica (`DATABASE_REPLICA_URLS`), which may be behind by what was committed just now; on the primary where
    /// there is no replica or none that works.
    ///
    /// The replicas take turns. Where the work fails because a replica is lost or refuses it, the work is run again on the next
    /// one, at last on the primary: it must not write, which a replica refuses. A replica that failed is left out until a
    /// connection to it could be opened again, which is tried every 5 s.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, PageRequest, UserId};
    /// # async fn example(db: &homeroom::Database, user: UserId) -> homeroom::Result<()> {
    /// let page = PageRequest::first(20);
    /// let recent = db.read(async |conn| ChatSession::recent(conn, user, &page).await).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The work's own; those of [`Database::conn`] where the primary had to be asked.
    pub async fn read<T>(
        &self,
        work: impl AsyncFnOnce(&Connection) -> Result<T> + Clone,
    ) -> Result<T> {
        self.read_somewhere(None, work).await
    }

    /// Runs a read that sees what was written before `written` ([`WalPosition::current`]): on a replica that has replayed it or does
    /// so within `DATABASE_REPLICA_WAIT` (all replicas together), else on the primary. Otherwise as [`Database::read`].
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, ChatSessionId, WalPosition};
    /// # async fn example(db: &homeroom::Database, id: ChatSessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// ChatSession::rename(&conn, id, Some("Fractions")).await?;
    /// let written = WalPosition::current(&conn).await?;
    /// let renamed = db.read_after(written, async |conn| ChatSession::get(conn, id).await).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Database::read`].
    pub async fn read_after<T>(
        &self,
        written: WalPosition,
        work: impl AsyncFnOnce(&Connection) -> Result<T> + Clone,
    ) -> Result<T> {
        self.read_somewhere(Some(written), work).await
    }

    async fn read_somewhere<T>(
        &self,
        written: Option<WalPosition>,
        work: impl AsyncFnOnce(&Connection) -> Result<T> + Clone,
    ) -> Result<T> {
        let until = Instant::now() + self.config().settings.replica_wait;
        for replica in self.inner.replicas.in_turn() {
            let written = written.map(|position| (position, until));
            if let Some(outcome) = replica.read(written, work.clone()).await {
                return outcome;
            }
        }
        let conn = self.conn().await?;
        work(&conn).await
    }

    /// How far each replica is behind the primary, in the order of the settings; also as the gauge `homeroom.replica.lag`. A round
    /// trip to each server, one after the other.
    ///
    /// ```no_run
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// for replica in db.replicas().await? {
    ///     println!("{}: {:?} bytes behind", replica.server, replica.lag);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of the primary, as [`Database::conn`] and [`WalPosition::current`].
    pub async fn replicas(&self) -> Result<Vec<ReplicaStatus>> {
        let mut statuses = Vec::new();
        for replica in &self.inner.replicas.all {
            // The replica first, so that what is written meanwhile counts as lag, not as a lead.
            let replayed = replica.replayed().await;
            let written = WalPosition::current(&*self.conn().await?).await?;
            let lag = replayed.map(|replayed| written.0.saturating_sub(replayed.0));
            if let Some(lag) = lag {
                replica.metrics.lag(lag);
            }
            statuses.push(ReplicaStatus { server: replica.server.clone(), lag });
        }
        Ok(statuses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_it_is_written() {
        for text in ["0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF"] {
            assert_eq!(text.parse::<WalPosition>().unwrap().to_string(), text);
        }
        for text in ["", "/", "1/", "1/+2", "1/123456789", "g/1", "1/2/3", "1 /2", "-1/2"] {
            let error = text.parse::<WalPosition>().unwrap_err().to_string();
            assert!(error.starts_with("WAL position is not valid"), "{text}: {error}");
        }
    }
}
