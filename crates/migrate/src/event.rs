//! What a migrator tells while it works, for a log or a progress bar.

use std::time::Duration;

use crate::folder::Direction;
use crate::lock::Holder;
use crate::version::Version;

/// Something that has just happened.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Another migrator is at work; sent once.
    Waiting {
        /// Who it is, as far as this role may see.
        holder: Option<&'a Holder>,
    },
    /// How many migrations will run is known.
    Planned {
        /// How many.
        total: usize,
    },
    /// A migration starts.
    Started {
        /// The migration.
        version: Version,
        /// Its name.
        name: &'a str,
        /// Up or down.
        direction: Direction,
    },
    /// A migration met a lock timeout or a deadlock, was rolled back, and will be tried again.
    Retrying {
        /// The migration.
        version: Version,
        /// Its name.
        name: &'a str,
        /// How often it was tried.
        attempts: u32,
        /// The server's message.
        message: &'a str,
        /// How long until the next attempt.
        pause: Duration,
    },
    /// A migration that could not be taken back, while older ones were, cannot be applied again either: it is taken for still
    /// there. When the run fails later, the next one tries it again.
    Kept {
        /// The migration.
        version: Version,
        /// Its name.
        name: &'a str,
        /// The server's message.
        message: &'a str,
    },
    /// A migration is committed.
    Finished {
        /// The migration.
        version: Version,
        /// Its name.
        name: &'a str,
        /// Up or down.
        direction: Direction,
        /// How long it took, its commit included.
        duration: Duration,
    },
}
