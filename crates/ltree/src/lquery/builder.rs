//! Makes patterns from labels and paths, never from texts. Not here: the text of a pattern (`item`).

use std::ops::{Bound, Not, RangeBounds};

use super::Lquery;
use super::item::{Item, UNBOUNDED};
use crate::error::Error;
use crate::label::Label;
use crate::label_pattern::LabelPattern;
use crate::path::Ltree;

/// One item of a pattern that takes labels by what they are: `!foo|bar*{1,2}`.
///
/// ```
/// use homeroom_ltree::{Label, LabelPattern, Level, Lquery};
///
/// let (open, closed): (Label, Label) = ("open".parse()?, "Closed".parse()?);
/// let level = !Level::from(LabelPattern::from(closed).any_case()).or(open);
/// let query = Lquery::builder().any().level(level.times(1..=2)).build()?;
/// assert_eq!(query.as_str(), "*.!Closed@|open{1,2}");
/// # Ok::<(), homeroom_ltree::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Level {
    item: Item,
    /// A range that is none.
    error: Option<Error>,
}

impl Level {
    /// Takes a label like this too: `…|pattern`.
    ///
    /// ```
    /// # use homeroom_ltree::{Label, Level, Lquery};
    /// let level = Level::from("foo".parse::<Label>()?).or("bar".parse::<Label>()?);
    /// assert_eq!(Lquery::builder().level(level).build()?.as_str(), "foo|bar");
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn or(mut self, pattern: impl Into<LabelPattern>) -> Self {
        self.item.patterns.push(pattern.into());
        self
    }

    /// Takes that many labels in a row: `…{n,m}`. A range that is empty makes [`LqueryBuilder::build`] fail.
    ///
    /// ```
    /// # use homeroom_ltree::{Label, Level, Lquery};
    /// let level = Level::from("foo".parse::<Label>()?).times(2..);
    /// assert_eq!(Lquery::builder().level(level).build()?.as_str(), "foo{2,}");
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn times(mut self, count: impl RangeBounds<u16>) -> Self {
        self.error = self.item.count(&count).err();
        self
    }
}

impl<P: Into<LabelPattern>> From<P> for Level {
    fn from(pattern: P) -> Self {
        Self { item: Item::of(vec![pattern.into()]), error: None }
    }
}

impl Not for Level {
    type Output = Self;

    /// Takes the labels that it did not take: `!…`.
    fn not(mut self) -> Self {
        self.item.negated = !self.item.negated;
        self
    }
}

/// Collects the items of an [`Lquery`]; see [`Lquery::builder`].
///
/// ```
/// use homeroom_ltree::{Label, LabelPattern, Lquery};
///
/// let typed: Label = "astro".parse()?; // a text from outside: a label, or refused
/// let query = Lquery::builder().any().level(LabelPattern::from(typed).any_case().prefix()).any().build()?;
/// assert_eq!(query.as_str(), "*.astro@*.*");
/// # Ok::<(), homeroom_ltree::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct LqueryBuilder {
    items: Vec<Item>,
    error: Option<Error>,
}

impl LqueryBuilder {
    /// Exactly this label.
    ///
    /// ```
    /// # use homeroom_ltree::Lquery;
    /// assert_eq!(Lquery::builder().label(&"Top".parse()?).build()?.as_str(), "Top");
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn label(self, label: &Label) -> Self {
        self.level(label)
    }

    /// Exactly the labels of this path.
    ///
    /// ```
    /// # use homeroom_ltree::Lquery;
    /// assert_eq!(Lquery::builder().path(&"Top.Science".parse()?).any().build()?.as_str(), "Top.Science.*");
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn path(self, path: &Ltree) -> Self {
        path.labels().map(Label::trusted).fold(self, Self::level)
    }

    /// Any number of any labels: `*`.
    ///
    /// ```
    /// # use homeroom_ltree::Lquery;
    /// assert_eq!(Lquery::builder().any().build()?.as_str(), "*");
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn any(mut self) -> Self {
        self.items.push(Item::any());
        self
    }

    /// That many of any labels: `*{n,m}`. A range that is empty makes [`LqueryBuilder::build`] fail.
    ///
    /// ```
    /// # use homeroom_ltree::Lquery;
    /// assert_eq!(Lquery::builder().any_levels(1..=3).build()?.as_str(), "*{1,3}");
    /// assert_eq!(Lquery::builder().any_levels(..=2).build()?.as_str(), "*{,2}");
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn any_levels(mut self, count: impl RangeBounds<u16>) -> Self {
        let mut item = Item::any();
        let error = item.count(&count).err();
        self.error = self.error.or(error);
        self.items.push(item);
        self
    }

    /// Labels by what they are: a [`Level`], or a [`LabelPattern`] for just one label like that.
    ///
    /// ```
    /// # use homeroom_ltree::{Label, LabelPattern, Lquery};
    /// let pattern = LabelPattern::from("Sci".parse::<Label>()?).prefix();
    /// assert_eq!(Lquery::builder().level(pattern).build()?.as_str(), "Sci*");
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn level(mut self, level: impl Into<Level>) -> Self {
        let Level { item, error } = level.into();
        self.error = self
            .error
            .or(error)
            .or_else(|| item.patterns.iter().find_map(|pattern| pattern.check().err()));
        self.items.push(item);
        self
    }

    /// The pattern.
    ///
    /// # Errors
    /// [`Error::EmptyPattern`] without an item; [`Error::InvalidQuantifier`] for an empty range;
    /// [`Error::TooManyLabels`] and [`Error::PatternTooLarge`] for what the server could not store.
    ///
    /// ```
    /// # use homeroom_ltree::{Error, Lquery};
    /// assert_eq!(Lquery::builder().build(), Err(Error::EmptyPattern));
    /// ```
    pub fn build(self) -> Result<Lquery, Error> {
        match self.error {
            Some(error) => Err(error),
            None => Lquery::from_items(self.items),
        }
    }
}

impl Item {
    fn count(&mut self, range: &impl RangeBounds<u16>) -> Result<(), Error> {
        let low = match range.start_bound() {
            Bound::Included(low) => u32::from(*low),
            Bound::Excluded(low) => u32::from(*low) + 1,
            Bound::Unbounded => 0,
        };
        let high = match range.end_bound() {
            Bound::Included(high) => Some(*high),
            Bound::Excluded(high) => high.checked_sub(1),
            Bound::Unbounded => Some(UNBOUNDED),
        };
        match (u16::try_from(low), high) {
            (Ok(low), Some(high)) if low <= high => {
                (self.low, self.high, self.counted) = (low, high, true);
                Ok(())
            }
            _ => Err(Error::InvalidQuantifier { position: 1, low, high: high.unwrap_or(0).into() }),
        }
    }
}
