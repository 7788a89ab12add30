//! What one label must be like: the building block of both kinds of patterns. Not here: how labels are combined.

use std::fmt;

use crate::error::Error;
use crate::label::Label;
use crate::rule::LabelRule;
use crate::text::Text;

/// A label to compare with, and how: the part of a pattern that `roam@*` stands for.
///
/// Made from a [`Label`] and never from a text, so that what a user typed cannot become a wildcard.
///
/// ```
/// use homeroom_ltree::{Label, LabelPattern};
///
/// let typed: Label = "Astro".parse()?;
/// let pattern = LabelPattern::from(&typed).any_case().prefix();
/// assert_eq!(pattern.to_string(), "Astro@*");
/// assert!(pattern.matches("astronomy"));
/// # Ok::<(), homeroom_ltree::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct LabelPattern {
    label: Label,
    modifiers: Modifiers,
}

/// The modifiers behind a label; they work together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Modifiers {
    /// `@`
    pub(crate) any_case: bool,
    /// `*`
    pub(crate) prefix: bool,
    /// `%`
    pub(crate) words: bool,
}

impl Modifiers {
    /// Adds what the character stands for; false when it is no modifier.
    pub(crate) fn add(&mut self, character: char) -> bool {
        match character {
            '@' => self.any_case = true,
            '*' => self.prefix = true,
            '%' => self.words = true,
            _ => return false,
        }
        true
    }
}

impl LabelPattern {
    /// Compares without regard to case: `label@`.
    ///
    /// ```
    /// # use homeroom_ltree::{Label, LabelPattern};
    /// let pattern = LabelPattern::from("École".parse::<Label>()?).any_case();
    /// assert!(pattern.matches("ÉCOLE"));
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn any_case(mut self) -> Self {
        self.modifiers.any_case = true;
        self
    }

    /// Matches whatever begins with the label: `label*`.
    ///
    /// ```
    /// # use homeroom_ltree::{Label, LabelPattern};
    /// let pattern = LabelPattern::from("foo".parse::<Label>()?).prefix();
    /// assert!(pattern.matches("foobar"));
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn prefix(mut self) -> Self {
        self.modifiers.prefix = true;
        self
    }

    /// Compares words, which underscores separate: `label%`. Each word of the pattern must be one of the label's, in
    /// any order; together with [`LabelPattern::prefix`] each must begin one.
    ///
    /// ```
    /// # use homeroom_ltree::{Label, LabelPattern};
    /// let pattern = LabelPattern::from("foo_bar".parse::<Label>()?).words();
    /// assert!(pattern.matches("foo_bar_baz"));
    /// assert!(pattern.matches("bar_foo"));
    /// assert!(!pattern.matches("foo_barbaz"));
    /// assert!(pattern.prefix().matches("foo1_br_bar2"));
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn words(mut self) -> Self {
        self.modifiers.words = true;
        self
    }

    /// Whether a label is like this.
    ///
    /// ```
    /// # use homeroom_ltree::{Label, LabelPattern};
    /// let pattern = LabelPattern::from("foo".parse::<Label>()?);
    /// assert!(pattern.matches("foo"));
    /// assert!(!pattern.matches("Foo"));
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn matches(&self, label: &str) -> bool {
        Test::new(self).matches(label)
    }

    pub(crate) fn with_modifiers(label: &str, modifiers: Modifiers) -> Self {
        Self { label: Label::trusted(label), modifiers }
    }

    pub(crate) fn as_str(&self) -> &str {
        self.label.as_str()
    }

    /// The label when it has no modifiers.
    pub(crate) fn literal(&self) -> Option<&str> {
        (self.modifiers == Modifiers::default()).then(|| self.as_str())
    }

    /// Whether a label must be it (true) or begin with it (false), byte by byte; `None` when case or words matter.
    pub(crate) fn as_written(&self) -> Option<bool> {
        match self.modifiers {
            Modifiers { any_case: false, words: false, prefix } if !self.as_str().is_empty() => {
                Some(!prefix)
            }
            _ => None,
        }
    }

