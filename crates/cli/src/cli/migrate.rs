//! The arguments of `homeroom migrate`.

mod proof;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum, ValueHint};
use homeroom_migrate::{HistoryTable, Version};

pub(crate) use self::proof::{CheckArguments, CheckFormat, DumpArguments};
use super::{OutputArguments, time};

/// Bring a schema up, take it back, see where it stands, and prove that its downs are right
///
/// Homeroom's own schema, or with --dir any folder of migrations: pairs of NNNN_name.up.sql and NNNN_name.down.sql, or the
/// files of Diesel, sqlx, golang-migrate, dbmate and sql-migrate. In the database of DATABASE_URL, or on the private
/// PostgreSQL: there a folder has a database of its own, named after it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  homeroom migrate status
  homeroom migrate up
  homeroom migrate down --steps 2
  homeroom migrate --dir ./app/migrations up
  homeroom migrate --dir ./app/migrations verify

Exit codes: 0 done, 1 failed, 2 something is pending or was found, 3 the database has drifted.")]
pub(crate) struct MigrateArguments {
    #[command(flatten)]
    pub(crate) folder: FolderArguments,
    #[command(subcommand)]
    pub(crate) command: MigrateCommand,
}

#[derive(Debug, Args)]
pub(crate) struct FolderArguments {
    /// The folder of migrations; without it Homeroom's own, which the program carries.
    #[arg(
        long,
        global = true,
        value_name = "FOLDER",
        value_hint = ValueHint::DirPath,
        help_heading = "Which migrations"
    )]
    pub(crate) dir: Option<PathBuf>,
}

/// In which database, and where in it the history is.
#[derive(Debug, Clone, Args)]
pub(crate) struct DatabaseArguments {
    /// The database on the private PostgreSQL, in place of the one named after the folder.
    #[arg(long, value_name = "NAME", help_heading = "Which database")]
    pub(crate) database: Option<String>,
    /// The table that keeps the history, NAME or SCHEMA.NAME [default: homeroom_migrations].
    #[arg(long, value_name = "TABLE", value_parser = table, help_heading = "Which database")]
    pub(crate) table: Option<HistoryTable>,
}

