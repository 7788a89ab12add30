//! A path: how it is made from text and labels, and what it is made of. Not here: what the server's functions do to it
//! (`algebra`).

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::label::Label;
use crate::rule::LabelRule;
use crate::scan;
use crate::text::Text;

/// `LTREE_MAX_LEVELS` of contrib/ltree/ltree.h.
pub(crate) const MAX_LABELS: usize = u16::MAX as usize;

/// A path of labels from the root of a tree downward: PostgreSQL's `ltree`.
///
/// Immutable and cheap to clone: up to 88 bytes live in the value itself, a longer text is shared. The empty path has
/// one form, [`Ltree::new`]. The order is the server's (label by label, byte by byte), so that a sorted `Vec` and
/// `ORDER BY path` agree.
///
/// ```
/// use homeroom_ltree::Ltree;
///
/// let path: Ltree = "Top.Science.Astronomy".parse()?;
/// assert_eq!(path.nlevel(), 3);
/// assert_eq!(path.labels().collect::<Vec<_>>(), ["Top", "Science", "Astronomy"]);
/// assert_eq!(path.parent().unwrap(), "Top.Science");
/// # Ok::<(), homeroom_ltree::Error>(())
/// ```
#[derive(Clone)]
#[cfg_attr(
    feature = "diesel",
    derive(::diesel::expression::AsExpression, ::diesel::deserialize::FromSqlRow)
)]
#[cfg_attr(feature = "diesel", diesel(sql_type = crate::diesel::sql_types::Ltree))]
pub struct Ltree(Text);

impl Ltree {
    /// The empty path, which is an ancestor of every path. The same as `Ltree::default()` and `"".parse()`.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// assert!(Ltree::new().is_empty());
    /// assert_eq!(Ltree::new(), "".parse::<Ltree>()?);
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self(Text::new())
    }

    /// Makes a path by a rule other than the one of `FromStr`.
    ///
    /// # Errors
    /// [`Error::EmptyLabel`], [`Error::InvalidCharacter`], [`Error::LabelTooLong`], [`Error::TooManyLabels`].
    ///
    /// ```
    /// use homeroom_ltree::{LabelRule, Ltree};
    ///
    /// assert!(Ltree::parse_with("wa.high-school", LabelRule::Postgres16).is_ok());
    /// assert!(Ltree::parse_with("wa.high-school", LabelRule::Postgres15).is_err());
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[inline]
    pub fn parse_with(text: &str, rule: LabelRule) -> Result<Self, Error> {
        // What is short enough can have neither too long a label nor too many.
        if text.len() <= LabelRule::Ascii.max_characters() && scan::is_plain(text) {
            return Ok(Self(Text::from(text)));
        }
        check(text, rule)?;
        Ok(Self(Text::from(text)))
    }

    /// Takes a path as a server holds it, whichever version and locale it has: any characters, any length.
    ///
    /// This is how values are decoded. Nothing that a server can hold is refused.
    ///
    /// # Errors
    /// [`Error::EmptyLabel`], because no server holds one.
    ///
    /// ```
    /// use homeroom_ltree::Ltree;
    ///
    /// let path = Ltree::from_server("Top.high-school")?; // of PostgreSQL 16
    /// assert_eq!(path.nlevel(), 2);
    /// assert!(Ltree::from_server("Top..").is_err());
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[inline]
    pub fn from_server(text: &str) -> Result<Self, Error> {
        if scan::has_empty_label(text) {
            return Err(empty_label(text));
        }
        Ok(Self(Text::from(text)))
    }

    /// The same of a binary value.
    #[cfg(any(feature = "diesel", feature = "postgres-types"))]
    #[inline]
    pub(crate) fn from_wire(bytes: &[u8]) -> Result<Self, Error> {
        Self::from_server(crate::wire::decode(bytes)?)
    }

    /// The path of these labels.
    ///
    /// # Errors
    /// [`Error::TooManyLabels`] with more than 65,535.
    ///
    /// ```
    /// use homeroom_ltree::{Label, Ltree};
    ///
    /// let labels = ["Top".parse::<Label>()?, "Science".parse()?];
    /// assert_eq!(Ltree::from_labels(&labels)?, "Top.Science");
    /// assert_eq!(Ltree::from_labels([])?, Ltree::new());
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    pub fn from_labels<'a>(labels: impl IntoIterator<Item = &'a Label>) -> Result<Self, Error> {
        let mut text = String::new();
        let mut count = 0;
        for label in labels {
            if count > 0 {
                text.push('.');
            }
            text.push_str(label.as_str());
            count += 1;
        }
        if count > MAX_LABELS {
            Err(Error::TooManyLabels { count })
        } else {
            Ok(Self::trusted(&text))
        }
    }

    /// A path from what is known to be one: a part of a path, or labels joined by dots.
    pub(crate) fn trusted(text: &str) -> Self {
        Self(Text::from(text))
    }

    pub(crate) fn trusted_text(text: Text) -> Self {
        Self(text)
    }

    /// The text form: the labels joined by dots. `ltree2text(path)`, which never fails either.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// assert_eq!("Top.Science".parse::<Ltree>()?.as_str(), "Top.Science");
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether the path has no label.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// assert!(!"Top".parse::<Ltree>()?.is_empty());
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_str().is_empty()
    }

    /// The labels from the root down; from the end as well.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// let path: Ltree = "Top.Science.Astronomy".parse()?;
    /// assert_eq!(path.labels().nth(1), Some("Science"));
    /// assert_eq!(path.labels().next_back(), Some("Astronomy"));
    /// assert_eq!(Ltree::new().labels().count(), 0);
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn labels(&self) -> Labels<'_> {
        Labels { rest: (!self.is_empty()).then(|| self.as_str()) }
    }

    /// The last label: the own name of what stands at this path. `None` for the empty path.
    ///
    /// ```
    /// # use homeroom_ltree::{Label, Ltree};
    /// let path: Ltree = "Top.Science".parse()?;
    /// assert_eq!(path.last().unwrap().as_str(), "Science");
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn last(&self) -> Option<Label> {
        self.labels().next_back().map(Label::trusted)
    }
}

