//! What the server's functions and operators do to paths, without a server. Not here: patterns.

use crate::error::Error;
use crate::label::Label;
use crate::path::{Ltree, MAX_LABELS, count_labels};
use crate::text::Text;

impl Ltree {
    /// How many labels the path has: `nlevel(path)`.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// assert_eq!("Top.Child1.Child2".parse::<Ltree>()?.nlevel(), 3);
    /// assert_eq!(Ltree::new().nlevel(), 0);
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn nlevel(&self) -> usize {
        count_labels(self.as_str())
    }

    /// Appends a label in place: `path || label`.
    ///
    /// # Errors
    /// [`Error::TooManyLabels`] beyond 65,535; the path is then unchanged.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// let mut path: Ltree = "Top".parse()?;
    /// path.push(&"Science".parse()?)?;
    /// assert_eq!(path, "Top.Science");
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    pub fn push(&mut self, label: &Label) -> Result<(), Error> {
        *self = self.child(label)?;
        Ok(())
    }

    /// The path one label further down: `path || label`.
    ///
    /// # Errors
    /// [`Error::TooManyLabels`] beyond 65,535.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// let path: Ltree = "Top".parse()?;
    /// assert_eq!(path.child(&"Science".parse()?)?, "Top.Science");
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    pub fn child(&self, label: &Label) -> Result<Self, Error> {
        self.joined(label.as_str())
    }

    /// Both paths in one: `path || other`.
    ///
    /// # Errors
    /// [`Error::TooManyLabels`] beyond 65,535.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// let path: Ltree = "Top.Science".parse()?;
    /// assert_eq!(path.join(&"Astronomy.Stars".parse()?)?, "Top.Science.Astronomy.Stars");
    /// assert_eq!(path.join(&Ltree::new())?, path);
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    pub fn join(&self, other: &Self) -> Result<Self, Error> {
        match (self.is_empty(), other.is_empty()) {
            (true, _) => Ok(other.clone()),
            (_, true) => Ok(self.clone()),
            _ => self.joined(other.as_str()),
        }
    }

    fn joined(&self, other: &str) -> Result<Self, Error> {
        let text = self.as_str();
        if text.is_empty() {
            return Ok(Self::trusted(other));
        }
        // Only a long text can have too many labels: each takes two bytes with its dot.
        if text.len() + other.len() >= MAX_LABELS {
            let count = count_labels(text) + count_labels(other);
            if count > MAX_LABELS {
                return Err(Error::TooManyLabels { count });
            }
        }
        Ok(Self::trusted_text(Text::joined(text, other)))
    }

