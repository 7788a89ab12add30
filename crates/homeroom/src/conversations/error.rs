//! Why conversations were not imported.

use std::io;
use std::path::Path;

/// Why conversations were not imported. Whichever it is, nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConversationError {
    /// The file can't be read.
    #[error("can't read {path}")]
    Read {
        /// The file.
        path: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A line can't be imported.
    #[error("{file}:{line}: {reason}")]
    Line {
        /// The file's name.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// The source's name is not valid.
    #[error("the source {source_name:?} is not valid: 1 to 200 characters are allowed")]
    Source {
        /// The name.
        source_name: String,
    },
    /// The database refused or failed.
    #[error(transparent)]
    Database(#[from] crate::Error),
}

/// What is wrong with a line, before it is known of which file.
#[derive(Debug)]
pub(super) struct LineFault {
    pub(super) line: usize,
    pub(super) reason: String,
}

impl LineFault {
    pub(super) fn in_file(self, path: &Path) -> ConversationError {
        let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        ConversationError::Line { file, line: self.line, reason: self.reason }
    }
}

impl ConversationError {
    pub(super) fn interrupted(error: tokio::task::JoinError) -> Self {
        Self::Read { path: "the conversations".to_owned(), source: io::Error::other(error) }
    }
}

impl From<diesel::result::Error> for ConversationError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}
