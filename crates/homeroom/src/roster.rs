//! Rosters: imports a OneRoster CSV bulk package, version 1.1 or 1.2, and brings the database to what it says.
//!
//! The rows stream from the file into staging tables, are checked there as a whole, and are written by a few statements for
//! each kind, in one transaction. How a CSV file is read is known here and nowhere else; what groups, people and classes
//! may be is the schema's.
//!
//! # What becomes of a package
//! | file | here |
//! |---|---|
//! | `orgs.csv` | groups: `school`, `department` and `district` are themselves; `local`, `state` and `national` are districts above districts |
//! | `users.csv` | people: `preferredGivenName` (1.2) or `givenName`, and so the family name; `email`; `enabledUser=false` is suspended |
//! | roles of `users.csv` (1.1), `roles.csv` (1.2) | members of groups: student, teacher; administrators and principals are `group_admin` |
//! | `courses.csv`, `academicSessions.csv` | the course and the terms in a class's settings |
//! | `classes.csv` | classes of the group of their school |
//! | `enrollments.csv` | members of classes: student, teacher |
//!
//! Everything else (other files, roles, columns) is counted in the [`RosterReport`]. Passwords are never imported. Of a
//! person's several roles in one group or class the strongest counts. A teacher who belongs to no group of the district of
//! a class becomes a teacher of its school.
//!
//! # A class's settings
//! Under the one key `roster`, each part only when the package has it:
//! ```json
//! { "roster": {
//!     "code": "0100", "type": "homeroom", "location": "Room 12", "grades": ["01"], "subjects": ["Mathematics"],
//!     "subject_codes": ["02001"], "periods": ["1"],
//!     "course": { "id": "c-1", "title": "Mathematics", "code": "MAT100", "org": "5300030", "school_year": "2025-26",
//!                 "grades": [], "subjects": ["Mathematics"], "subject_codes": [] },
//!     "terms": [{ "id": "t1", "title": "Fall 2025", "type": "term", "begin": "2025-09-03", "end": "2026-01-30",
//!                 "school_year": "2026" }] } }
//! ```
//!
//! # Importing again
//! `external_ids` remembers each row by the package's source and `sourcedId`. What is the same is not written; what
//! differs is changed to what the package says, but slugs stay, and a blank `email` or `enabledUser` leaves what is there.
//! Rows with status `tobedeleted` are soft-deleted (groups, people, classes) or removed (roles, enrolments). A row that is
//! merely absent is left as it is and counted. A `system_admin` keeps that role. A package that takes the last active
//! administrator of a district away and brings no other one is refused (rule `group_members_last_admin_check`).

mod apply;
mod columns;
mod error;
mod faults;
mod groups;
mod package;
mod report;
mod rows;
mod staging;
mod table;

use std::collections::BTreeMap;

use diesel::QueryableByName;
use diesel::sql_query;
use diesel::sql_types::Text;
use diesel_async::{
    AnsiTransactionManager, RunQueryDsl, SimpleAsyncConnection, TransactionManager,
};
use sha2::{Digest, Sha256};

pub use error::RosterError;
pub use faults::{Fault, Faults, SHOWN_FAULTS};
pub use package::Package;
pub use report::{EntityCounts, FileReport, RosterReport, Skipped, TieCounts};

use crate::connection::Connection;
use crate::observe::observe;
use crate::roster::columns::File;
use crate::roster::groups::Tree;
use crate::roster::package::Mode;
use crate::roster::rows::{Classes, Courses, Enrolments, Roles, Sessions, Users};
use crate::roster::staging::{Stage, stage, stage_orgs};
use crate::roster::table::Notes;
use crate::statement::only_row;
use crate::transaction;

/// The longest source that `external_ids` takes.
const MAX_SOURCE: usize = 200;

/// How a roster is imported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// Names the roster in `external_ids`, 1 to 200 characters: the same source with the same `sourcedId` is the same row.
    ///
    /// `None`: `oneroster:` and the ids of the topmost organisations. Give one where these may be those of another
    /// roster too, such as `1`.
    pub source: Option<String>,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress<'a> {
    /// What is being done, such as `reading users.csv`.
    pub step: &'a str,
    /// How much of it all is done, in units that mean nothing by themselves.
    pub done: u64,
    /// How much there is to do.
    pub total: u64,
}