    /// The path without its last label: `subpath(path, 0, -1)`. `None` for the empty path; the parent of a single label
    /// is the empty path.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// assert_eq!("Top.Science".parse::<Ltree>()?.parent().unwrap(), "Top");
    /// assert_eq!("Top".parse::<Ltree>()?.parent(), Some(Ltree::new()));
    /// assert_eq!(Ltree::new().parent(), None);
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        if self.is_empty() {
            return None;
        }
        let parent = self.as_str().rsplit_once('.').map_or("", |(parent, _)| parent);
        Some(Self::trusted(parent))
    }

    /// Whether the other path is this one or below it: `path @> other`.
    ///
    /// As on the server, a path is an ancestor of itself, and the empty path is one of every path.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// let science: Ltree = "Top.Science".parse()?;
    /// assert!(science.is_ancestor_of(&"Top.Science.Astronomy".parse()?));
    /// assert!(science.is_ancestor_of(&science));
    /// assert!(!science.is_ancestor_of(&"Top.Sciences".parse()?));
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn is_ancestor_of(&self, other: &Self) -> bool {
        other.strip(self).is_some()
    }

    /// Whether this path is the other or below it: `path <@ other`.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// let path: Ltree = "Top.Science".parse()?;
    /// assert!(path.is_descendant_of(&"Top".parse()?));
    /// assert!(path.is_descendant_of(&path));
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn is_descendant_of(&self, other: &Self) -> bool {
        self.strip(other).is_some()
    }

    /// Whether the path begins with all labels of the other: the same as [`Ltree::is_descendant_of`].
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// let path: Ltree = "Top.Science.Astronomy".parse()?;
    /// assert!(path.starts_with(&"Top.Science".parse()?));
    /// assert!(!path.starts_with(&"Top.Sci".parse()?));
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn starts_with(&self, prefix: &Self) -> bool {
        self.strip(prefix).is_some()
    }

    /// Whether the path ends with all labels of the other.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// let path: Ltree = "Top.Science.Astronomy".parse()?;
    /// assert!(path.ends_with(&"Science.Astronomy".parse()?));
    /// assert!(!path.ends_with(&"nomy".parse()?));
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn ends_with(&self, suffix: &Self) -> bool {
        suffix.is_empty()
            || self
                .as_str()
                .strip_suffix(suffix.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }

    /// What follows the prefix; `None` when the path does not begin with it. With [`Ltree::join`] it moves a subtree.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// let path: Ltree = "Top.Science.Astronomy".parse()?;
    /// let below = path.strip_prefix(&"Top.Science".parse()?).unwrap();
    /// assert_eq!("Library".parse::<Ltree>()?.join(&below)?, "Library.Astronomy");
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn strip_prefix(&self, prefix: &Self) -> Option<Self> {
        self.strip(prefix).map(Self::trusted)
    }

    fn strip(&self, prefix: &Self) -> Option<&str> {
        let prefix = prefix.as_str();
        let rest = self.as_str().strip_prefix(prefix)?;
        if rest.is_empty() || prefix.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
    }

    /// `len` labels from `offset` on: `subpath(path, offset, len)`.
    ///
    /// A negative offset starts that far from the end, a negative length leaves that many labels off the end. What the
    /// server does beyond its manual is done here too: a length beyond the end stops there, and an offset more than the
    /// number of labels before the beginning is counted from the end a second time.
    ///
    /// # Errors
    /// [`Error::InvalidPositions`] where the server says `invalid positions`.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// let path: Ltree = "Top.Child1.Child2".parse()?;
    /// assert_eq!(path.subpath(0, 2)?, "Top.Child1");
    /// assert_eq!(path.subpath(-2, 1)?, "Child1");
    /// assert_eq!(path.subpath(0, -1)?, "Top.Child1");
    /// assert!(path.subpath(3, 1).is_err());
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    pub fn subpath(&self, offset: i32, len: i32) -> Result<Self, Error> {
        let levels = self.levels();
        let start = Self::start_of(offset, levels);
        let end = if len < 0 { levels.wrapping_add(len) } else { start.wrapping_add(len) };
        self.subltree(start, end)
    }

    /// All labels from `offset` on: `subpath(path, offset)`.
    ///
    /// # Errors
    /// [`Error::InvalidPositions`] where the server says `invalid positions`.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// let path: Ltree = "Top.Child1.Child2".parse()?;
    /// assert_eq!(path.subpath_from(1)?, "Child1.Child2");
    /// assert_eq!(path.subpath_from(-1)?, "Child2");
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    pub fn subpath_from(&self, offset: i32) -> Result<Self, Error> {
        self.subltree(Self::start_of(offset, self.levels()), i32::from(u16::MAX))
    }

    fn start_of(offset: i32, levels: i32) -> i32 {
        let mut start = offset;
        for _ in 0..2 {
            if start < 0 {
                start += levels;
            }
        }
        start
    }

    /// The labels from `start` to before `end`, counted from 0: `subltree(path, start, end)`. An end beyond the path
    /// stops at its end.
    ///
    /// # Errors
    /// [`Error::InvalidPositions`] where the server says `invalid positions`: a negative position, a start at or beyond
    /// the end of the path, or an end before the start.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// let path: Ltree = "Top.Child1.Child2".parse()?;
    /// assert_eq!(path.subltree(1, 2)?, "Child1");
    /// assert_eq!(path.subltree(1, 9)?, "Child1.Child2");
    /// assert!(path.subltree(3, 3).is_err());
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    pub fn subltree(&self, start: i32, end: i32) -> Result<Self, Error> {
        let levels = self.nlevel();
        let invalid = || Error::InvalidPositions { start, end, levels };
        let first = usize::try_from(start).map_err(|_| invalid())?;
        let past = usize::try_from(end).map_err(|_| invalid())?;
        if first >= levels || first > past {
            return Err(invalid());
        }
        let text = self.as_str();
        let from =
            if first == 0 { 0 } else { nth_dot(text, first - 1).map_or(text.len(), |dot| dot + 1) };
        let rest = text.get(from..).unwrap_or_default();
        let to = match past - first {
            0 => 0,
            count => nth_dot(rest, count - 1).unwrap_or(rest.len()),
        };
        Ok(Self::trusted(rest.get(..to).unwrap_or_default()))
    }

    /// Where the other path first occurs in this one, counted in labels from 0: `index(path, other)`. The server's -1
    /// is `None`, also when either path is empty.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// let path: Ltree = "0.1.2.3.5.4.5.6.8.5.6.8".parse()?;
    /// assert_eq!(path.index(&"5.6".parse()?), Some(6));
    /// assert_eq!(path.index(&"7".parse()?), None);
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn index(&self, other: &Self) -> Option<usize> {
        self.index_from(other, 0)
    }

    /// The same from label `offset` on: `index(path, other, offset)`. A negative offset starts that far from the end,
    /// or at the beginning when the path is shorter.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// let path: Ltree = "0.1.2.3.5.4.5.6.8.5.6.8".parse()?;
    /// assert_eq!(path.index_from(&"5.6".parse()?, -4), Some(9));
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn index_from(&self, other: &Self, offset: i32) -> Option<usize> {
        // The server's arithmetic overflows with the smallest number, which has no opposite.
        if other.is_empty() || offset == i32::MIN {
            return None;
        }
        let levels = self.nlevel();
        let start = match usize::try_from(offset) {
            Ok(start) => start,
            Err(_) => levels.saturating_sub(offset.unsigned_abs() as usize),
        };
        let mut rest = match start {
            _ if start >= levels => return None,
            0 => self.as_str(),
            _ => self.as_str().get(nth_dot(self.as_str(), start - 1)? + 1..)?,
        };
        let mut at = start;
        loop {
            if let Some(after) = rest.strip_prefix(other.as_str())
                && (after.is_empty() || after.starts_with('.'))
            {
                return Some(at);
            }
            (_, rest) = rest.split_once('.')?;
            at += 1;
        }
    }

    /// The longest path that is above all of these, none of them counted above itself: `lca(path, …)`.
    ///
    /// `None`, the server's null, without a path and when one of them is empty. Paths that share nothing have the empty
    /// path in common.
    ///
    /// ```
    /// # use homeroom_ltree::Ltree;
    /// let paths = ["1.2.3".parse::<Ltree>()?, "1.2.3.4.5.6".parse()?];
    /// assert_eq!(Ltree::lca(&paths).unwrap(), "1.2");
    /// assert_eq!(Ltree::lca(&["1".parse()?, "2".parse()?]), Some(Ltree::new()));
    /// assert_eq!(Ltree::lca(&[]), None);
    /// # Ok::<(), homeroom_ltree::Error>(())
    /// ```
    #[must_use]
    pub fn lca<'a>(paths: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut paths = paths.into_iter();
        let first = paths.next()?.parent_text()?;
        let mut common = first;
        for path in paths {
            common = common_prefix(common, path.parent_text()?);
        }
        Some(Self::trusted(common))
    }

    fn parent_text(&self) -> Option<&str> {
        (!self.is_empty()).then(|| self.as_str().rsplit_once('.').map_or("", |(parent, _)| parent))
    }

    fn levels(&self) -> i32 {
        i32::try_from(self.nlevel()).unwrap_or(i32::MAX)
    }
}

/// The byte at which the dot number `n` (from 0) stands.
fn nth_dot(text: &str, n: usize) -> Option<usize> {
    text.bytes().enumerate().filter(|(_, byte)| *byte == b'.').nth(n).map(|(at, _)| at)
}

/// The labels with which both paths begin.
fn common_prefix<'a>(left: &'a str, right: &str) -> &'a str {
    let same = left.bytes().zip(right.bytes()).take_while(|(left, right)| left == right).count();
    let ends = |text: &str| text.len() == same || text.as_bytes().get(same) == Some(&b'.');
    let prefix = if ends(left) && ends(right) {
        same
    } else {
        left.as_bytes().iter().take(same).rposition(|&byte| byte == b'.').unwrap_or(0)
    };
    left.get(..prefix).unwrap_or_default()
}
