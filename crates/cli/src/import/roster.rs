//! `homeroom import roster`: a OneRoster package.

use std::path::Path;

use anyhow::{Context, Result};
use homeroom::Database;
use homeroom::roster::{self, ImportOptions, Package, RosterReport};

use crate::progress::Progress;
use crate::terminal::{Rows, count, heading};

/// Opens a package, which reads its manifest.
pub(crate) fn open(path: &Path) -> Result<Package> {
    Package::open(path).context("can't import the roster")
}

/// Imports a package: all of it or nothing.
pub(crate) async fn import(
    db: &Database,
    package: &Package,
    source: Option<String>,
    progress: &Progress,
) -> Result<RosterReport> {
    let mut conn = db.conn().await?;
    let show = |at: roster::Progress<'_>| progress.at(at.step, at.done, Some(at.total));
    let report = roster::import(&mut conn, package, &ImportOptions { source }, &show).await;
    report.context("can't import the roster")
}

/// The report as people read it.
pub(crate) fn text(report: &RosterReport) -> String {
    let title = format!("OneRoster {} of {}", report.version, report.source);
    let mut parts = vec![format!("{}{}", heading(&title), counts(report)), files(report)];
    parts.extend(columns_without_place(report));
    if !report.skipped.is_empty() {
        parts.push(skipped(report));
    }
    if report.teachers_added > 0 {
        let added = usize::try_from(report.teachers_added).unwrap_or(usize::MAX);
        parts.push(format!(
            "{} had no role in the district of a class of theirs, and became teachers at its school\n",
            count(added, "teacher", "teachers")
        ));
    }
    let end =
        if report.is_unchanged() { "nothing changed: all of it was here\n" } else { "imported\n" };
    parts.push(end.to_owned());
    parts.join("\n")
}

fn counts(report: &RosterReport) -> String {
    let mut rows = Rows::new(&[
        "",
        ">new",
        ">changed",
        ">unchanged",
        ">restored",
        ">removed",
        ">absent, kept",
    ]);
    for (what, counts) in
        [("groups", &report.groups), ("people", &report.users), ("classes", &report.classes)]
    {
        let numbers = [
            counts.created,
            counts.changed,
            counts.unchanged,
            counts.restored,
            counts.deleted,
            counts.absent,
        ];
        rows.add(std::iter::once(what.to_owned()).chain(numbers.map(|number| number.to_string())));
    }
    for (what, counts) in
        [("roles in groups", &report.memberships), ("enrolments", &report.enrolments)]
    {
        let number = |number: u64| number.to_string();
        rows.add([
            what.to_owned(),
            number(counts.created),
            number(counts.changed),
            number(counts.unchanged),
            "–".to_owned(),
            number(counts.removed),
            number(counts.absent),
        ]);
    }
    rows.text()
}

fn files(report: &RosterReport) -> String {
    let mut rows = Rows::new(&["file", ">rows", "imported"]);
    for (name, file) in &report.files {
        let imported = match file.reason {
            _ if file.imported => "yes".to_owned(),
            Some(reason) => format!("no: {reason}"),
            None => "no".to_owned(),
        };
        rows.add([name.clone(), file.rows.to_string(), imported]);
    }
    rows.text()
}

/// `None` when every value found its place.
fn columns_without_place(report: &RosterReport) -> Option<String> {
    let mut rows = Rows::new(&["without a place here", ">values", "in"]);
    let mut any = false;
    for (file, found) in &report.files {
        for (column, values) in &found.columns_without_place {
            rows.add([format!("column {column}"), values.to_string(), file.clone()]);
            any = true;
        }
    }
    any.then(|| rows.text())
}

fn skipped(report: &RosterReport) -> String {
    let mut rows = Rows::new(&["skipped", ">rows", "in", "because"]);
    for skipped in &report.skipped {
        rows.add([
            skipped.what.clone(),
            skipped.rows.to_string(),
            skipped.file.clone(),
            skipped.reason.clone(),
        ]);
    }
    rows.text()
}
