//! The arguments of the commands that are for a review or for CI: `check`, `dump`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use homeroom_migrate::HistoryTable;

use super::{DatabaseArguments, OutputArguments, table};

/// Look for what is dangerous in the migrations: what a linter reads in them, and what they lock, rewrite and scan
///
/// Every up script is read by the linter squawk and run on a throw-away PostgreSQL, of which nothing stays. Only tables count
/// that were there before the migration. With a DATABASE_URL its history is read as well, and edited, missing and late
/// migrations are told.
///
/// What is known and wanted is silenced at its statement: -- check-ignore: rule reason
///
/// Ends with 2 when there are warnings or errors.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  homeroom migrate check
  homeroom migrate check --static --dir ./migrations
  homeroom migrate check --dir ./migrations --format sarif > migrations.sarif
  homeroom migrate check --json | jq '.findings[] | select(.severity == \"error\")'")]
pub(crate) struct CheckArguments {
    /// Only read the files: no server is started and none is asked.
    #[arg(long = "static")]
    pub(crate) only_files: bool,
    /// How the findings are written.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: CheckFormat,
    /// As --format json.
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
    /// The table that keeps the history in the database of DATABASE_URL [default: homeroom_migrations].
    #[arg(long, value_name = "TABLE", value_parser = table, help_heading = "Which database")]
    pub(crate) table: Option<HistoryTable>,
}

impl CheckArguments {
    /// The format that was asked for.
    pub(crate) fn format(&self) -> CheckFormat {
        if self.json { CheckFormat::Json } else { self.format }
    }
}

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For people, with the lines of the files
    Text,
    /// One JSON document
    Json,
    /// SARIF 2.1.0, for code hosts and editors
    Sarif,
}

/// Write the schema as SQL, the same byte by byte for the same schema
///
/// By PostgreSQL's own pg_dump, without owners, privileges and the history. To be committed as schema.sql, where a review
/// sees what a migration changes, and compared in CI.
///
/// With --check it ends with 2 when the file is another. A file of another major version of PostgreSQL may be equal but for the
/// line that says so, and is as good then; where more differs, which may be that version's way of writing, that is told and it ends
/// with 2 too.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  homeroom migrate dump
  homeroom migrate dump --scratch --output schema.sql --dir ./migrations
  homeroom migrate dump --scratch --check schema.sql --dir ./migrations")]
pub(crate) struct DumpArguments {
    /// What the migrations make of an empty database on a throw-away PostgreSQL; no other database is touched.
    #[arg(long, conflicts_with = "database")]
    pub(crate) scratch: bool,
    /// The file to write; without it the standard output.
    #[arg(long = "output", short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output_file: Option<PathBuf>,
    /// Compare with this file and write none.
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        conflicts_with = "output_file"
    )]
    pub(crate) check: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) database: DatabaseArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}
