//! [`Server`]: starting a private PostgreSQL, or joining one that runs.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use crate::admin;
use crate::cluster;
use crate::error::Error;
use crate::installation::Installation;
use crate::owner::Owner;
use crate::paths::{Paths, make_private};
use crate::status::{POLL, Process, STOP, Status, status, wait_until_stopped};
use crate::supervisor::{self, User};

/// How long a server may take to come up: recovery after a crash counts too.
const START: Duration = Duration::from_secs(60);

/// The number in the socket's name; a port only where one is listened to.
pub(crate) const DEFAULT_PORT: u16 = 5432;

/// What server is wanted.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    pub(crate) base: PathBuf,
    pub(crate) throwaway: bool,
    settings: Vec<(String, String)>,
    pub(crate) host_rules: Option<String>,
    port: Option<u16>,
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

    fn arguments(&self, paths: &Paths) -> Vec<String> {
        let mut arguments = vec!["-D".to_owned(), paths.data.display().to_string()];
        let mut set = |name: &str, value: &str| {
            arguments.push("-c".to_owned());
            arguments.push(format!("{name}={value}"));
        };
        set("listen_addresses", if self.port.is_some() { "127.0.0.1" } else { "" });
        set("port", &self.port.unwrap_or(DEFAULT_PORT).to_string());
        set("unix_socket_directories", &paths.socket_dir.display().to_string());
        set("unix_socket_permissions", "0700");
        for (name, value) in &self.settings {
            set(name, value);
        }
        arguments
    }
}

/// A private server that this program uses. Dropped, it is stopped, unless others use it too.
#[derive(Debug)]
pub struct Server {
    paths: Paths,
    port: Option<u16>,
    /// `None` once it is stopped.
    user: Option<User>,
    /// The supervisor, where it is our child.
    child: Option<Child>,
}

impl Server {
    /// Starts a server, or joins the one that runs on the folder already. Blocks until it takes connections.
    ///
    /// # Errors
    /// [`Error::NotFound`] without PostgreSQL, [`Error::OtherVersion`] for data of another major version, [`Error::Files`] where
    /// the folder can't be written, [`Error::Initdb`] and [`Error::Start`] with what the server said.
    pub fn start(config: &ServerConfig) -> Result<Self, Error> {
        let started = Self::start_or_join(config);
        if started.is_err() && config.throwaway {
            // There is no supervisor that would; what can't be removed was never made.
            let _ = std::fs::remove_dir_all(&config.base);
        }
        started
    }

    fn start_or_join(config: &ServerConfig) -> Result<Self, Error> {
        let owner = Owner::new();
        let paths = Paths::new(&config.base)?;
        prepare_folder(&paths, owner)?;
        let deadline = Instant::now() + START;
        loop {
            // One starts at a time; the lock goes with the file, however we end.
            let _lock = lock(&paths)?;
            let Some(process) = Process::of(&paths) else {
                match Self::start_locked(config, &paths, owner) {
                    // A killed server's memory is held by its children for some seconds.
                    Err(Error::Start { reason, .. })
                        if is_about_the_last_one(&reason) && Instant::now() < deadline =>
                    {
                        std::thread::sleep(Duration::from_millis(100));
                        continue;
                    }
                    outcome => return outcome,
                }
            };
            if process.answers()
                && let Some(user) = User::join(&paths)?
            {
                let port = config.port;
                return Ok(Self { paths, port, user: Some(user), child: None });
            }
            // It is starting or stopping. (Released meanwhile, so that others see an end of it too.)
            drop(_lock);
            if Instant::now() > deadline {
                let reason =
                    "a server that was not started by Homeroom runs on its data".to_owned();
                return Err(Error::Start { data_dir: config.base.clone(), reason });
            }
            std::thread::sleep(POLL);
        }
    }

