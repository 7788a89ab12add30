//! The arguments of `homeroom chat`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};
use homeroom::PageRequest;

use super::{OutputArguments, PageArguments};

/// Look at chats, export them, complete and remove them
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  homeroom chat list --user zofia@aberdeen.example
  homeroom chat show 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e --last 5
  homeroom chat export 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e --output chat.jsonl")]
pub(crate) struct ChatArguments {
    #[command(subcommand)]
    pub(crate) command: ChatCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ChatCommand {
    /// List a person's chats, the last active first
    #[command(after_help = "\
Examples:
  homeroom chat list --user zofia@aberdeen.example
  homeroom chat list --user zofia@aberdeen.example --json | jq -r '.items[].id'")]
    List {
        /// The person's id or e-mail address.
        #[arg(long, value_name = "WHO")]
        user: String,
        #[command(flatten)]
        page: PageArguments,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Show a chat and its last messages
    #[command(after_help = "\
Examples:
  homeroom chat show 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e
  homeroom chat show 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e --last 100
  homeroom chat show 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e --json | jq '.messages[].meta.tokens'")]
    Show {
        /// Its id.
        id: String,
        /// How many messages, from 1 to 1000.
        #[arg(
            long,
            value_name = "N",
            default_value_t = 20,
            value_parser = clap::value_parser!(u32).range(1..=i64::from(PageRequest::MAX_LIMIT))
        )]
        last: u32,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Show a chat and all forks below it
    #[command(after_help = "\
Examples:
  homeroom chat fork-tree 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e
  homeroom chat fork-tree 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e --json | jq '.[] | {depth, id: .chat.id}'")]
    ForkTree {
        /// The id of the chat at the top.
        id: String,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Write a chat as JSON Lines: a line with the chat, then a line a message
    ///
    /// All messages that it has when the export begins, read page by page: a chat of any length takes little memory. A file
    /// is written beside its place and put there when it is whole.
    #[command(after_help = "\
Examples:
  homeroom chat export 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e > chat.jsonl
  homeroom chat export 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e --output chat.jsonl
  homeroom chat export 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e | jq -r .content")]
    Export {
        /// Its id.
        id: String,
        /// The file; without it the standard output.
        #[arg(long = "output", short = 'o', value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: Option<PathBuf>,
        /// Print what was written to the file as one JSON document.
        #[arg(long, requires = "file")]
        json: bool,
    },
    /// Complete an active chat: it takes no more messages, for good
    #[command(
        after_help = "Examples:\n  homeroom chat complete 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e"
    )]
    Complete {
        /// Its id.
        id: String,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Delete a chat softly; its forks stay
    ///
    /// `restore` brings it back. Asks first, or takes --yes.
    #[command(after_help = "\
Examples:
  homeroom chat delete 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e
  homeroom chat delete 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e --yes")]
    Delete {
        /// Its id.
        id: String,
        /// Don't ask.
        #[arg(long, short)]
        yes: bool,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Bring a deleted chat back
    #[command(
        after_help = "Examples:\n  homeroom chat restore 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e"
    )]
    Restore {
        /// Its id.
        id: String,
        #[command(flatten)]
        output: OutputArguments,
    },
}
