//! The arguments of the program.

mod advise;
mod chat;
mod class;
mod code;
mod group;
mod migrate;
mod page;
mod personal_data;
mod stats;
mod time;
mod user;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand, ValueHint};
use clap_complete::Shell;

pub(crate) use self::advise::{
    AddArguments, AdviseArguments, AdviseCommand, FixArguments, Impact, LookArguments,
    RegisterCommand,
};
pub(crate) use self::chat::{ChatArguments, ChatCommand};
pub(crate) use self::class::{ClassArguments, ClassCommand};
pub(crate) use self::group::{GroupArguments, GroupCommand};
pub(crate) use self::migrate::{
    CheckArguments, CheckFormat, DatabaseArguments, DownArguments, DumpArguments, FolderArguments,
    FromTool, MigrateArguments, MigrateCommand, PlanArguments, RedoArguments, RunArguments,
    UpArguments,
};
pub(crate) use self::page::PageArguments;
pub(crate) use self::personal_data::{EraseArguments, ExportArguments};
pub(crate) use self::stats::StatsArguments;
pub(crate) use self::user::{UserArguments, UserCommand};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// The data layer of an AI classroom, on PostgreSQL.
///
/// Without DATABASE_URL the program uses a private PostgreSQL of its own: found on this machine, started for the command
/// and stopped with it.
#[derive(Debug, Parser)]
#[command(name = "homeroom", version, styles = STYLES, max_term_width = 100, after_help = "\
Examples:
  homeroom demo                           see Homeroom work, leave nothing behind
  homeroom import roster ./district.zip   read a OneRoster package
  homeroom group tree                     look at what came in
  homeroom postgres psql                  look at the private database

Environment:
  DATABASE_URL        the database to use, postgresql://user:password@host:port/database
  DATABASE_POOL_MIN, DATABASE_POOL_MAX, DATABASE_STATEMENT_TIMEOUT and the others of the library
  HOMEROOM_DATA_DIR   where the private PostgreSQL keeps its data
  HOMEROOM_PG_BIN     the folder with PostgreSQL's programs
  NO_COLOR            no colours

Exit codes: 0 done, 1 failed, 2 something is pending or was found, 3 the database has drifted; 130 after Ctrl-C.")]
pub(crate) struct Cli {
    /// When to use colours.
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Global options"
    )]
    color: ColorChoice,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(DemoArguments),
    Migrate(MigrateArguments),
    Advise(AdviseArguments),
    Import(ImportArguments),
    User(UserArguments),
    Group(GroupArguments),
    Class(ClassArguments),
    Chat(ChatArguments),
    Export(ExportArguments),
    Erase(EraseArguments),
    Stats(StatsArguments),
    Postgres(PostgresArguments),
    /// Print the completions of a shell
    #[command(after_help = "\
Examples:
  homeroom completions bash > ~/.local/share/bash-completion/completions/homeroom
  homeroom completions fish > ~/.config/fish/completions/homeroom.fish
  homeroom completions zsh > ~/.zfunc/_homeroom")]
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// Make a small district and show what Homeroom does with it
///
/// Without DATABASE_URL on a throw-away PostgreSQL, of which nothing stays. With DATABASE_URL in that database: it is
/// migrated, the demo makes a district of its own with a name that is free, and touches nothing else.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  homeroom demo
  homeroom demo --seed 7
  homeroom demo --roster ./district.zip --conversations ./trees.jsonl
  homeroom demo --json | jq .timings")]