/// How long to wait, and how often to try.
#[derive(Debug, Clone, Args)]
pub(crate) struct RunArguments {
    /// How long a migration waits for a lock before it is taken back and tried again; 0 leaves it to the server [default: 5s].
    #[arg(long, value_name = "TIME", value_parser = time::parse, help_heading = "Waiting")]
    pub(crate) lock_timeout: Option<Duration>,
    /// How long a statement may take; 0 leaves it to the server [default: 0].
    #[arg(long, value_name = "TIME", value_parser = time::parse, help_heading = "Waiting")]
    pub(crate) statement_timeout: Option<Duration>,
    /// How often a migration is tried that met a lock or a deadlock [default: 6].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = "Waiting")]
    pub(crate) attempts: Option<u32>,
    /// How long to wait for another migrator that is at work [default: 5m].
    #[arg(long, value_name = "TIME", value_parser = time::parse, help_heading = "Waiting")]
    pub(crate) wait: Option<Duration>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MigrateCommand {
    Up(UpArguments),
    Down(DownArguments),
    Redo(RedoArguments),
    /// Go to a version, down or up as it takes
    ///
    /// Takes back every newer migration, then applies what is pending up to it. What the tables of the newer ones held is
    /// lost: asks first when there are any, or takes --yes.
    #[command(after_help = "\
Examples:
  homeroom migrate goto 5
  homeroom migrate goto 5 --yes --json")]
    Goto {
        /// The migration to go to: it is the newest one applied then.
        #[arg(value_name = "VERSION")]
        version: Version,
        /// Don't ask.
        #[arg(long, short)]
        yes: bool,
        #[command(flatten)]
        database: DatabaseArguments,
        #[command(flatten)]
        run: RunArguments,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Show each migration and where it stands
    ///
    /// Ends with 2 when migrations are pending or unfinished, and with 3 when the database has drifted: a migration was
    /// edited after it was applied, is missing, is half taken back, is newer than this program, or came late.
    #[command(after_help = "\
Examples:
  homeroom migrate status
  homeroom migrate status --dir ./migrations
  homeroom migrate status --json | jq '.entries[] | select(.state != \"applied\")'")]
    Status {
        #[command(flatten)]
        database: DatabaseArguments,
        #[command(flatten)]
        output: OutputArguments,
    },
    Plan(PlanArguments),
    /// Write the files of a new migration
    ///
    /// In the style of the folder and with its next number, or the time of day where versions are that. Without --dir in the
    /// folder `migrations` of the current one. A folder that is not there is made.
    #[command(after_help = "\
Examples:
  homeroom migrate new add_users
  homeroom migrate new \"add users\" --dir ./app/migrations")]
    New {
        /// What the migration does, such as add_users.
        name: String,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Prove the down scripts: each migration up, down and up again, the schemas compared
    ///
    /// On a throw-away PostgreSQL, of which nothing stays, wherever DATABASE_URL points. Each down is exact, order-only (columns
    /// in another order), lossy (the schema is back, what its tables held is not), wrong (another schema is left), failing or
    /// irreversible (it says so itself).
    ///
    /// Ends with 2 when any is wrong or failing.
    #[command(after_help = "\
Examples:
  homeroom migrate verify
  homeroom migrate verify --dir ./migrations
  homeroom migrate verify --json | jq '.migrations[] | select(.class == \"wrong\") | .difference'")]
    Verify {
        #[command(flatten)]
        output: OutputArguments,
    },
    Check(CheckArguments),
    Dump(DumpArguments),
    /// Accept edited files of applied migrations as they are now
    ///
    /// The history takes their names, checksums and down scripts; nothing is run. Ends with 3 when the database has drifted in
    /// other ways too.
    #[command(after_help = "\
Examples:
  homeroom migrate repair
  homeroom migrate repair --dir ./migrations --json")]
    Repair {
        #[command(flatten)]
        database: DatabaseArguments,
        #[command(flatten)]
        run: RunArguments,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Record the migrations up to a version as applied, and run none of them
    ///
    /// For a database that has what they make, and no history.
    #[command(after_help = "\
Examples:
  homeroom migrate baseline 5
  homeroom migrate baseline 20240131120000 --dir ./migrations")]
    Baseline {
        /// The newest migration that the database has.
        #[arg(value_name = "VERSION")]
        version: Version,
        #[command(flatten)]
        database: DatabaseArguments,
        #[command(flatten)]
        run: RunArguments,
        #[command(flatten)]
        output: OutputArguments,
    },
    /// Take over the versions that another tool has applied, and run none of them
    ///
    /// The tool's own table stays as it is. Run again, it takes over what is new.
    #[command(after_help = "\
Examples:
  homeroom migrate adopt --dir ./migrations
  homeroom migrate adopt --dir ./migrations --from diesel --json")]
    Adopt {
        /// The tool, where the tables of several are there.
        #[arg(long, value_name = "TOOL")]
        from: Option<FromTool>,
        #[command(flatten)]
        database: DatabaseArguments,
        #[command(flatten)]
        run: RunArguments,
        #[command(flatten)]
        output: OutputArguments,
    },
}

/// Apply the pending migrations, each in a transaction where that can be
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  homeroom migrate up
  homeroom migrate up --to 5
  homeroom migrate up --steps 1 --json
  homeroom migrate up --dir ./migrations --allow-late=7,9")]
pub(crate) struct UpArguments {
    /// The last migration to apply.
    #[arg(long, value_name = "VERSION", conflicts_with = "steps")]
    pub(crate) to: Option<Version>,
    /// How many to apply at most.
    #[arg(long, value_name = "N")]
    pub(crate) steps: Option<usize>,
    /// Apply migrations that came late too, older than one that is applied: all, or only these.
    #[arg(
        long,
        value_name = "VERSION,…",
        num_args = 0..=1,
        require_equals = true,
        value_delimiter = ','
    )]
    pub(crate) allow_late: Option<Vec<Version>>,
    #[command(flatten)]
    pub(crate) database: DatabaseArguments,
    #[command(flatten)]
    pub(crate) run: RunArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

/// Take applied migrations back, the newest first
///
/// What the tables held is lost. Asks first, or takes --yes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  homeroom migrate down
  homeroom migrate down --to 5
  homeroom migrate down --all --yes
  homeroom migrate down --all --continue --yes --dir ./migrations")]
pub(crate) struct DownArguments {
    /// The migration to go back to: it stays applied.
    #[arg(long, value_name = "VERSION", conflicts_with_all = ["steps", "all"])]
    pub(crate) to: Option<Version>,
    /// How many to take back [default: 1].
    #[arg(long, value_name = "N", conflicts_with = "all")]
    pub(crate) steps: Option<usize>,
    /// Take all back.
    #[arg(long)]
    pub(crate) all: bool,
    /// Go on when one cannot be taken back: it stays applied, and all of them are told at the end, with exit code 1.
    #[arg(long = "continue")]
    pub(crate) keep_going: bool,
    /// Don't ask.
    #[arg(long, short)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) database: DatabaseArguments,
    #[command(flatten)]
    pub(crate) run: RunArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

/// Take applied migrations back and apply them again from their files
///
/// What the tables held is lost. Asks first, or takes --yes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  homeroom migrate redo
  homeroom migrate redo --steps 3 --yes --dir ./migrations")]
pub(crate) struct RedoArguments {
    /// The migration to go back to: it stays applied.
    #[arg(long, value_name = "VERSION", conflicts_with_all = ["steps", "all"])]
    pub(crate) to: Option<Version>,
    /// How many to do again [default: 1].
    #[arg(long, value_name = "N", conflicts_with = "all")]
    pub(crate) steps: Option<usize>,
    /// Do all again.
    #[arg(long)]
    pub(crate) all: bool,
    /// Don't ask.
    #[arg(long, short)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) database: DatabaseArguments,
    #[command(flatten)]
    pub(crate) run: RunArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

/// Show what `up` would run, or with --down what `down` would
///
/// The order, the file, how the statements are held together, the SQL, the locks that it takes on tables that are there, and the
/// data that would be lost, with the number of rows. Changes nothing. Ends with 2 when migrations are pending.
///
/// Locks and losses are seen on a throw-away PostgreSQL, which is brought to where the plan begins.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  homeroom migrate plan
  homeroom migrate plan --no-sql
  homeroom migrate plan --no-trace
  homeroom migrate plan --down --steps 3
  homeroom migrate plan --dir ./migrations --json | jq -r '.migrations[].sql'")]
pub(crate) struct PlanArguments {
    /// What `down` would take back.
    #[arg(long)]
    pub(crate) down: bool,
    /// As --to of `up` or `down`.
    #[arg(long, value_name = "VERSION", conflicts_with_all = ["steps", "all"])]
    pub(crate) to: Option<Version>,
    /// As --steps of `up` or `down`.
    #[arg(long, value_name = "N", conflicts_with = "all")]
    pub(crate) steps: Option<usize>,
    /// As --all of `down`.
    #[arg(long, requires = "down")]
    pub(crate) all: bool,
    /// As --allow-late of `up`.
    #[arg(
        long,
        value_name = "VERSION,…",
        num_args = 0..=1,
        require_equals = true,
        value_delimiter = ',',
        conflicts_with = "down"
    )]
    pub(crate) allow_late: Option<Vec<Version>>,
    /// Leave the SQL out.
    #[arg(long)]
    pub(crate) no_sql: bool,
    /// Leave locks and losses out, for which it takes a throw-away PostgreSQL.
    #[arg(long)]
    pub(crate) no_trace: bool,
    #[command(flatten)]
    pub(crate) database: DatabaseArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

/// A tool whose table of applied versions can be taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FromTool {
    Diesel,
    Sqlx,
    GolangMigrate,
    Dbmate,
    SqlMigrate,
}

fn table(text: &str) -> Result<HistoryTable, String> {
    let (schema, name) = match text.split_once('.') {
        Some((schema, name)) => (Some(schema), name),
        None => (None, text),
    };
    if name.is_empty() || schema == Some("") {
        return Err("it is NAME or SCHEMA.NAME".to_owned());
    }
    Ok(HistoryTable { schema: schema.map(str::to_owned), name: name.to_owned() })
}
