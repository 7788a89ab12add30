//! URL-safe slugs from human names, and their uniqueness among siblings. Not here: the label rules of the server.

use std::collections::HashMap;

/// How long a slug is at most, in characters and in bytes: short enough for a label of every server and for a URL.
///
/// ```
/// assert!(homeroom_ltree::slug(&"very ".repeat(100)).len() <= homeroom_ltree::MAX_SLUG);
/// ```
pub const MAX_SLUG: usize = 100;

/// A URL-safe slug for any human name: never empty, at most [`MAX_SLUG`] characters, of the form
/// `[a-z0-9]+(-[a-z0-9]+)*`, and always the same for the same name.
///
/// Letters of all scripts are written with Latin ones (`any_ascii`), apostrophes vanish, and whatever else is no letter
/// or digit separates words. A name of which nothing remains gets `n-` and a hash of it. A longer slug is cut, between
/// words where one ends in the second half.
///
/// Different names can have one slug: [`UniqueSlugs`] tells siblings apart. The way to a path is
/// [`Label::from_slug`](crate::Label::from_slug).
///
/// ```
/// use homeroom_ltree::{Label, slug};
///
/// assert_eq!(slug("St. Mary's École (K–8)"), "st-marys-ecole-k-8");
/// assert_eq!(slug("Ⅷ Gymnasium Straße"), "viii-gymnasium-strasse");
/// assert_eq!(slug("北京大学"), "beijingdaxue");
/// assert_eq!(slug("Физика"), "fizika");
/// assert_eq!(slug("???"), "n-4c6142cc");
///
/// let label = Label::from_slug(&slug("Lincoln High School"))?;
/// assert_eq!(label, "lincoln_high_school");
/// # Ok::<(), homeroom_ltree::Error>(())
/// ```
#[must_use]
pub fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    let mut between_words = false;
    for character in name.chars() {
        if is_apostrophe(character) {
            continue;
        }
        let mut ascii = [0; 4];
        let ascii = if character.is_ascii() {
            &*character.encode_utf8(&mut ascii)
        } else {
            any_ascii::any_ascii_char(character)
        };
        for byte in ascii.bytes() {
            if byte.is_ascii_alphanumeric() {
                if between_words && !slug.is_empty() {
                    slug.push('-');
                }
                between_words = false;
                slug.push(char::from(byte.to_ascii_lowercase()));
            } else if byte != b'\'' {
                between_words = true;
            }
        }
        // What is longer is cut anyway.
        if slug.len() > 2 * MAX_SLUG {
            break;
        }
    }
    if slug.is_empty() {
        return format!("n-{:08x}", hash(name));
    }
    cut(&mut slug, MAX_SLUG);
    slug
}

const fn is_apostrophe(character: char) -> bool {
    matches!(
        character,
        '\'' | '`' | '\u{00b4}' | '\u{02b9}'..='\u{02bf}' | '\u{2018}' | '\u{2019}' | '\u{2032}'
    )
}

/// Shortens a slug, between words where one ends in the second half.
fn cut(slug: &mut String, max: usize) {
    if slug.len() <= max {
        return;
    }
    // The character after the last that fits may be the end of a word.
    let end = slug.get(..=max).and_then(|head| head.rfind('-')).filter(|end| *end > max / 2);
    slug.truncate(end.unwrap_or(max));
    let trimmed = slug.trim_end_matches('-').len();
    slug.truncate(trimmed);
}

/// FNV-1a, folded to 32 bits: the same on every machine and in every version, which std's hashers do not promise.
fn hash(name: &str) -> u32 {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash >> 32) as u32 ^ hash as u32
}

/// Slugs that differ among siblings: `-2`, `-3` … is appended to a slug that is taken.
///
/// Because a slug holds no `_`, different slugs are different labels too.
///
/// ```
/// use homeroom_ltree::UniqueSlugs;
///
/// let mut siblings: UniqueSlugs = ["lincoln-school"].into_iter().collect();
/// assert_eq!(siblings.claim("Lincoln School"), "lincoln-school-2");
/// assert_eq!(siblings.claim("Lincoln-School!"), "lincoln-school-3");
/// assert_eq!(siblings.claim("Washington School"), "washington-school");
/// ```
#[derive(Debug, Clone, Default)]
pub struct UniqueSlugs {
    /// Each taken slug, with the number that is tried first when it is wanted again.
    taken: HashMap<String, u32>,
}

impl UniqueSlugs {
    /// No slug is taken yet.
    ///
    /// ```
    /// assert_eq!(homeroom_ltree::UniqueSlugs::new().claim("Math"), "math");
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a slug that is in use already; false when it was known.
    ///
    /// ```
    /// let mut siblings = homeroom_ltree::UniqueSlugs::new();
    /// assert!(siblings.take("math"));
    /// assert!(!siblings.take("math"));
    /// assert_eq!(siblings.claim("Math"), "math-2");
    /// ```
    pub fn take(&mut self, slug: &str) -> bool {
        if self.taken.contains_key(slug) {
            return false;
        }
        self.taken.insert(slug.to_owned(), 2);
        true
    }

    /// Takes and returns the first free slug for a name: its own [`slug`], or that with `-2`, `-3` …, still no longer
    /// than [`MAX_SLUG`].
    ///
    /// ```
    /// let mut siblings = homeroom_ltree::UniqueSlugs::new();
    /// assert_eq!(siblings.claim("Math"), "math");
    /// assert_eq!(siblings.claim("math"), "math-2");
    /// ```
    pub fn claim(&mut self, name: &str) -> String {
        let wanted = slug(name);
        if self.take(&wanted) {
            return wanted;
        }
        let mut number = self.taken.get(&wanted).copied().unwrap_or(2);
        loop {
            let suffix = format!("-{number}");
            let mut free = wanted.clone();
            cut(&mut free, MAX_SLUG - suffix.len());
            free.push_str(&suffix);
            number += 1;
            if self.take(&free) {
                self.taken.insert(wanted, number);
                return free;
            }
        }
    }
}

impl<S: AsRef<str>> FromIterator<S> for UniqueSlugs {
    fn from_iter<I: IntoIterator<Item = S>>(slugs: I) -> Self {
        let mut unique = Self::new();
        unique.extend(slugs);
        unique
    }
}

impl<S: AsRef<str>> Extend<S> for UniqueSlugs {
    fn extend<I: IntoIterator<Item = S>>(&mut self, slugs: I) {
        for slug in slugs {
            self.take(slug.as_ref());
        }
    }
}
