//! [`ServerConfig`]: what server is wanted.

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::installation::Installation;
use crate::paths::Paths;

/// The number in the socket's name; a port only where one is listened to.
pub(crate) const DEFAULT_PORT: u16 = 5432;

/// What server is wanted.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    pub(crate) base: PathBuf,
    pub(crate) throwaway: bool,
    settings: Vec<(String, String)>,
    /// The rules of `pg_hba.conf` where a port is listened to.
    pub(crate) host_rules: Option<String>,
    pub(crate) port: Option<u16>,
    installation: Option<Installation>,
    /// The address of the server to be a replica of.
    pub(crate) primary: Option<String>,
}

impl ServerConfig {
    /// A server whose data stays in a folder, safe from crashes. Whoever starts one on the same folder uses the same server.
    #[must_use]
    pub fn persistent(data_dir: impl Into<PathBuf>) -> Self {
        // A program of one user needs little; the system's page cache does the rest.
        let settings = [("shared_buffers", "16MB")];
        Self::new(data_dir.into(), false, &settings)
    }

    /// A server of one's own whose data goes with it: in memory where the system has a place for that, and not safe from crashes.
    #[must_use]
    pub fn throwaway() -> Self {
        let memory = Path::new("/dev/shm");
        let parent = if has_room(memory) { memory.to_owned() } else { std::env::temp_dir() };
        let name = format!("homeroom-{}-{:x}", std::process::id(), unique());
        let settings = [
            ("fsync", "off"),
            ("synchronous_commit", "off"),
            ("full_page_writes", "off"),
            ("wal_level", "minimal"),
            ("max_wal_senders", "0"),
            ("autovacuum", "off"),
            ("max_connections", "200"),
            ("shared_buffers", "64MB"),
        ];
        Self::new(parent.join(name), true, &settings)
    }

    fn new(base: PathBuf, throwaway: bool, settings: &[(&str, &str)]) -> Self {
        // In the data folder: a killed server's segments in /dev/shm would stay for ever.
        let always = [("dynamic_shared_memory_type", "mmap")];
        let settings = always
            .iter()
            .chain(settings)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Self {
            base,
            throwaway,
            settings,
            host_rules: None,
            port: None,
            installation: None,
            primary: None,
        }
    }

    /// The same with a setting of `postgresql.conf`; the last one of a name counts.
    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same listening to a free port of 127.0.0.1, with these rules of `pg_hba.conf` for it, such as
    /// `host all all 127.0.0.1/32 scram-sha-256`.
    ///
    /// # Errors
    /// [`Error::Files`] when there is no free port.
    pub fn listen(mut self, host_rules: &str) -> Result<Self, Error> {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let free =
            free.map_err(|source| Error::files("find a free port on", "127.0.0.1", source))?;
        self.port = Some(free.port());
        self.host_rules = Some(host_rules.to_owned());
        Ok(self)
    }

    /// The same with these programs instead of those that [`Installation::find_or_fetch`] finds.
    #[must_use]
    pub fn installation(mut self, installation: Installation) -> Self {
        self.installation = Some(installation);
        self
    }

    /// The same as a streaming replica of the server with this address: its data are a base backup of that server's, which has
    /// to run with `wal_level` at `replica` and some `max_wal_senders`. `SELECT pg_promote()` makes it a server like any other.
    ///
    /// ```no_run
    /// use homeroom_embed::{Server, ServerConfig};
    ///
    /// let replicated = || ServerConfig::throwaway().setting("wal_level", "replica").setting("max_wal_senders", "5");
    /// let primary = Server::start(&replicated())?;
    /// let replica = Server::start(&replicated().replica_of(&primary.url("postgres")))?;
    /// # Ok::<(), homeroom_embed::Error>(())
    /// ```
    #[must_use]
    pub fn replica_of(mut self, primary_url: &str) -> Self {
        self.primary = Some(primary_url.to_owned());
        self
    }

    pub(crate) fn find_installation(&self) -> Result<Installation, Error> {
        self.installation.clone().map_or_else(Installation::find_or_fetch, Ok)
    }

    /// Those of `postgres`.
    pub(crate) fn arguments(&self, paths: &Paths) -> Vec<String> {
        let mut arguments = vec!["-D".to_owned(), paths.data.display().to_string()];
        let mut set = |name: &str, value: &str| {
            arguments.push("-c".to_owned());
            arguments.push(format!("{name}={value}"));
        };
        set("listen_addresses", if self.port.is_some() { "127.0.0.1" } else { "" });
        set("port", &self.port.unwrap_or(DEFAULT_PORT).to_string());
        set("unix_socket_directories", &paths.socket_dir.display().to_string());
        set("unix_socket_permissions", "0700");
        if self.host_rules.is_some() {
            set("hba_file", &paths.rules.display().to_string());
        }
        for (name, value) in &self.settings {
            set(name, value);
        }
        arguments
    }
}

/// Whether a folder in memory can hold a cluster and some tests' databases.
fn has_room(folder: &Path) -> bool {
    const ROOM: u64 = 512 << 20;
    rustix::fs::statvfs(folder)
        .is_ok_and(|stat| stat.f_bavail.saturating_mul(stat.f_frsize) >= ROOM)
}

/// A number that no other call of this process has.
fn unique() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
