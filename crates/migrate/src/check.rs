//! What is dangerous or odd in a folder of migrations, before it meets a database that is in use.
//!
//! Three look at it: the linter squawk reads the up scripts, our own rules look at the files and the history, and a run on a scratch
//! database ([`crate::trace`]) tells what each statement really does. Where the linter and the run disagree, the run is right.

mod finding;
mod folder;
mod ignore;
mod linter;
mod sarif;
mod script;
mod traced;

use std::fmt;

use serde::Serialize;
use tokio_postgres::Client;

pub use self::finding::{Finding, FindingPlace, FindingSource, Severity};
use crate::error::Error;
use crate::failure::Failure;
use crate::folder::FolderError;
use crate::migrator::Migrator;

/// What a check may use beside the files.
#[derive(Default, Clone, Copy)]
pub struct CheckOptions<'a> {
    /// A session of an empty database, on which every up script is run. Without it there are no traced findings, and the linter's
    /// own idea of what is new in a migration decides.
    pub scratch: Option<&'a Client>,
    /// A session of a database with a history, which tells edited, missing and late migrations. It is only read.
    pub database: Option<&'a Client>,
}

/// All that a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CheckReport {
    /// How many migrations were looked at.
    pub migrations: usize,
    /// The findings, in the order of the migrations and of their places.
    pub findings: Vec<Finding>,
}

impl CheckReport {
    /// Whether there is nothing worse than a note.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity == Severity::Note)
    }

    /// How many findings have this severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// The findings as a log in SARIF 2.1.0. `folder` is where the files are, relative to the root of the repository, with `/`
    /// between its parts; it may be empty.
    #[must_use]
    pub fn to_sarif(&self, folder: &str) -> serde_json::Value {
        sarif::log(self, folder)
    }
}

impl From<&FolderError> for CheckReport {
    /// The faults of a folder that is unfit to be run, as findings.
    fn from(error: &FolderError) -> Self {
        Self { migrations: 0, findings: folder::faults(error) }
    }
}

impl fmt::Display for CheckReport {
    /// Every finding with its excerpt, and the counts.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            write!(formatter, "{finding}\n\n")?;
        }
        let counts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
            .into_iter()
            .filter(|severity| self.count(*severity) > 0)
            .map(|severity| match self.count(severity) {
                1 => format!("1 {severity}"),
                several => format!("{several} {severity}s"),
            })
            .collect();
        let counts = if counts.is_empty() { "nothing found".to_owned() } else { counts.join(", ") };
        write!(formatter, "{} migrations: {counts}", self.migrations)
    }
}

impl Migrator {
    /// Looks for what is dangerous or odd in the migrations. Up scripts are linted and, with a scratch database, run; down scripts
    /// take things away by their nature and are only looked at for being there: what they do is for [`Migrator::verify`].
    ///
    /// A finding that is known is silenced by a comment at its statement, `-- check-ignore: rule reason` (several rules with commas
    /// between them); squawk's own `-- squawk-ignore rule` is heard too. Tables that a migration makes itself are nowhere flagged.
    ///
    /// What the run on the scratch database sees is said at [`Migrator::trace`]. When an up script fails there, that is a finding,
    /// and the migrations after it are only linted.
    ///
    /// # Errors
    /// [`Error::ScratchInUse`] when the scratch database has a history, and [`Error::Database`].
    pub async fn check(&self, options: &CheckOptions<'_>) -> Result<CheckReport, Error> {
        let major = match options.scratch.or(options.database) {
            Some(client) => Some(major(client).await?),
            None => None,
        };
        let trace = match options.scratch {
            Some(scratch) => Some(self.trace_ups(scratch).await?),
            None => None,
        };
        let mut report = CheckReport { migrations: self.migrations().len(), findings: Vec::new() };
        if let Some(database) = options.database {
            let (_, standing) = self.standing(database).await?;
            if let Err(Error::History { faults }) = standing.check(&Default::default()) {
                report.findings.extend(folder::history(&faults, self.migrations()));
            }
        }
        let mut oddities = folder::oddities(self.migrations());
        for migration in self.migrations() {
            let (up, down) = (migration.up(), migration.down());
            let about =
                oddities.extract_if(.., |one| one.file == up.file() || one.file == down.file());
            let mut findings = script::check(
                up,
                trace.as_ref().and_then(|trace| trace.find(migration.version())),
                major,
                about.collect(),
            );
            let failure = trace.as_ref().and_then(|trace| trace.failure.as_ref());
            findings.extend(failure.filter(|one| one.version == migration.version()).map(failed));
            findings.sort_by_key(|one| one.place.as_ref().map(|place| (place.line, place.column)));
            report.findings.extend(findings);
        }
        Ok(report)
    }
}

/// An up script that fails on the scratch database.
fn failed(failure: &Failure) -> Finding {
    let mut why = vec![format!("SQLSTATE {}", failure.code)];
    why.extend(failure.detail.clone());
    why.extend(failure.context.clone());
    let place = failure.place.as_ref().map(|place| FindingPlace {
        line: place.line,
        column: place.column,
        end_line: place.line,
        end_column: place.column,
        text: place.text.clone(),
    });
    Finding {
        rule: "fails".to_owned(),
        severity: Severity::Error,
        source: FindingSource::Traced,
        file: failure.file.clone(),
        place,
        message: format!("fails on an empty database: {}", failure.message),
        why: Some(why.join("\n")),
        help: failure.hint.clone(),
    }
}

/// The major version of a server.
async fn major(client: &Client) -> Result<u32, Error> {
    let failed = |source| Error::database("asking the server for its version", source);
    let sql = "SELECT pg_catalog.current_setting('server_version_num')::integer / 10000";
    let row = client.query_typed_one(sql, &[]).await.map_err(failed)?;
    let major: i32 = row.try_get(0).map_err(failed)?;
    Ok(major.unsigned_abs())
}
