//! Which characters and how many of them a label may have. Not here: how labels make a path.

use crate::error::Error;
use crate::letters::is_letter_or_digit;

/// Which labels are accepted when a path, label or pattern is made from text.
///
/// Servers differ in what they accept: by version, and for characters other than ASCII by the locale of the database.
/// What a server sends is never held against a rule, because whatever it holds must be readable.
///
/// ```
/// use homeroom_ltree::{Label, LabelRule};
///
/// assert!(Label::parse_with("school", LabelRule::Ascii).is_ok());
/// assert!(Label::parse_with("école", LabelRule::Ascii).is_err());
/// assert!(Label::parse_with("école", LabelRule::Postgres15).is_ok());
/// assert!(Label::parse_with("high-school", LabelRule::Postgres15).is_err());
/// assert!(Label::parse_with("high-school", LabelRule::Postgres16).is_ok());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum LabelRule {
    /// ASCII letters, digits and `_`, at most 255 characters: accepted by every server, also by a database whose locale
    /// is `C` or whose encoding has no other letters.
    Ascii,
    /// Letters and digits of any script and `_`, at most 255 characters: accepted by every supported version of
    /// PostgreSQL in a UTF-8 database (whose locale is not `C`). This is what `FromStr` uses.
    #[default]
    Postgres15,
    /// The same and `-`, at most 1,000 characters: accepted by PostgreSQL 16 and later.
    Postgres16,
}

impl LabelRule {
    /// How many characters a label may have.
    ///
    /// ```
    /// # use homeroom_ltree::LabelRule;
    /// assert_eq!(LabelRule::Postgres15.max_characters(), 255);
    /// assert_eq!(LabelRule::Postgres16.max_characters(), 1_000);
    /// ```
    #[must_use]
    pub const fn max_characters(self) -> usize {
        match self {
            Self::Ascii | Self::Postgres15 => 255,
            Self::Postgres16 => 1_000,
        }
    }

    /// Whether a label may hold this character.
    ///
    /// ```
    /// # use homeroom_ltree::LabelRule;
    /// assert!(LabelRule::Postgres15.allows('é'));
    /// assert!(!LabelRule::Postgres15.allows('-'));
    /// ```
    #[must_use]
    pub fn allows(self, character: char) -> bool {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => true,
            '-' => self == Self::Postgres16,
            _ if character.is_ascii() => false,
            _ => self != Self::Ascii && is_letter_or_digit(character),
        }
    }

    pub(crate) const fn characters(self) -> &'static str {
        match self {
            Self::Ascii => "ASCII letters, digits and underscores",
            Self::Postgres15 => "letters, digits and underscores",
            Self::Postgres16 => "letters, digits, underscores and hyphens",
        }
    }

    /// Checks one label that stands at `position` (1 for the first character) of what is being parsed.
    pub(crate) fn check(self, label: &str, position: usize) -> Result<(), Error> {
        if label.is_empty() {
            return Err(Error::EmptyLabel { position });
        }
        let mut length = 0;
        for character in label.chars() {
            if !self.allows(character) {
                return Err(Error::InvalidCharacter {
                    position: position + length,
                    character,
                    rule: self,
                });
            }
            length += 1;
        }
        let max = self.max_characters();
        if length > max { Err(Error::LabelTooLong { position, length, max }) } else { Ok(()) }
    }
}
