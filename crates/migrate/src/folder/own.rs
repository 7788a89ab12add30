//! The names of our own style, `NNNN_name.up.sql` and `NNNN_name.down.sql`.

use super::{DIGITS, Direction, Fault};
use crate::version::Version;

pub(super) struct FileName<'a> {
    pub(super) version: Version,
    pub(super) name: &'a str,
    pub(super) direction: Direction,
}

impl<'a> FileName<'a> {
    pub(super) fn parse(file: &'a str) -> Result<Self, Fault> {
        let unknown = || Fault::UnknownName { file: file.to_owned() };
        let (stem, direction) = file
            .strip_suffix(".up.sql")
            .map(|stem| (stem, Direction::Up))
            .or_else(|| file.strip_suffix(".down.sql").map(|stem| (stem, Direction::Down)))
            .ok_or_else(unknown)?;
        let (digits, name) = stem.split_once('_').ok_or_else(unknown)?;
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(unknown());
        }
        if name.is_empty() || !name.bytes().all(is_name) {
            return Err(unknown());
        }
        if digits.len() != DIGITS {
            let significant = digits.trim_start_matches('0');
            return Err(Fault::DigitCount {
                file: file.to_owned(),
                digits: digits.len(),
                instead: (significant.len() <= DIGITS)
                    .then(|| format!("{significant:0>DIGITS$}_{name}.{direction}.sql")),
            });
        }
        let version = digits.parse().map_err(|_| unknown())?;
        Ok(Self { version, name, direction })
    }
}
