//! What can go wrong, with the way out.

use std::path::PathBuf;

use crate::installation::Version;

/// Why a private server could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no usable PostgreSQL on the machine, and none could be fetched.
    #[error(
        "no usable PostgreSQL on this machine: it needs version 14 or newer with ltree{looked}\ninstall it with: {install}"
    )]
    NotFound {
        /// A line for each place that was looked at, with what is wrong there.
        looked: String,
        /// The command that installs PostgreSQL here.
        install: &'static str,
    },
    /// A package of PostgreSQL could not be fetched.
    #[error("PostgreSQL could not be fetched: {reason}")]
    Fetch {
        /// Why.
        reason: String,
    },
    /// A folder or file of the server can't be made, read or written.
    #[error("can't {action} {}", path.display())]
    Files {
        /// What was tried, such as `write`.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// The system's error.
        #[source]
        source: std::io::Error,
    },
    /// A program could not be run.
    #[error("can't run {}", program.display())]
    Run {
        /// The program.
        program: PathBuf,
        /// The system's error.
        #[source]
        source: std::io::Error,
    },
    /// The data was made by another major version, which alone can read it.
    #[error(
        "the data in {} is of PostgreSQL {found}, but the server here is {server}: install PostgreSQL {found} (HOMEROOM_PG_BIN names its folder of programs), or dump it there and begin anew",
        data_dir.display()
    )]
    OtherVersion {
        /// The data's folder.
        data_dir: PathBuf,
        /// The major version that made it.
        found: String,
        /// The version of the programs that were found.
        server: Version,
    },
    /// The folder holds something that is not a server's data.
    #[error("{} is not a folder of a private server: name another one with HOMEROOM_DATA_DIR", path.display())]
    NotOurs {
        /// The folder.
        path: PathBuf,
    },
    /// A path is too long for a Unix socket.
    #[error("the socket's path {} would have {length} bytes, at most 107 are possible: name a shorter folder with HOMEROOM_DATA_DIR or TMPDIR", path.display())]
    SocketPath {
        /// The socket's path.
        path: PathBuf,
        /// Its length.
        length: usize,
    },
    /// `initdb`, or for a replica `pg_basebackup`, failed.
    #[error("the data of a private server could not be made in {}: {said}", data_dir.display())]
    Initdb {
        /// The data's folder.
        data_dir: PathBuf,
        /// What it said.
        said: String,
    },
    /// The server did not come up.
    #[error("the private server in {} did not start: {reason}", data_dir.display())]
    Start {
        /// The server's folder.
        data_dir: PathBuf,
        /// Why: the end of its log.
        reason: String,
    },
    /// The server did not go down.
    #[error("the private server in {} (process {pid}) did not stop within {seconds} s", data_dir.display())]
    Stop {
        /// The server's folder.
        data_dir: PathBuf,
        /// The server's process.
        pid: u32,
        /// How long it was waited for.
        seconds: u64,
    },
    /// A private server is in use and can't be destroyed.
    #[error("the private server in {} is running: stop it first", data_dir.display())]
    Running {
        /// The server's folder.
        data_dir: PathBuf,
    },
    /// The server refused an administrator's statement.
    #[error("the private server refused: {statement}")]
    Statement {
        /// The statement.
        statement: String,
        /// The driver's error.
        #[source]
        source: tokio_postgres::Error,
    },
    /// The server runs, and no connection to it can be had.
    #[error("can't connect to the private server")]
    Connect(#[source] tokio_postgres::Error),
}

impl Error {
    pub(crate) fn files(
        action: &'static str,
        path: impl Into<PathBuf>,
        source: std::io::Error,
    ) -> Self {
        Self::Files { action, path: path.into(), source }
    }
}
