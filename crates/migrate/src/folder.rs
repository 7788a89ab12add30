//! A folder of migrations: which files it may hold, how they pair, and everything that is wrong with it at once.
//!
//! It reads one style, `NNNN_name.up.sql` with `NNNN_name.down.sql`. It never talks to a server.

mod fault;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub use self::fault::{Fault, FolderError};
use crate::script::Script;
use crate::version::Version;

/// The digits that a version has in a file name.
pub(crate) const DIGITS: usize = 4;

/// One logical change with its way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    version: Version,
    name: String,
    up: Script,
    down: Script,
}

impl Migration {
    /// Its number.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// What its files are named after their number.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The script that applies it.
    #[must_use]
    pub fn up(&self) -> &Script {
        &self.up
    }

    /// The script that takes it back.
    #[must_use]
    pub fn down(&self) -> &Script {
        &self.down
    }
}

/// A migration file that was compiled into the program: what [`include_migrations!`](crate::include_migrations) makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmbeddedFile {
    /// The file's name, without its folder.
    pub name: &'static str,
    /// The file's text.
    pub sql: &'static str,
}

/// The migrations that these files make, by version, or all that is wrong with them.
pub(crate) fn parse<'a>(
    folder: &str,
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> Result<Vec<Migration>, FolderError> {
    let mut faults = Vec::new();
    let mut sides: BTreeMap<Version, Vec<(FileName<'_>, Option<Script>)>> = BTreeMap::new();
    for (file, bytes) in files {
        match FileName::parse(file) {
            Ok(name) => {
                let script = Script::parse(file, name.direction, bytes, &mut faults);
                sides.entry(name.version).or_default().push((name, script));
            }
            Err(fault) => faults.push(fault),
        }
    }
    let mut migrations = Vec::new();
    for (version, files) in sides {
        let names: BTreeSet<&str> = files.iter().map(|(name, _)| name.name).collect();
        let mut names_of_files: Vec<String> =
            files.iter().map(|(name, _)| name.file.to_owned()).collect();
        if names.len() > 1 {
            names_of_files.sort();
            faults.push(Fault::DuplicateVersion { version, files: names_of_files });
            continue;
        }
        let mut up = None;
        let mut down = None;
        let (mut has_up, mut has_down) = (false, false);
        let mut name = "";
        for (file_name, script) in files {
            name = file_name.name;
            match file_name.direction {
                Direction::Up => (has_up, up) = (true, script),
                Direction::Down => (has_down, down) = (true, script),
            }
        }
        if has_up != has_down {
            let missing = if has_up { "down" } else { "up" };
            faults.push(Fault::Unpaired {
                file: names_of_files.concat(),
                missing: format!("{version}_{name}.{missing}.sql"),
            });
        }
        if let (Some(up), Some(down)) = (up, down) {
            migrations.push(Migration { version, name: name.to_owned(), up, down });
        }
    }
    if faults.is_empty() {
        Ok(migrations)
    } else {
        faults.sort_by(|left, right| left.file().cmp(right.file()));
        Err(FolderError { folder: folder.to_owned(), faults })
    }
}

/// The names and contents of a folder's files. Names that start with a dot and Markdown files are passed over.
pub(crate) fn read(folder: &Path) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || name.to_ascii_lowercase().ends_with(".md") {
            continue;
        }
        // A folder in the folder is reported by its name; its content matters to nobody.
        let is_folder = std::fs::metadata(entry.path())?.is_dir();
        let bytes = if is_folder { Vec::new() } else { std::fs::read(entry.path())? };
        files.push((name, bytes));
    }
    files.sort();
    Ok(files)
}

/// Which way a script goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "engine", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "engine", serde(rename_all = "snake_case"))]
pub enum Direction {
    /// Applies the migration.
    Up,
    /// Takes it back.
    Down,
}

impl std::fmt::Display for Direction {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Up => "up",
            Self::Down => "down",
        })
    }
}

struct FileName<'a> {
    file: &'a str,
    version: Version,
    name: &'a str,
    direction: Direction,
}

impl<'a> FileName<'a> {
    fn parse(file: &'a str) -> Result<Self, Fault> {
        let unknown = || Fault::UnknownName { file: file.to_owned() };
        let (stem, direction) = file
            .strip_suffix(".up.sql")
            .map(|stem| (stem, Direction::Up))
            .or_else(|| file.strip_suffix(".down.sql").map(|stem| (stem, Direction::Down)))
            .ok_or_else(unknown)?;
        let (digits, name) = stem.split_once('_').ok_or_else(unknown)?;
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(unknown());
        }
        if name.is_empty() || !name.bytes().all(is_name) {
            return Err(unknown());
        }
        if digits.len() != DIGITS {
            let significant = digits.trim_start_matches('0');
            return Err(Fault::DigitCount {
                file: file.to_owned(),
                digits: digits.len(),
                instead: (significant.len() <= DIGITS)
                    .then(|| format!("{significant:0>DIGITS$}_{name}.{direction}.sql")),
            });
        }
        let version = digits.parse().map_err(|_| unknown())?;
        Ok(Self { file, version, name, direction })
    }
}

#[cfg(test)]
mod tests;
