//! [`Server`]: starting a private PostgreSQL, or joining one that runs.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use tokio_postgres::error::SqlState;

use crate::admin;
use crate::config::{DEFAULT_PORT, ServerConfig};
use crate::error::Error;
use crate::installation::Installation;
use crate::owner::Owner;
use crate::paths::{Paths, make_private};
use crate::status::{POLL, Process, STOP, Status, status, wait_until_stopped};
use crate::supervisor::{self, User};

/// How long a server may take to come up: recovery after a crash counts too.
const START: Duration = Duration::from_secs(60);

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
        if !config.throwaway {
            return Self::start_or_join(config);
        }
        // Looked for before the folder is made, which stays if we are killed before the supervisor has it.
        let config = config.clone().installation(config.find_installation()?);
        let started = Self::start_or_join(&config);
        if started.is_err() {
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
        let installation = config.find_installation()?;
        check_version(paths, &installation)?;
        make_private(&paths.socket_dir, owner)?;
        if let Some(rules) = &config.host_rules {
            // Who reaches the socket may do all, streaming to a replica included.
            let rules = format!("local all all trust\nlocal replication all trust\n{rules}\n");
            std::fs::write(&paths.rules, rules)
                .map_err(|source| Error::files("write", &paths.rules, source))?;
        }
        // Only a server that is running is to stay.
        let _ = std::fs::remove_file(&paths.keep);

        let (log, said) = open_log(paths)?;
        let (user, mut child) =
            supervisor::spawn(config, paths, owner, installation.bin_dir(), log)?;
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
            if let Some(ended) = child.try_wait().ok().flatten() {
                let data_dir = config.base.clone();
                return Err(match ended.code() {
                    Some(supervisor::NO_DATA) => Error::Initdb { data_dir, said: last_words(said) },
                    _ => Error::Start { data_dir, reason: last_words(said) },
                });
            }
            if Instant::now() > deadline {
                let reason = format!("it was not ready within {START:?}");
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
            let create = format!("CREATE DATABASE {}", admin::quote(name));
            match admin::execute(&admin_url, &create).await {
                // Another user of the server was faster; the second is said when both begin at once.
                Err(Error::Statement { source, .. })
                    if matches!(
                        source.code(),
                        Some(&SqlState::DUPLICATE_DATABASE | &SqlState::UNIQUE_VIOLATION)
                    ) =>
                {
                    Ok(())
                }
                created => created,
            }
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

/// The log begun anew, to be written and to be read: that of a throw-away server is gone with it.
fn open_log(paths: &Paths) -> Result<(File, File), Error> {
    let failed = |source| Error::files("write", &paths.log, source);
    // Those who write are several: initdb, the server, the shell.
    let log = File::options().create(true).append(true).open(&paths.log).map_err(failed)?;
    log.set_len(0).map_err(failed)?;
    let said = File::open(&paths.log).map_err(failed)?;
    Ok((log, said))
}

/// The end of the log.
fn last_words(mut said: File) -> String {
    let mut log = String::new();
    // What can't be read is left out.
    let _ = said.read_to_string(&mut log);
    let telling = |line: &&str| {
        ["FATAL", "PANIC", "ERROR", "HINT", "DETAIL", "initdb: error"]
            .iter()
            .any(|word| line.contains(word))
    };
    let mut lines: Vec<&str> = log.lines().filter(telling).collect();
    if lines.is_empty() {
        lines = log.lines().collect();
    }
    let end = lines.len().saturating_sub(5);
    let words = lines.split_off(end).join("\n  ");
    if words.is_empty() { "it said nothing".to_owned() } else { words }
}
