//! The arguments of `homeroom user`.

use clap::{Args, Subcommand};
use homeroom::UserStatus;

use super::{OutputArguments, PageArguments, code};

/// Look after people: who they are, where they belong, where they are signed in
///
/// WHO is an id or an e-mail address.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  homeroom user list
  homeroom user create \"Zofia Wiśniewska\" --email zofia@aberdeen.example --status active
  homeroom user show zofia@aberdeen.example
  homeroom user suspend zofia@aberdeen.example")]
pub(crate) struct UserArguments {
    #[command(subcommand)]
    pub(crate) command: UserCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// List everybody, in the order in which they came
    #[command(after_help = "\
Examples:
  homeroom user list
  homeroom user list --limit 10
  homeroom user list --limit 1000 --json | jq -r '.items[].email'")]
    List {
        #[command(flatten)]
        page: PageArguments,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Show a person: their groups and classes, their last chats, what they store
    #[command(after_help = "\
Examples:
  homeroom user show zofia@aberdeen.example
  homeroom user show 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e --json | jq .groups")]
    Show {
        /// Their id or e-mail address.
        who: String,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Create a person, without a password
    ///
    /// `homeroom group add` gives them a role somewhere, `homeroom class enrol` a class.
    #[command(after_help = "\
Examples:
  homeroom user create \"Zofia Wiśniewska\" --email zofia@aberdeen.example
  homeroom user create 김서연 --status active")]
    Create {
        /// The whole name as shown, 1 to 100 characters.
        name: String,
        /// Their e-mail address, which nobody else may have.
        #[arg(long, value_name = "ADDRESS")]
        email: Option<String>,
        /// Whether they may sign in: only active people can.
        #[arg(
            long,
            default_value = "pending_verification",
            value_parser = code::parser(UserStatus::ALL, UserStatus::as_str)
        )]
        status: UserStatus,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Change a person's name, e-mail address or status
    #[command(after_help = "\
Examples:
  homeroom user update zofia@aberdeen.example --name \"Zofia Nowak\" --email nowak@aberdeen.example
  homeroom user update 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e --no-email")]
    #[command(group = clap::ArgGroup::new("change").required(true).multiple(true))]
    Update {
        /// Their id or e-mail address.
        who: String,
        /// The whole name as shown, 1 to 100 characters.
        #[arg(long, group = "change")]
        name: Option<String>,
        /// Their e-mail address, which nobody else may have.
        #[arg(long, value_name = "ADDRESS", group = "change")]
        email: Option<String>,
        /// Take their e-mail address away.
        #[arg(long, group = "change", conflicts_with = "email")]
        no_email: bool,
        /// Whether they may sign in: only active people can.
        #[arg(long, group = "change", value_parser = code::parser(UserStatus::ALL, UserStatus::as_str))]
        status: Option<UserStatus>,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Lock a person out: their roles grant nothing, and they are signed out everywhere
    #[command(after_help = "Examples:\n  homeroom user suspend zofia@aberdeen.example")]
    Suspend {
        /// Their id or e-mail address.
        who: String,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Let a person sign in
    #[command(after_help = "Examples:\n  homeroom user activate zofia@aberdeen.example")]
    Activate {
        /// Their id or e-mail address.
        who: String,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Delete a person softly, and sign them out everywhere
    ///
    /// Nothing of them is shown from then on, and their e-mail address is free; `restore` brings them back. Asks first, or
    /// takes --yes.
    #[command(after_help = "\
Examples:
  homeroom user delete zofia@aberdeen.example
  homeroom user delete 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e --yes")]
    Delete {
        /// Their id or e-mail address.
        who: String,
        /// Don't ask.
        #[arg(long, short)]
        yes: bool,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Bring a deleted person back
    #[command(
        after_help = "Examples:\n  homeroom user restore 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e"
    )]
    Restore {
        /// Their id.
        id: String,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Sign a person out everywhere
    #[command(after_help = "Examples:\n  homeroom user sign-out zofia@aberdeen.example")]
    SignOut {
        /// Their id or e-mail address.
        who: String,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// List where a person is signed in
    #[command(after_help = "\
Examples:
  homeroom user sessions zofia@aberdeen.example
  homeroom user sessions zofia@aberdeen.example --json | jq '.items[].context'")]
    Sessions {
        /// Their id or e-mail address.
        who: String,
        #[command(flatten)]
        page: PageArguments,
        #[command(flatten)]
        output: OutputArguments,
    },
}
