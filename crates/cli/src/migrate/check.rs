//! `homeroom migrate check`: what is dangerous in the migrations.

use std::path::Path;

use anstyle::{AnsiColor, Style};
use anyhow::Result;
use homeroom_migrate::{
    CheckOptions, CheckReport, Error, Finding, FolderError, HistoryTable, Settings, Severity,
};
use serde::Serialize;

use super::place::Place;
use super::report::migrations;
use super::scratch::Scratch;
use crate::cli::{CheckArguments, CheckFormat, FolderArguments};
use crate::outcome::Outcome;
use crate::progress::Progress;
use crate::target::{Private, Target, is_named};
use crate::terminal::{self, count};

/// Where our own migrations are in the repository.
const OWN_FOLDER: &str = "crates/homeroom/migrations";

#[derive(Serialize)]
struct Report<'a> {
    /// The database whose history was read.
    database: Option<&'a str>,
    /// The folder of the migrations; none for those of the program.
    folder: Option<&'a str>,
    /// Whether there is nothing worse than a note.
    clean: bool,
    #[serde(flatten)]
    report: &'a CheckReport,
}

/// What was looked at.
struct Checked {
    report: CheckReport,
    folder: Option<String>,
    database: Option<String>,
    /// For people: which migrations and with what.
    subject: String,
}

pub(super) async fn run(
    folder: &FolderArguments,
    arguments: &CheckArguments,
    progress: &Progress,
) -> Result<Outcome> {
    let checked = match Place::open(folder) {
        Ok(place) => check(&place, arguments, progress).await?,
        // Faults of the files are findings like others.
        Err(error) => match error.downcast::<Error>()? {
            Error::Folder(error) => unfit(&error),
            error => return Err(error.into()),
        },
    };
    progress.end();
    let Checked { report, folder, database, .. } = &checked;
    let clean = report.is_clean();
    match arguments.format() {
        CheckFormat::Text => terminal::print(&text(&checked))?,
        CheckFormat::Json => {
            let (database, folder) = (database.as_deref(), folder.as_deref());
            terminal::print_json(&Report { database, folder, clean, report })?;
        }
        CheckFormat::Sarif => {
            let folder = folder.as_deref().map_or(OWN_FOLDER.to_owned(), relative);
            terminal::print_json(&report.to_sarif(&folder))?;
        }
    }
    Ok(if clean { Outcome::Done } else { Outcome::Pending })
}

async fn check(place: &Place, arguments: &CheckArguments, progress: &Progress) -> Result<Checked> {
    let history: Option<HistoryTable> = arguments.table.clone();
    let defaults = Settings::default();
    let settings = Settings { history: history.unwrap_or(defaults.history.clone()), ..defaults };
    let migrator = place.migrator().clone().with_settings(settings);
    let (folder, all) = (place.folder(), migrations(place.migrator().migrations().len()));
    let what = format!("{all} of {}", place.description());
    if arguments.only_files {
        progress.doing("reading the migrations");
        let report = migrator.check(&CheckOptions::default()).await?;
        let subject = format!("{what} read");
        return Ok(Checked { report, folder, database: None, subject });
    }
    // What cannot be reached is told before a server is started.
    let database = if is_named() {
        progress.doing("connecting");
        let target = Target::open(Private::Throwaway).await?;
        Some((target.config().connect_client().await?, target.description()))
    } else {
        None
    };
    let scratch = Scratch::start(progress).await?;
    let client = scratch.database().await?.connect_client().await?;
    progress.doing("running the migrations on a scratch database");
    let (database, name) = database.unzip();
    let options = CheckOptions { scratch: Some(&client), database: database.as_ref() };
    let report = migrator.check(&options).await?;
    scratch.stop().await?;
    let read = name.as_ref().map(|name| format!(", history of {name} read")).unwrap_or_default();
    Ok(Checked { report, folder, database: name, subject: format!("{what} read and run{read}") })
}

/// A folder that cannot be run at all.
fn unfit(error: &FolderError) -> Checked {
    Checked {
        report: CheckReport::from(error),
        folder: Some(error.folder.clone()),
        database: None,
        subject: format!("the files of {} are unfit to be run, and were only listed", error.folder),
    }
}

fn text(checked: &Checked) -> String {
    let Checked { report, subject, .. } = checked;
    let mut text: String =
        report.findings.iter().map(|finding| format!("{}\n\n", colored(finding))).collect();
    let counts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .iter()
        .map(|severity| (report.count(*severity), severity.to_string()))
        .filter(|(number, _)| *number > 0)
        .map(|(number, severity)| count(number, &severity, &format!("{severity}s")))
        .collect();
    let counts = if counts.is_empty() { "nothing found".to_owned() } else { counts.join(", ") };
    text.push_str(&format!("{subject}: {counts}\n"));
    text
}

/// A finding whose severity is seen at once.
fn colored(finding: &Finding) -> String {
    let style: Style = match finding.severity {
        Severity::Error => AnsiColor::Red.on_default().bold(),
        Severity::Warning => AnsiColor::Yellow.on_default().bold(),
        Severity::Note => AnsiColor::Cyan.on_default(),
    };
    let (plain, severity) = (format!(": {}: ", finding.severity), finding.severity);
    finding.to_string().replacen(&plain, &format!(": {style}{severity}{style:#}: "), 1)
}

/// The folder as seen from where the command runs, which in CI is the root of the repository.
fn relative(folder: &str) -> String {
    let here = std::env::current_dir();
    let path = Path::new(folder);
    let below = here.ok().and_then(|here| path.strip_prefix(here).ok());
    let path = below.unwrap_or(path);
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}
