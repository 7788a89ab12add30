//! Settings of the database, from the environment or a builder: every one is used, and all faults are told at once.

mod duration;
mod error;
mod libpq;
mod server;
mod values;

use std::fmt;
use std::time::Duration;

pub use self::error::{ConfigError, ConfigFault};
pub(crate) use self::server::{Server, SslMode};
use self::values::{addresses, application_name, limit, on_or_off, wait, whole_number};
use crate::pooler::PoolerMode;

/// How to reach the database and how to keep its connections.
///
/// | variable | default | what it says |
/// |---|---|---|
/// | `DATABASE_URL` | none, required | `postgresql://user:password@host:port/database`, percent-encoded; several hosts and Unix sockets as libpq has them |
/// | `DATABASE_REPLICA_URLS` | none | addresses of streaming replicas, with commas between them, that [`Database::read`](crate::Database::read) reads from |
/// | `DATABASE_REPLICA_WAIT` | 100ms | how long a read waits for a replica to have what was written, before it goes to the primary |
/// | `DATABASE_SSLMODE` | `require`, on this machine `prefer` | `disable`, `prefer`, `require`, `verify-ca`, `verify-full`; also in the URL as `sslmode` |
/// | `DATABASE_SSLROOTCERT` | none | file with the certificates to trust (PEM); also in the URL as `sslrootcert` |
/// | `DATABASE_APPLICATION_NAME` | `homeroom` | how the server's views and logs name us |
/// | `DATABASE_POOL_MIN` | 2 | connections kept open when nothing is going on |
/// | `DATABASE_POOL_MAX` | 10 | connections at the most |
/// | `DATABASE_POOL_IDLE_TIMEOUT` | 30s | a connection above the minimum that is idle this long is closed |
/// | `DATABASE_POOL_MAX_LIFETIME` | 30m | an older connection is replaced when it comes back |
/// | `DATABASE_POOL_ACQUIRE_TIMEOUT` | 5s | how long to wait for a connection when all are in use |
/// | `DATABASE_CONNECT_TIMEOUT` | 2s | how long opening one connection may take |
/// | `DATABASE_STATEMENT_TIMEOUT` | 30s | the server cancels longer statements; 0: never |
/// | `DATABASE_LOCK_TIMEOUT` | 5s | a statement waits no longer for a lock; 0: for ever |
/// | `DATABASE_IDLE_IN_TRANSACTION_TIMEOUT` | 60s | the server ends a transaction that does nothing; 0: never |
/// | `DATABASE_SLOW_STATEMENT` | 1s | a statement that takes this long is logged, without its values; 0: never |
/// | `DATABASE_PREPARED_STATEMENTS` | on | off: statements are prepared for each call, at 2.8 times the cost |
/// | `DATABASE_POOLER` | `auto` | `auto`, `session`, `transaction`: what stands before the server, see below |
///
/// Times are written `500ms`, `30s`, `5m`, `1h`; a bare number is seconds. The defaults of the pool are the earlier system's;
/// those of the timeouts are ours, since a server's own are 0 (never).
///
/// Several hosts are tried in their order, each for as long as the connect timeout; a server that refuses the password ends it. Where the
/// URL says nothing else, a peer that answers no probe for a minute, or does not acknowledge what was sent for 30 s, is given up
/// (`keepalives_idle`, `keepalives_interval`, `keepalives_retries`, `tcp_user_timeout`).
///
/// # Poolers
/// Behind PgBouncer in transaction mode a session's state is everybody's. Such a pooler is found out when the pool opens: then no
/// setting of ours is made for a session, and the timeouts hold within [`Database::transaction`](crate::Database::transaction)
/// alone. For single statements give them to the role: `ALTER ROLE app SET statement_timeout = '30s'`. The pooler has to keep
/// prepared statements (PgBouncer 1.21 or newer with `max_prepared_statements` above 0), and one that does not is refused with an
/// error that says so. `session` is for a pooler in session mode; `transaction` takes our word that statements are kept.
///
/// ```
/// use homeroom::DatabaseConfig;
///
/// let config = DatabaseConfig::builder("postgresql://app:secret@db.example.org/homeroom")
///     .pool_min(4)
///     .pool_max(20)
///     .build()?;
/// assert_eq!(config.pool_max(), 20);
/// assert!(!format!("{config:?}").contains("secret"));
/// # Ok::<(), homeroom::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct DatabaseConfig {
    pub(crate) server: Server,
    replicas: Vec<Server>,
    pub(crate) settings: Settings,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) pool_min: usize,
    pub(crate) pool_max: usize,
    pub(crate) idle_timeout: Duration,
    pub(crate) max_lifetime: Duration,
    pub(crate) acquire_timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) replica_wait: Duration,
    pub(crate) statement_timeout: Duration,
    pub(crate) lock_timeout: Duration,
    pub(crate) idle_in_transaction_timeout: Duration,
    /// Zero: never.
    pub(crate) slow_statement: Duration,
    pub(crate) prepared_statements: bool,
    pub(crate) pooler: PoolerMode,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pool_min: 2,
            pool_max: 10,
            idle_timeout: Duration::from_secs(30),
            max_lifetime: Duration::from_secs(30 * 60),
            acquire_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(2),
            replica_wait: Duration::from_millis(100),
            statement_timeout: Duration::from_secs(30),
            lock_timeout: Duration::from_secs(5),
            idle_in_transaction_timeout: Duration::from_secs(60),
            slow_statement: Duration::from_secs(1),
            prepared_statements: true,
            pooler: PoolerMode::Auto,
        }
    }
}

