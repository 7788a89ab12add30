//! The arguments of `homeroom stats`.

use clap::Args;

use super::OutputArguments;

/// Count what is in the database: people, groups, classes, chats, messages, files, bytes
///
/// Exact counts: every table is read whole, which takes seconds on a large database. DATABASE_STATEMENT_TIMEOUT is how long
/// that may take.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  homeroom stats
  homeroom stats --json | jq .messages
  DATABASE_STATEMENT_TIMEOUT=10m homeroom stats")]
pub(crate) struct StatsArguments {
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}
