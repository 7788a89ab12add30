//! Looking at a private server from outside, stopping and destroying it.

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde::Serialize;

use crate::admin;
use crate::config::DEFAULT_PORT;
use crate::error::Error;
use crate::paths::Paths;

/// How long a server may take to stop: a fast shutdown takes tenths of a second, a checkpoint of much data some more.
pub(crate) const STOP: Duration = Duration::from_secs(60);
/// How often the state of a server is looked at while it is waited for.
pub(crate) const POLL: Duration = Duration::from_millis(3);

/// How a private server is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Status {
    /// The server's folder.
    pub data_dir: PathBuf,
    /// Whether it runs.
    pub running: bool,
    /// The process of the running server.
    pub pid: Option<u32>,
    /// The major version that made the data; `None`: there is none yet.
    pub version: Option<String>,
    /// The folder of the running server's socket.
    pub socket_dir: Option<PathBuf>,
    /// What the folder holds, in bytes.
    pub size_bytes: u64,
}

impl Status {
    /// The address of a database of the running server.
    #[must_use]
    pub fn url(&self, database: &str) -> Option<String> {
        self.socket_dir.as_ref().map(|socket_dir| admin::url(socket_dir, DEFAULT_PORT, database))
    }
}

/// How the server in a folder is doing; also where there is none.
///
/// # Errors
/// [`Error::SocketPath`].
pub fn status(data_dir: &Path) -> Result<Status, Error> {
    let paths = Paths::new(data_dir)?;
    let process = Process::of(&paths);
    let running = process.as_ref().is_some_and(Process::answers);
    Ok(Status {
        data_dir: data_dir.to_owned(),
        running,
        pid: process
            .filter(|_| running)
            .map(|process| process.pid.as_raw_nonzero().get().unsigned_abs()),
        version: std::fs::read_to_string(paths.data.join("PG_VERSION"))
            .ok()
            .map(|version| version.trim().to_owned()),
        socket_dir: running.then(|| paths.socket_dir.clone()),
        size_bytes: size(data_dir),
    })
}

/// Stops the server in a folder, whoever uses it, and waits until it has: a fast shutdown, so that work in flight is rolled back.
/// Returns whether one was running.
///
/// # Errors
/// [`Error::Stop`].
pub fn stop(data_dir: &Path) -> Result<bool, Error> {
    let paths = Paths::new(data_dir)?;
    let Some(process) = Process::of(&paths) else {
        return Ok(false);
    };
    // It may be gone by now, which is as well.
    let _ = kill_process(process.pid, Signal::INT);
    wait_until_stopped(&paths, process.pid)?;
    Ok(true)
}

/// Deletes the data in a folder, for good. Returns whether there was any.
///
/// # Errors
/// [`Error::Running`]; [`Error::NotOurs`] when the folder is something else.
pub fn destroy(data_dir: &Path) -> Result<bool, Error> {
    let paths = Paths::new(data_dir)?;
    if !data_dir.exists() {
        return Ok(false);
    }
    if !paths.has_data() && !paths.lock.exists() {
        return Err(Error::NotOurs { path: data_dir.to_owned() });
    }
    if Process::of(&paths).is_some() {
        return Err(Error::Running { data_dir: data_dir.to_owned() });
    }
    let removed = std::fs::remove_dir_all(data_dir);
    removed.map_err(|source| Error::files("remove", data_dir, source))?;
    if paths.socket_dir.exists() {
        let removed = std::fs::remove_dir_all(&paths.socket_dir);
        removed.map_err(|source| Error::files("remove", &paths.socket_dir, source))?;
    }
    Ok(true)
}

/// The server's process as its pid file tells it: there, though perhaps still starting or already stopping.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) pid: Pid,
    /// The last word of the server on its state; `ready` once it takes connections.
    pub(crate) ready: bool,
    socket: PathBuf,
}

impl Process {
    pub(crate) fn of(paths: &Paths) -> Option<Self> {
        // The lines: pid, data folder, start time, port, socket folder, address, shared memory, state.
        let file = std::fs::read_to_string(paths.data.join("postmaster.pid")).ok()?;
        let mut lines = file.lines();
        let pid = lines.next()?.trim().parse().ok().and_then(Pid::from_raw)?;
        let port = lines.nth(2).unwrap_or("5432");
        let socket = paths.socket_dir.join(format!(".s.PGSQL.{}", port.trim()));
        let ready = lines.nth(3).is_some_and(|state| state.trim() == "ready");
        // A file that a killed server left behind names nobody, or by now somebody else.
        let alive = test_kill_process(pid) != Err(rustix::io::Errno::SRCH);
        (alive && is_postgres(pid)).then_some(Self { pid, ready, socket })
    }

    /// Whether it takes connections.
    pub(crate) fn answers(&self) -> bool {
        self.ready && UnixStream::connect(&self.socket).is_ok()
    }
}

/// Whether a process is a PostgreSQL that lives; where the system can't tell, it is taken for one.
fn is_postgres(pid: Pid) -> bool {
    // The line begins with `4711 (postgres) S`. A zombie (`Z`) has ended, and waits only for its parent.
    let line = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    line.map_or_else(
        |_| !Path::new("/proc/self").exists(),
        |line| line.contains(" (postgres) ") && !line.contains(" (postgres) Z "),
    )
}

/// Waits until a server is gone, its pid file too.
pub(crate) fn wait_until_stopped(paths: &Paths, pid: Pid) -> Result<(), Error> {
    let deadline = Instant::now() + STOP;
    while Process::of(paths).is_some_and(|process| process.pid == pid) {
        if Instant::now() > deadline {
            return Err(Error::Stop {
                data_dir: paths.base.clone(),
                pid: pid.as_raw_nonzero().get().unsigned_abs(),
                seconds: STOP.as_secs(),
            });
        }
        std::thread::sleep(POLL);
    }
    Ok(())
}

fn size(path: &Path) -> u64 {
    let Ok(meta) = path.symlink_metadata() else { return 0 };
    if !meta.is_dir() {
        return meta.len();
    }
    std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| size(&entry.path())).sum()
}
