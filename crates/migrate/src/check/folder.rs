//! Rules of our own about the files of a folder and the history of a database.

use std::collections::BTreeMap;

use super::finding::{Finding, FindingPlace, FindingSource, Severity};
use crate::folder::{Fault, FolderError, Migration};
use crate::standing::HistoryFault;

/// The rules about a whole file that a comment in its head can silence.
pub(super) const RULES_OF_FILES: [&str; 2] = [EMPTY_DOWN, DIGIT_COUNT];

const EMPTY_DOWN: &str = "empty-down";
const DIGIT_COUNT: &str = "digit-count";

/// The digits of a date and a time: longer versions are such ones with a fraction.
const TIMESTAMP: usize = 14;

/// What makes a folder unfit to be run.
pub(super) fn faults(error: &FolderError) -> Vec<Finding> {
    error.faults.iter().map(fault).collect()
}

fn fault(fault: &Fault) -> Finding {
    let (rule, line) = match fault {
        Fault::Unpaired { .. } => ("unpaired-migration", None),
        Fault::DuplicateVersion { .. } => ("duplicate-version", None),
        Fault::DigitCount { .. } => (DIGIT_COUNT, None),
        Fault::UnknownName { .. } => ("unknown-file", None),
        Fault::NotText { .. } => ("not-text", None),
        Fault::Empty { .. } => ("empty-script", None),
        Fault::IrreversibleWithoutReason { .. } => ("irreversible-without-reason", None),
        Fault::IrreversibleWithStatements { .. } => ("irreversible-with-statements", None),
        Fault::Unfinished { line, .. } => ("unfinished-quote", Some(*line)),
        Fault::TransactionControl { line, .. } => ("transaction-control", Some(*line)),
        Fault::CopyThroughClient { line, .. } => ("copy-through-client", Some(*line)),
    };
    let (message, help) = split(&fault.to_string(), fault.file());
    Finding {
        rule: rule.to_owned(),
        severity: Severity::Error,
        source: FindingSource::Homeroom,
        file: fault.file().to_owned(),
        place: line.map(FindingPlace::line),
        message,
        why: None,
        help,
    }
}

/// What of the files does not fit the history of a database.
pub(super) fn history(faults: &[HistoryFault], migrations: &[Migration]) -> Vec<Finding> {
    let findings = faults.iter().map(|fault| {
        let rule = match fault {
            HistoryFault::Edited { .. } => "edited-migration",
            HistoryFault::Missing { .. } => "missing-migration",
            HistoryFault::Late { .. } => "late-migration",
            HistoryFault::HalfDown { .. } => "half-down",
            HistoryFault::EditedWhereDone { .. } => "edited-where-done",
        };
        let migration = migrations.iter().find(|one| one.version() == fault.version());
        let file = migration.map_or("", |migration| match fault {
            HistoryFault::Edited { up: false, down: true, .. } => migration.down().file(),
            _ => migration.up().file(),
        });
        let (message, help) = split(&fault.to_string(), "");
        Finding {
            rule: rule.to_owned(),
            severity: Severity::Error,
            source: FindingSource::Homeroom,
            file: file.to_owned(),
            place: None,
            message,
            why: None,
            help,
        }
    });
    findings.collect()
}

/// What other tools allow and do not tell: down scripts that do nothing, versions of unequal length.
pub(super) fn oddities(migrations: &[Migration]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let has_downs = migrations.iter().any(|migration| !migration.down().file().is_empty());
    let digits = most_common_digits(migrations);
    for migration in migrations {
        let (up, down) = (migration.up(), migration.down());
        // A folder without any way back is that of a project which wants none.
        let is_missing = down.file().is_empty() && has_downs;
        let is_empty = !down.file().is_empty() && down.length() == 0;
        if is_missing || (is_empty && down.irreversible().is_none()) {
            findings.push(Finding {
                rule: EMPTY_DOWN.to_owned(),
                severity: Severity::Warning,
                source: FindingSource::Homeroom,
                file: if is_missing { up.file() } else { down.file() }.to_owned(),
                place: None,
                message: format!(
                    "{}_{} {}",
                    migration.version(),
                    migration.name(),
                    if is_missing {
                        "has no down script"
                    } else {
                        "has a down script without a statement"
                    }
                ),
                why: Some(
                    "taking it back would change nothing in the database and be recorded as done"
                        .to_owned(),
                ),
                help: Some(
                    "write the way back, or in the down script `-- irreversible: reason`"
                        .to_owned(),
                ),
            });
        }
        let own = migration.version().digits();
        if own != digits && own.min(digits) < TIMESTAMP {
            findings.push(Finding {
                rule: DIGIT_COUNT.to_owned(),
                severity: Severity::Warning,
                source: FindingSource::Homeroom,
                file: up.file().to_owned(),
                place: None,
                message: format!(
                    "{}_{} has a {own}-digit version and the others have {digits}",
                    migration.version(),
                    migration.name()
                ),
                why: Some(
                    "a listing of the folder does not show the order in which they run".to_owned(),
                ),
                help: Some(format!(
                    "before it is applied anywhere, give it a version of {digits} digits"
                )),
            });
        }
    }
    findings
}

fn most_common_digits(migrations: &[Migration]) -> usize {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for migration in migrations {
        *counts.entry(migration.version().digits()).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map_or(0, |(digits, _)| digits)
}

/// The two halves of a message, what is wrong and the way out, without the name of the file at its start.
fn split(text: &str, file: &str) -> (String, Option<String>) {
    let mut text = text.strip_prefix(file).unwrap_or(text).trim_start();
    if let Some(rest) = text.strip_prefix(':') {
        // `file:line: message`
        text = rest
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .trim_start_matches(':')
            .trim_start();
    }
    match text.split_once(": ") {
        Some((what, way_out)) => (what.to_owned(), Some(way_out.to_owned())),
        None => (text.to_owned(), None),
    }
}