impl DatabaseConfig {
    /// Reads the settings from the environment: the table above.
    ///
    /// # Errors
    /// [`ConfigError`] with every fault at once: the variable, its value (no password) and what would be valid.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_vars(|name| {
            std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
        })
    }

    /// Reads the settings from anything that knows variables by name, such as a map in a test.
    ///
    /// # Errors
    /// As [`DatabaseConfig::from_env`].
    pub fn from_vars(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut builder = DatabaseConfigBuilder::default();
        for name in VARIABLES {
            // An empty variable is how shells and compose files say "not set".
            if let Some(value) = lookup(name).filter(|value| !value.is_empty()) {
                builder.set(name, &value);
            }
        }
        builder.build()
    }

    /// Begins with the address of a server and the defaults.
    #[must_use]
    pub fn builder(url: &str) -> DatabaseConfigBuilder {
        let mut builder = DatabaseConfigBuilder::default();
        builder.set("DATABASE_URL", url);
        builder
    }

    /// The server's address without the password, for messages.
    #[must_use]
    pub fn server(&self) -> &str {
        self.server.address()
    }

    /// The settings for each replica's pool: the same, but for the server, and with a connection kept open, by which the pool
    /// knows that the replica lives.
    pub(crate) fn replicas(&self) -> impl Iterator<Item = Self> {
        self.replicas.iter().map(|server| {
            let mut config = Self { server: server.clone(), replicas: Vec::new(), ..self.clone() };
            config.settings.pool_min = config.settings.pool_min.max(1);
            config
        })
    }

    /// Connections kept open when nothing is going on.
    #[must_use]
    pub const fn pool_min(&self) -> usize {
        self.settings.pool_min
    }

    /// Connections at the most.
    #[must_use]
    pub const fn pool_max(&self) -> usize {
        self.settings.pool_max
    }
}

impl fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseConfig")
            .field("server", &self.server.address())
            .field("replicas", &self.replicas)
            .field("ssl_mode", &self.server.ssl_mode())
            .field("settings", &self.settings)
            .finish()
    }
}

const VARIABLES: [&str; 18] = [
    "DATABASE_URL",
    "DATABASE_REPLICA_URLS",
    "DATABASE_REPLICA_WAIT",
    "DATABASE_SSLMODE",
    "DATABASE_SSLROOTCERT",
    "DATABASE_APPLICATION_NAME",
    "DATABASE_POOL_MIN",
    "DATABASE_POOL_MAX",
    "DATABASE_POOL_IDLE_TIMEOUT",
    "DATABASE_POOL_MAX_LIFETIME",
    "DATABASE_POOL_ACQUIRE_TIMEOUT",
    "DATABASE_CONNECT_TIMEOUT",
    "DATABASE_STATEMENT_TIMEOUT",
    "DATABASE_LOCK_TIMEOUT",
    "DATABASE_IDLE_IN_TRANSACTION_TIMEOUT",
    "DATABASE_SLOW_STATEMENT",
    "DATABASE_PREPARED_STATEMENTS",
    "DATABASE_POOLER",
];

/// Collects settings, then checks them together: [`DatabaseConfigBuilder::build`].
#[derive(Default)]
pub struct DatabaseConfigBuilder {
    url: Option<String>,
    replica_urls: Vec<String>,
    ssl_mode: Option<SslMode>,
    ssl_root_cert: Option<String>,
    application_name: Option<String>,
    settings: Settings,
    faults: Vec<ConfigFault>,
}