/// Imports a package in a transaction of its own (a savepoint when one is open): all of it, or nothing.
///
/// One import of a source runs at a time, by an advisory lock; a second one waits. Inserts of groups lock as
/// [`Group::create`](crate::Group::create), moves as [`Group::update`](crate::Group::update). The statement timeout does
/// not count while the import runs: one statement writes the enrolments of a whole district.
///
/// `progress` is called now and then, from the task that polls this future.
///
/// # Errors
/// [`RosterError::Rows`] with every bad row; [`RosterError::Header`], [`RosterError::Encoding`], [`RosterError::Read`] and
/// [`RosterError::Archive`] for a file that can't be read as what it should be; [`RosterError::Source`];
/// [`RosterError::Database`] for all else. Nothing is written then.
pub async fn import(
    conn: &mut Connection,
    package: &Package,
    options: &ImportOptions,
    progress: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<RosterReport, RosterError> {
    observe("roster::import", import_or_nothing(conn, package, options, progress)).await
}

async fn import_or_nothing(
    conn: &mut Connection,
    package: &Package,
    options: &ImportOptions,
    progress: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<RosterReport, RosterError> {
    AnsiTransactionManager::begin_transaction(conn).await?;
    let outcome = import_in_transaction(conn, package, options, progress).await;
    transaction::end(conn, outcome).await
}

async fn import_in_transaction(
    conn: &mut Connection,
    package: &Package,
    options: &ImportOptions,
    progress: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<RosterReport, RosterError> {
    let mut steps = Steps::new(package, progress);
    let mut report = RosterReport { version: package.version(), ..RosterReport::default() };
    let timeouts = Timeouts::pause(conn).await?;
    conn.batch_execute(include_str!("roster/create_staging.sql")).await?;

    let (orgs, notes) = stage_orgs(conn, package, &mut steps).await?;
    let mut faults = report.take(File::Orgs, notes);
    let tree = Tree::of(&orgs, &mut faults);
    read_file::<Sessions>(conn, package, &mut steps, &mut report, &mut faults).await?;
    read_file::<Courses>(conn, package, &mut steps, &mut report, &mut faults).await?;
    read_file::<Classes>(conn, package, &mut steps, &mut report, &mut faults).await?;
    read_file::<Users>(conn, package, &mut steps, &mut report, &mut faults).await?;
    read_file::<Roles>(conn, package, &mut steps, &mut report, &mut faults).await?;
    read_file::<Enrolments>(conn, package, &mut steps, &mut report, &mut faults).await?;
    count_other_files(package, &mut report).await?;

    steps.begin("checking references");
    let source = source(options, &tree)?;
    sql_query(include_str!("roster/lock_source.sql"))
        .bind::<Text, _>(&source)
        .execute(conn)
        .await?;
    apply::resolve(conn, &source).await?;
    apply::find_faults(conn, package.spec(), &mut faults).await?;
    if faults.total() > 0 {
        return Err(RosterError::Rows { faults });
    }

    steps.begin("writing groups");
    report.groups = tree.write(conn, &source).await?;
    steps.wrote(&[File::Orgs]);
    steps.begin("writing people");
    report.users = apply::write_users(conn, &source).await?;
    (report.memberships, report.teachers_added) = apply::write_memberships(conn).await?;
    report.users.deleted = apply::end_users(conn).await?;
    steps.wrote(&[File::Users, File::Roles]);
    steps.begin("writing classes");
    report.classes = apply::write_classes(conn, &source).await?;
    steps.wrote(&[File::AcademicSessions, File::Courses, File::Classes]);
    steps.begin("writing enrolments");
    report.enrolments = apply::write_enrolments(conn).await?;
    steps.wrote(&[File::Enrollments]);

    report.source = source;
    apply::complete_report(conn, package.spec(), &mut report).await?;
    conn.batch_execute(include_str!("roster/drop_staging.sql")).await?;
    timeouts.resume(conn).await?;
    Ok(report)
}

async fn read_file<B: Stage>(
    conn: &mut Connection,
    package: &Package,
    steps: &mut Steps<'_>,
    report: &mut RosterReport,
    faults: &mut Faults,
) -> Result<(), RosterError> {
    if let Some(notes) = stage::<B>(conn, package, steps).await? {
        let found = report.take(B::FILE, notes);
        faults.merge(found.shown().iter().cloned(), found.total());
    }
    Ok(())
}

impl RosterReport {
    /// Takes what was found in a file; hands back its bad rows.
    fn take(&mut self, file: File, notes: Notes) -> Faults {
        let Notes { faults, rows, columns_without_place } = notes;
        let found = FileReport { rows, imported: true, reason: None, columns_without_place };
        self.files.insert(file.name().to_owned(), found);
        faults
    }
}

/// Counts the rows of the files that have no place here.
async fn count_other_files(
    package: &Package,
    report: &mut RosterReport,
) -> Result<(), RosterError> {
    let package = package.clone();
    let counted = tokio::task::spawn_blocking(move || {
        let mut files = BTreeMap::new();
        for entry in package.entries() {
            let has_place = File::named(&entry.name).is_some();
            let reason = match entry.mode {
                Mode::Bulk if has_place => continue,
                Mode::Bulk => "has no place here",
                Mode::Absent => "the manifest says that it is absent",
                Mode::Unannounced if entry.name == "manifest.csv" => continue,
                Mode::Unannounced => "the manifest does not name it",
            };
            let rows = match entry.name.ends_with(".csv") {
                true => package.read(entry, |file| Ok(table::count_rows(file)))?,
                false => 0,
            };
            files.insert(
                entry.name.clone(),
                FileReport { rows, reason: Some(reason), ..FileReport::default() },
            );
        }
        Ok::<_, RosterError>(files)
    });
    let files = staging::finished(counted).await?;
    report.files.extend(files);
    Ok(())
}

/// By which name the roster is known in `external_ids`.
fn source(options: &ImportOptions, tree: &Tree<'_>) -> Result<String, RosterError> {
    let source = match &options.source {
        Some(source) => source.clone(),
        None => {
            let ids = tree.topmost().join(",");
            let plain = format!("oneroster:{ids}");
            match plain.chars().count() > MAX_SOURCE {
                true => format!("oneroster:sha256:{:x}", Sha256::digest(ids)),
                false => plain,
            }
        }
    };
    match source.chars().count() {
        1..=MAX_SOURCE => Ok(source),
        characters => Err(RosterError::Source { source_name: source, characters }),
    }
}

/// Counts the progress: every byte is read once, and written once.
pub(super) struct Steps<'a> {
    progress: &'a (dyn Fn(Progress<'_>) + Sync),
    package: &'a Package,
    step: String,
    done: u64,
    total: u64,
}

