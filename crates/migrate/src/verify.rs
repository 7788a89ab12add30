//! What a verification of the down scripts finds.

mod data;

use std::fmt;

use serde::Serialize;

pub(crate) use self::data::{Columns, carries_data};
use crate::catalog::{CatalogDiff, Object};
use crate::failure::Failure;
use crate::version::Version;

/// What a down script does to the schema that was there before its up script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DownClass {
    /// It leaves the schema that was there before, and the up script makes the same of it again.
    Exact,
    /// The same, but columns come in another order or definitions, as function bodies, have other white space.
    OrderOnly,
    /// The schema is as before, but tables or columns in it are new ones: what they held is gone.
    Lossy,
    /// It leaves another schema, or one that the up script fails on or makes something else of.
    Wrong,
    /// It fails.
    Failing,
    /// The migration says that it cannot be taken back, or has no down script.
    Irreversible,
}

impl DownClass {
    /// Every class.
    pub const ALL: [Self; 6] =
        [Self::Exact, Self::OrderOnly, Self::Lossy, Self::Wrong, Self::Failing, Self::Irreversible];
}

impl fmt::Display for DownClass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Exact => "exact",
            Self::OrderOnly => "order-only",
            Self::Lossy => "lossy",
            Self::Wrong => "wrong",
            Self::Failing => "failing",
            Self::Irreversible => "irreversible",
        })
    }
}

/// One migration that was applied, taken back and applied again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct VerifiedMigration {
    /// The migration.
    pub version: Version,
    /// Its name.
    pub name: String,
    /// What its down script does.
    pub class: DownClass,
    /// From the schema before the up script to the schema after the down script.
    pub difference: CatalogDiff,
    /// From the schema after the first up to the schema after the second.
    pub difference_again: CatalogDiff,
    /// Tables and columns that were there before and are there again, without what they held.
    pub lost: Vec<Object>,
    /// Why the down script failed, or else the second up script.
    pub failure: Option<Failure>,
    /// Why it cannot be taken back.
    pub irreversible: Option<String>,
}

impl fmt::Display for VerifiedMigration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}_{} {}", self.version, self.name, self.class)?;
        if let Some(reason) = &self.irreversible {
            write!(formatter, ": {reason}")?;
        }
        let mut indented = |title: &str, text: String| -> fmt::Result {
            if text.is_empty() {
                return Ok(());
            }
            write!(formatter, "\n  {title}:")?;
            text.lines().try_for_each(|line| write!(formatter, "\n    {line}"))
        };
        indented("after down, against before", self.difference.to_string())?;
        indented("after the second up, against the first", self.difference_again.to_string())?;
        let lost: Vec<String> = self.lost.iter().map(ToString::to_string).collect();
        indented("made anew, without its data", lost.join("\n"))?;
        indented("failure", self.failure.as_ref().map(ToString::to_string).unwrap_or_default())
    }
}

/// All migrations of a folder, verified.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Verification {
    /// The migrations, by version.
    pub migrations: Vec<VerifiedMigration>,
    /// Why the up script failed that comes after them. Nothing behind it could be verified.
    pub stopped: Option<Failure>,
}

impl Verification {
    /// Whether every migration was verified, and no down script is wrong or fails.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let is_unsound =
            |one: &VerifiedMigration| matches!(one.class, DownClass::Wrong | DownClass::Failing);
        self.stopped.is_none() && !self.migrations.iter().any(is_unsound)
    }

    /// The migrations of this class, by version.
    pub fn in_class(&self, class: DownClass) -> impl Iterator<Item = &VerifiedMigration> {
        self.migrations.iter().filter(move |one| one.class == class)
    }
}

impl fmt::Display for Verification {
    /// The counts, then every migration that is not exact, with the difference.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts: Vec<String> = DownClass::ALL
            .iter()
            .map(|class| format!("{} {class}", self.in_class(*class).count()))
            .collect();
        write!(formatter, "{} migrations: {}", self.migrations.len(), counts.join(", "))?;
        let others = self.migrations.iter().filter(|one| one.class != DownClass::Exact);
        others.into_iter().try_for_each(|one| write!(formatter, "\n{one}"))
    }
}