pub(crate) struct DemoArguments {
    /// Which district is made: the same seed makes the same names and numbers.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Import this OneRoster package (folder or zip) in place of the made district.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) roster: Option<PathBuf>,
    /// Import these OpenAssistant conversations (JSONL) in place of the made chats.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(crate) conversations: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct OutputArguments {
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Import people, classes and conversations
///
/// Everything or nothing, in one transaction. A second import of the same data changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  homeroom import roster ./district.zip
  homeroom import conversations ./trees.jsonl")]
pub(crate) struct ImportArguments {
    #[command(subcommand)]
    pub(crate) command: ImportCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Import a OneRoster CSV bulk package, 1.1 or 1.2
    #[command(after_help = "\
Examples:
  homeroom import roster ./district.zip
  homeroom import roster ./district-folder --source north-district
  homeroom import roster ./district.zip --json")]
    Roster {
        /// The package: a folder or a zip.
        #[arg(value_hint = ValueHint::AnyPath)]
        path: PathBuf,
        /// What tells this system's ids from those of others; the same for every import of one system.
        #[arg(long, value_name = "NAME")]
        source: Option<String>,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Import conversation trees in OpenAssistant's JSONL form
    ///
    /// Each path to a leaf becomes a chat, each branch a fork of the chat that it leaves.
    #[command(after_help = "\
Examples:
  homeroom import conversations ./trees.jsonl
  homeroom import conversations ./trees.jsonl --json")]
    Conversations {
        /// The file, a JSON object a line.
        #[arg(value_hint = ValueHint::FilePath)]
        path: PathBuf,
        #[command(flatten)]
        output: OutputArguments,
    },
}

/// Run the private PostgreSQL, which is used without DATABASE_URL
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  homeroom postgres start
  export DATABASE_URL=\"$(homeroom postgres url)\"
  homeroom postgres psql -- -c '\\dt'
  homeroom postgres stop")]
pub(crate) struct PostgresArguments {
    #[command(subcommand)]
    pub(crate) command: PostgresCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PostgresCommand {
    /// Start it and leave it running
    #[command(
        after_help = "Examples:\n  homeroom postgres start\n  homeroom postgres start --json"
    )]
    Start {
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Show whether it runs, where its data is and how much that is
    #[command(
        after_help = "Examples:\n  homeroom postgres status\n  homeroom postgres status --json | jq .running"
    )]
    Status {
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Stop it, whoever uses it
    #[command(after_help = "Examples:\n  homeroom postgres stop")]
    Stop {
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Print the address of its database, for DATABASE_URL
    #[command(after_help = "Examples:\n  export DATABASE_URL=\"$(homeroom postgres url)\"")]
    Url,
    /// Open psql on its database
    ///
    /// A server that does not run is started, and stopped again when psql ends.
    #[command(after_help = "\
Examples:
  homeroom postgres psql
  homeroom postgres psql -- -c '\\dt'
  homeroom postgres psql -- --file report.sql")]
    Psql {
        /// Arguments for psql.
        #[arg(last = true, value_name = "ARGUMENTS")]
        arguments: Vec<OsString>,
    },
    /// Delete it with all its data, for good
    #[command(
        after_help = "Examples:\n  homeroom postgres destroy\n  homeroom postgres destroy --yes"
    )]
    Destroy {
        /// Don't ask.
        #[arg(long, short)]
        yes: bool,
        #[command(flatten)]
        output: OutputArguments,
    },
}

/// The program's description of its own arguments.
pub(crate) fn command() -> clap::Command {
    Cli::command()
}

/// Reads the program's arguments, and makes the choice of colours for all that is printed from now on.
pub(crate) fn parse() -> Result<Cli, clap::Error> {
    // Help and faults are printed before --color is parsed.
    let arguments =
        std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    let asked = color_asked_for(arguments);
    let matches = command().color(asked).try_get_matches()?;
    let cli = Cli::from_arg_matches(&matches)?;
    match cli.color {
        ColorChoice::Auto => {}
        ColorChoice::Always => anstream::ColorChoice::Always.write_global(),
        ColorChoice::Never => anstream::ColorChoice::Never.write_global(),
    }
    Ok(cli)
}

fn color_asked_for(mut arguments: impl Iterator<Item = String>) -> ColorChoice {
    let mut asked = None;
    while let Some(argument) = arguments.next() {
        match argument.split_once('=') {
            Some(("--color", when)) => asked = when.parse().ok(),
            None if argument == "--color" => {
                asked = arguments.next().and_then(|when| when.parse().ok());
            }
            None if argument == "--" => break,
            _ => {}
        }
    }
    asked.unwrap_or(ColorChoice::Auto)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_declared_soundly() {
        command().debug_assert();
    }

    #[test]
    fn the_choice_of_colours_is_known_before_the_arguments_are_parsed() {
        let asked = |line: &str| color_asked_for(line.split(' ').map(ToOwned::to_owned));
        assert_eq!(asked("--color=never demo --help"), ColorChoice::Never);
        assert_eq!(asked("demo --color always"), ColorChoice::Always);
        assert_eq!(asked("demo --color sometimes"), ColorChoice::Auto);
        assert_eq!(asked("postgres psql -- --color=never"), ColorChoice::Auto);
    }
}
