//! How a run ended, and the exit code that says so. The codes are part of the interface.

use std::process::ExitCode;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It did what was asked for.
    Done = 0,
    /// It could not.
    Failed = 1,
    /// It did, and found something to be done, such as pending migrations.
    Pending = 2,
    /// It did, and found that the database is not what it should be.
    Drift = 3,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(outcome as u8)
    }
}