impl<'a> Steps<'a> {
    fn new(package: &'a Package, progress: &'a (dyn Fn(Progress<'_>) + Sync)) -> Self {
        let bytes: u64 =
            File::ALL.iter().filter_map(|file| package.bulk(*file)).map(|entry| entry.size).sum();
        Self { progress, package, step: String::new(), done: 0, total: 2 * bytes }
    }

    fn begin(&mut self, step: &str) {
        step.clone_into(&mut self.step);
        self.advance(0);
    }

    fn advance(&mut self, bytes: u64) {
        self.done += bytes;
        (self.progress)(Progress { step: &self.step, done: self.done, total: self.total });
    }

    fn wrote(&mut self, files: &[File]) {
        self.advance(
            files.iter().filter_map(|file| self.package.bulk(*file)).map(|entry| entry.size).sum(),
        );
    }
}

#[derive(Debug, QueryableByName)]
struct Timeouts {
    #[diesel(sql_type = Text)]
    statement_timeout: String,
    #[diesel(sql_type = Text)]
    idle_timeout: String,
}

impl Timeouts {
    async fn pause(conn: &mut Connection) -> diesel::QueryResult<Self> {
        let before: Self = sql_query(include_str!("roster/read_timeouts.sql"))
            .load(conn)
            .await
            .and_then(only_row)?;
        Self { statement_timeout: "0".to_owned(), idle_timeout: "0".to_owned() }
            .resume(conn)
            .await?;
        Ok(before)
    }

    /// The transaction that the import is a part of may go on.
    async fn resume(&self, conn: &mut Connection) -> diesel::QueryResult<()> {
        sql_query(include_str!("roster/set_timeouts.sql"))
            .bind::<Text, _>(&self.statement_timeout)
            .bind::<Text, _>(&self.idle_timeout)
            .execute(conn)
            .await
            .map(drop)
    }
}
