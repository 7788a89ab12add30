//! A path and all above it. Not here: what is compared with them (`algebra`).

use crate::path::Ltree;

impl Ltree {
    /// The path itself, its parent, and so on up to the first label: all that is `@>` the path but the empty path.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// let path: Ltree = "Top.Science.Astronomy".parse()?;
    /// let up: Vec<_> = path.ancestors().collect();
    /// assert_eq!(up, ["Top.Science.Astronomy", "Top.Science", "Top"]);
    /// let down: Vec<_> = path.ancestors().rev().collect();
    /// assert_eq!(down, ["Top", "Top.Science", "Top.Science.Astronomy"]);
    /// // Without the path itself:
    /// assert_eq!(path.ancestors().skip(1).count(), 2);
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn ancestors(&self) -> Ancestors<'_> {
        let text = self.as_str();
        Ancestors { text, shortest: 0, longest: (!text.is_empty()).then_some(text.len()) }
    }
}

/// A path and all above it, from [`Ltree::ancestors`].
///
/// ```
/// # use homeroom_ltree::Ltree;
/// let path: Ltree = "a.b.c".parse()?;
/// assert_eq!(path.ancestors().next_back().unwrap(), "a");
/// # Ok::<(), homeroom_ltree::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Ancestors<'a> {
    text: &'a str,
    /// The length of the longest that was given out from the back.
    shortest: usize,
    /// The length of the next from the front.
    longest: Option<usize>,
}

impl Iterator for Ancestors<'_> {
    type Item = Ltree;

    fn next(&mut self) -> Option<Ltree> {
        let end = self.longest?;
        let text = self.text.get(..end)?;
        self.longest = text.rfind('.').filter(|parent| *parent > self.shortest);
        Some(Ltree::trusted(text))
    }
}

impl DoubleEndedIterator for Ancestors<'_> {
    fn next_back(&mut self) -> Option<Ltree> {
        let longest = self.longest?;
        // After the dot that ends the last one given out; labels are not empty.
        let from = if self.shortest == 0 { 0 } else { self.shortest + 1 };
        let end = self.text.get(from..longest)?.find('.').map_or(longest, |dot| from + dot);
        self.shortest = end;
        if end == longest {
            self.longest = None;
        }
        Some(Ltree::trusted(self.text.get(..end)?))
    }
}

impl std::iter::FusedIterator for Ancestors<'_> {}
