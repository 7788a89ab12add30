//! Conditions on the labels of a path: PostgreSQL's `ltxtquery`. Here is the type; `parse` reads, `program` arranges and
//! runs, `expression` makes.

mod expression;
mod parse;
mod program;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

pub use expression::LtxtqueryExpression;

use crate::error::Error;
use crate::path::Ltree;
use crate::rule::LabelRule;
use crate::text::Text;
use program::{Program, Token};

/// A condition on the labels of a path, wherever they stand in it: PostgreSQL's `ltxtquery`.
///
/// Labels with the modifiers of [`Lquery`](crate::Lquery) are combined with `!`, `&` and `|`, which bind in this order,
/// and parentheses.
///
/// It is parsed without a server, and its text is the one that the server would give back.
///
/// ```
/// use homeroom_ltree::{Ltree, Ltxtquery};
///
/// let query: Ltxtquery = "Europe & Russia*@ & !Transportation".parse()?;
/// let path: Ltree = "Top.Countries.Europe.russian_federation".parse()?;
/// assert!(query.matches(&path));
/// # Ok::<(), homeroom_ltree::Error>(())
/// ```
#[derive(Clone)]
#[cfg_attr(
    feature = "diesel",
    derive(::diesel::expression::AsExpression, ::diesel::deserialize::FromSqlRow)
)]
#[cfg_attr(feature = "diesel", diesel(sql_type = crate::diesel::sql_types::Ltxtquery))]
pub struct Ltxtquery {
    text: Text,
    program: Arc<Program>,
}

impl Ltxtquery {
    /// Parses by a label rule other than the one of `FromStr`.
    ///
    /// # Errors
    /// [`Error::Syntax`], [`Error::LabelTooLong`], [`Error::EmptyPattern`], [`Error::PatternTooLarge`]. A label has at
    /// most 255 bytes here, whatever the rule.
    ///
    /// ```
    /// use homeroom_ltree::{LabelRule, Ltxtquery};
    ///
    /// assert!(Ltxtquery::parse_with("high-school", LabelRule::Postgres16).is_ok());
    /// assert!(Ltxtquery::parse_with("high-school", LabelRule::Postgres15).is_err());
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    pub fn parse_with(text: &str, rule: LabelRule) -> Result<Self, Error> {
        Self::from_tokens(parse::parse(text, Some(rule))?, true)
    }

    /// Takes a condition as a server holds it, with labels of any version and locale, nested to any depth.
    ///
    /// # Errors
    /// The same as [`Ltxtquery::parse_with`] but for what concerns the characters of labels.
    ///
    /// ```
    /// # use homeroom_ltree::Ltxtquery;
    /// assert!(Ltxtquery::from_server("high-school & !closed").is_ok());
    /// ```
    pub fn from_server(text: &str) -> Result<Self, Error> {
        Self::from_tokens(parse::parse(text, None)?, false)
    }

    #[cfg(any(feature = "diesel", feature = "postgres-types"))]
    pub(crate) fn from_wire(bytes: &[u8]) -> Result<Self, Error> {
        Self::from_server(crate::wire::decode(bytes)?)
    }

    fn from_tokens(tokens: Vec<Token>, strict: bool) -> Result<Self, Error> {
        let (text, program) = program::arrange(tokens, strict)?;
        Ok(Self { text: Text::from(&*text), program: Arc::new(program) })
    }

    /// The condition as the server writes it.
    ///
    /// ```
    /// # use homeroom_ltree::Ltxtquery;
    /// assert_eq!("!(a|b)&c@%".parse::<Ltxtquery>()?.as_str(), "!( a | b ) & c%@");
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// Whether the labels of the path meet the condition: `path @ query`.
    ///
    /// ```
    /// # use homeroom_ltree::Ltxtquery;
    /// assert!("b | c".parse::<Ltxtquery>()?.matches(&"a.b".parse()?));
    /// assert!(!"b & c".parse::<Ltxtquery>()?.matches(&"a.b".parse()?));
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn matches(&self, path: &Ltree) -> bool {
        self.program.matches(path.as_str())
    }
}

impl Ltree {
    /// Whether the labels of the path meet the condition: `path @ query`.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// assert!("Top.Science".parse::<Ltree>()?.matches_text(&"science@ & !Arts".parse()?));
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn matches_text(&self, query: &Ltxtquery) -> bool {
        query.matches(self)
    }
}

impl FromStr for Ltxtquery {
    type Err = Error;

    /// Parses by [`LabelRule::Postgres15`]: what every supported version accepts.
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse_with(text, LabelRule::default())
    }
}

impl TryFrom<&str> for Ltxtquery {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        text.parse()
    }
}

impl fmt::Display for Ltxtquery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Ltxtquery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ltxtquery").field(&self.as_str()).finish()
    }
}

impl Ord for Ltxtquery {
    /// The order of the text; the server has none.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

crate::path::text_traits!(Ltxtquery);