    /// Starts a server that stays when this program is gone, until [`stop`](crate::stop); or makes one that runs stay.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub fn start_detached(config: &ServerConfig) -> Result<Status, Error> {
        let server = Self::start(config)?;
        let keep = &server.paths.keep;
        File::create(keep).map_err(|source| Error::files("write", keep, source))?;
        status(&config.base)
    }

    fn start_locked(config: &ServerConfig, paths: &Paths, owner: Owner) -> Result<Self, Error> {
        let installation = match &config.installation {
            Some(installation) => installation.clone(),
            None => Installation::find_or_fetch()?,
        };
        check_version(paths, &installation)?;
        if !paths.has_data() {
            cluster::make(config, paths, owner, &installation)?;
        }
        make_private(&paths.socket_dir, owner)?;
        // Only a server that is running is to stay.
        let _ = std::fs::remove_file(&paths.keep);

        let server = installation.bin_dir().join("postgres");
        let (user, mut child) =
            supervisor::spawn(paths, owner, &server, &config.arguments(paths), config.throwaway)?;
        let deadline = Instant::now() + START;
        loop {
            if Process::of(paths).is_some_and(|process| process.answers()) {
                let port = config.port;
                return Ok(Self {
                    paths: paths.clone(),
                    port,
                    user: Some(user),
                    child: Some(child),
                });
            }
            let ended = child.try_wait().ok().flatten().is_some();
            if ended || Instant::now() > deadline {
                let reason = if ended {
                    last_words(paths)
                } else {
                    format!("it was not ready within {START:?}")
                };
                return Err(Error::Start { data_dir: config.base.clone(), reason });
            }
            std::thread::sleep(POLL);
        }
    }

    /// The address of a database through the server's socket, for any client of PostgreSQL.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        admin::url(&self.paths.socket_dir, self.port.unwrap_or(DEFAULT_PORT), database)
    }

    /// The port of 127.0.0.1 that the server listens to, where [`ServerConfig::listen`] asked for it.
    #[must_use]
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// The server's folder.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.paths.base
    }

    /// The server's process; `None` when it has crashed.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        Process::of(&self.paths).map(|process| process.pid.as_raw_nonzero().get().unsigned_abs())
    }

    /// Makes a database; nothing when it is there already.
    ///
    /// # Errors
    /// [`Error::Connect`] and [`Error::Statement`].
    pub fn create_database(&self, name: &str) -> Result<(), Error> {
        let admin_url = self.url("postgres");
        admin::block_on(async {
            let client = admin::connect(&admin_url).await?;
            let find = format!("SELECT FROM pg_database WHERE datname = {}", admin::literal(name));
            let there = client
                .simple_query(&find)
                .await
                .map_err(|source| Error::Statement { statement: find.clone(), source })?;
            if there
                .iter()
                .any(|message| matches!(message, tokio_postgres::SimpleQueryMessage::Row(_)))
            {
                return Ok(());
            }
            admin::execute(&admin_url, &format!("CREATE DATABASE {}", admin::quote(name))).await
        })
    }

    /// Stops using the server, and waits until it has stopped, unless others use it too or it is to stay.
    ///
    /// # Errors
    /// [`Error::Stop`] when it does not stop in a minute.
    pub fn stop(mut self) -> Result<(), Error> {
        self.leave()
    }

    fn leave(&mut self) -> Result<(), Error> {
        let Some(user) = self.user.take() else {
            return Ok(());
        };
        // Held until the server is gone: who would join now starts another one instead.
        let _lock = lock(&self.paths)?;
        drop(user);
        if User::any(&self.paths) {
            return Ok(());
        }
        if let Some(mut child) = self.child.take() {
            // The supervisor is the last to go: behind it nothing is left.
            let deadline = Instant::now() + STOP;
            while child.try_wait().is_ok_and(|ended| ended.is_none()) && Instant::now() < deadline {
                std::thread::sleep(POLL);
            }
        }
        Process::of(&self.paths)
            .map_or(Ok(()), |process| wait_until_stopped(&self.paths, process.pid))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.leave() {
            tracing::error!(%error, "a private server was left behind");
        }
    }
}

fn prepare_folder(paths: &Paths, owner: Owner) -> Result<(), Error> {
    let base = &paths.base;
    let foreign = !paths.has_data()
        && !paths.lock.exists()
        && base.read_dir().is_ok_and(|mut entries| entries.next().is_some());
    if foreign || (base.exists() && !base.is_dir()) {
        return Err(Error::NotOurs { path: base.clone() });
    }
    if let Some(parent) = base.parent() {
        std::fs::create_dir_all(parent)
            .map_err(|source| Error::files("make the folder", parent, source))?;
    }
    make_private(base, owner)
}

fn lock(paths: &Paths) -> Result<File, Error> {
    let file = File::options().create(true).truncate(false).write(true).open(&paths.lock);
    let file = file.map_err(|source| Error::files("write", &paths.lock, source))?;
    file.lock().map_err(|source| Error::files("lock", &paths.lock, source))?;
    Ok(file)
}

fn check_version(paths: &Paths, installation: &Installation) -> Result<(), Error> {
    let Ok(found) = std::fs::read_to_string(paths.data.join("PG_VERSION")) else {
        return Ok(());
    };
    let found = found.trim();
    if found == installation.version().major.to_string() {
        return Ok(());
    }
    Err(Error::OtherVersion {
        data_dir: paths.base.clone(),
        found: found.to_owned(),
        server: installation.version(),
    })
}

fn is_about_the_last_one(reason: &str) -> bool {
    reason.contains("already exists") || reason.contains("shared memory block")
}

/// The end of the server's log.
fn last_words(paths: &Paths) -> String {
    let log = std::fs::read_to_string(&paths.log).unwrap_or_default();
    let telling = |line: &&str| {
        ["FATAL", "PANIC", "ERROR", "HINT", "DETAIL"].iter().any(|word| line.contains(word))
    };
    let mut lines: Vec<&str> = log.lines().filter(telling).collect();
    if lines.is_empty() {
        lines = log.lines().collect();
    }
    let end = lines.len().saturating_sub(5);
    let words = lines.split_off(end).join("\n  ");
    if words.is_empty() { "it said nothing".to_owned() } else { words }
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
