//! Why a roster was not imported.

use std::io;
use std::path::PathBuf;

use crate::roster::faults::Faults;

/// Why a roster was not imported. Whichever it is, nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RosterError {
    /// The package or a file of it can't be read.
    #[error("can't read {path}")]
    Read {
        /// The package, and the file in it.
        path: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The path is neither a folder nor a whole zip archive.
    #[error("{} is {what}", path.display())]
    Archive {
        /// The package.
        path: PathBuf,
        /// What it is instead: cut off, damaged, no archive at all.
        what: &'static str,
        /// What the reader of archives said.
        #[source]
        source: Option<zip::result::ZipError>,
    },
    /// The manifest is missing, or says what can't be imported.
    #[error("manifest.csv of {package}: {reason}")]
    Manifest {
        /// The package.
        package: String,
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// The manifest promises a file that is not there.
    #[error("{file} is missing: manifest.csv of {package} promises it as {property},bulk")]
    MissingFile {
        /// The package.
        package: String,
        /// The file.
        file: String,
        /// The manifest's property.
        property: String,
    },
    /// A file's header is not the one that the specification fixes.
    #[error("{file}:1: {reason}; the header of OneRoster {version} is: {expected}")]
    Header {
        /// The file.
        file: &'static str,
        /// Which column is wrong, and how.
        reason: String,
        /// The version that the manifest names.
        version: &'static str,
        /// The columns in their order.
        expected: String,
    },
    /// A file is not written in UTF-8.
    #[error("{file}:{line}: this is not UTF-8: it looks like {looks_like}; save the file as UTF-8")]
    Encoding {
        /// The file.
        file: &'static str,
        /// The line with the first wrong byte.
        line: u64,
        /// What it probably is.
        looks_like: &'static str,
    },
    /// Rows that can't be imported: all were looked at, the first are shown.
    #[error("the roster has {} and nothing of it was imported:\n{faults}", count(.faults))]
    Rows {
        /// The bad rows.
        faults: Faults,
    },
    /// The source's name, by which a repeated import finds its rows again, is not valid.
    #[error(
        "the source {source_name:?} is not valid: it has {characters} characters, 1 to 200 are allowed"
    )]
    Source {
        /// The name.
        source_name: String,
        /// Its length.
        characters: usize,
    },
    /// The database refused or failed.
    #[error(transparent)]
    Database(#[from] crate::Error),
}

fn count(faults: &Faults) -> String {
    match faults.total() {
        1 => "a fault".to_owned(),
        many => format!("{many} faults"),
    }
}

impl From<diesel::result::Error> for RosterError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}
