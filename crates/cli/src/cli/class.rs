//! The arguments of `homeroom class`.

use clap::{Args, Subcommand};
use homeroom::ClassRole;

use super::{OutputArguments, PageArguments, code};

/// Look after classes, and who teaches and attends them
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  homeroom class list --group aberdeen/miller-junior-high
  homeroom class create --group aberdeen/miller-junior-high \"Algebra 1\"
  homeroom class enrol 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e zofia@aberdeen.example --role teacher")]
pub(crate) struct ClassArguments {
    #[command(subcommand)]
    pub(crate) command: ClassCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ClassCommand {
    /// List the classes of a group, in the order in which they came
    ///
    /// Its own: the classes of a group below it are listed with that one.
    #[command(after_help = "\
Examples:
  homeroom class list --group aberdeen/miller-junior-high
  homeroom class list --group aberdeen/miller-junior-high --json | jq -r '.items[].id'")]
    List {
        /// The group's id or path.
        #[arg(long)]
        group: String,
        #[command(flatten)]
        page: PageArguments,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Show a class and its people, the teachers of each page first
    #[command(after_help = "\
Examples:
  homeroom class show 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e
  homeroom class show 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e --json | jq '.members.items[].user.email'")]
    Show {
        /// Its id.
        id: String,
        #[command(flatten)]
        page: PageArguments,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Create a class
    #[command(
        after_help = "Examples:\n  homeroom class create --group aberdeen/miller-junior-high \"Algebra 1\""
    )]
    Create {
        /// Its name, 1 to 100 characters.
        name: String,
        /// The id or path of the group whose class it is.
        #[arg(long)]
        group: String,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Enrol a person in a class, or give them another role there
    ///
    /// A teacher has to belong to a group of the class's district.
    #[command(after_help = "\
Examples:
  homeroom class enrol 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e zofia@aberdeen.example --role teacher
  homeroom class enrol 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e minh@aberdeen.example --role student")]
    Enrol {
        /// The class's id.
        id: String,
        /// The person's id or e-mail address.
        who: String,
        /// Whether they teach or attend it.
        #[arg(long, value_parser = code::parser(ClassRole::ALL, ClassRole::as_str))]
        role: ClassRole,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Take a person out of a class
    #[command(after_help = "\
Examples:
  homeroom class remove 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e minh@aberdeen.example")]
    Remove {
        /// The class's id.
        id: String,
        /// The person's id or e-mail address.
        who: String,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Delete a class softly
    ///
    /// `restore` brings it back with its people. Asks first, or takes --yes.
    #[command(after_help = "\
Examples:
  homeroom class delete 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e
  homeroom class delete 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e --yes")]
    Delete {
        /// Its id.
        id: String,
        /// Don't ask.
        #[arg(long, short)]
        yes: bool,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Bring a deleted class back
    #[command(
        after_help = "Examples:\n  homeroom class restore 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e"
    )]
    Restore {
        /// Its id.
        id: String,
        #[command(flatten)]
        output: OutputArguments,
    },
}
