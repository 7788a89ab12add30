//! Reads a pattern. Not here: the limits of what has been read (`item`).

use std::iter::Peekable;
use std::str::CharIndices;

use super::item::{Item, UNBOUNDED};
use crate::error::Error;
use crate::label::Label;
use crate::label_pattern::{LabelPattern, Modifiers};
use crate::path::{Ltree, MAX_LABELS};
use crate::rule::LabelRule;

/// What can be inserted into a template: labels and paths.
#[doc(hidden)]
pub trait TemplatePart: sealed::Sealed {
    #[doc(hidden)]
    fn part_labels(&self) -> Vec<&str>;
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::Label {}
    impl Sealed for super::Ltree {}
    impl<T: Sealed> Sealed for &T {}
}

impl TemplatePart for Label {
    fn part_labels(&self) -> Vec<&str> {
        vec![self.as_str()]
    }
}

impl TemplatePart for Ltree {
    fn part_labels(&self) -> Vec<&str> {
        self.labels().collect()
    }
}

impl<T: TemplatePart> TemplatePart for &T {
    fn part_labels(&self) -> Vec<&str> {
        (**self).part_labels()
    }
}

/// The items of a pattern; `None` for the rule takes any label that a server may hold, and `parts` fill the `{}`.
pub(crate) fn parse(
    text: &str,
    rule: Option<LabelRule>,
    parts: Option<&[&dyn TemplatePart]>,
) -> Result<Vec<Item>, Error> {
    let count = text.split('.').count();
    if count > MAX_LABELS {
        return Err(Error::TooManyLabels { count });
    }
    let mut parser = Parser {
        text,
        rest: text.char_indices().peekable(),
        position: 1,
        rule,
        parts: parts.map(|parts| parts.iter()),
    };
    let mut items = Vec::with_capacity(count);
    loop {
        parser.item(&mut items)?;
        match parser.next() {
            None => break,
            Some('.') => {}
            found => return Err(parser.syntax_before(found, "a dot or the end")),
        }
    }
    match parser.parts.map(|parts| parts.len()) {
        Some(unused) if unused > 0 => Err(Error::UnusedParts { unused }),
        _ => Ok(items),
    }
}

struct Parser<'a, 'p> {
    text: &'a str,
    rest: Peekable<CharIndices<'a>>,
    /// Of the next character, from 1.
    position: usize,
    rule: Option<LabelRule>,
    parts: Option<std::slice::Iter<'p, &'p dyn TemplatePart>>,
}

