//! The arguments of `homeroom export` and `homeroom erase`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::OutputArguments;

/// Write everything that is known of a person, as JSON Lines
///
/// A line a row, with the name of its table: the person, their memberships, sessions, tools, chats with all messages, what they
/// said in chats of others, files, limits. The last line is a manifest that counts them: an export without it was cut off. Hashes
/// of passwords and tokens are left out. A file is written beside its place and put there when it is whole.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  homeroom export zofia@aberdeen.example > zofia.jsonl
  homeroom export zofia@aberdeen.example --output zofia.jsonl
  homeroom export zofia@aberdeen.example | jq -r 'select(.table == \"messages\").row.content'")]
pub(crate) struct ExportArguments {
    /// Their id or e-mail address; who is deleted is named by the id.
    pub(crate) who: String,
    /// The file; without it the standard output.
    #[arg(long = "output", short = 'o', value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: Option<PathBuf>,
    /// Print what was written to the file as one JSON document.
    #[arg(long, requires = "file")]
    pub(crate) json: bool,
}

/// Erase a person with everything that is theirs, for good
///
/// Gone are the person, their sessions, memberships, chats with all messages, files, limits. Forks of their chats that belong to
/// others stay, with empty messages in their place; tools that they made stay without an author. Asks first, or takes --yes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  homeroom export zofia@aberdeen.example --output zofia.jsonl
  homeroom erase zofia@aberdeen.example
  homeroom erase zofia@aberdeen.example --yes --json > receipt.json")]
pub(crate) struct EraseArguments {
    /// Their id or e-mail address; who is deleted is named by the id.
    pub(crate) who: String,
    /// Don't ask.
    #[arg(long, short)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}
