//! The figures of `pg_stat_statements` at one moment, kept so that a later run can tell what has become slower since.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::gathered::{Statement, digest};

/// What the server had counted at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Snapshot {
    /// When.
    pub taken_at: DateTime<Utc>,
    /// By the digest of the statement's text, which is not kept itself.
    pub statements: BTreeMap<String, Counted>,
}

/// What was counted of one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// How often it was called since the server began to count.
    pub calls: i64,
    /// How long that took in all, in microseconds.
    pub microseconds: i64,
}

/// Why a snapshot can't be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The file can't be read or written.
    #[error("the snapshot of statements {} can't be used", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is none.
    #[error("{} is no snapshot of statements", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
}

/// How a statement did in two spans of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Change {
    /// Calls since the snapshot.
    pub(crate) calls: i64,
    /// The average of a call before it, in milliseconds.
    pub(crate) before: f64,
    /// And since.
    pub(crate) since: f64,
}

impl Snapshot {
    /// Of what a run has gathered.
    pub(crate) fn of(statements: &[Statement]) -> Self {
        let counted = statements.iter().filter_map(|statement| {
            let served = statement.served?;
            #[expect(clippy::cast_possible_truncation, reason = "300,000 years fit")]
            let microseconds = (served.total * 1_000.0).round() as i64;
            Some((digest(&statement.text), Counted { calls: served.calls, microseconds }))
        });
        Self { taken_at: Utc::now(), statements: counted.collect() }
    }

    /// Reads one; `None` where there is no such file yet.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn read(path: impl AsRef<Path>) -> Result<Option<Self>, SnapshotError> {
        let path = path.as_ref();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(SnapshotError::File { path: path.to_owned(), source }),
        };
        let snapshot = serde_json::from_str(&text);
        snapshot
            .map(Some)
            .map_err(|source| SnapshotError::Content { path: path.to_owned(), source })
    }

    /// Writes it.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), SnapshotError> {
        let path = path.as_ref();
        let mut text = serde_json::to_string_pretty(self)
            .map_err(|source| SnapshotError::Content { path: path.to_owned(), source })?;
        text.push('\n');
        std::fs::write(path, text)
            .map_err(|source| SnapshotError::File { path: path.to_owned(), source })
    }

    /// How a statement did since; `None` when it was not known, or the server has begun to count anew.
    #[expect(clippy::cast_precision_loss, reason = "counts and times have less than 53 bits")]
    pub(crate) fn change(&self, statement: &Statement) -> Option<Change> {
        let served = statement.served?;
        let before = self.statements.get(&digest(&statement.text))?;
        let calls = served.calls - before.calls;
        let total_before = before.microseconds as f64 / 1_000.0;
        let total = served.total - total_before;
        (calls > 0 && total > 0.0 && before.calls > 0).then(|| Change {
            calls,
            before: total_before / before.calls as f64,
            since: total / calls as f64,
        })
    }
}
