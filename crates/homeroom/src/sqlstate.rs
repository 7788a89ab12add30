//! The SQLSTATE of an error, for which Diesel's errors have no place: they have a kind for eight of them, and the server's text.
//!
//! Texts can't stand in for it: they come in the server's language, which only a superuser may change.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::sync::{LazyLock, Mutex, PoisonError};

use tokio_postgres::error::SqlState;

/// Between the arrival of an error and its classification there are few others.
const REMEMBERED: usize = 1024;

/// Hashes of messages, which may quote data, with the SQLSTATE that each came with; the latest is the last.
static RECENT: LazyLock<Mutex<Recent>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Recent {
    hasher: RandomState,
    errors: VecDeque<(u64, [u8; 5])>,
}

/// Keeps the SQLSTATE of an error that becomes one of Diesel's.
pub(crate) fn remember(message: &str, code: &SqlState) {
    let Ok(code) = code.code().as_bytes().try_into() else { return };
    let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    let hash = recent.hasher.hash_one(message);
    if recent.errors.back() == Some(&(hash, code)) {
        return;
    }
    if recent.errors.len() == REMEMBERED {
        recent.errors.pop_front();
    }
    recent.errors.push_back((hash, code));
}

/// The SQLSTATE that this message came with; `None` when it came over a connection that was not opened by this library.
pub(crate) fn of(message: &str) -> Option<[u8; 5]> {
    let recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    let hash = recent.hasher.hash_one(message);
    recent.errors.iter().rev().find(|(other, _)| *other == hash).map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_that_came_last_with_a_message_is_found_and_no_other() {
        remember("a text of this test", &SqlState::T_R_DEADLOCK_DETECTED);
        remember("a text of this test", &SqlState::QUERY_CANCELED);
        assert_eq!(of("a text of this test"), Some(*b"57014"));
        assert_eq!(of("another text of this test"), None);
    }
}
