//! One migrator at a time: a session's advisory lock, polled for, and given back on every path.
//!
//! It is polled because the blocking form dead-locks with CREATE INDEX CONCURRENTLY, which waits for every older snapshot.

use std::fmt;
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use crate::error::Error;
use crate::settings::jittered;
use crate::transaction::send_without_waiting;

/// The two halves of the lock's key, "home" and "migr" in ASCII. Advisory locks are each database's own.
pub(crate) const KEY: (i32, i32) = (0x686f_6d65, 0x6d69_6772);
const TRY_LOCK: &str =
    "SELECT pg_catalog.pg_try_advisory_lock($1, $2), pg_catalog.pg_backend_pid()";
/// Null when it is another session that is asked.
const UNLOCK: &str = "SELECT CASE WHEN pg_catalog.pg_backend_pid() = $3 THEN pg_catalog.pg_advisory_unlock($1, $2) END";
const IS_HELD: &str = include_str!("lock/is_held.sql");
const HOLDER: &str = include_str!("lock/holder.sql");

/// The pause between two tries for the lock.
const POLL: Duration = Duration::from_millis(100);

/// How long a pooler is asked for the session that holds the lock, and how often.
const FIND_SESSION: Duration = Duration::from_secs(3);
const ASK_AGAIN: Duration = Duration::from_millis(10);

/// The session that holds the migration lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Holder {
    /// Its process on the server.
    pub pid: i32,
    /// The name that it gave itself.
    pub application_name: Option<String>,
    /// Its role.
    pub role: Option<String>,
    /// When it connected, where this role may see that. PostgreSQL does not keep since when a lock is held.
    pub connected_since: Option<DateTime<Utc>>,
}

impl fmt::Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "pid {}", self.pid)?;
        if let Some(name) = self.application_name.as_deref().filter(|name| !name.is_empty()) {
            write!(formatter, ", application_name {name:?}")?;
        }
        if let Some(role) = &self.role {
            write!(formatter, ", role {role:?}")?;
        }
        if let Some(since) = &self.connected_since {
            let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
            write!(formatter, ", connected since {since}")?;
        }
        Ok(())
    }
}

/// The key's halves as `pg_locks` shows them.
fn key_in_pg_locks() -> (u32, u32) {
    (KEY.0.unsigned_abs(), KEY.1.unsigned_abs())
}

/// Whether the session holds the lock.
pub(crate) async fn is_held(client: &Client) -> Result<bool, tokio_postgres::Error> {
    let (high, low) = key_in_pg_locks();
    let parameters: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 2] =
        [(&high, Type::OID), (&low, Type::OID)];
    client.query_typed_one(IS_HELD, &parameters).await?.try_get(0)
}

/// The lock, held for as long as this lives. Dropping it gives the lock back too, after whatever the session still does.
pub(crate) struct MigrationLock<'a> {
    client: &'a mut Client,
    held: bool,
    /// The session that holds it.
    pid: i32,
}

impl<'a> MigrationLock<'a> {
    /// Waits for the lock until the deadline; `on_wait` hears once that somebody else holds it.
    pub(crate) async fn acquire(
        client: &'a mut Client,
        patience: Duration,
        mut on_wait: impl FnMut(Option<&Holder>),
    ) -> Result<Self, Error> {
        let started = Instant::now();
        // Armed before the first try: a future dropped between the server's yes and our reading it must unlock as well.
        let mut lock = Self { client, held: true, pid: 0 };
        let mut told = false;
        loop {
            if lock.try_once().await? {
                return Ok(lock);
            }
            let waited = started.elapsed();
            if waited >= patience {
                lock.held = false;
                let holder = find_holder(lock.client).await?;
                return Err(Error::Locked { holder, waited });
            }
            if !told {
                told = true;
                let holder = find_holder(lock.client).await?;
                on_wait(holder.as_ref());
            }
            tokio::time::sleep(jittered(POLL).min(patience.saturating_sub(waited))).await;
        }
    }

    /// The session that holds the lock.
    pub(crate) fn client(&mut self) -> &mut Client {
        self.client
    }

    /// Gives the lock back and waits until the server has done so. A pooler that changes sessions is asked until it comes upon
    /// the one that holds the lock, which would keep it otherwise.
    pub(crate) async fn release(mut self) {
        self.held = false;
        let asked = Instant::now();
        loop {
            match self.unlock().await {
                Ok(Some(true)) => return,
                Ok(Some(false)) => {
                    tracing::warn!("the migration lock was not held by its session any more");
                    return;
                }
                Ok(None) if asked.elapsed() < FIND_SESSION => tokio::time::sleep(ASK_AGAIN).await,
                Ok(None) => {
                    tracing::warn!(
                        pid = self.pid,
                        "the pooler does not give back the session that holds the migration lock"
                    );
                    return;
                }
                // A broken session has no locks.
                Err(error) => {
                    tracing::debug!(%error, "the session ended before giving back the migration lock");
                    return;
                }
            }
        }
    }

    async fn unlock(&self) -> Result<Option<bool>, tokio_postgres::Error> {
        let [high, low] = key_parameters();
        let parameters = [high, low, (&self.pid as _, Type::INT4)];
        self.client.query_typed_one(UNLOCK, &parameters).await?.try_get(0)
    }

    async fn try_once(&mut self) -> Result<bool, Error> {
        let failed = |source| Error::database("taking the migration lock", source);
        let row = self.client.query_typed_one(TRY_LOCK, &key_parameters()).await.map_err(failed)?;
        self.pid = row.try_get(1).map_err(failed)?;
        row.try_get(0).map_err(failed)
    }
}

impl Drop for MigrationLock<'_> {
    fn drop(&mut self) {
        if !self.held {
            return;
        }
        let (high, low) = KEY;
        let unlock = format!("SELECT pg_catalog.pg_advisory_unlock({high}, {low})");
        send_without_waiting(self.client, &unlock);
    }
}

/// The key as the functions for advisory locks take it.
pub(crate) fn key_parameters() -> [(&'static (dyn tokio_postgres::types::ToSql + Sync), Type); 2] {
    [(&KEY.0, Type::INT4), (&KEY.1, Type::INT4)]
}

async fn find_holder(client: &Client) -> Result<Option<Holder>, Error> {
    let failed = |source| Error::database("asking who holds the migration lock", source);
    let (high, low) = key_in_pg_locks();
    let parameters: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 2] =
        [(&high, Type::OID), (&low, Type::OID)];
    let row = client.query_typed_opt(HOLDER, &parameters).await.map_err(failed)?;
    row.map(|row| {
        Ok(Holder {
            pid: row.try_get(0)?,
            application_name: row.try_get(1)?,
            role: row.try_get(2)?,
            connected_since: row.try_get(3)?,
        })
    })
    .transpose()
    .map_err(failed)
}
