//! The schema of a database as SQL, the same byte by byte for the same schema. It is PostgreSQL's own `pg_dump` that writes
//! it; here it is called, and what differs from run to run is taken away.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tokio_postgres::Client;

use crate::error::Error;
use crate::migrator::Migrator;

/// PostgreSQL's program `pg_dump`, and how it reaches the database.
///
/// It must not be older than the server. What it is told beside the variables that it inherits is what libpq reads:
///
/// ```no_run
/// use homeroom_migrate::PgDump;
///
/// let pg_dump = PgDump::new("pg_dump").env("PGHOST", "localhost").env("PGDATABASE", "school");
/// ```
#[derive(Clone)]
pub struct PgDump {
    program: PathBuf,
    environment: Vec<(OsString, OsString)>,
    inherits: bool,
}

impl PgDump {
    /// A `pg_dump` by its path, or by its name on the `PATH`.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), environment: Vec::new(), inherits: true }
    }

    /// Sets one of libpq's variables, such as `PGHOST`. A password belongs here: everybody can read the arguments of a program.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Keeps back what this process has set of libpq's variables, such as a `PGSERVICE`, which comes before all others: what is set
    /// with [`PgDump::env`] decides alone.
    #[must_use]
    pub fn without_inherited(mut self) -> Self {
        self.inherits = false;
        self
    }

    /// Runs `pg_dump --schema-only --no-owner --no-privileges`, all but one table.
    fn run(&self, without: &str) -> Result<String, Error> {
        let without = format!("--exclude-table={without}");
        let arguments = ["--schema-only", "--no-owner", "--no-privileges", "--no-password"];
        self.output(&[&arguments[..], &["--encoding=UTF8", &without]].concat())
    }

    /// What it writes with these arguments.
    fn output(&self, arguments: &[&str]) -> Result<String, Error> {
        let mut command = Command::new(&self.program);
        if !self.inherits {
            let inherited = std::env::vars_os().map(|(name, _)| name);
            for name in inherited.filter(|name| name.as_encoded_bytes().starts_with(b"PG")) {
                command.env_remove(name);
            }
        }
        let output = command
            .args(arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .output()
            .map_err(|source| Error::PgDump { program: self.program.clone(), source })?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(Error::Dump { program: self.program.clone(), said });
        }
        String::from_utf8(output.stdout).map_err(|_| Error::Dump {
            program: self.program.clone(),
            said: "what it wrote is not UTF-8".to_owned(),
        })
    }

    /// The schema of the database with its owners and privileges, as `pg_dump` writes it, for a client that is not psql. Blocks for
    /// as long as `pg_dump` takes, which locks every table in `ACCESS SHARE`, as a read does.
    ///
    /// # Errors
    /// [`Error::PgDump`] when the program cannot be started; [`Error::Dump`] with what it says when it fails.
    pub fn schema(&self) -> Result<String, Error> {
        let dump = self.output(&["--schema-only", "--no-password", "--encoding=UTF8"])?;
        // Commands of psql: `\restrict` and `\unrestrict`, by the releases since August 2025.
        let is_command =
            |line: &&str| line.starts_with("\\restrict ") || line.starts_with("\\unrestrict ");
        let lines = dump.lines().filter(|line| !is_command(line));
        Ok(lines.flat_map(|line| [line, "\n"]).collect())
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }
}

impl fmt::Debug for PgDump {
    /// Without the values of the variables, one of which may be a password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&OsString> = self.environment.iter().map(|(name, _)| name).collect();
        formatter
            .debug_struct("PgDump")
            .field("program", &self.program)
            .field("environment", &names)
            .field("inherits", &self.inherits)
            .finish()
    }
}

impl Migrator {
    /// The schema of the database as SQL, to be committed as `schema.sql` and compared: equal schemas made by equal majors of
    /// PostgreSQL are equal byte by byte, whoever dumps them and when.
    ///
    /// Without owners and privileges, whose roles differ from place to place, and without the history table; the first line says
    /// how far the history goes, the second one which majors of PostgreSQL and `pg_dump` made it. Blocks for as long as `pg_dump` takes, which locks every table in `ACCESS SHARE`, as a read does.
    ///
    /// # Errors
    /// [`Error::PgDump`] when the program cannot be started; [`Error::Dump`] with what it says when it fails, as one that is
    /// older than the server does; [`Error::Database`] when the history cannot be read.
    pub async fn dump(&self, client: &Client, pg_dump: &PgDump) -> Result<String, Error> {
        let (history, standing) = self.standing(client).await?;
        let head = match standing.applied().max_by_key(|record| record.version) {
            Some(newest) => format!("-- The schema after {}_{}.", newest.version, newest.name),
            None => "-- The schema before the first migration.".to_owned(),
        };
        // A pattern of pg_dump's, in which a quoted name is taken as it is.
        let dump = pg_dump.run(history.table())?;
        let (server, program) = (major(&dump, FROM), major(&dump, BY));
        let origin = format!("-- Dumped from PostgreSQL {server} by pg_dump {program}.");
        Ok(format!("{head}\n{origin}\n\n{}", steady(&dump)))
    }
}

/// The major version that the dump's own head names after these words.
fn major<'a>(dump: &'a str, words: &str) -> &'a str {
    let version = dump.lines().find_map(|line| line.strip_prefix(words)).unwrap_or("?");
    version.split(|c: char| !c.is_ascii_digit()).next().unwrap_or(version)
}

/// Takes away what says when, with which versions and in which run a dump was made.
fn steady(dump: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut in_head = true;
    for line in dump.lines() {
        if in_head {
            // The head: comments on the versions and, by the releases since August 2025, `\restrict` with a random word.
            in_head = !line.starts_with("SET ");
            if in_head {
                continue;
            }
        }
        // Only PostgreSQL 17 and later know it, and its value is the default.
        if line == "SET transaction_timeout = 0;" {
            continue;
        }
        lines.push(line);
    }
    let is_tail = |line: &&str| {
        line.is_empty() || *line == "--" || *line == TAIL || line.starts_with("\\unrestrict ")
    };
    while lines.last().is_some_and(is_tail) {
        lines.pop();
    }
    lines.push("");
    lines.join("\n")
}

/// What stands in the head of a dump before the version of the server.
const FROM: &str = "-- Dumped from database version ";
/// What stands there before the version of the program.
const BY: &str = "-- Dumped by pg_dump version ";
/// The last comment of a dump.
const TAIL: &str = "-- PostgreSQL database dump complete";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_run_to_run_is_taken_away() {
        let dump = "--\n-- PostgreSQL database dump\n--\n\n\\restrict aB3\n\n-- Dumped from database version 17.9\n\
            -- Dumped by pg_dump version 18beta1\n\nSET statement_timeout = 0;\nSET transaction_timeout = 0;\n\n\
            CREATE TABLE public.a (\n    n integer\n);\n\n\n--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict aB3\n\n";
        assert_eq!(
            steady(dump),
            "SET statement_timeout = 0;\n\nCREATE TABLE public.a (\n    n integer\n);\n"
        );
        assert_eq!((major(dump, FROM), major(dump, BY)), ("17", "18"));
    }

    #[test]
    fn a_password_is_not_shown() {
        let pg_dump = PgDump::new("pg_dump").env("PGPASSWORD", "s3cret");
        assert!(!format!("{pg_dump:?}").contains("s3cret"));
    }
}
