//! What stands between two dots of a pattern, its limits and its text. Not here: who reads or compares it.

use std::fmt::{self, Write};

use crate::error::Error;
use crate::label_pattern::{LabelPattern, Test};
use crate::path::MAX_LABELS;

/// The number that stands for no upper bound: `LTREE_MAX_LEVELS`.
pub(crate) const UNBOUNDED: u16 = u16::MAX;

/// One item: how many labels it takes, and which.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) low: u16,
    pub(crate) high: u16,
    /// Whether the numbers were written; `{1}` is kept then.
    pub(crate) counted: bool,
    pub(crate) negated: bool,
    /// One of these; none means any label.
    pub(crate) patterns: Vec<LabelPattern>,
    /// The patterns made ready, by [`finish`].
    pub(crate) tests: Box<[Test]>,
    /// How many labels this item and all that follow take at least and at most, by [`limited`].
    pub(crate) least: usize,
    pub(crate) most: usize,
}

impl Item {
    /// `*`
    pub(crate) fn any() -> Self {
        Self { low: 0, high: UNBOUNDED, ..Self::of(Vec::new()) }
    }

    pub(crate) fn of(patterns: Vec<LabelPattern>) -> Self {
        Self {
            low: 1,
            high: 1,
            counted: false,
            negated: false,
            patterns,
            tests: Box::default(),
            least: 0,
            most: 0,
        }
    }

    #[inline]
    pub(crate) fn takes(&self, label: &str) -> bool {
        self.tests.is_empty() || self.negated != self.tests.iter().any(|test| test.matches(label))
    }

    /// The label when just this one is taken, once.
    pub(crate) fn literal(&self) -> Option<&str> {
        match self.patterns.as_slice() {
            [pattern] if !self.negated && !self.counted => pattern.literal(),
            _ => None,
        }
    }

    /// Whether it is `*`.
    pub(crate) fn takes_all(&self) -> bool {
        self.tests.is_empty() && self.low == 0 && self.high == UNBOUNDED
    }

    /// The bytes that the server stores for the item: `LQL_HDRSIZE` is 16, `LVAR_HDRSIZE` 8, and each variant is padded
    /// to a multiple of 8.
    fn size(&self) -> usize {
        let variant = |pattern: &LabelPattern| (8 + pattern.as_str().len()).next_multiple_of(8);
        16 + self.patterns.iter().map(variant).sum::<usize>()
    }
}

impl fmt::Display for Item {
    /// As the server writes it, which leaves out what is the default.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.patterns.is_empty() {
            f.write_char('*')?;
        }
        if self.negated {
            f.write_char('!')?;
        }
        for (index, pattern) in self.patterns.iter().enumerate() {
            f.write_str(if index > 0 { "|" } else { "" })?;
            pattern.fmt(f)?;
        }
        match (self.low, self.high) {
            _ if !self.counted && !self.patterns.is_empty() => Ok(()),
            (low, high) if low == high => write!(f, "{{{low}}}"),
            (0, UNBOUNDED) if self.patterns.is_empty() => Ok(()),
            (0, UNBOUNDED) => f.write_str("{,}"),
            (0, high) => write!(f, "{{,{high}}}"),
            (low, UNBOUNDED) => write!(f, "{{{low},}}"),
            (low, high) => write!(f, "{{{low},{high}}}"),
        }
    }
}

/// Holds the items to the server's limits and makes them ready to be compared.
pub(crate) fn finish(items: &mut [Item]) -> Result<(), Error> {
    if items.is_empty() {
        return Err(Error::EmptyPattern);
    }
    if items.len() > MAX_LABELS {
        return Err(Error::TooManyLabels { count: items.len() });
    }
    for item in items {
        if item.size() > usize::from(u16::MAX) {
            return Err(Error::PatternTooLarge {
                limit: "the alternatives of one label fill 65,535 bytes",
            });
        }
        item.tests = item.patterns.iter().map(Test::new).collect();
    }
    Ok(())
}

/// These items, each with how many labels it and those after it take.
pub(crate) fn limited(items: &[Item]) -> Box<[Item]> {
    let mut items: Box<[Item]> = items.into();
    let (mut least, mut most) = (0_usize, 0_usize);
    for item in items.iter_mut().rev() {
        least += usize::from(item.low);
        most += usize::from(item.high);
        item.least = least;
        item.most = most;
    }
    items
}

pub(crate) fn text_of(items: &[Item]) -> String {
    let mut text = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push('.');
        }
        // Writing to a String cannot fail.
        let _ = write!(text, "{item}");
    }
    text
}
