//! The file styles of other tools, told apart by names and markers, and read without their tools' own rules of what must be there.

use std::borrow::Cow;

use super::own::FileName;
use super::sections::{self, Marker};
use super::{DIGITS, Direction, Fault};
use crate::script::{Script, Source, Wanted, text};
use crate::version::Version;

/// The files of a Diesel migration that are read.
pub(super) const DIESEL_FILES: [&str; 3] = ["up.sql", "down.sql", "metadata.toml"];

/// How the files of a folder are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "engine", derive(serde::Serialize))]
#[cfg_attr(feature = "engine", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum FolderStyle {
    /// Ours: `NNNN_name.up.sql` and `NNNN_name.down.sql`, both always there.
    Own,
    /// Diesel's: `version_name/up.sql`, `down.sql` and `metadata.toml`.
    Diesel,
    /// That of sqlx and golang-migrate: `version_name.up.sql` and `version_name.down.sql`, or `version_name.sql` without a way back.
    Numbered,
    /// dbmate's: `version_name.sql` with `-- migrate:up` and `-- migrate:down`.
    Dbmate,
    /// sql-migrate's: `version_name.sql` with `-- +migrate Up` and `-- +migrate Down`.
    SqlMigrate,
}

/// One side of a migration, found in a file.
pub(super) struct Part<'a> {
    pub(super) file: &'a str,
    pub(super) version: Version,
    pub(super) name: &'a str,
    pub(super) direction: Direction,
    /// Its text, where that could be read.
    sql: Option<Cow<'a, str>>,
    /// The line of the file at which the text begins, from 1.
    first_line: u32,
    is_lenient: bool,
    wanted: Wanted,
}

impl Part<'_> {
    /// Its script; appends what is wrong with it to `faults`.
    pub(super) fn script(&self, faults: &mut Vec<Fault>) -> Option<Script> {
        let source = Source {
            file: self.file,
            direction: self.direction,
            first_line: self.first_line,
            is_lenient: self.is_lenient,
            wanted: self.wanted,
        };
        Script::read(&source, self.sql.as_ref()?, faults)
    }
}

impl FolderStyle {
    /// The style of these files. Where several are mixed, the one that finds fault with the others.
    pub(crate) fn of(files: &[(&str, &[u8])]) -> Self {
        let versions: Vec<&str> =
            files.iter().filter_map(|(name, _)| two_sided(name).and(digits(name))).collect();
        let is_ours = |digits: &&str| digits.len() == DIGITS;
        // Numbers that are not filled up to one length have no leading zeros.
        let ours = versions.iter().all(is_ours)
            || versions.iter().any(|digits| is_ours(digits) && digits.starts_with('0'));
        if !versions.is_empty() {
            return if ours { Self::Own } else { Self::Numbered };
        }
        let is_in_folder = |name: &str| name.ends_with("/up.sql") || name.ends_with("/down.sql");
        if files.iter().any(|(name, _)| is_in_folder(name)) {
            return Self::Diesel;
        }
        let mut simple =
            files.iter().filter(|(name, _)| name.ends_with(".sql") && digits(name).is_some());
        let Some((_, bytes)) = simple.next() else { return Self::Own };
        match sections::marker(&String::from_utf8_lossy(bytes)) {
            Some(Marker::Dbmate) => Self::Dbmate,
            Some(Marker::SqlMigrate) => Self::SqlMigrate,
            None => Self::Numbered,
        }
    }

    /// Whether a migration may be without a way back.
    pub(super) fn is_down_optional(self) -> bool {
        self != Self::Own
    }

    /// Whether an up and a down of one number belong together whatever their names are, as golang-migrate has it.
    pub(super) fn is_paired_by_number(self) -> bool {
        self == Self::Numbered
    }

    /// What the other side of a migration would be in.
    pub(super) fn sibling(self, version: Version, name: &str, direction: Direction) -> String {
        match (self, direction) {
            (Self::Own | Self::Numbered, _) => format!("{version}_{name}.{direction}.sql"),
            (Self::Diesel, _) => format!("{version}_{name}/{direction}.sql"),
            (Self::Dbmate, _) => format!("`-- migrate:{direction}`"),
            (Self::SqlMigrate, Direction::Up) => "`-- +migrate Up`".to_owned(),
            (Self::SqlMigrate, Direction::Down) => "`-- +migrate Down`".to_owned(),
        }
    }

    /// The sides of migrations that the files hold.
    pub(super) fn parts<'a>(
        self,
        files: &[(&'a str, &'a [u8])],
        faults: &mut Vec<Fault>,
    ) -> Vec<Part<'a>> {
        let mut parts = Vec::new();
        for (file, bytes) in files {
            match self {
                Self::Own => own(file, bytes, &mut parts, faults),
                Self::Diesel => diesel(file, bytes, files, &mut parts, faults),
                Self::Numbered | Self::Dbmate | Self::SqlMigrate => {
                    numbered(file, bytes, &mut parts, faults);
                }
            }
        }
        parts
    }
}

