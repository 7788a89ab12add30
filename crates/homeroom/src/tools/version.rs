//! Semantic versions of tools.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use diesel::deserialize::{self, FromSql};
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A semantic version, ordered by precedence as the standard has it (section 11): build metadata does not count.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = Text)]
#[serde(transparent)]
pub struct ToolVersion(semver::Version);

impl ToolVersion {
    /// A version without pre-release: `major.minor.patch`.
    #[must_use]
    pub const fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self(semver::Version::new(major, minor, patch))
    }

    /// The parts of the version.
    #[must_use]
    pub const fn as_semver(&self) -> &semver::Version {
        &self.0
    }

    /// Which of two versions is the newer, as the database's `semver_precedence` decides it.
    #[must_use]
    pub fn cmp_precedence(&self, other: &Self) -> Ordering {
        self.0.cmp_precedence(&other.0)
    }
}

impl fmt::Display for ToolVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ToolVersion {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let version = text.parse::<semver::Version>();
        version.map(Self).map_err(|error| {
            Error::invalid(
                "version",
                format!("{text:?} is no semantic version such as 1.2.0: {error}"),
            )
        })
    }
}

impl FromSql<Text, Pg> for ToolVersion {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(std::str::from_utf8(value.as_bytes())?.parse()?))
    }
}

impl ToSql<Text, Pg> for ToolVersion {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        use std::io::Write;
        write!(out, "{}", self.0)?;
        Ok(serialize::IsNull::No)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_is_none_is_refused_with_an_example() {
        let error = "1.2".parse::<ToolVersion>().unwrap_err().to_string();
        assert!(error.contains("\"1.2\" is no semantic version such as 1.2.0"), "{error}");
    }
}
