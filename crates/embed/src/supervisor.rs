//! The shell that is the server's parent, and the named pipe by which it knows whether anyone still uses the server.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use rustix::fs::OFlags;

use crate::config::ServerConfig;
use crate::error::Error;
use crate::owner::Owner;
use crate::paths::Paths;
use crate::status::POLL;

/// How long a busy machine may take until the watcher reads a line.
const HEARD: Duration = Duration::from_secs(5);

/// What the shell exits with when there was no data and none could be made.
pub(crate) const NO_DATA: i32 = 100;

const SCRIPT: &str = include_str!("supervisor.sh");

/// Holds the pipe open: while it lives, the server does.
#[derive(Debug)]
pub(crate) struct User {
    _pipe: Option<File>,
}

impl User {
    /// Makes the pipe anew and is its first user.
    fn first(paths: &Paths, owner: Owner) -> Result<Self, Error> {
        let users = &paths.users;
        match std::fs::remove_file(users) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(Error::files("remove", users, source));
            }
            _ => {}
        }
        // There is no safe call for it on every system.
        let program = Path::new("mkfifo");
        let made = Command::new(program).args(["-m", "600"]).arg(users).status();
        let made = made.map_err(|source| Error::Run { program: program.to_owned(), source })?;
        if !made.success() {
            return Err(Error::files("make the pipe", users, io::ErrorKind::Other.into()));
        }
        owner.give(users)?;
        // For reading too, so that this does not wait for the reader.
        let pipe = OpenOptions::new().read(true).write(true).open(users);
        pipe.map(|pipe| Self { _pipe: Some(pipe) })
            .map_err(|source| Error::files("open", users, source))
    }

    /// Joins the users of a running server; `None` when it is just being stopped. To be called under the server's lock.
    pub(crate) fn join(paths: &Paths) -> Result<Option<Self>, Error> {
        if paths.keep.exists() {
            return Ok(Some(Self { _pipe: None }));
        }
        let mut pipe = match open(OpenOptions::new().write(true), &paths.users) {
            Ok(pipe) => pipe,
            // No pipe, or nobody who reads from it.
            Err(error)
                if error.kind() == io::ErrorKind::NotFound
                    || error.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error()) =>
            {
                return Ok(None);
            }
            Err(source) => return Err(Error::files("open", &paths.users, source)),
        };
        // The watcher may have seen the end of the pipe just before we opened it. If it reads on, it takes this line.
        let failed = |source| Error::files("write to", &paths.users, source);
        match pipe.write_all(b"\n") {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(None),
            written => written.map_err(failed)?,
        }
        let deadline = Instant::now() + HEARD;
        while rustix::io::ioctl_fionread(&pipe).map_err(|error| failed(error.into()))? > 0 {
            if !paths.users.exists() || Instant::now() > deadline {
                return Ok(None);
            }
            std::thread::sleep(POLL);
        }
        Ok(Some(Self { _pipe: Some(pipe) }))
    }

    /// Whether anyone uses the server, or it is to stay without. To be called under the server's lock.
    pub(crate) fn any(paths: &Paths) -> bool {
        if paths.keep.exists() {
            return true;
        }
        let Ok(mut pipe) = open(OpenOptions::new().read(true), &paths.users) else {
            return false;
        };
        // Nobody writes but under the lock: either the pipe is at its end, or there would be something to wait for.
        matches!(pipe.read(&mut [0]), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }
}

/// Opens the pipe without waiting for its other side.
fn open(options: &mut OpenOptions, pipe: &Path) -> io::Result<File> {
    let nonblocking = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
    options.custom_flags(nonblocking).open(pipe)
}

/// Starts the server below a shell of its own, on new data where there is none.
pub(crate) fn spawn(
    config: &ServerConfig,
    paths: &Paths,
    owner: Owner,
    bin_dir: &Path,
    log: File,
) -> Result<(User, Child), Error> {
    let user = User::first(paths, owner)?;
    // Does not wait for a writer, as we are one, and hands the shell a pipe that it need not wait for either.
    let users = File::open(&paths.users);
    let users = users.map_err(|source| Error::files("open", &paths.users, source))?;
    let shell = Path::new("/bin/sh");
    let child = owner
        .command(shell)
        .arg("-c")
        .arg(SCRIPT)
        .arg("homeroom-embed")
        .args([&paths.users, &paths.keep])
        .arg(if config.throwaway { paths.base.as_os_str() } else { "".as_ref() })
        .args([&paths.data, bin_dir])
        .arg(if config.throwaway { "--no-sync" } else { "" })
        .arg(config.primary.as_deref().unwrap_or_default())
        .args(config.arguments(paths))
        .stdin(users)
        .stdout(log.try_clone().map_err(|source| Error::files("open", &paths.log, source))?)
        .stderr(log)
        // Ctrl-C in the terminal is for us: the server goes when we are gone.
        .process_group(0)
        .spawn()
        .map_err(|source| Error::Run { program: shell.to_owned(), source })?;
    Ok((user, child))
}
