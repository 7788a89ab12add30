//! The number of a migration.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::num::ParseIntError;
use std::str::FromStr;

/// The digits of a date and a time, after which more digits only tell apart what has the same.
const TIMESTAMP: u32 = 14;

/// The number of a migration, which orders it among its neighbours.
///
/// It prints as it stands in the file's name, and made by a number with at least four digits. It reads and compares with or
/// without leading zeros and the dashes of a timestamp. Versions of more than 14 digits come after those that they begin with, as
/// `2026-05-27-120000-0000` after `2026-05-27-120000`.
///
/// ```
/// # use homeroom_migrate::Version;
/// let version: Version = "7".parse()?;
/// assert_eq!(version, Version::new(7));
/// assert_eq!(Version::new(7).to_string(), "0007");
/// let timestamp: Version = "2023-01-31-120000".parse()?;
/// assert_eq!(timestamp, "20230131120000".parse()?);
/// assert_eq!(timestamp.to_string(), "2023-01-31-120000");
/// # Ok::<(), std::num::ParseIntError>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "engine", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "engine", serde(from = "i64", into = "i64"))]
pub struct Version {
    number: i64,
    /// How many digits it is written with.
    digits: u8,
    /// Bit n stands for a dash before digit n.
    dashes: u32,
}

impl Version {
    /// The version with this number.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self { number: number as i64, digits: 4, dashes: 0 }
    }

    /// The number, as the history table stores it: all its digits, without dashes.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.number
    }

    /// How many digits it is written with.
    pub(crate) const fn digits(self) -> usize {
        self.digits as usize
    }

    /// Its digits as they are written, without dashes.
    pub(crate) fn digits_text(self) -> String {
        format!("{:0width$}", self.number, width = self.digits())
    }

    /// The first 14 digits, those after them as if they were all five there could be, and their count.
    fn order(self) -> (i64, i64, u32) {
        let count = self.number.checked_ilog10().unwrap_or(0) + 1;
        let Some(more) = count.checked_sub(TIMESTAMP).filter(|more| *more > 0) else {
            return (self.number, 0, 0);
        };
        let (head, tail) = (self.number / 10_i64.pow(more), self.number % 10_i64.pow(more));
        (head, tail * 10_i64.pow(5_u32.saturating_sub(more)), more)
    }
}

impl From<i64> for Version {
    /// The version that the history table stores as `number`.
    fn from(number: i64) -> Self {
        Self { number, digits: 4, dashes: 0 }
    }
}

impl From<Version> for i64 {
    fn from(version: Version) -> Self {
        version.number
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, digit) in self.digits_text().chars().enumerate() {
            if index < 32 && self.dashes & (1 << index) != 0 {
                formatter.write_str("-")?;
            }
            write!(formatter, "{digit}")?;
        }
        Ok(())
    }
}

impl FromStr for Version {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut dashes = 0_u32;
        let mut digits = String::with_capacity(text.len());
        let mut after_digit = false;
        for character in text.chars() {
            if character == '-' && after_digit && digits.len() < 32 {
                dashes |= 1 << digits.len();
            } else {
                digits.push(character);
            }
            after_digit = character != '-';
        }
        // A version has no sign, and no dash at an end.
        digits.parse::<u64>()?;
        if !after_digit {
            "-".parse::<i64>()?;
        }
        let count = u8::try_from(digits.len()).unwrap_or(u8::MAX);
        digits.parse().map(|number| Self { number, digits: count, dashes })
    }
}

#[cfg(test)]
mod tests {
    use super::Version;
    use proptest::prelude::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn a_version_has_no_sign_and_fits_the_history_table() {
        for text in ["-1", "", "x", "1.0", "9223372036854775808", "1-", "1--2", "-"] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
        assert_eq!(version("20240131120000").get(), 20_240_131_120_000);
    }

    #[test]
    fn timestamps_with_and_without_dashes_and_fractions_are_in_the_order_of_their_texts() {
        let texts = [
            "00000000000000",
            "20140924113530",
            "2026-05-27-120000",
            "2026-05-27-120000-0000",
            "2026-05-27-120000-0001",
            "20260527120001",
        ];
        assert!(texts.is_sorted_by(|left, right| version(left) < version(right)));
        assert!(version("9") < version("10"));
    }

    proptest! {
        #[test]
        fn a_version_prints_as_it_was_written(text in "[0-9]{1,4}(-[0-9]{1,4}){0,3}") {
            prop_assert_eq!(version(&text).to_string(), text);
        }

        #[test]
        fn the_order_is_total_and_agrees_with_equality(left in 0_i64.., right in 0_i64..) {
            let (left, right) = (Version::from(left), Version::from(right));
            prop_assert_eq!(left == right, left.cmp(&right).is_eq());
            prop_assert_eq!(left.cmp(&right), right.cmp(&left).reverse());
        }
    }
}
