//! Makes conditions from labels, never from texts. Not here: the text of a condition (`program`).

use std::ops::{BitAnd, BitOr, Not};

use super::Ltxtquery;
use super::program::Token;
use crate::error::Error;
use crate::label_pattern::LabelPattern;

/// A condition that is being made from labels with `!`, `&` and `|`; [`LtxtqueryExpression::build`] makes it a
/// [`Ltxtquery`].
///
/// ```
/// use homeroom_ltree::{Label, LabelPattern, LtxtqueryExpression};
///
/// let (europe, russia): (Label, Label) = ("Europe".parse()?, "Russia".parse()?);
/// let closed: Label = "Closed".parse()?;
/// let russia = LtxtqueryExpression::from(LabelPattern::from(russia).any_case().prefix());
/// let query = (LtxtqueryExpression::from(europe) & !(russia | closed)).build()?;
/// assert_eq!(query.as_str(), "Europe & !( Russia@* | Closed )");
/// # Ok::<(), homeroom_ltree::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct LtxtqueryExpression {
    /// Operands before their operators.
    tokens: Vec<Token>,
}

impl LtxtqueryExpression {
    /// The condition.
    ///
    /// # Errors
    /// [`Error::LabelTooLong`] for a label of more than 255 bytes; [`Error::PatternTooLarge`] for what the server could
    /// not store.
    ///
    /// ```
    /// # use homeroom_ltree::{Label, LtxtqueryExpression};
    /// let query = (!LtxtqueryExpression::from("Closed".parse::<Label>()?)).build()?;
    /// assert_eq!(query.as_str(), "!Closed");
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    pub fn build(self) -> Result<Ltxtquery, Error> {
        for token in &self.tokens {
            if let Token::Operand(pattern) = token {
                pattern.check()?;
            }
        }
        Ltxtquery::from_tokens(self.tokens, true)
    }

    fn with(mut self, other: impl Into<Self>, operator: Token) -> Self {
        self.tokens.append(&mut other.into().tokens);
        self.tokens.push(operator);
        self
    }
}

impl<P: Into<LabelPattern>> From<P> for LtxtqueryExpression {
    fn from(pattern: P) -> Self {
        Self { tokens: vec![Token::Operand(pattern.into())] }
    }
}

impl<T: Into<Self>> BitAnd<T> for LtxtqueryExpression {
    type Output = Self;

    fn bitand(self, other: T) -> Self {
        self.with(other, Token::And)
    }
}

impl<T: Into<Self>> BitOr<T> for LtxtqueryExpression {
    type Output = Self;

    fn bitor(self, other: T) -> Self {
        self.with(other, Token::Or)
    }
}

impl Not for LtxtqueryExpression {
    type Output = Self;

    fn not(mut self) -> Self {
        self.tokens.push(Token::Not);
        self
    }
}
