//! `homeroom migrate dump`: the schema as SQL, written or compared.

use std::path::Path;
use std::sync::Arc;

use anstyle::{AnsiColor, Style};
use anyhow::{Context, Result};
use homeroom::DatabaseConfig;
use homeroom_migrate::{Migrator, UpOptions};
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use super::place::Place;
use super::scratch::{Scratch, pg_dump};
use super::work::{Work, observed};
use crate::cli::DumpArguments;
use crate::failure::WayOut;
use crate::outcome::Outcome;
use crate::progress::Progress;
use crate::terminal;

/// How many equal lines are shown around each change.
const CONTEXT: usize = 3;
/// What the line of a dump begins with that tells which PostgreSQL made it.
const ORIGIN: &str = "-- Dumped from PostgreSQL ";

/// A dump and where it came from.
struct Dump<'a> {
    sql: String,
    /// Where the database is; none for a scratch one.
    database: Option<String>,
    place: &'a Place,
}

#[derive(Serialize)]
struct Report<'a> {
    /// Where the database is; none for a scratch one.
    database: Option<&'a str>,
    /// The folder of the migrations; none for those of the program.
    folder: Option<String>,
    /// The file that was written or compared.
    file: Option<&'a Path>,
    /// The dump, where no file was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    sql: Option<&'a str>,
    #[serde(flatten)]
    comparison: Option<Comparison>,
}

/// A file against a dump.
#[derive(Serialize)]
struct Comparison {
    /// Whether the file is the dump; none where they differ and another major version of PostgreSQL made the file.
    equal: Option<bool>,
    /// The lines in which they differ.
    difference: Option<String>,
    /// All that in words.
    #[serde(skip)]
    text: String,
}

/// Dumps what the migrations make of an empty database.
pub(super) async fn run_on_scratch(
    place: &Place,
    arguments: &DumpArguments,
    progress: &Progress,
) -> Result<Outcome> {
    let expected = expected(arguments)?;
    let scratch = Scratch::start(progress).await?;
    let config = scratch.database().await?;
    let migrator = observed(place.migrator().clone(), progress, &Arc::default());
    migrator.up(&mut config.connect_client().await?, &UpOptions::default()).await?;
    let sql = dump(&migrator, &config, progress).await?;
    scratch.stop().await?;
    finish(&Dump { sql, database: None, place }, expected.as_deref(), arguments)
}

/// Dumps the database.
pub(super) async fn run(work: &Work<'_>, arguments: &DumpArguments) -> Result<Outcome> {
    let expected = expected(arguments)?;
    let sql = dump(&work.migrator, work.target.config(), work.progress).await?;
    work.progress.end();
    let database = Some(work.target.description());
    finish(&Dump { sql, database, place: work.place }, expected.as_deref(), arguments)
}

async fn dump(migrator: &Migrator, config: &DatabaseConfig, progress: &Progress) -> Result<String> {
    let pg_dump = pg_dump(config).await?;
    let client = config.connect_client().await?;
    progress.doing("dumping the schema");
    Ok(migrator.dump(&client, &pg_dump).await?)
}

/// The file to compare with, read before anything is started.
fn expected(arguments: &DumpArguments) -> Result<Option<String>> {
    let Some(file) = &arguments.check else { return Ok(None) };
    let shown = file.display();
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("can't read {shown}"))
        .context(WayOut(format!("write it with `homeroom migrate dump --output {shown}`")))?;
    Ok(Some(text))
}

/// Prints, writes or compares the dump.
fn finish(dump: &Dump<'_>, expected: Option<&str>, arguments: &DumpArguments) -> Result<Outcome> {
    let DumpArguments { output_file, check, output, .. } = arguments;
    let comparison =
        check.as_ref().zip(expected).map(|(file, expected)| dump.compare(expected, file));
    let file = output_file.as_deref().or(check.as_deref());
    if let Some(file) = output_file {
        std::fs::write(file, &dump.sql)
            .with_context(|| format!("can't write {}", file.display()))
            .context(WayOut("name a file that you can write to with --output".to_owned()))?;
    }
    let is_other = comparison.as_ref().is_some_and(|comparison| comparison.equal != Some(true));
    if output.json {
        terminal::print_json(&Report {
            database: dump.database.as_deref(),
            folder: dump.place.folder(),
            file,
            sql: file.is_none().then_some(&dump.sql),
            comparison,
        })?;
    } else if let Some(comparison) = comparison {
        terminal::print(&comparison.text)?;
    } else if let Some(file) = file {
        terminal::print(&format!("{} is {} now\n", file.display(), dump.subject()))?;
    } else {
        terminal::print_exactly(&dump.sql)?;
    }
    Ok(if is_other { Outcome::Pending } else { Outcome::Done })
}

impl Dump<'_> {
    /// What the dump is, for people.
    fn subject(&self) -> String {
        match &self.database {
            Some(database) => format!("the schema of {database}"),
            None => format!("what the migrations of {} make", self.place.description()),
        }
    }

    fn compare(&self, expected: &str, file: &Path) -> Comparison {
        let (subject, file) = (self.subject(), file.display());
        // Git may have made the lines of the file end in another way.
        let mut expected = expected.replace("\r\n", "\n");
        let origins = (origin(&expected), origin(&self.sql));
        let other = match origins {
            (Some(theirs), Some(ours)) if theirs != ours => {
                Some(format!("is of PostgreSQL {theirs}, and this is {ours}"))
            }
            _ => None,
        };
        if let (Some(theirs), Some(ours)) = origins {
            let (theirs, ours) = (format!("{ORIGIN}{theirs}"), format!("{ORIGIN}{ours}"));
            expected = expected.replacen(&theirs, &ours, 1);
        }
        if expected == self.sql {
            let though = other.map(|other| format!(", though it {other}")).unwrap_or_default();
            let text = format!("{file} is {subject}{though}\n");
            return Comparison { equal: Some(true), difference: None, text };
        }
        let difference = difference(&expected, &self.sql);
        let told = match &other {
            None => format!("{file} is not {subject}: `dump --output` writes it"),
            Some(other) => format!(
                "whether {file} is {subject} cannot be told: it {other}, and another version may write the same in another way; \
                 name the programs of the first in HOMEROOM_PG_BIN, or write the file anew with `dump --output`"
            ),
        };
        let text = format!("{difference}\n{told}\n");
        let difference = Some(anstream::adapter::strip_str(&difference).to_string());
        Comparison { equal: other.is_none().then_some(false), difference, text }
    }
}

/// Which PostgreSQL made a dump, as `15 by pg_dump 15`.
fn origin(dump: &str) -> Option<&str> {
    let line = dump.lines().take(2).find_map(|line| line.strip_prefix(ORIGIN))?;
    Some(line.trim_end_matches('.'))
}

/// The lines that the file has and the dump has not, with `-`, and the other way round with `+`.
fn difference(file: &str, dump: &str) -> String {
    let diff = TextDiff::from_lines(file, dump);
    let mut text = String::new();
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        text.push_str(&format!("{}\n", hunk.header()));
        for change in hunk.iter_changes() {
            let line = change.value().trim_end_matches('\n');
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ("-", AnsiColor::Red.on_default()),
                ChangeTag::Insert => ("+", AnsiColor::Green.on_default()),
                ChangeTag::Equal if line.is_empty() => ("", Style::new()),
                ChangeTag::Equal => (" ", Style::new()),
            };
            text.push_str(&format!("{style}{sign}{line}{style:#}\n"));
            if change.missing_newline() {
                text.push_str("\\ without a new line at its end\n");
            }
        }
    }
    text
}
