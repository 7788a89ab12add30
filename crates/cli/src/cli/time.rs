//! Times as people write them on a command line, as the library reads them from the environment: `500ms`, `30s`, `5m`.

use std::time::Duration;

/// Reads a whole number with a unit; a bare number is seconds.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let milliseconds: Option<u64> = match text.strip_prefix(digits) {
        Some("ms") => Some(1),
        Some("" | "s") => Some(1_000),
        Some("m" | "min") => Some(60_000),
        Some("h") => Some(3_600_000),
        _ => None,
    };
    let number: Option<u64> = digits.parse().ok();
    number
        .zip(milliseconds)
        .and_then(|(number, unit)| number.checked_mul(unit))
        // What PostgreSQL's own settings hold.
        .filter(|time| *time <= 2_147_483_647)
        .map(Duration::from_millis)
        .ok_or_else(|| {
            "a time is a whole number with a unit, such as 500ms, 30s, 5m or 1h".to_owned()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_whole_number_with_a_unit() {
        let read = |text| parse(text).ok().map(|time| time.as_millis());
        assert_eq!(
            ["0", "7", "500ms", "30s", "5m", "5min", "1h"].map(read),
            [0, 7_000, 500, 30_000, 300_000, 300_000, 3_600_000].map(Some)
        );
        assert_eq!(["", "s", "-1s", "1.5s", "1S", "1 s", "99999999h"].map(read), [None; 7]);
    }
}
