//! The difference between two catalogs.

use std::collections::HashSet;
use std::fmt;

use serde::Serialize;

use super::{COLUMN_ORDER, Catalog, Object};

/// One object that is not in both catalogs as it is in the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// Only the first catalog has it.
    Removed {
        /// The object.
        object: Object,
        /// What it was.
        before: String,
    },
    /// Only the second catalog has it.
    Added {
        /// The object.
        object: Object,
        /// What it is.
        after: String,
    },
    /// Both have it, with different definitions.
    Changed {
        /// The object.
        object: Object,
        /// What it was.
        before: String,
        /// What it is.
        after: String,
    },
}

impl Change {
    /// The object.
    #[must_use]
    pub fn object(&self) -> &Object {
        match self {
            Self::Removed { object, .. }
            | Self::Added { object, .. }
            | Self::Changed { object, .. } => object,
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Removed { object, before } => {
                write!(formatter, "- {object}")?;
                definition(formatter, ' ', before)
            }
            Self::Added { object, after } => {
                write!(formatter, "+ {object}")?;
                definition(formatter, ' ', after)
            }
            Self::Changed { object, before, after } => {
                write!(formatter, "~ {object}")?;
                definition(formatter, '-', before)?;
                definition(formatter, '+', after)
            }
        }
    }
}

fn definition(formatter: &mut fmt::Formatter<'_>, sign: char, text: &str) -> fmt::Result {
    text.lines().try_for_each(|line| write!(formatter, "\n  {sign} {line}"))
}

/// All that became different from one catalog to another, sorted by kind and name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CatalogDiff {
    /// The changes.
    pub changes: Vec<Change>,
}

impl CatalogDiff {
    pub(super) fn between(first: &Catalog, second: &Catalog) -> Self {
        let mut changes = Vec::new();
        for (object, before) in &first.objects {
            let before = before.text.clone();
            match second.objects.get(object) {
                None => changes.push(Change::Removed { object: object.clone(), before }),
                Some(after) if after.text == before => {}
                Some(after) if is_same_order(object, &before, &after.text) => {}
                Some(after) => changes.push(Change::Changed {
                    object: object.clone(),
                    before,
                    after: after.text.clone(),
                }),
            }
        }
        for (object, after) in &second.objects {
            if !first.objects.contains_key(object) {
                changes.push(Change::Added { object: object.clone(), after: after.text.clone() });
            }
        }
        changes.sort_by(|left, right| left.object().cmp(right.object()));
        Self { changes }
    }

    /// Whether there is no difference.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether there is a difference, and in nothing but the order of columns.
    #[must_use]
    pub fn is_order_only(&self) -> bool {
        let is_order = |change: &Change| matches!(change, Change::Changed { object, .. } if object.kind == COLUMN_ORDER);
        !self.is_empty() && self.changes.iter().all(is_order)
    }

    /// Whether there is a difference, and in nothing but the order of columns and the white space of definitions, as that of a
    /// function's body.
    #[must_use]
    pub fn is_layout_only(&self) -> bool {
        let is_layout = |change: &Change| match change {
            Change::Changed { object, before, after } => {
                object.kind == COLUMN_ORDER || has_same_words(before, after)
            }
            _ => false,
        };
        !self.is_empty() && self.changes.iter().all(is_layout)
    }
}

impl fmt::Display for CatalogDiff {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, change) in self.changes.iter().enumerate() {
            if index > 0 {
                writeln!(formatter)?;
            }
            write!(formatter, "{change}")?;
        }
        Ok(())
    }
}

/// Whether two definitions differ in nothing but white space, that at the ends of a function's body included.
fn has_same_words(before: &str, after: &str) -> bool {
    // The quotes that pg_get_functiondef() sets.
    let spread = |text: &str| {
        text.replace("$function$", " $function$ ").replace("$procedure$", " $procedure$ ")
    };
    let (before, after) = (spread(before), spread(after));
    before.split_whitespace().eq(after.split_whitespace())
}

/// Whether the columns that two orders share follow each other alike: a column more or less is told by itself.
fn is_same_order(object: &Object, before: &str, after: &str) -> bool {
    if object.kind != COLUMN_ORDER {
        return false;
    }
    let names = |order| str::split(order, ", ").collect::<HashSet<&str>>();
    let (in_before, in_after) = (names(before), names(after));
    let left = before.split(", ").filter(|name| in_after.contains(name));
    let right = after.split(", ").filter(|name| in_before.contains(name));
    left.eq(right)
}
