//! Patterns of paths: PostgreSQL's `lquery`. Here is the type; `parse` reads, `matching` compares, `builder` makes.

mod builder;
mod item;
mod matching;
mod parse;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

pub use builder::{Level, LqueryBuilder};
#[doc(hidden)]
pub use parse::TemplatePart;

use crate::error::Error;
use crate::path::Ltree;
use crate::rule::LabelRule;
use crate::text::Text;
use item::Item;
use matching::Matcher;

/// A pattern of whole paths: PostgreSQL's `lquery`.
///
/// | Pattern | Matches |
/// |---|---|
/// | `foo` | exactly the path `foo` |
/// | `*.foo.*` | any path with the label `foo` |
/// | `*.foo` | any path whose last label is `foo` |
/// | `*{2}`, `*{1,3}`, `*{2,}`, `*{,4}` | any two, one to three, at least two, at most four labels |
/// | `foo{2,}` | at least two labels, all `foo` |
/// | `foo\|bar`, `!foo\|bar` | one label that is, is not, one of these |
/// | `foo@`, `foo*`, `foo%` | `foo` in any case, what begins with `foo`, what has the word `foo` |
///
/// It is parsed without a server, and its text is the one that the server would give back. Matching takes time in
/// proportion to labels times items, never more. [`Lquery::builder`] and [`lquery!`](crate::lquery!) make patterns with
/// labels from outside.
///
/// ```
/// use homeroom_ltree::{Lquery, Ltree};
///
/// let query: Lquery = "Top.*{0,2}.sport*@.!football|tennis{1,}.Russ*|Spain".parse()?;
/// let path: Ltree = "Top.Leisure.Sports.rugby.Russia".parse()?;
/// assert!(query.matches(&path));
/// # Ok::<(), homeroom_ltree::Error>(())
/// ```
#[derive(Clone)]
#[cfg_attr(
    feature = "diesel",
    derive(::diesel::expression::AsExpression, ::diesel::deserialize::FromSqlRow)
)]
#[cfg_attr(feature = "diesel", diesel(sql_type = crate::diesel::sql_types::Lquery))]
pub struct Lquery {
    text: Text,
    matcher: Arc<Matcher>,
}

impl Lquery {
    /// Parses by a label rule other than the one of `FromStr`.
    ///
    /// # Errors
    /// [`Error::Syntax`], [`Error::EmptyLabel`], [`Error::LabelTooLong`], [`Error::InvalidQuantifier`],
    /// [`Error::TooManyLabels`], [`Error::PatternTooLarge`].
    ///
    /// ```
    /// use homeroom_ltree::{LabelRule, Lquery};
    ///
    /// assert!(Lquery::parse_with("*.high-school", LabelRule::Postgres16).is_ok());
    /// assert!(Lquery::parse_with("*.high-school", LabelRule::Postgres15).is_err());
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    pub fn parse_with(text: &str, rule: LabelRule) -> Result<Self, Error> {
        Self::from_items(parse::parse(text, Some(rule), None)?)
    }

    /// Takes a pattern as a server holds it, with labels of any version and locale.
    ///
    /// # Errors
    /// The same as [`Lquery::parse_with`] but for what concerns the characters and length of labels.
    ///
    /// ```
    /// # use homeroom_ltree::Lquery;
    /// assert!(Lquery::from_server("*.high-school").is_ok());
    /// ```
    pub fn from_server(text: &str) -> Result<Self, Error> {
        Self::from_items(parse::parse(text, None, None)?)
    }

    #[cfg(any(feature = "diesel", feature = "postgres-types"))]
    pub(crate) fn from_wire(bytes: &[u8]) -> Result<Self, Error> {
        Self::from_server(crate::wire::decode(bytes)?)
    }

    /// What [`lquery!`](crate::lquery!) calls.
    #[doc(hidden)]
    pub fn from_template(text: &str, parts: &[&dyn TemplatePart]) -> Result<Self, Error> {
        Self::from_items(parse::parse(text, Some(LabelRule::Postgres16), Some(parts))?)
    }

