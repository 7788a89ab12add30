//! What can be wrong with a folder of migrations, each with its way out.

use std::fmt;

use crate::version::Version;

/// One thing that is wrong with a folder of migrations. It prints with the file and the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "engine", derive(serde::Serialize))]
#[cfg_attr(feature = "engine", serde(tag = "fault", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Fault {
    /// A file whose other side is missing.
    #[error(
        "{file} has no {missing}: write it; a down file may be one line, `-- irreversible: reason`"
    )]
    Unpaired {
        /// The file that is there.
        file: String,
        /// The file that is not.
        missing: String,
    },
    /// Two migrations with one version.
    #[error("version {version} is taken more than once ({}): give one of them the next free number", files.join(", "))]
    DuplicateVersion {
        /// The version.
        version: Version,
        /// All files that have it.
        files: Vec<String>,
    },
    /// A version that does not have four digits.
    #[error("{file} has a {digits}-digit version and four digits are the rule: {}", match instead {
        Some(name) => format!("rename it to {name}"),
        None => "renumber it".to_owned(),
    })]
    DigitCount {
        /// The file.
        file: String,
        /// How many digits it has.
        digits: usize,
        /// What it should be called, when its number fits.
        instead: Option<String>,
    },
    /// A file that is no migration.
    #[error(
        "{file} is no migration: name it NNNN_name.up.sql or NNNN_name.down.sql (letters, digits, _ and -), or move it out of the folder"
    )]
    UnknownName {
        /// The file or folder.
        file: String,
    },
    /// A file that is not UTF-8 or holds a zero byte.
    #[error("{file} is not UTF-8 text at byte {offset}: save it as UTF-8")]
    NotText {
        /// The file.
        file: String,
        /// The first bad byte, from 0.
        offset: usize,
    },
    /// A file without a statement.
    #[error("{file} has no statement: write one, or in a down file `-- irreversible: reason`")]
    Empty {
        /// The file.
        file: String,
    },
    /// `-- irreversible:` without a reason.
    #[error("{file} says `-- irreversible:` without a reason: say why on the same line")]
    IrreversibleWithoutReason {
        /// The file.
        file: String,
    },
    /// `-- irreversible: reason` in a file that has statements.
    #[error("{file} says `-- irreversible:` and has statements: keep one of the two")]
    IrreversibleWithStatements {
        /// The file.
        file: String,
    },
    /// A quote or comment that never ends.
    #[error("{file}:{line}: this {what} never ends: close it")]
    Unfinished {
        /// The file.
        file: String,
        /// The line at which it opens, from 1.
        line: u32,
        /// What it is.
        what: &'static str,
    },
    /// BEGIN, COMMIT or ROLLBACK without its other half, or a form of them that cannot be followed.
    #[error(
        "{file}:{line}: {word} has no other half in this file: open and close each transaction in the file, or remove both, each file is one transaction already"
    )]
    TransactionControl {
        /// The file.
        file: String,
        /// The line of the statement, from 1.
        line: u32,
        /// Its first word.
        word: String,
    },
    /// `COPY … FROM STDIN` or `TO STDOUT`.
    #[error("{file}:{line}: COPY through the client needs psql: write INSERT … VALUES instead")]
    CopyThroughClient {
        /// The file.
        file: String,
        /// The line of the statement, from 1.
        line: u32,
    },
}

impl Fault {
    /// The file it is about; of several, the first.
    #[must_use]
    pub fn file(&self) -> &str {
        match self {
            Self::DuplicateVersion { files, .. } => files.first().map_or("", String::as_str),
            Self::Unpaired { file, .. }
            | Self::DigitCount { file, .. }
            | Self::UnknownName { file }
            | Self::NotText { file, .. }
            | Self::Empty { file }
            | Self::IrreversibleWithoutReason { file }
            | Self::IrreversibleWithStatements { file }
            | Self::Unfinished { file, .. }
            | Self::TransactionControl { file, .. }
            | Self::CopyThroughClient { file, .. } => file,
        }
    }
}

/// Everything that is wrong with a folder of migrations, in the order of its files.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "engine", derive(serde::Serialize))]
pub struct FolderError {
    /// The folder, or a word for the embedded files.
    pub folder: String,
    /// All faults.
    pub faults: Vec<Fault>,
}

impl fmt::Display for FolderError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.faults.len() == 1 { "fault" } else { "faults" };
        write!(formatter, "{} {plural} in the migrations of {}", self.faults.len(), self.folder)?;
        for fault in &self.faults {
            write!(formatter, "\n  {fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for FolderError {}
