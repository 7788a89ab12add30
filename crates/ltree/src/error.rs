//! What can be wrong with a label, a path, a pattern or a value from a server. Not here: how it is found.

use crate::rule::LabelRule;

/// Everything that this crate refuses.
///
/// A position counts characters from 1, as the server's own messages do.
///
/// ```
/// use homeroom_ltree::{Error, Ltree};
///
/// let error = "Top.Child Two".parse::<Ltree>().unwrap_err();
/// assert_eq!(error.to_string(), "character 10 is ' ', but a label holds letters, digits and underscores only");
/// assert!(matches!(error, Error::InvalidCharacter { position: 10, character: ' ', .. }));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A character that the rule does not allow in a label.
    #[error("character {position} is {character:?}, but a label holds {} only", rule.characters())]
    InvalidCharacter {
        /// Where it stands.
        position: usize,
        /// What stands there.
        character: char,
        /// The rule it breaks.
        rule: LabelRule,
    },
    /// Nothing between two dots, before the first or after the last, or no label at all where one must be.
    #[error("the label at character {position} is empty")]
    EmptyLabel {
        /// Where the label should begin.
        position: usize,
    },
    /// A label with more characters than the rule allows.
    #[error(
        "the label at character {position} has {length} characters, but at most {max} are allowed"
    )]
    LabelTooLong {
        /// Where the label begins.
        position: usize,
        /// How many characters it has.
        length: usize,
        /// How many it may have.
        max: usize,
    },
    /// A path or pattern with more labels than the server can store.
    #[error("{count} labels, but at most {} are allowed", Self::MAX_LABELS)]
    TooManyLabels {
        /// How many labels it has.
        count: usize,
    },
    /// A range of labels that does not lie within the path, as the server's `invalid positions`.
    #[error("labels {start} to {end} do not lie within a path of {levels}")]
    InvalidPositions {
        /// The first label, counted from 0.
        start: i32,
        /// The label after the last.
        end: i32,
        /// How many labels the path has.
        levels: usize,
    },
    /// Something in a pattern that must not stand there.
    #[error("{} {expected} must follow at character {position}", found_text(*found))]
    Syntax {
        /// Where it stands.
        position: usize,
        /// What stands there; `None` at the end of the text.
        found: Option<char>,
        /// What could have stood there.
        expected: &'static str,
    },
    /// `{n,m}` with a number beyond 65,535, or with more at least than at most.
    #[error("{{{low},{high}}} at character {position} is no range of numbers up to 65535")]
    InvalidQuantifier {
        /// Where the numbers begin.
        position: usize,
        /// How many at least.
        low: u32,
        /// How many at most.
        high: u32,
    },
    /// A pattern without a single item.
    #[error("the pattern is empty")]
    EmptyPattern,
    /// A pattern that the server could not store.
    #[error("the pattern is too large: {limit} at most")]
    PatternTooLarge {
        /// What the server can store.
        limit: &'static str,
    },
    /// A `{}` in a template for which no label was given.
    #[error("no label is given for the {{}} at character {position}")]
    MissingPart {
        /// Where it stands.
        position: usize,
    },
    /// Labels for which a template has no `{}`.
    #[error("{unused} of the given labels have no {{}} in the pattern")]
    UnusedParts {
        /// How many.
        unused: usize,
    },
    /// A path where exactly one label must be inserted, or an empty path.
    #[error("a path of {labels} labels can't be inserted at character {position}")]
    NotOneLabel {
        /// Where the `{}` stands.
        position: usize,
        /// How many labels the path has.
        labels: usize,
    },
    /// A binary value that is not in version 1 of the format, the only one that servers speak.
    #[error("version {found} of the binary format is unknown, only version 1 is")]
    UnknownVersion {
        /// The version byte.
        found: u8,
    },
    /// A binary value without a single byte, not even its version.
    #[error("the binary value is empty: its version byte is missing")]
    MissingVersion,
    /// A binary value that is not UTF-8.
    #[error("byte {position} of the text is not UTF-8: set client_encoding to UTF8")]
    NotUtf8 {
        /// The first byte that is not, counted from 1.
        position: usize,
    },
}

impl Error {
    /// How many labels a path can have: 65,535.
    const MAX_LABELS: usize = crate::path::MAX_LABELS;
}

fn found_text(found: Option<char>) -> String {
    found.map_or_else(|| "the pattern ends, but".to_owned(), |found| format!("{found:?} is wrong:"))
}