    /// Begins a pattern without an item.
    ///
    /// ```
    /// use homeroom_ltree::{Lquery, Ltree};
    ///
    /// let district: Ltree = "wa.aberdeen".parse()?;
    /// let query = Lquery::builder().path(&district).any_levels(1..=2).build()?;
    /// assert_eq!(query.as_str(), "wa.aberdeen.*{1,2}");
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn builder() -> LqueryBuilder {
        LqueryBuilder::default()
    }

    fn from_items(mut items: Vec<Item>) -> Result<Self, Error> {
        item::finish(&mut items)?;
        let text = Text::from(&*item::text_of(&items));
        Ok(Self { text, matcher: Arc::new(Matcher::new(&items)) })
    }

    /// The pattern as the server writes it.
    ///
    /// ```
    /// # use homeroom_ltree::Lquery;
    /// assert_eq!("a@%*.*{2,2}.*{0,}".parse::<Lquery>()?.as_str(), "a%@*.*{2}.*");
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// Whether the whole path is like this: `path ~ query`.
    ///
    /// Without regard to case (`@`) each character is compared in lower case, as a server does whose locale is not a
    /// special one (Turkish).
    ///
    /// ```
    /// # use homeroom_ltree::Lquery;
    /// assert!("*.Astronomy.*".parse::<Lquery>()?.matches(&"Top.Science.Astronomy".parse()?));
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn matches(&self, path: &Ltree) -> bool {
        self.matcher.matches(path.as_str())
    }
}

impl Ltree {
    /// Whether the whole path is like the pattern: `path ~ query`.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// assert!("Top.Science".parse::<Ltree>()?.matches(&"Top.*".parse()?));
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn matches(&self, query: &Lquery) -> bool {
        query.matches(self)
    }

    /// Whether the path is like one of the patterns: `path ? queries`.
    ///
    /// ```
    /// # use homeroom_ltree::{Lquery, Ltree};
    /// let queries = ["*.Arts".parse::<Lquery>()?, "Top.*{1}".parse()?];
    /// assert!("Top.Science".parse::<Ltree>()?.matches_any(&queries));
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn matches_any<'a>(&self, queries: impl IntoIterator<Item = &'a Lquery>) -> bool {
        queries.into_iter().any(|query| query.matches(self))
    }
}

/// An [`Lquery`] from a literal pattern, with a `{}` for each [`Label`](crate::Label) or [`Ltree`] that comes from
/// outside. A text cannot be inserted, so what a user typed becomes a label or is refused, never a pattern.
///
/// `{}` stands where a label can stand, also before modifiers and quantifiers; a path of more than one label must be an
/// item of its own. Evaluates to `Result<Lquery, Error>`; labels within the literal follow [`LabelRule::Postgres16`].
///
/// ```
/// use homeroom_ltree::{Label, Ltree, lquery};
///
/// let district: Ltree = "wa.aberdeen".parse()?;
/// let typed: Label = "Sci".parse()?;
/// let query = lquery!("{}.*{1,2}.!closed.{}@*|Arts", district, typed)?;
/// assert_eq!(query.as_str(), "wa.aberdeen.*{1,2}.!closed.Sci@*|Arts");
/// # Ok::<(), homeroom_ltree::Error>(())
/// ```
///
/// A text does not compile:
///
/// ```compile_fail,E0277
/// let typed = "anything.*";
/// let query = homeroom_ltree::lquery!("wa.{}", typed);
/// ```
#[macro_export]
macro_rules! lquery {
    ($pattern:literal $(, $part:expr)* $(,)?) => {
        $crate::Lquery::from_template($pattern, &[$(&$part as &dyn $crate::TemplatePart),*])
    };
}

impl FromStr for Lquery {
    type Err = Error;

    /// Parses by [`LabelRule::Postgres15`]: what every supported version accepts.
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse_with(text, LabelRule::default())
    }
}

impl TryFrom<&str> for Lquery {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        text.parse()
    }
}

impl fmt::Display for Lquery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Lquery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lquery").field(&self.as_str()).finish()
    }
}

impl Ord for Lquery {
    /// The order of the text; the server has none.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

crate::path::text_traits!(Lquery);
