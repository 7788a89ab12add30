//! The arguments of `homeroom group`.

use clap::{Args, Subcommand};
use homeroom::{GroupRole, GroupType};

use super::{OutputArguments, PageArguments, code};

/// Look after districts, schools and departments, and who belongs to them
///
/// A GROUP is given by its id, by its path (aberdeen.miller_junior_high), or by the slugs from the root down with slashes
/// (aberdeen/miller-junior-high).
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  homeroom group tree
  homeroom group create --type district Aberdeen
  homeroom group create --type school --parent aberdeen \"Miller Junior High\"
  homeroom group add aberdeen/miller-junior-high zofia@aberdeen.example teacher
  homeroom group members aberdeen/miller-junior-high")]
pub(crate) struct GroupArguments {
    #[command(subcommand)]
    pub(crate) command: GroupCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum GroupCommand {
    /// Show the tree of groups, each with the classes and people in it and below it
    ///
    /// Each stands with its slug; those from the root down are the path of a group. A person counts once; the counts are read from all members, so
    /// that a large tree takes a while.
    #[command(after_help = "\
Examples:
  homeroom group tree
  homeroom group tree --depth 1
  homeroom group tree aberdeen/miller-junior-high
  homeroom group tree aberdeen --json | jq '.[] | {path, students}'")]
    Tree {
        /// The group at the top; without it all groups.
        group: Option<String>,
        /// How many levels below the top are shown.
        #[arg(long, value_name = "N")]
        depth: Option<usize>,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Show a group, what is in it, and the groups right below it
    #[command(after_help = "\
Examples:
  homeroom group show aberdeen
  homeroom group show aberdeen/miller-junior-high --json | jq .group.settings")]
    Show {
        /// Its id or path.
        group: String,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Create a group
    ///
    /// A district stands at the root or under a district, a school under a district, a department under a school or a
    /// department.
    #[command(after_help = "\
Examples:
  homeroom group create --type district Aberdeen
  homeroom group create --type school --parent aberdeen \"Miller Junior High\"
  homeroom group create --type department --parent aberdeen/miller-junior-high Mathematics --slug maths")]
    Create {
        /// Its name, 1 to 100 characters.
        name: String,
        /// What it is.
        #[arg(long = "type", value_name = "TYPE", value_parser = code::parser(GroupType::ALL, GroupType::as_str))]
        kind: GroupType,
        /// The id or path of the group above; without it the group stands at the root.
        #[arg(long, value_name = "GROUP")]
        parent: Option<String>,
        /// Its part of the path, of a-z, 0-9 and single hyphens; without it made of the name.
        #[arg(long)]
        slug: Option<String>,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Put a group with all that is below it elsewhere
    ///
    /// Its path and those of all groups below it change in the same step.
    #[command(after_help = "\
Examples:
  homeroom group move aberdeen/miller-junior-high --to hoquiam
  homeroom group move aberdeen/north --to-root")]
    #[command(group = clap::ArgGroup::new("where").required(true))]
    Move {
        /// Its id or path.
        group: String,
        /// The id or path of the group to put it under.
        #[arg(long, value_name = "GROUP", group = "where")]
        to: Option<String>,
        /// Put it at the root.
        #[arg(long, group = "where")]
        to_root: bool,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Give a group another name
    ///
    /// Its slug, and with it all paths, stay as they are unless --slug gives another one.
    #[command(after_help = "\
Examples:
  homeroom group rename aberdeen/miller-junior-high \"Miller Middle School\"
  homeroom group rename aberdeen/miller-junior-high \"Miller Middle School\" --slug miller")]
    Rename {
        /// Its id or path.
        group: String,
        /// The new name, 1 to 100 characters.
        name: String,
        /// The new part of the path; the paths of all groups below it change with it.
        #[arg(long)]
        slug: Option<String>,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Archive a group with all that is below it
    ///
    /// Nothing of it is shown or can be changed from then on; `restore` brings all of it back. Asks first, or takes --yes.
    #[command(after_help = "\
Examples:
  homeroom group archive aberdeen/miller-junior-high
  homeroom group archive aberdeen/miller-junior-high --yes")]
    Archive {
        /// Its id or path.
        group: String,
        /// Don't ask.
        #[arg(long, short)]
        yes: bool,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Bring an archived group back, with all that was archived together with it
    #[command(after_help = "\
Examples:
  homeroom group restore aberdeen/miller-junior-high
  homeroom group restore 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e")]
    Restore {
        /// Its id, or the path that it had.
        group: String,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Show the settings in force at a group, and which group sets each
    #[command(after_help = "\
Examples:
  homeroom group settings aberdeen/miller-junior-high
  homeroom group settings aberdeen --json | jq .settings")]
    Settings {
        /// Its id or path.
        group: String,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// List the people of a group with their roles there
    ///
    /// Its own: who belongs to a group above it or below it is not listed.
    #[command(after_help = "\
Examples:
  homeroom group members aberdeen/miller-junior-high
  homeroom group members aberdeen --limit 1000 --json | jq '.items[] | select(.role == \"group_admin\") | .user.email'")]
    Members {
        /// Its id or path.
        group: String,
        #[command(flatten)]
        page: PageArguments,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Add a person to a group, or give them another role there
    #[command(after_help = "\
Examples:
  homeroom group add aberdeen/miller-junior-high zofia@aberdeen.example teacher
  homeroom group add aberdeen 019a5c2e-7b1a-7c3e-9d2f-3f1b2a4c5d6e group_admin")]
    Add {
        /// Its id or path.
        group: String,
        /// The person's id or e-mail address.
        who: String,
        /// What they are there.
        #[arg(value_parser = code::parser(GroupRole::ALL, GroupRole::as_str))]
        role: GroupRole,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Take a person out of a group
    ///
    /// The person stays, and so do their classes.
    #[command(after_help = "\
Examples:
  homeroom group remove aberdeen/miller-junior-high zofia@aberdeen.example")]
    Remove {
        /// Its id or path.
        group: String,
        /// The person's id or e-mail address.
        who: String,
        #[command(flatten)]
        output: OutputArguments,
    },
}
