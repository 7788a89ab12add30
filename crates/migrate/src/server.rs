//! Which servers migrations run on.

use crate::error::Error;

/// The oldest major version of PostgreSQL that this library is written for.
const OLDEST: i32 = 14;

/// Whether a server of this `server_version_num` is new enough.
///
/// # Errors
/// [`Error::OldServer`] when it is not.
pub(crate) fn check_version(number: i32) -> Result<(), Error> {
    if number / 10_000 >= OLDEST {
        return Ok(());
    }
    Err(Error::OldServer { version: name(number), oldest: OLDEST })
}

/// The major version as people say it; before 10 it had two parts.
fn name(number: i32) -> String {
    match (number / 10_000, number / 100 % 100) {
        (major, minor) if major < 10 => format!("{major}.{minor}"),
        (major, _) => major.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_before_14_is_refused_by_its_version() {
        for (number, version) in [(130_022, "13"), (100_000, "10"), (90_624, "9.6")] {
            let error = check_version(number).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "the server is PostgreSQL {version}, and migrations run on 14 and newer: nothing was changed"
                )
            );
        }
    }

    #[test]
    fn one_from_14_on_is_taken_whatever_comes_after() {
        for number in [140_000, 150_007, 180_001, 1_000_000] {
            check_version(number).unwrap();
        }
    }
}
