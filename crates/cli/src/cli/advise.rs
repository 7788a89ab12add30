//! The arguments of `homeroom advise`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum, ValueHint};
use homeroom_advisor::{Effort, Kind, Priority};

use super::OutputArguments;

/// Find what should be improved in a database and its migrations, and keep a register of it
///
/// Looks at the database of DATABASE_URL, whose ever it is, or at the private one: read only, in one transaction, without the
/// rights of a superuser. No values of rows are read unless --sample-values says so. Where there is an improvements.toml, what it
/// accepts doesn't count, and every finding is shown with its id.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  homeroom advise
  homeroom advise --schema app --migrations ./migrations
  homeroom advise --scratch --migrations ./migrations --fail-on high
  homeroom advise --prove
  HOMEROOM_STATEMENTS=statements.jsonl cargo test; homeroom advise --statements statements.jsonl
  homeroom advise --json | jq '.findings[] | {priority, title}'
  homeroom advise explain duplicate-index
  homeroom advise register update

Exit codes: 0 done, 1 failed, 2 something was found that matters as much as --fail-on says."
)]
pub(crate) struct AdviseArguments {
    #[command(flatten)]
    pub(crate) look: LookArguments,
    #[command(flatten)]
    pub(crate) register: RegisterFile,
    /// Print one JSON document.
    #[arg(long, group = "format")]
    pub(crate) json: bool,
    /// Print a log in SARIF 2.1.0, for code hosts and editors.
    #[arg(long, group = "format")]
    pub(crate) sarif: bool,
    /// Print Markdown.
    #[arg(long, group = "format")]
    pub(crate) markdown: bool,
    /// Try what is suggested on a copy of the schema, on a throw-away PostgreSQL, and tell what that showed.
    #[arg(long)]
    pub(crate) prove: bool,
    /// End with 2 when a finding has this priority or a higher one and is not accepted.
    #[arg(long, value_name = "PRIORITY", value_parser = priority)]
    pub(crate) fail_on: Option<Priority>,
    #[command(subcommand)]
    pub(crate) command: Option<AdviseCommand>,
}