impl fmt::Debug for DatabaseConfigBuilder {
    /// Without the URL, which holds a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseConfigBuilder")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl DatabaseConfigBuilder {
    fn set(&mut self, name: &'static str, value: &str) {
        let settings = &mut self.settings;
        let outcome = match name {
            "DATABASE_URL" => {
                self.url = Some(value.to_owned());
                Ok(())
            }
            "DATABASE_REPLICA_URLS" => {
                self.replica_urls.extend(addresses(value));
                Ok(())
            }
            "DATABASE_REPLICA_WAIT" => wait(value).map(|t| settings.replica_wait = t),
            "DATABASE_SSLMODE" => value.parse().map(|mode| self.ssl_mode = Some(mode)),
            "DATABASE_SSLROOTCERT" => {
                self.ssl_root_cert = Some(value.to_owned());
                Ok(())
            }
            "DATABASE_APPLICATION_NAME" => {
                application_name(value).map(|name| self.application_name = Some(name))
            }
            "DATABASE_POOL_MIN" => whole_number(value, 0).map(|n| settings.pool_min = n),
            "DATABASE_POOL_MAX" => whole_number(value, 1).map(|n| settings.pool_max = n),
            "DATABASE_POOL_IDLE_TIMEOUT" => wait(value).map(|t| settings.idle_timeout = t),
            "DATABASE_POOL_MAX_LIFETIME" => wait(value).map(|t| settings.max_lifetime = t),
            "DATABASE_POOL_ACQUIRE_TIMEOUT" => wait(value).map(|t| settings.acquire_timeout = t),
            "DATABASE_CONNECT_TIMEOUT" => wait(value).map(|t| settings.connect_timeout = t),
            "DATABASE_STATEMENT_TIMEOUT" => limit(value).map(|t| settings.statement_timeout = t),
            "DATABASE_LOCK_TIMEOUT" => limit(value).map(|t| settings.lock_timeout = t),
            "DATABASE_IDLE_IN_TRANSACTION_TIMEOUT" => {
                limit(value).map(|t| settings.idle_in_transaction_timeout = t)
            }
            "DATABASE_SLOW_STATEMENT" => limit(value).map(|t| settings.slow_statement = t),
            "DATABASE_POOLER" => value.parse().map(|mode| settings.pooler = mode),
            _ => on_or_off(value).map(|on| settings.prepared_statements = on),
        };
        if let Err(expected) = outcome {
            self.faults.push(ConfigFault { name, value: Some(value.to_owned()), expected });
        }
    }

    /// `DATABASE_REPLICA_URLS`: one more replica to read from.
    #[must_use]
    pub fn replica(mut self, url: &str) -> Self {
        self.set("DATABASE_REPLICA_URLS", url);
        self
    }

    /// `DATABASE_REPLICA_WAIT`: how long a read waits for a replica to have what was written, before it goes to the primary.
    #[must_use]
    pub fn replica_wait(self, time: Duration) -> Self {
        self.set_duration("DATABASE_REPLICA_WAIT", time)
    }

    /// `DATABASE_POOL_MIN`: connections kept open when nothing is going on.
    #[must_use]
    pub fn pool_min(mut self, connections: usize) -> Self {
        self.set("DATABASE_POOL_MIN", &connections.to_string());
        self
    }

    /// `DATABASE_POOL_MAX`: connections at the most.
    #[must_use]
    pub fn pool_max(mut self, connections: usize) -> Self {
        self.set("DATABASE_POOL_MAX", &connections.to_string());
        self
    }

    /// `DATABASE_POOL_IDLE_TIMEOUT`: a connection above the minimum that is idle this long is closed.
    #[must_use]
    pub fn idle_timeout(self, time: Duration) -> Self {
        self.set_duration("DATABASE_POOL_IDLE_TIMEOUT", time)
    }

    /// `DATABASE_POOL_MAX_LIFETIME`: an older connection is replaced when it comes back.
    #[must_use]
    pub fn max_lifetime(self, time: Duration) -> Self {
        self.set_duration("DATABASE_POOL_MAX_LIFETIME", time)
    }

    /// `DATABASE_POOL_ACQUIRE_TIMEOUT`: how long to wait for a connection when all are in use.
    #[must_use]
    pub fn acquire_timeout(self, time: Duration) -> Self {
        self.set_duration("DATABASE_POOL_ACQUIRE_TIMEOUT", time)
    }

