//! One label of a path. Not here: slugs, from which labels are often made.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::rule::LabelRule;
use crate::text::Text;

/// One label of a path: never empty, never with a dot, and within the rule it was made by.
///
/// ```
/// use homeroom_ltree::Label;
///
/// let label: Label = "Child_1".parse()?;
/// assert_eq!(label.as_str(), "Child_1");
/// assert!("Child.1".parse::<Label>().is_err());
/// # Ok::<(), homeroom_ltree::Error>(())
/// ```
#[derive(Clone)]
pub struct Label(Text);

impl Label {
    /// Makes a label by a rule other than the one of `FromStr`.
    ///
    /// # Errors
    /// [`Error::EmptyLabel`], [`Error::InvalidCharacter`], [`Error::LabelTooLong`].
    ///
    /// ```
    /// use homeroom_ltree::{Label, LabelRule};
    ///
    /// let label = Label::parse_with("high-school", LabelRule::Postgres16)?;
    /// assert_eq!(label.as_str(), "high-school");
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    pub fn parse_with(text: &str, rule: LabelRule) -> Result<Self, Error> {
        rule.check(text, 1)?;
        Ok(Self(Text::from(text)))
    }

    /// The label of a URL-safe slug: the slug with `_` for each `-`.
    ///
    /// Slugs as [`slug`](crate::slug) makes them hold no `_`, so that two slugs never become one label.
    ///
    /// # Errors
    /// [`Error::EmptyLabel`], [`Error::InvalidCharacter`], [`Error::LabelTooLong`] by [`LabelRule::Ascii`].
    ///
    /// ```
    /// use homeroom_ltree::Label;
    ///
    /// assert_eq!(Label::from_slug("lincoln-high-school")?.as_str(), "lincoln_high_school");
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    pub fn from_slug(slug: &str) -> Result<Self, Error> {
        Self::parse_with(&slug.replace('-', "_"), LabelRule::Ascii)
    }

    pub(crate) fn from_text(text: Text) -> Self {
        Self(text)
    }

    /// The text of the label.
    ///
    /// ```
    /// # use homeroom_ltree::Label;
    /// assert_eq!("Top".parse::<Label>()?.as_str(), "Top");
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for Label {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse_with(text, LabelRule::default())
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Label").field(&self.as_str()).finish()
    }
}

crate::path::text_traits!(Label);

impl Ord for Label {
    /// The server's order: by bytes, a prefix first.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl std::borrow::Borrow<str> for Label {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl TryFrom<&str> for Label {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        text.parse()
    }
}