impl<'p> Parser<'_, 'p> {
    fn peek(&mut self) -> Option<char> {
        self.rest.peek().map(|(_, character)| *character)
    }

    fn next(&mut self) -> Option<char> {
        let (_, character) = self.rest.next()?;
        self.position += 1;
        Some(character)
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.next();
        }
        found
    }

    fn offset(&mut self) -> usize {
        self.rest.peek().map_or(self.text.len(), |(offset, _)| *offset)
    }

    /// What comes next is not what must come.
    fn syntax(&mut self, expected: &'static str) -> Error {
        Error::Syntax { position: self.position, found: self.peek(), expected }
    }

    /// The same for a character that has been taken already.
    fn syntax_before(&self, found: Option<char>, expected: &'static str) -> Error {
        Error::Syntax { position: self.position - usize::from(found.is_some()), found, expected }
    }

    fn item(&mut self, items: &mut Vec<Item>) -> Result<(), Error> {
        let mut item = if self.take('*') {
            Item::any()
        } else {
            let negated = self.take('!');
            if !negated && let Some(labels) = self.part()? {
                match labels.as_slice() {
                    [label] => Item::of(self.alternatives(label)?),
                    labels => {
                        if !matches!(self.peek(), None | Some('.')) {
                            return Err(
                                self.syntax("a dot or the end after a path of several labels")
                            );
                        }
                        for label in labels {
                            items.push(Item::of(vec![self.inserted(label, Modifiers::default())?]));
                        }
                        return Ok(());
                    }
                }
            } else {
                let first =
                    self.alternative(if negated { "a label" } else { "a label, * or !" })?;
                Item { negated, ..Item::of(self.more_alternatives(first)?) }
            }
        };
        if self.take('{') {
            self.quantifier(&mut item)?;
        }
        items.push(item);
        Ok(())
    }

    fn alternatives(&mut self, inserted: &str) -> Result<Vec<LabelPattern>, Error> {
        let modifiers = self.modifiers()?;
        let first = self.inserted(inserted, modifiers)?;
        self.more_alternatives(first)
    }

    fn more_alternatives(&mut self, first: LabelPattern) -> Result<Vec<LabelPattern>, Error> {
        let mut patterns = vec![first];
        while self.take('|') {
            patterns.push(self.alternative("a label")?);
        }
        Ok(patterns)
    }

    fn alternative(&mut self, expected: &'static str) -> Result<LabelPattern, Error> {
        if let Some(labels) = self.part()? {
            let [label] = labels.as_slice() else {
                return Err(Error::NotOneLabel {
                    position: self.position - 2,
                    labels: labels.len(),
                });
            };
            let modifiers = self.modifiers()?;
            return self.inserted(label, modifiers);
        }
        let (begin, position) = (self.offset(), self.position);
        while self.peek().is_some_and(|character| self.is_label(character)) {
            self.next();
        }
        let end = self.offset();
        let label = self.text.get(begin..end).unwrap_or_default();
        if label.is_empty() {
            return Err(self.syntax(expected));
        }
        let length = self.position - position;
        if let Some(max) = self.rule.map(LabelRule::max_characters).filter(|max| length > *max) {
            return Err(Error::LabelTooLong { position, length, max });
        }
        Ok(LabelPattern::with_modifiers(label, self.modifiers()?))
    }

    fn is_label(&self, character: char) -> bool {
        match self.rule {
            Some(rule) => rule.allows(character),
            None => !character.is_ascii() || LabelRule::Postgres16.allows(character),
        }
    }

    fn modifiers(&mut self) -> Result<Modifiers, Error> {
        let mut modifiers = Modifiers::default();
        while self.peek().is_some_and(|character| modifiers.add(character)) {
            self.next();
        }
        match self.peek() {
            None | Some('.' | '|' | '{') => Ok(modifiers),
            Some(character) => match self.rule {
                Some(rule) if !self.is_label(character) && !character.is_ascii() => {
                    Err(Error::InvalidCharacter { position: self.position, character, rule })
                }
                _ => Err(self.syntax("a modifier (@ * %), |, {, a dot or the end")),
            },
        }
    }

    /// The labels of the next part when the next characters are `{}` and parts are given.
    fn part(&mut self) -> Result<Option<Vec<&'p str>>, Error> {
        if self.parts.is_none() || self.peek() != Some('{') {
            return Ok(None);
        }
        let position = self.position;
        self.next();
        if !self.take('}') {
            return Err(self.syntax("} of a place for a label"));
        }
        let part = self.parts.as_mut().and_then(Iterator::next);
        let part = part.ok_or(Error::MissingPart { position })?;
        let labels = part.part_labels();
        if labels.is_empty() {
            Err(Error::NotOneLabel { position, labels: 0 })
        } else {
            Ok(Some(labels))
        }
    }

    fn inserted(&self, label: &str, modifiers: Modifiers) -> Result<LabelPattern, Error> {
        let pattern = LabelPattern::with_modifiers(label, modifiers);
        pattern.check()?;
        Ok(pattern)
    }

    /// What follows `{`.
    fn quantifier(&mut self, item: &mut Item) -> Result<(), Error> {
        let position = self.position;
        let low = self.number()?;
        let high = if self.take(',') {
            self.number()?.unwrap_or(UNBOUNDED)
        } else {
            low.ok_or_else(|| self.syntax("a digit or a comma"))?
        };
        if !self.take('}') {
            return Err(self.syntax("a digit, a comma or }"));
        }
        let low = low.unwrap_or(0);
        if low > high {
            return Err(Error::InvalidQuantifier { position, low: low.into(), high: high.into() });
        }
        (item.low, item.high, item.counted) = (low, high, true);
        Ok(())
    }

    fn number(&mut self) -> Result<Option<u16>, Error> {
        let position = self.position;
        let mut number = None;
        while let Some(digit) = self.peek().and_then(|character| character.to_digit(10)) {
            let value = number.unwrap_or(0_u32).saturating_mul(10).saturating_add(digit);
            number = Some(value);
            self.next();
        }
        number
            .map(|number| {
                u16::try_from(number).map_err(|_| Error::InvalidQuantifier {
                    position,
                    low: number,
                    high: UNBOUNDED.into(),
                })
            })
            .transpose()
    }
}
