//! What a caller can choose: how long to wait, how often to try, and how far to go.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::error::Error;
use crate::history::HistoryTable;
use crate::version::Version;

/// How a [`Migrator`](crate::Migrator) works, whatever it is asked to do.
///
/// ```
/// use std::time::Duration;
/// use homeroom_migrate::Settings;
///
/// let settings = Settings { lock_timeout: Some(Duration::from_secs(2)), ..Settings::default() };
/// # assert_eq!(settings.statement_timeout, None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where the history is kept; by default `homeroom_migrations` in the first schema of the `search_path`.
    pub history: HistoryTable,
    /// How long to wait for another migrator; 5 minutes by default.
    pub wait_for_others: Duration,
    /// PostgreSQL's `lock_timeout` in each migration, 5 seconds by default, so that a migration that waits for a busy table
    /// does not make everybody else wait behind it. `None` leaves that of the session.
    pub lock_timeout: Option<Duration>,
    /// PostgreSQL's `statement_timeout` in each migration. `None`, the default, leaves that of the session.
    pub statement_timeout: Option<Duration>,
    /// How often a migration is tried again after a lock timeout (55P03) or a deadlock (40P01).
    pub retry: Retry,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            history: HistoryTable::default(),
            wait_for_others: Duration::from_secs(300),
            lock_timeout: Some(Duration::from_secs(5)),
            statement_timeout: None,
            retry: Retry::default(),
        }
    }
}

/// Bounded retries of a whole migration, with pauses that double and are shortened by chance, up to the half.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// How often a migration is run at most; 1 means never again. 6 by default.
    pub attempts: u32,
    /// The pause after the first failure; 250 ms by default.
    pub first_pause: Duration,
    /// The longest pause; 5 seconds by default.
    pub longest_pause: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 6,
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(5),
        }
    }
}

impl Retry {
    /// The pause after this many failures.
    pub(crate) fn pause(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        let whole = self.first_pause.saturating_mul(1 << doublings).min(self.longest_pause);
        jittered(whole)
    }
}

/// A random duration between the half and the whole of this one.
pub(crate) fn jittered(whole: Duration) -> Duration {
    use std::hash::{BuildHasher, Hasher};
    // Every RandomState has keys of its own: randomness enough to keep migrators out of step.
    let random = std::hash::RandomState::new().build_hasher().finish();
    let part = u32::try_from(random % 1_000).unwrap_or(0);
    whole / 2 + whole / 2 * part / 1_000
}

/// How far [`Migrator::up`](crate::Migrator::up) goes: to the newest migration unless told otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UpOptions {
    /// The last version to apply.
    pub to: Option<Version>,
    /// How many to apply at most.
    pub steps: Option<usize>,
    /// Versions that may run although a newer one is applied.
    pub allow_late: BTreeSet<Version>,
}

impl UpOptions {
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.to.is_some() && self.steps.is_some() {
            return Err(Error::Options(
                "`to` and `steps` both say how far to go up: give one of them",
            ));
        }
        Ok(())
    }
}

/// How far [`Migrator::down`](crate::Migrator::down) goes: one migration unless told otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DownOptions {
    /// The version to go back to: it stays applied, every newer one is taken back.
    pub to: Option<Version>,
    /// How many to take back.
    pub steps: Option<usize>,
    /// Takes all back.
    pub all: bool,
    /// Goes on when one cannot be taken back: it stays applied, the older ones are tried all the same, and the end is
    /// [`Error::LeftApplied`]. The next `up` tries what stayed again in its turn, as it may have gone with what the older ones made;
    /// where that fails because it is there, it is kept as it is ([`Event::Kept`](crate::Event::Kept)).
    pub keep_going: bool,
}

impl DownOptions {
    pub(crate) fn check(&self) -> Result<(), Error> {
        let chosen = [self.to.is_some(), self.steps.is_some(), self.all];
        if chosen.iter().filter(|chosen| **chosen).count() > 1 {
            return Err(Error::Options(
                "`to`, `steps` and `all` each say how far to go down: give one of them",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_pause_is_never_longer_than_the_longest_nor_shorter_than_half_the_first(failures in any::<u32>()) {
            let retry = Retry::default();
            let pause = retry.pause(failures);
            prop_assert!(pause <= retry.longest_pause && pause >= retry.first_pause / 2);
        }
    }
}