    /// Refuses a label that would not be a label in the text of a pattern. Only one that was taken unchecked by
    /// [`Ltree::from_server`](crate::Ltree::from_server) can be such.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let rule = LabelRule::Postgres16;
        let wrong =
            |(_, character): &(usize, char)| character.is_ascii() && !rule.allows(*character);
        match self.as_str().chars().enumerate().find(wrong) {
            Some((index, character)) => {
                Err(Error::InvalidCharacter { position: index + 1, character, rule })
            }
            None => Ok(()),
        }
    }
}

impl From<Label> for LabelPattern {
    fn from(label: Label) -> Self {
        Self { label, modifiers: Modifiers::default() }
    }
}

impl From<&Label> for LabelPattern {
    fn from(label: &Label) -> Self {
        label.clone().into()
    }
}

impl fmt::Display for LabelPattern {
    /// As the server writes it, whose order of the modifiers is `%@*`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Modifiers { any_case, prefix, words } = self.modifiers;
        f.write_str(self.as_str())?;
        f.write_str(if words { "%" } else { "" })?;
        f.write_str(if any_case { "@" } else { "" })?;
        f.write_str(if prefix { "*" } else { "" })
    }
}

impl fmt::Debug for LabelPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LabelPattern({:?})", self.to_string())
    }
}

/// A pattern made ready to be compared many times.
#[derive(Debug, Clone)]
pub(crate) struct Test {
    /// In lower case when case does not matter.
    text: Text,
    modifiers: Modifiers,
    ascii: bool,
    /// The byte with which every label that matches begins; `None` when several do.
    first: Option<u8>,
}

impl Test {
    pub(crate) fn new(pattern: &LabelPattern) -> Self {
        let text = pattern.as_str();
        let text = if pattern.modifiers.any_case {
            Text::from(&*text.chars().map(lower_case).collect::<String>())
        } else {
            Text::from(text)
        };
        let Modifiers { any_case, words, .. } = pattern.modifiers;
        let first = text.as_str().bytes().next().filter(|_| !any_case && !words);
        Self { ascii: text.as_str().is_ascii(), first, text, modifiers: pattern.modifiers }
    }

    #[inline]
    pub(crate) fn matches(&self, label: &str) -> bool {
        // Most labels differ in the first byte, which is compared faster than texts are.
        if let Some(first) = self.first {
            return label.as_bytes().first() == Some(&first)
                && self.compare(self.text.as_str(), label);
        }
        let wanted = self.text.as_str();
        if self.modifiers.words {
            words(wanted).all(|wanted| words(label).any(|word| self.compare(wanted, word)))
        } else {
            self.compare(wanted, label)
        }
    }

    fn compare(&self, wanted: &str, label: &str) -> bool {
        match self.modifiers {
            Modifiers { any_case: true, .. } => self.compare_any_case(wanted, label),
            Modifiers { prefix: true, .. } => label.starts_with(wanted),
            _ => label == wanted,
        }
    }

    fn compare_any_case(&self, wanted: &str, label: &str) -> bool {
        let prefix = self.modifiers.prefix;
        if self.ascii && label.is_ascii() {
            let head = if prefix { label.get(..wanted.len()) } else { Some(label) };
            return head.is_some_and(|head| head.eq_ignore_ascii_case(wanted));
        }
        let mut label = label.chars().map(lower_case);
        wanted.chars().all(|wanted| label.next() == Some(wanted))
            && (prefix || label.next().is_none())
    }
}

fn words(label: &str) -> impl Iterator<Item = &str> {
    label.split('_').filter(|word| !word.is_empty())
}

/// One character for one, as the server's locale does it; only İ has two in std.
fn lower_case(character: char) -> char {
    match character {
        _ if character.is_ascii() => character.to_ascii_lowercase(),
        'İ' => 'i',
        _ => character.to_lowercase().next().unwrap_or(character),
    }
}
