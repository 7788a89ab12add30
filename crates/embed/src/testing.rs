//! For tests: a throw-away server a process, a database a test in some 30 ms, and a network that fails when it is told to.
//!
//! ```no_run
//! use homeroom_embed::testing::{Template, TestCluster, TestDatabase};
//!
//! # async fn example() -> Result<(), homeroom_embed::Error> {
//! // Once a process: migrate a template.
//! let template = Template::create(TestCluster::shared()?, "migrated", async |url| {
//!     println!("migrate {url} here");
//!     Ok(())
//! })
//! .await?;
//! // Once a test: a copy of it.
//! let database = TestDatabase::from_template(&template).await?;
//! println!("test with {}", database.url());
//! # Ok(())
//! # }
//! ```

mod fault_proxy;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::admin;
use crate::config::ServerConfig;
use crate::error::Error;
use crate::server::Server;

pub use self::fault_proxy::{Fault, FaultProxy};

/// A throw-away server for tests. Its data goes when it is dropped and when the process ends, however it ends.
#[derive(Debug)]
pub struct TestCluster {
    server: Server,
    next: AtomicU64,
}

impl TestCluster {
    /// The cluster of this process, started by the first call.
    ///
    /// # Errors
    /// As [`Server::start`], for every call.
    pub fn shared() -> Result<&'static Self, Error> {
        static SHARED: OnceLock<TestCluster> = OnceLock::new();
        static STARTING: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let _starting = STARTING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(cluster) = SHARED.get() {
            return Ok(cluster);
        }
        let cluster = Self::start(&ServerConfig::throwaway())?;
        Ok(SHARED.get_or_init(|| cluster))
    }

    /// A cluster of one's own, for tests that need other settings or that kill it.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub fn start(config: &ServerConfig) -> Result<Self, Error> {
        Ok(Self { server: Server::start(config)?, next: AtomicU64::new(1) })
    }

    /// The server.
    #[must_use]
    pub const fn server(&self) -> &Server {
        &self.server
    }

    fn admin_url(&self) -> String {
        self.server.url("postgres")
    }

    fn unique(&self, prefix: &str) -> String {
        format!("{prefix}_{}", self.next.fetch_add(1, Ordering::Relaxed))
    }
}

/// A database that is made ready once and copied for each test.
#[derive(Debug)]
pub struct Template<'a> {
    cluster: &'a TestCluster,
    name: String,
    /// The words of `CREATE DATABASE` that make a copy of files, which beats writing them to the WAL; not known before 15.
    strategy: &'static str,
}

impl<'a> Template<'a> {
    /// Makes a database and lets `prepare` migrate it, given its address. Afterwards nobody can connect to it any more.
    ///
    /// # Errors
    /// That of `prepare`; [`Error::Connect`] and [`Error::Statement`].
    pub async fn create<E: From<Error>>(
        cluster: &'a TestCluster,
        prefix: &str,
        prepare: impl AsyncFnOnce(String) -> Result<(), E>,
    ) -> Result<Self, E> {
        let name = cluster.unique(prefix);
        let admin_url = cluster.admin_url();
        let quoted = admin::quote(&name);
        admin::execute(&admin_url, &format!("CREATE DATABASE {quoted}")).await?;
        prepare(cluster.server.url(&name)).await?;
        // A database that somebody is connected to can't be copied.
        let close = format!("ALTER DATABASE {quoted} WITH ALLOW_CONNECTIONS false");
        admin::execute(&admin_url, &close).await?;
        let end = format!(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = {}",
            admin::literal(&name)
        );
        admin::execute(&admin_url, &end).await?;

        let client = admin::connect(&admin_url).await?;
        let version = client.simple_query(
            "SELECT FROM pg_settings WHERE name = 'server_version_num' AND setting::int >= 150000",
        );
        let rows = version.await.map_err(|source| Error::Statement {
            statement: "server_version_num".to_owned(),
            source,
        })?;
        let new = rows.iter().any(|row| matches!(row, tokio_postgres::SimpleQueryMessage::Row(_)));
        Ok(Self { cluster, name, strategy: if new { " STRATEGY file_copy" } else { "" } })
    }
}

/// A database of a test's own, dropped with it.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    url: String,
    admin_url: String,
}

impl TestDatabase {
    /// A copy of a template.
    ///
    /// # Errors
    /// [`Error::Connect`] and [`Error::Statement`].
    pub async fn from_template(template: &Template<'_>) -> Result<Self, Error> {
        let copy = format!("TEMPLATE {}{}", admin::quote(&template.name), template.strategy);
        Self::create(template.cluster, &copy).await
    }

    /// An empty database.
    ///
    /// # Errors
    /// [`Error::Connect`] and [`Error::Statement`].
    pub async fn empty(cluster: &TestCluster) -> Result<Self, Error> {
        Self::create(cluster, "").await
    }

    async fn create(cluster: &TestCluster, options: &str) -> Result<Self, Error> {
        let name = cluster.unique("test");
        let admin_url = cluster.admin_url();
        admin::execute(&admin_url, &format!("CREATE DATABASE {} {options}", admin::quote(&name)))
            .await?;
        Ok(Self { url: cluster.server.url(&name), name, admin_url })
    }

    /// The database's address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The database's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", admin::quote(&self.name));
        // A server that is gone already has taken the database along.
        if let Err(error) = admin::block_on(admin::execute(&self.admin_url, &drop)) {
            tracing::debug!(%error, "a test's database was not dropped");
        }
    }
}