/// What is looked at.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct LookArguments {
    /// A schema to look at; may be given several times [default: all but those of the system and of extensions].
    #[arg(long, value_name = "NAME", help_heading = "What to look at")]
    pub(crate) schema: Vec<String>,
    /// A rule to run; may be given several times [default: all].
    #[arg(long, value_name = "RULE", help_heading = "What to look at")]
    pub(crate) rule: Vec<String>,
    /// Look at this folder of migrations too, on a throw-away PostgreSQL.
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath, help_heading = "What to look at")]
    pub(crate) migrations: Option<PathBuf>,
    /// In place of a database look at what the migrations make on a throw-away PostgreSQL: those of --migrations, or Homeroom's.
    #[arg(long, help_heading = "What to look at")]
    pub(crate) scratch: bool,
    /// What an application's tests have run, as HOMEROOM_STATEMENTS made it be recorded.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "What to look at")]
    pub(crate) statements: Option<PathBuf>,
    /// Where the files of the application are that the recording names [default: here].
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath, help_heading = "What to look at")]
    pub(crate) source: Option<PathBuf>,
    /// Keep what the server has counted of its statements in this file, and tell what became slower since the last time.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "What to look at")]
    pub(crate) statement_history: Option<PathBuf>,
    /// How many connections all pools of the application may open together, to compare with what the server allows.
    #[arg(long, value_name = "N", help_heading = "What to look at")]
    pub(crate) pool_max: Option<u32>,
    /// Let rules read a sample of rows, such as whether tokens are stored in clear.
    #[arg(long, help_heading = "What to look at")]
    pub(crate) sample_values: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct RegisterFile {
    /// The register; the page for people, IMPROVEMENTS.md, is beside it.
    #[arg(
        long = "register",
        value_name = "FILE",
        default_value = "improvements.toml",
        value_hint = ValueHint::FilePath,
        help_heading = "Which register"
    )]
    pub(crate) path: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AdviseCommand {
    /// List the rules
    #[command(
        after_help = "Examples:\n  homeroom advise rules\n  homeroom advise rules --json | jq -r '.[].id'"
    )]
    Rules {
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Explain a rule: why, how sure it is, its SQL, and a schema that has the fault
    #[command(after_help = "\
Examples:
  homeroom advise explain duplicate-index
  homeroom advise explain duplicate-index --json | jq -r .sql")]
    Explain {
        /// The rule.
        rule: String,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Write the migration that mends an entry of the register
    ///
    /// It is tried first, on a copy of the schema on a throw-away PostgreSQL: the finding has to be gone after the up, and the down has
    /// to restore what was there. The database itself is only read.
    #[command(after_help = "\
Examples:
  homeroom advise fix DB-012
  homeroom advise fix 12 --dir ./app/migrations
  homeroom advise fix 12 --dir ./app/migrations --scratch")]
    Fix(FixArguments),
    Register(RegisterArguments),
}

#[derive(Debug, Args)]
pub(crate) struct FixArguments {
    /// The entry.
    pub(crate) id: String,
    /// The folder of migrations.
    #[arg(long, value_name = "FOLDER", default_value = "migrations", value_hint = ValueHint::DirPath)]
    pub(crate) dir: PathBuf,
    /// In place of a database look at what the migrations make on a throw-away PostgreSQL.
    #[arg(long)]
    pub(crate) scratch: bool,
    #[command(flatten)]
    pub(crate) register: RegisterFile,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

/// Keep the register of improvements: improvements.toml for git, IMPROVEMENTS.md for people
///
/// Two people can change it at once: with `improvements.toml merge=union` and `IMPROVEMENTS.md merge=union` in .gitattributes git
/// merges both, and the next command tells apart what it can't decide, such as an id that both have given away.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  homeroom advise register update
  homeroom advise register add \"Partition messages by month\" --kind performance --priority low
  homeroom advise register accept DB-012 --reason \"goes with release 7\" --until 2027-06-30
  homeroom advise register show DB-012")]
pub(crate) struct RegisterArguments {
    #[command(subcommand)]
    pub(crate) command: RegisterCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RegisterCommand {
    /// Run the rules: enter what is new, complete what is gone, reopen what is back
    ///
    /// With --check nothing is written, and it ends with 2 when the register or its page is behind.
    #[command(after_help = "\
Examples:
  homeroom advise register update
  homeroom advise register update --migrations ./migrations
  homeroom advise register update --scratch --check")]
    Update {
        #[command(flatten)]
        look: LookArguments,
        /// Write nothing; end with 2 when something would be changed.
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        register: RegisterFile,
        #[command(flatten)]
        output: OutputArguments,
    },
    Add(AddArguments),
    /// Accept an entry as it is, for a reason and until a day
    #[command(after_help = "\
Examples:
  homeroom advise register accept DB-012 --reason \"goes with release 7\" --until 2027-06-30")]
    Accept {
        /// The entry.
        id: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// The last day on which it counts as accepted.
        #[arg(long, value_name = "DATE")]
        until: NaiveDate,
        #[command(flatten)]
        register: RegisterFile,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Say where an entry is worked on, give it another priority, or take an acceptance back
    #[command(after_help = "\
Examples:
  homeroom advise register set DB-012 --tracking HR-77
  homeroom advise register set DB-012 --priority critical
  homeroom advise register set DB-012 --not-accepted")]
    Set {
        /// The entry.
        id: String,
        /// Where it is worked on.
        #[arg(long, value_name = "TEXT", required_unless_present_any = ["priority", "not_accepted"])]
        tracking: Option<String>,
        /// How much it matters.
        #[arg(long, value_name = "PRIORITY", value_parser = priority)]
        priority: Option<Priority>,
        /// Take its acceptance back.
        #[arg(long)]
        not_accepted: bool,
        #[command(flatten)]
        register: RegisterFile,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Complete an entry by hand, with what proves it
    #[command(after_help = "\
Examples:
  homeroom advise register complete DB-001 --proof \"tests/pool.rs: the_pool_is_as_large_as_configured\"")]
    Complete {
        /// The entry.
        id: String,
        /// What proves it: a query, a test, a commit.
        #[arg(long, value_name = "TEXT")]
        proof: String,
        #[command(flatten)]
        register: RegisterFile,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// List the entries, or show one with all that is known of it
    #[command(after_help = "\
Examples:
  homeroom advise register show
  homeroom advise register show DB-012
  homeroom advise register show --json | jq '.[] | select(.rule == null)'")]
    Show {
        /// The entry [default: all].
        id: Option<String>,
        #[command(flatten)]
        register: RegisterFile,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Take over a hand-kept Markdown page
    ///
    /// Each row of a table whose first column is ID becomes an entry, with the details below it, to the letter. The page itself is
    /// kept as well: `export` writes it back.
    #[command(after_help = "\
Examples:
  homeroom advise register import ./docs/database-improvements.md")]
    Import {
        /// The page.
        #[arg(value_hint = ValueHint::FilePath)]
        page: PathBuf,
        #[command(flatten)]
        register: RegisterFile,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Print the register in the layout of the page that was imported
    #[command(after_help = "\
Examples:
  homeroom advise register export > ./docs/database-improvements.md")]
    Export {
        #[command(flatten)]
        register: RegisterFile,
    },
}

/// Enter what you have found yourself
///
/// With --check it is kept true as well: a query that returns rows for as long as it is so.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  homeroom advise register add \"Partition messages by month\" --kind performance --priority low
  homeroom advise register add \"Drop the table old_users\" --kind schema --priority medium \\
      --source \"review of HR-40\" --check \"SELECT FROM pg_tables WHERE tablename = 'old_users'\"")]
pub(crate) struct AddArguments {
    /// What it is, in one line.
    pub(crate) title: String,
    /// What it is about.
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub(crate) kind: Kind,
    /// How much it matters.
    #[arg(long, value_name = "PRIORITY", value_parser = priority)]
    pub(crate) priority: Priority,
    /// What mending it takes: trivial, small (< 4 h), medium (4 to 16 h), large (> 16 h).
    #[arg(long, value_name = "EFFORT", default_value = "small", value_parser = effort)]
    pub(crate) effort: Effort,
    /// How much it does: high, medium or low [default: as the priority].
    #[arg(long, value_name = "IMPACT")]
    pub(crate) impact: Option<Impact>,
    /// Who or what found it.
    #[arg(long, value_name = "TEXT")]
    pub(crate) source: Option<String>,
    /// What is so.
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// What that does.
    #[arg(long, value_name = "TEXT")]
    pub(crate) effect: Option<String>,
    /// What to do about it.
    #[arg(long, value_name = "TEXT")]
    pub(crate) mitigation: Option<String>,
    /// Whether work has to stop until then, and why: "Yes - …" or "No - …".
    #[arg(long, value_name = "TEXT")]
    pub(crate) blocking: Option<String>,
    /// Where it is worked on.
    #[arg(long, value_name = "TEXT")]
    pub(crate) tracking: Option<String>,
    /// A query that returns rows for as long as it is so.
    #[arg(long, value_name = "SQL")]
    pub(crate) check: Option<String>,
    #[command(flatten)]
    pub(crate) register: RegisterFile,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Impact {
    High,
    Medium,
    Low,
}

fn priority(word: &str) -> Result<Priority, String> {
    one_of(word, Priority::ALL, Priority::word)
}

fn kind(word: &str) -> Result<Kind, String> {
    one_of(word, Kind::ALL, Kind::word)
}

fn effort(word: &str) -> Result<Effort, String> {
    one_of(word, Effort::ALL, Effort::word)
}

fn one_of<T: Copy>(word: &str, all: &[T], name: fn(T) -> &'static str) -> Result<T, String> {
    all.iter().copied().find(|one| name(*one).eq_ignore_ascii_case(word)).ok_or_else(|| {
        let names: Vec<String> = all.iter().map(|one| name(*one).to_lowercase()).collect();
        format!("it is one of {}", names.join(", "))
    })
}
