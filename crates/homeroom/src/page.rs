//! Pages by keyset: stable while rows are inserted, and as fast for the last page as for the first.

use std::fmt;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Which part of a list is wanted.
///
/// ```
/// use homeroom::PageRequest;
///
/// let first = PageRequest::first(50);
/// assert_eq!(first.limit, 50);
/// assert!(first.after.is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// The [`Page::next`] of the page before; `None` for the first.
    pub after: Option<Cursor>,
    /// How many rows at the most; from 1 to [`PageRequest::MAX_LIMIT`].
    pub limit: u32,
}

impl PageRequest {
    /// The longest page: what is longer is read in several, so that no answer is without bounds.
    pub const MAX_LIMIT: u32 = 1_000;

    /// The first page, of at most `limit` rows.
    #[must_use]
    pub const fn first(limit: u32) -> Self {
        Self { after: None, limit }
    }

    /// The page behind `cursor`, of at most `limit` rows.
    #[must_use]
    pub const fn after(cursor: Cursor, limit: u32) -> Self {
        Self { after: Some(cursor), limit }
    }

    /// One row more than the page, which tells whether there is a next one.
    pub(crate) fn fetch_limit(&self) -> Result<i64> {
        if self.limit == 0 || self.limit > Self::MAX_LIMIT {
            return Err(Error::invalid(
                "limit",
                format!("{} is not from 1 to {}", self.limit, Self::MAX_LIMIT),
            ));
        }
        Ok(i64::from(self.limit) + 1)
    }

    pub(crate) fn key<K: DeserializeOwned>(&self) -> Result<Option<K>> {
        self.after.as_ref().map(Cursor::decode).transpose()
    }
}

impl Default for PageRequest {
    /// The first 100 rows.
    fn default() -> Self {
        Self::first(100)
    }
}

/// Rows of a list, and where it goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page<T> {
    /// The rows, in the list's order.
    pub items: Vec<T>,
    /// Where the next page begins; `None` behind the last.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// Makes a page of rows that were read with [`PageRequest::fetch_limit`].
    pub(crate) fn new<K: Serialize>(
        mut items: Vec<T>,
        request: &PageRequest,
        key: impl FnOnce(&T) -> K,
    ) -> Self {
        let limit = request.limit as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|last| Cursor::encode(&key(last)));
        Self { items, next }
    }
}

/// A place in a list. Opaque: only for being handed back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(String);

impl Cursor {
    pub(crate) fn encode<K: Serialize>(key: &K) -> Self {
        // Keys are ids, times and numbers: they always have a JSON form.
        let json = serde_json::to_vec(key).unwrap_or_default();
        Self(json.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn decode<K: DeserializeOwned>(&self) -> Result<K> {
        let wrong = || Error::invalid("cursor", "it was not made by this list");
        let json = self
            .0
            .as_bytes()
            .chunks(2)
            .map(|pair| {
                std::str::from_utf8(pair).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok())
            })
            .collect::<Option<Vec<u8>>>()
            .ok_or_else(wrong)?;
        serde_json::from_slice(&json).map_err(|_| wrong())
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Cursor {
    type Err = std::convert::Infallible;

    /// Takes any text; a list refuses a cursor that it has not made.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_gives_back_the_key_it_was_made_of() {
        let key = (7, "Zoë".to_owned());
        assert_eq!(Cursor::encode(&key).decode::<(i32, String)>().unwrap(), key);
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        for text in ["", "zz", "é", "7b7d", "7"] {
            let cursor: Cursor = text.parse().unwrap();
            let error = cursor.decode::<(i32, String)>().unwrap_err();
            assert_eq!(error.to_string(), "cursor is not valid: it was not made by this list");
        }
    }

    #[test]
    fn a_page_tells_whether_there_is_a_next_one() {
        let request = PageRequest::first(2);
        assert!(Page::new(vec![1, 2], &request, |n| *n).next.is_none());
        let page = Page::new(vec![1, 2, 3], &request, |n| *n);
        assert_eq!(page.items, [1, 2]);
        assert_eq!(page.next.unwrap().decode::<i32>().unwrap(), 2);
    }

    #[test]
    fn a_page_without_end_is_refused() {
        assert!(PageRequest::first(0).fetch_limit().is_err());
        assert!(PageRequest::first(1_001).fetch_limit().is_err());
    }
}
