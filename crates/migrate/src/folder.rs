//! A folder of migrations: which files it may hold, how they pair, and everything that is wrong with it at once.
//!
//! The names of our own style stand in [`own`], those of other tools in [`style`]. It never talks to a server.

mod fault;
mod own;
mod sections;
mod style;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub use self::fault::{Fault, FolderError};
pub use self::style::FolderStyle;
use self::style::Part;
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
    /// The file's path in its folder: its name, or `folder/up.sql` in the style of Diesel.
    pub name: &'static str,
    /// The file's text.
    pub sql: &'static str,
}

/// The migrations that these files make, by version, or all that is wrong with them.
pub(crate) fn parse<'a>(
    folder: &str,
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> Result<Vec<Migration>, FolderError> {
    let files: Vec<(&str, &[u8])> = files.into_iter().collect();
    let style = FolderStyle::of(&files);
    let mut faults = Vec::new();
    let mut sides: BTreeMap<Version, Vec<Part<'_>>> = BTreeMap::new();
    for part in style.parts(&files, &mut faults) {
        sides.entry(part.version).or_default().push(part);
    }
    let mut migrations = Vec::new();
    for (version, parts) in sides {
        migrations.extend(pair(style, version, &parts, &mut faults));
    }
    if faults.is_empty() {
        Ok(migrations)
    } else {
        faults.sort_by(|left, right| left.file().cmp(right.file()));
        Err(FolderError { folder: folder.to_owned(), faults })
    }
}

/// The migration that the sides of one version make.
fn pair(
    style: FolderStyle,
    version: Version,
    parts: &[Part<'_>],
    faults: &mut Vec<Fault>,
) -> Option<Migration> {
    let (mut up, mut down) = (None, None);
    let (mut ups, mut downs) = (0, 0);
    for part in parts {
        let script = part.script(faults);
        match part.direction {
            Direction::Up => (ups, up) = (ups + 1, script),
            Direction::Down => (downs, down) = (downs + 1, script),
        }
    }
    let names: BTreeSet<&str> = parts.iter().map(|part| part.name).collect();
    let files: BTreeSet<&str> = parts.iter().map(|part| part.file).collect();
    let is_pair = names.len() == 1 || (ups == 1 && downs == 1 && style.is_paired_by_number());
    if !is_pair || ups > 1 || downs > 1 {
        let files = files.into_iter().map(str::to_owned).collect();
        faults.push(Fault::DuplicateVersion { version, files });
        return None;
    }
    let named = parts.iter().find(|part| part.direction == Direction::Up).or(parts.first());
    let name = named.map(|part| part.name).unwrap_or_default().to_owned();
    let file: String = files.into_iter().collect();
    if ups == 0 || (downs == 0 && !style.is_down_optional()) {
        let missing = if ups > 0 { Direction::Down } else { Direction::Up };
        faults.push(Fault::Unpaired { missing: style.sibling(version, &name, missing), file });
        return None;
    }
    if downs == 0 {
        down = Some(Script::absent());
    }
    Some(Migration { version, name, up: up?, down: down? })
}

/// The paths and contents of a folder's files. Names that start with a dot and Markdown files are passed over.
pub(crate) fn read(folder: &Path) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for (name, path) in list(folder)? {
        if !std::fs::metadata(&path)?.is_dir() {
            files.push((name, std::fs::read(&path)?));
            continue;
        }
        let mut inner: Vec<(String, Vec<u8>)> = Vec::new();
        for (file, path) in list(&path)? {
            if style::DIESEL_FILES.contains(&file.as_str()) {
                inner.push((format!("{name}/{file}"), std::fs::read(path)?));
            }
        }
        // Any other folder is reported by its name; its content matters to nobody.
        if inner.is_empty() {
            inner.push((name, Vec::new()));
        }
        files.append(&mut inner);
    }
    files.sort();
    Ok(files)
}

fn list(folder: &Path) -> std::io::Result<Vec<(String, std::path::PathBuf)>> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && !name.to_ascii_lowercase().ends_with(".md") {
            entries.push((name, entry.path()));
        }
    }
    Ok(entries)
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

#[cfg(test)]
mod tests;
