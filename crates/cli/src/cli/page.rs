//! Which part of a list is wanted, and the command that shows the next one.

use clap::Args;
use homeroom::{Cursor, PageRequest};

const LIMIT: u32 = 50;

#[derive(Debug, Clone, Args)]
pub(crate) struct PageArguments {
    /// How many at most, from 1 to 1000.
    #[arg(
        long,
        value_name = "N",
        default_value_t = LIMIT,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(PageRequest::MAX_LIMIT)),
        help_heading = "Which page"
    )]
    pub(crate) limit: u32,
    /// Where to go on, as the page before says at its end.
    #[arg(long, value_name = "CURSOR", help_heading = "Which page")]
    pub(crate) after: Option<Cursor>,
}

impl PageArguments {
    pub(crate) fn request(&self) -> PageRequest {
        PageRequest { after: self.after.clone(), limit: self.limit }
    }

    /// The arguments that show the next page.
    pub(crate) fn next(&self, next: &Cursor) -> String {
        let limit = match self.limit {
            LIMIT => String::new(),
            limit => format!(" --limit {limit}"),
        };
        format!("{limit} --after {next}")
    }
}
