//! What the values of settings may be: each is read, or told what would be valid.

use std::time::Duration;

use super::duration::parse_duration;

/// More would be a mistake: PostgreSQL's own default is 100 connections in all.
const POOL_LIMIT: usize = 10_000;
/// PostgreSQL keeps timeouts as milliseconds in 31 bits: 24.8 days.
const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);

pub(super) fn whole_number(value: &str, least: usize) -> Result<usize, String> {
    value
        .parse()
        .ok()
        .filter(|number| (least..=POOL_LIMIT).contains(number))
        .ok_or_else(|| format!("a whole number from {least} to {POOL_LIMIT}"))
}

/// A time that we wait: there is no waiting for ever.
pub(super) fn wait(value: &str) -> Result<Duration, String> {
    parse_duration(value)
        .filter(|time| !time.is_zero() && *time <= LONGEST)
        .ok_or_else(|| "a time from 1ms to 24d, such as 500ms, 30s, 5m or 1h".to_owned())
}

/// A time after which the server steps in; 0 is PostgreSQL's word for never.
pub(super) fn limit(value: &str) -> Result<Duration, String> {
    parse_duration(value).filter(|time| *time <= LONGEST).ok_or_else(|| {
        "a time of at most 24d, such as 500ms, 30s, 5m or 1h, or 0 for never".to_owned()
    })
}

pub(super) fn on_or_off(value: &str) -> Result<bool, String> {
    match value.to_ascii_lowercase().as_str() {
        "on" | "true" | "1" | "yes" => Ok(true),
        "off" | "false" | "0" | "no" => Ok(false),
        _ => Err("on or off".to_owned()),
    }
}

pub(super) fn application_name(value: &str) -> Result<String, String> {
    // NAMEDATALEN - 1: the server would cut what is longer, and replace what is not printable ASCII.
    let printable = value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if printable && value.len() <= 63 {
        Ok(value.to_owned())
    } else {
        Err("at most 63 printable ASCII characters".to_owned())
    }
}

/// The addresses of a list with commas between them. Commas stand within an address too: between its hosts, and in its query.
pub(super) fn addresses(value: &str) -> Vec<String> {
    let mut addresses: Vec<String> = Vec::new();
    for part in value.split(',').map(str::trim) {
        match addresses.last_mut() {
            Some(address) if !part.starts_with("postgres") && goes_on(address) => {
                address.push(',');
                address.push_str(part);
            }
            _ => addresses.push(part.to_owned()),
        }
    }
    addresses
}

/// Whether a comma can stand behind this beginning of an address: among the hosts, or in the query.
fn goes_on(address: &str) -> bool {
    let behind_scheme = address.split_once("://").map_or(address, |(_, rest)| rest);
    !behind_scheme.contains('/') || behind_scheme.contains('?')
}
