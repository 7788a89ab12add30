//! The SQLSTATE of an error, which diesel-async leaves out of most: [`Wire`](crate::wire::Wire) reads it off the server's message.
//!
//! Texts can't stand in for it: they come in the server's language, which only a superuser may change.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::sync::{LazyLock, Mutex, PoisonError};

/// Between the arrival of an error and its classification there are few others.
const REMEMBERED: usize = 1024;

/// Hashes of messages, which may quote data, with the SQLSTATE that each came with; the latest is the last.
static RECENT: LazyLock<Mutex<Recent>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Recent {
    hasher: RandomState,
    errors: VecDeque<(u64, [u8; 5])>,
}

/// Keeps the SQLSTATE of an error that has arrived.
pub(crate) fn remember(message: &[u8], code: &[u8]) {
    let Ok(code) = code.try_into() else { return };
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
    let hash = recent.hasher.hash_one(message.as_bytes());
    recent.errors.iter().rev().find(|(other, _)| *other == hash).map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_that_came_last_with_a_message_is_found_and_no_other() {
        remember(b"a text of this test", b"40P01");
        remember(b"a text of this test", b"57014");
        assert_eq!(of("a text of this test"), Some(*b"57014"));
        assert_eq!(of("another text of this test"), None);
    }
}