fn own<'a>(file: &'a str, bytes: &'a [u8], parts: &mut Vec<Part<'a>>, faults: &mut Vec<Fault>) {
    match FileName::parse(file) {
        Ok(FileName { version, name, direction }) => parts.push(Part {
            file,
            version,
            name,
            direction,
            sql: text(file, bytes, faults).map(Cow::Borrowed),
            first_line: 1,
            is_lenient: false,
            wanted: Wanted::WherePossible,
        }),
        Err(fault) => faults.push(fault),
    }
}

fn diesel<'a>(
    file: &'a str,
    bytes: &'a [u8],
    files: &[(&str, &[u8])],
    parts: &mut Vec<Part<'a>>,
    faults: &mut Vec<Fault>,
) {
    // Files beside the folders are no migrations, and neither are folders without a number.
    let Some((folder, side)) = file.split_once('/') else { return };
    let direction = match side {
        "up.sql" => Direction::Up,
        "down.sql" => Direction::Down,
        _ => return,
    };
    let (version, name) = folder.split_once('_').unwrap_or((folder, ""));
    let Ok(version) = version.parse() else {
        faults.push(Fault::UnknownName { file: folder.to_owned() });
        return;
    };
    let metadata = format!("{folder}/metadata.toml");
    let metadata = files.iter().find(|(file, _)| **file == *metadata).map(|(_, bytes)| *bytes);
    parts.push(Part {
        file,
        version,
        name,
        direction,
        sql: text(file, bytes, faults).map(Cow::Borrowed),
        first_line: 1,
        is_lenient: true,
        // Diesel's default, which fails where a statement cannot run in a transaction.
        wanted: match metadata {
            Some(bytes) if !runs_in_transaction(bytes) => Wanted::NoTransaction,
            _ => Wanted::Transaction,
        },
    });
}

/// Whether a metadata.toml leaves Diesel's default.
fn runs_in_transaction(metadata: &[u8]) -> bool {
    !String::from_utf8_lossy(metadata).lines().any(|line| {
        let line = line.split('#').next().unwrap_or("");
        line.split_once('=').is_some_and(|(key, value)| {
            key.trim() == "run_in_transaction" && value.trim() == "false"
        })
    })
}

fn numbered<'a>(
    file: &'a str,
    bytes: &'a [u8],
    parts: &mut Vec<Part<'a>>,
    faults: &mut Vec<Fault>,
) {
    // Seeds, schema dumps and the like: these tools pass over what has no number, and so do we.
    let (Some(stem), Some(digits)) = (file.strip_suffix(".sql"), digits(file)) else { return };
    let version = digits.parse().ok().filter(|_| !file.contains('/'));
    let Some(version) = version else {
        faults.push(Fault::UnknownName { file: file.to_owned() });
        return;
    };
    let sql = text(file, bytes, faults);
    let named =
        |stem: &'a str| stem.get(digits.len()..).unwrap_or("").trim_start_matches(['_', '-', '.']);
    let part = |name, direction, sql, first_line, no_transaction: bool| Part {
        file,
        version,
        name,
        direction,
        sql,
        first_line,
        is_lenient: true,
        wanted: if no_transaction { Wanted::NoTransaction } else { Wanted::WherePossible },
    };
    if let Some((stem, direction)) = two_sided(file) {
        parts.push(part(named(stem), direction, sql.map(Cow::Borrowed), 1, false));
        return;
    }
    let Some(marker) = sql.and_then(sections::marker) else {
        parts.push(part(named(stem), Direction::Up, sql.map(Cow::Borrowed), 1, false));
        return;
    };
    for section in sections::split(marker, sql.unwrap_or("")) {
        let sql = Some(Cow::Owned(section.sql));
        let (line, outside) = (section.first_line, section.no_transaction);
        parts.push(part(named(stem), section.direction, sql, line, outside));
    }
}

/// The name without `.up.sql` or `.down.sql`, and which of them it was.
fn two_sided(file: &str) -> Option<(&str, Direction)> {
    let up = file.strip_suffix(".up.sql").map(|stem| (stem, Direction::Up));
    up.or_else(|| file.strip_suffix(".down.sql").map(|stem| (stem, Direction::Down)))
}

/// The digits that a file name begins with.
fn digits(file: &str) -> Option<&str> {
    let length = file.bytes().take_while(u8::is_ascii_digit).count();
    file.get(..length).filter(|digits| !digits.is_empty())
}
