//! Arguments that are one of a column's codes, such as a role.

use std::error::Error;
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};

/// Reads one of these codes; the help and the refusal of another one list them.
pub(super) fn parser<T>(
    codes: &'static [T],
    as_str: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err: Error + Send + Sync + 'static> + Copy + Send + Sync + 'static,
{
    PossibleValuesParser::new(codes.iter().copied().map(as_str)).try_map(|code| code.parse::<T>())
}