    /// `DATABASE_CONNECT_TIMEOUT`: how long opening one connection may take.
    #[must_use]
    pub fn connect_timeout(self, time: Duration) -> Self {
        self.set_duration("DATABASE_CONNECT_TIMEOUT", time)
    }

    /// `DATABASE_STATEMENT_TIMEOUT`: the server cancels longer statements; zero: never.
    #[must_use]
    pub fn statement_timeout(self, time: Duration) -> Self {
        self.set_duration("DATABASE_STATEMENT_TIMEOUT", time)
    }

    /// `DATABASE_LOCK_TIMEOUT`: a statement waits no longer for a lock; zero: for ever.
    #[must_use]
    pub fn lock_timeout(self, time: Duration) -> Self {
        self.set_duration("DATABASE_LOCK_TIMEOUT", time)
    }

    /// `DATABASE_IDLE_IN_TRANSACTION_TIMEOUT`: the server ends a transaction that does nothing; zero: never.
    #[must_use]
    pub fn idle_in_transaction_timeout(self, time: Duration) -> Self {
        self.set_duration("DATABASE_IDLE_IN_TRANSACTION_TIMEOUT", time)
    }

    /// `DATABASE_SLOW_STATEMENT`: a statement that takes this long is logged, without its values; zero: never.
    #[must_use]
    pub fn slow_statement(self, time: Duration) -> Self {
        self.set_duration("DATABASE_SLOW_STATEMENT", time)
    }

    /// `DATABASE_PREPARED_STATEMENTS`: off for a pooler that can't keep them.
    #[must_use]
    pub fn prepared_statements(mut self, on: bool) -> Self {
        self.set("DATABASE_PREPARED_STATEMENTS", if on { "on" } else { "off" });
        self
    }

    /// `DATABASE_POOLER`: what stands before the server: `auto`, `session` or `transaction`.
    #[must_use]
    pub fn pooler(mut self, mode: &str) -> Self {
        self.set("DATABASE_POOLER", mode);
        self
    }

    /// `DATABASE_APPLICATION_NAME`: how the server's views and logs name us.
    #[must_use]
    pub fn application_name(mut self, name: &str) -> Self {
        self.set("DATABASE_APPLICATION_NAME", name);
        self
    }

    fn set_duration(mut self, name: &'static str, time: Duration) -> Self {
        self.set(name, &format!("{}ms", time.as_millis()));
        self
    }

    /// Checks all settings together.
    ///
    /// # Errors
    /// [`ConfigError`] with every fault at once.
    pub fn build(self) -> Result<DatabaseConfig, ConfigError> {
        let Self {
            url,
            replica_urls,
            ssl_mode,
            ssl_root_cert,
            application_name,
            settings,
            mut faults,
        } = self;
        let faulty = |name| faults.iter().any(|fault: &ConfigFault| fault.name == name);
        if settings.pool_min > settings.pool_max
            && !faulty("DATABASE_POOL_MIN")
            && !faulty("DATABASE_POOL_MAX")
        {
            faults.push(ConfigFault {
                name: "DATABASE_POOL_MIN",
                value: Some(settings.pool_min.to_string()),
                expected: format!("at most DATABASE_POOL_MAX, which is {}", settings.pool_max),
            });
        }
        let parse = |url: &str| {
            Server::parse(url, ssl_mode, ssl_root_cert.as_deref(), application_name.as_deref())
        };
        let server = match &url {
            None => {
                faults.push(ConfigFault {
                    name: "DATABASE_URL",
                    value: None,
                    expected: "an address such as postgresql://user:password@host:5432/database"
                        .to_owned(),
                });
                None
            }
            Some(url) => match parse(url) {
                Ok(server) => Some(server),
                Err(fault) => {
                    faults.push(fault);
                    None
                }
            },
        };
        let mut replicas = Vec::new();
        for url in &replica_urls {
            match parse(url) {
                Ok(server) => replicas.push(server),
                Err(ConfigFault { name: "DATABASE_URL", value, expected }) => {
                    faults.push(ConfigFault { name: "DATABASE_REPLICA_URLS", value, expected });
                }
                // The certificates, of which the primary's address has told already where it is the same.
                Err(fault) if faults.contains(&fault) => {}
                Err(fault) => faults.push(fault),
            }
        }
        match server {
            Some(server) if faults.is_empty() => Ok(DatabaseConfig { server, replicas, settings }),
            _ => Err(ConfigError::new(faults)),
        }
    }
}

#[cfg(test)]
mod tests;
