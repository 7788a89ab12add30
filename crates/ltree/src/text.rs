//! The immutable text behind a path, label or pattern: short ones in place, long ones shared. Not here: what it means.

use std::fmt;
use std::sync::Arc;

use arrayvec::ArrayString;

/// Fills a cache line together with its length and the tag; most paths of real trees are shorter.
const IN_PLACE: usize = 56;

/// Clones without allocating. One text has one form, so that a clone is never larger than it must be.
#[derive(Clone)]
pub(crate) enum Text {
    InPlace(ArrayString<IN_PLACE>),
    Shared(Arc<str>),
}

impl Text {
    pub(crate) const fn new() -> Self {
        Self::InPlace(ArrayString::new_const())
    }

    /// Joins two non-empty texts with a dot.
    pub(crate) fn joined(left: &str, right: &str) -> Self {
        let mut text = ArrayString::new();
        if text.try_push_str(left).is_ok()
            && text.try_push('.').is_ok()
            && text.try_push_str(right).is_ok()
        {
            return Self::InPlace(text);
        }
        let mut text = String::with_capacity(left.len() + 1 + right.len());
        text.push_str(left);
        text.push('.');
        text.push_str(right);
        Self::Shared(text.into())
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::InPlace(text) => text.as_str(),
            Self::Shared(text) => text,
        }
    }
}

impl From<&str> for Text {
    #[inline]
    fn from(text: &str) -> Self {
        match ArrayString::from(text) {
            Ok(text) => Self::InPlace(text),
            Err(_) => Self::Shared(text.into()),
        }
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
