//! Where a server's files are.

use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::owner::Owner;

/// `sun_path` has 108 bytes on Linux, and needs one for its end.
const LONGEST_SOCKET: usize = 107;
/// The file of the socket, in its folder; no server listens to a port, so that all may have the same.
const SOCKET: &str = ".s.PGSQL.5432";

/// The folder for the persistent data of the program `name`: `HOMEROOM_DATA_DIR` where it is set; as root `/var/lib/NAME/postgres`
/// (the server runs as another user, which can't enter `/root`); else the user's own data folder.
///
/// # Errors
/// [`Error::Files`] when the user has no home.
pub fn default_data_dir(name: &str) -> Result<PathBuf, Error> {
    if let Some(named) = std::env::var_os("HOMEROOM_DATA_DIR").filter(|named| !named.is_empty()) {
        let named = PathBuf::from(named);
        return std::path::absolute(&named).map_err(|source| Error::files("find", named, source));
    }
    if rustix::process::geteuid().is_root() {
        return Ok(Path::new("/var/lib").join(name).join("postgres"));
    }
    Ok(user_folder("XDG_DATA_HOME", ".local/share", "Library/Application Support")?
        .join(name)
        .join("postgres"))
}

/// The folder for what can be fetched again.
pub(crate) fn cache_dir() -> Result<PathBuf, Error> {
    if rustix::process::geteuid().is_root() {
        return Ok(PathBuf::from("/var/cache/homeroom"));
    }
    Ok(user_folder("XDG_CACHE_HOME", ".cache", "Library/Caches")?.join("homeroom"))
}

fn user_folder(variable: &str, linux: &str, mac: &str) -> Result<PathBuf, Error> {
    if let Some(named) =
        std::env::var_os(variable).map(PathBuf::from).filter(|named| named.is_absolute())
    {
        return Ok(named);
    }
    let home = std::env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_absolute());
    let home = home.ok_or_else(|| {
        Error::files(
            "find a home (HOME is not set) for",
            variable,
            std::io::ErrorKind::NotFound.into(),
        )
    })?;
    Ok(home.join(if cfg!(target_os = "macos") { mac } else { linux }))
}

/// The files of one server, in one folder of mode 0700.
#[derive(Debug, Clone)]
pub(crate) struct Paths {
    /// The folder of all.
    pub(crate) base: PathBuf,
    /// PostgreSQL's data folder.
    pub(crate) data: PathBuf,
    /// The folder of the socket.
    pub(crate) socket_dir: PathBuf,
    /// The named pipe which every user of the server holds open.
    pub(crate) users: PathBuf,
    /// While it is there, the server stays when its last user is gone.
    pub(crate) keep: PathBuf,
    /// What initdb and the server say.
    pub(crate) log: PathBuf,
    /// The rules of `pg_hba.conf` where the server listens to a port.
    pub(crate) rules: PathBuf,
    /// Locked by whoever starts or stops the server.
    pub(crate) lock: PathBuf,
}

impl Paths {
    pub(crate) fn new(base: &Path) -> Result<Self, Error> {
        Ok(Self {
            data: base.join("data"),
            socket_dir: socket_dir(base)?,
            users: base.join("users"),
            keep: base.join("keep"),
            log: base.join("log"),
            rules: base.join("pg_hba.conf"),
            lock: base.join("lock"),
            base: base.to_owned(),
        })
    }

    /// Whether there is a cluster.
    pub(crate) fn has_data(&self) -> bool {
        self.data.join("PG_VERSION").is_file()
    }
}

/// The folder of the socket: in `base`, or where that is too long, in the folder for temporary files.
fn socket_dir(base: &Path) -> Result<PathBuf, Error> {
    let beside = base.join("run");
    if length(&beside) <= LONGEST_SOCKET {
        return Ok(beside);
    }
    // FNV-1a: short, stable over versions, and only to keep folders apart.
    let bytes = base.as_os_str().as_encoded_bytes();
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let short = std::env::temp_dir().join(format!("homeroom-{hash:016x}"));
    let length = length(&short);
    if length > LONGEST_SOCKET {
        return Err(Error::SocketPath { path: short.join(SOCKET), length });
    }
    Ok(short)
}

fn length(socket_dir: &Path) -> usize {
    socket_dir.join(SOCKET).as_os_str().len()
}

/// Makes a folder of mode 0700 that is the owner's.
pub(crate) fn make_private(path: &Path, owner: Owner) -> Result<(), Error> {
    match std::fs::DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && path.is_dir() => {
            let private = std::fs::Permissions::from_mode(0o700);
            std::fs::set_permissions(path, private)
                .map_err(|source| Error::files("make private", path, source))?;
        }
        Err(source) => return Err(Error::files("make the folder", path, source)),
    }
    owner.give(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_folder_has_its_socket_elsewhere_and_always_at_the_same_place() {
        let long = PathBuf::from(format!("/{}", "x".repeat(120)));
        let short = socket_dir(&long).unwrap();
        assert!(length(&short) <= LONGEST_SOCKET);
        assert_eq!(socket_dir(&long).unwrap(), short);
        assert_ne!(socket_dir(&long.join("y")).unwrap(), short);
        assert_eq!(socket_dir(Path::new("/var/lib/x")).unwrap(), Path::new("/var/lib/x/run"));
    }
}
