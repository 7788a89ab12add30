//! The number of a migration.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

/// The number of a migration, which orders it among its neighbours.
///
/// It prints with at least four digits and reads with or without the leading zeros.
///
/// ```
/// # use homeroom_migrate::Version;
/// let version: Version = "0007".parse()?;
/// assert_eq!(version, Version::new(7));
/// assert_eq!(version.to_string(), "0007");
/// # Ok::<(), std::num::ParseIntError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "engine", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "engine", serde(transparent))]
pub struct Version(i64);

impl Version {
    /// The version with this number.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number as i64)
    }

    /// The number, as the history table stores it.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The version that the history table stores as `number`.
    #[cfg(feature = "engine")]
    pub(crate) const fn from_stored(number: i64) -> Self {
        Self(number)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}", self.0)
    }
}

impl FromStr for Version {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // A version has no sign.
        text.parse::<u64>()?;
        text.parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn a_version_has_no_sign_and_fits_the_history_table() {
        for text in ["-1", "", "x", "1.0", "9223372036854775808"] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
        assert_eq!("20240131120000".parse::<Version>().unwrap().get(), 20_240_131_120_000);
    }
}