/// The labels of a path, from [`Ltree::labels`].
///
/// ```
/// # use homeroom_ltree::Ltree;
/// let path: Ltree = "a.b.c".parse()?;
/// assert_eq!(path.labels().rev().collect::<Vec<_>>(), ["c", "b", "a"]);
/// # Ok::<(), homeroom_ltree::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Labels<'a> {
    rest: Option<&'a str>,
}

impl<'a> Iterator for Labels<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest?;
        let (label, rest) = match rest.split_once('.') {
            Some((label, rest)) => (label, Some(rest)),
            None => (rest, None),
        };
        self.rest = rest;
        Some(label)
    }
}

impl DoubleEndedIterator for Labels<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let rest = self.rest?;
        let (rest, label) = match rest.rsplit_once('.') {
            Some((rest, label)) => (Some(rest), label),
            None => (None, rest),
        };
        self.rest = rest;
        Some(label)
    }
}

impl std::iter::FusedIterator for Labels<'_> {}

/// The thorough check, which finds the first thing that is wrong.
#[cold]
fn check(text: &str, rule: LabelRule) -> Result<(), Error> {
    if text.is_empty() {
        return Ok(());
    }
    let count = count_labels(text);
    if count > MAX_LABELS {
        return Err(Error::TooManyLabels { count });
    }
    let mut position = 1;
    for label in text.split('.') {
        rule.check(label, position)?;
        position += label.chars().count() + 1;
    }
    Ok(())
}

pub(crate) fn count_labels(text: &str) -> usize {
    if text.is_empty() { 0 } else { scan::count_dots(text.as_bytes()) + 1 }
}

#[cold]
fn empty_label(text: &str) -> Error {
    let mut position = 1;
    for label in text.split('.') {
        if label.is_empty() {
            break;
        }
        position += label.chars().count() + 1;
    }
    Error::EmptyLabel { position }
}

impl Label {
    /// A label from what is known to be one.
    pub(crate) fn trusted(text: &str) -> Self {
        Self::from_text(Text::from(text))
    }
}

impl FromStr for Ltree {
    type Err = Error;

    /// Parses by [`LabelRule::Postgres15`]: what every supported version accepts.
    #[inline]
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse_with(text, LabelRule::default())
    }
}

impl TryFrom<&str> for Ltree {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        text.parse()
    }
}

impl Default for Ltree {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Label> for Ltree {
    fn from(label: Label) -> Self {
        Self::trusted(label.as_str())
    }
}

impl fmt::Display for Ltree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Ltree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ltree").field(&self.as_str()).finish()
    }
}

impl Ord for Ltree {
    /// The server's order, which is not the order of the text: `a.b` comes before `a-b`.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        crate::order::compare(self.as_str(), other.as_str())
    }
}

/// Equality and hash of what is one text, and comparisons with texts.
macro_rules! text_traits {
    ($name:ident) => {
        impl PartialEq for $name {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                self.as_str() == other.as_str()
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.as_str().to_owned()
            }
        }
    };
}
pub(crate) use text_traits;

text_traits!(Ltree);
