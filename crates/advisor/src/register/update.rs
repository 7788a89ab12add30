//! Keeping the register true: what a run of the rules says of its entries.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::entry::{self, Entry, State};
use super::{Register, document};
use crate::finding::{Finding, Fingerprint, Standing};
use crate::report::Report;
use crate::rules;

/// What an update did to one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "change")]
#[non_exhaustive]
pub enum Change {
    /// A finding that the register did not know.
    Added {
        /// Its id.
        id: String,
        /// The fault.
        title: String,
    },
    /// An entry whose finding is gone.
    Completed {
        /// Its id.
        id: String,
        /// The fault.
        title: String,
    },
    /// A completed entry whose finding is back.
    Reopened {
        /// Its id.
        id: String,
        /// The fault.
        title: String,
        /// The day on which it was completed.
        completed: String,
    },
    /// An accepted entry whose time is over: it counts again.
    Expired {
        /// Its id.
        id: String,
        /// The fault.
        title: String,
        /// The last day.
        until: String,
    },
    /// An entry that nobody has reworded, and that says something else now.
    Changed {
        /// Its id.
        id: String,
        /// The fault.
        title: String,
    },
}

/// Why an update was not made. Nothing was changed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum UpdateError {
    /// A database without tables would complete every entry.
    #[error(
        "there are no tables in {database}, so that all findings would look completed: update the register from the database that it is about"
    )]
    NoTables {
        /// The database.
        database: String,
    },
}

impl Register {
    /// Brings the register up to what a run has found: enters what is new, completes what is gone, reopens what is back. An entry is
    /// completed only when its rule was run, on the schema that its object is in.
    ///
    /// # Errors
    /// [`UpdateError::NoTables`].
    pub fn update(
        &mut self,
        report: &Report,
        today: NaiveDate,
    ) -> Result<Vec<Change>, UpdateError> {
        if report.tables == 0 && self.entries.iter().any(|entry| entry.rule.is_some()) {
            return Err(UpdateError::NoTables { database: report.database.clone() });
        }
        let mut changes = Vec::new();
        let by_fingerprint = self.by_fingerprint();
        for finding in &report.findings {
            match by_fingerprint.get(finding.fingerprint.as_str()) {
                Some(id) => changes.extend(self.seen_again(id, finding, today)),
                None => {
                    let id = self.next_id();
                    self.insert(new_entry(id.clone(), finding, today));
                    changes.push(Change::Added { id, title: finding.title.clone() });
                }
            }
        }
        let seen: Vec<&str> =
            report.findings.iter().map(|finding| finding.fingerprint.as_str()).collect();
        let last_seen = self.updated();
        for (fingerprint, id) in &by_fingerprint {
            if !seen.contains(&fingerprint.as_str()) {
                changes.extend(self.gone(id, report, last_seen.as_deref(), today));
            }
        }
        for check in &report.checks {
            if let Some(rows) = check.rows {
                changes.extend(self.checked(&check.id, rows, report, today));
            }
        }
        document::set_own(&mut self.document, "updated", &today.to_string());
        changes.sort_by(|one, other| one.id().cmp(other.id()));
        Ok(changes)
    }

    /// Says of each finding of a report what the register says of it: its id, that it is accepted, its priority.
    pub fn annotate(&self, report: &mut Report, today: NaiveDate) {
        let by_fingerprint = self.by_fingerprint();
        for finding in &mut report.findings {
            let id = by_fingerprint.get(finding.fingerprint.as_str());
            let Some(entry) = id.and_then(|id| self.get(id).ok()) else { continue };
            finding.priority = entry.priority();
            finding.register = Some(Standing {
                id: entry.id.clone(),
                tracking: entry.tracking.clone(),
                accepted: (entry.state(today) == State::Accepted)
                    .then(|| entry.accepted.clone())
                    .flatten(),
                completed: entry.completed.last().filter(|_| entry.is_completed()).cloned(),
            });
        }
        report.sort();
    }

    /// The ids of the entries that rules have found.
    fn by_fingerprint(&self) -> HashMap<String, String> {
        let entries = self.entries.iter().filter_map(|entry| {
            let (rule, object) = (entry.rule.as_deref()?, entry.object.as_deref()?);
            let (kind, identity) = object.split_once(' ')?;
            let fingerprint = Fingerprint::of_text(rule, kind, identity);
            Some((fingerprint.to_string(), entry.id.clone()))
        });
        entries.collect()
    }

    fn seen_again(&mut self, id: &str, finding: &Finding, today: NaiveDate) -> Vec<Change> {
        let mut changes = Vec::new();
        let _ = self.change(id, |entry| {
            let id = entry.id.clone();
            if entry.is_completed() {
                let completed = entry.completed.last().cloned().unwrap_or_default();
                entry.reopen(today);
                let title = finding.title.clone();
                changes.push(Change::Reopened { id: id.clone(), title, completed });
            }
            if let Some(accepted) = entry.accepted.as_ref().filter(|it| !it.holds(today)) {
                let (title, until) = (entry.title.clone(), accepted.until.clone());
                changes.push(Change::Expired { id: id.clone(), title, until });
            }
            let new = new_entry(id.clone(), finding, today);
            let is_ours = entry.wording.as_deref() == Some(wording(entry).as_str());
            if is_ours && says_something_else(entry, &new) {
                *entry = reworded(entry, new);
                changes.push(Change::Changed { id, title: entry.title.clone() });
            }
        });
        changes
    }

    /// What the query of a hand-written entry says of it.
    fn checked(
        &mut self,
        id: &str,
        rows: i64,
        report: &Report,
        today: NaiveDate,
    ) -> Option<Change> {
        let entry = self.get(id).ok()?.clone();
        match (entry.is_completed(), rows) {
            (false, 0) => {
                let proof = format!(
                    "-- Returned no row from the database {}, PostgreSQL {}.\n{}\n",
                    report.database,
                    report.server_version / 10_000,
                    entry.check.as_deref().unwrap_or_default().trim_end()
                );
                self.change(id, |entry| entry.complete(proof, None, today)).ok()?;
                Some(Change::Completed { id: entry.id, title: entry.title })
            }
            (true, 1..) => {
                let completed = entry.completed.last().cloned().unwrap_or_default();
                self.change(id, |entry| entry.reopen(today)).ok()?;
                Some(Change::Reopened { id: entry.id, title: entry.title, completed })
            }
            _ => None,
        }
    }

    fn gone(
        &mut self,
        id: &str,
        report: &Report,
        last_seen: Option<&str>,
        today: NaiveDate,
    ) -> Option<Change> {
        let entry = self.get(id).ok()?;
        let (rule, object) = (entry.rule.clone()?, entry.object.clone()?);
        let (kind, identity) = object.split_once(' ')?;
        let was_looked_at =
            report.rules.contains(&rule.as_str()) && report.looked_at(kind, identity);
        if entry.is_completed() || !was_looked_at {
            return None;
        }
        let proof = proof(&rule, identity, report);
        let last_seen = last_seen.map_or_else(|| entry.added.clone(), str::to_owned);
        let title = entry.title.clone();
        let id = entry.id.clone();
        self.change(&id, |entry| entry.complete(proof, Some(last_seen), today)).ok()?;
        Some(Change::Completed { id, title })
    }
}

impl Change {
    /// The entry.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Added { id, .. }
            | Self::Completed { id, .. }
            | Self::Reopened { id, .. }
            | Self::Expired { id, .. }
            | Self::Changed { id, .. } => id,
        }
    }
}

/// The query that has returned no row, ready to be run again.
fn proof(rule: &str, identity: &str, report: &Report) -> String {
    let sql = rules::find(rule).map_or("", |rule| rule.look.sql()).trim_end();
    let server = format!("PostgreSQL {}", report.server_version / 10_000);
    if !sql.starts_with("WITH") && !sql.starts_with("SELECT") && !sql.starts_with("--") {
        return format!(
            "-- The rule {rule} did not find {identity} in the database {}, {server}:\n-- homeroom advise --rule {rule}\n",
            report.database
        );
    }
    let schemas: Vec<String> = report.schemas.iter().map(|name| literal(name)).collect();
    let schemas = format!("ARRAY[{}]::text[]", schemas.join(", "));
    format!(
        "-- Returned no row from the database {}, {server}.\nSET search_path = pg_catalog;\nSELECT * FROM (\n{}\n) AS found\nWHERE object = {};\n",
        report.database,
        sql.replace("$1", &schemas),
        literal(identity)
    )
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn new_entry(id: String, finding: &Finding, today: NaiveDate) -> Entry {
    let (up, down) = match &finding.suggestion {
        Some(suggestion) => (Some(suggestion.up.clone()), suggestion.down.clone()),
        None => (None, None),
    };
    let mut entry = Entry {
        id,
        rule: Some(finding.rule.to_owned()),
        object: Some(finding.object.to_string()),
        issue: finding.kind.word().to_owned(),
        priority: finding.priority.word().to_owned(),
        title: finding.title.clone(),
        impact: finding.priority.impact().to_owned(),
        effort: finding.effort.word().to_owned(),
        added: today.to_string(),
        source: Some(format!("homeroom advise, rule {} ({})", finding.rule, finding.certainty)),
        description: Some(finding.description.clone()),
        effect: Some(finding.impact.clone()),
        mitigation: Some(finding.mitigation.clone()),
        blocking: Some(format!(
            "{} - {}",
            if finding.blocking { "Yes" } else { "No" },
            finding.blocking_why
        )),
        up,
        down,
        evidence: (!finding.evidence.is_null()).then(|| finding.evidence.to_string()),
        ..Entry::empty(finding.fingerprint.as_str())
    };
    entry.wording = Some(wording(&entry));
    entry
}

/// Whether what was found differs in more than numbers beside the matter.
fn says_something_else(entry: &Entry, new: &Entry) -> bool {
    let matter = |entry: &Entry| {
        let texts = [&entry.issue, &entry.priority, &entry.title, &entry.effort].map(Clone::clone);
        (texts, entry.up.clone(), entry.down.clone())
    };
    matter(entry) != matter(new)
}

fn reworded(entry: &Entry, new: Entry) -> Entry {
    Entry {
        key: entry.key.clone(),
        id: entry.id.clone(),
        tracking: entry.tracking.clone(),
        added: entry.added.clone(),
        suggestion: entry.suggestion.clone(),
        check: entry.check.clone(),
        details: entry.details.clone(),
        cells: entry.cells.clone(),
        accepted: entry.accepted.clone(),
        completed: entry.completed.clone(),
        reopened: entry.reopened.clone(),
        last_seen: entry.last_seen.clone(),
        proof: entry.proof.clone(),
        formerly: entry.formerly.clone(),
        page_row: entry.page_row.clone(),
        page_details: entry.page_details.clone(),
        ..new
    }
}

/// A digest of all that the advisor words.
fn wording(entry: &Entry) -> String {
    let texts = [&entry.issue, &entry.priority, &entry.title, &entry.impact, &entry.effort];
    let others = [
        &entry.source,
        &entry.description,
        &entry.effect,
        &entry.mitigation,
        &entry.blocking,
        &entry.up,
        &entry.down,
        &entry.evidence,
    ];
    let texts = texts.into_iter().map(String::as_str);
    let others = others.into_iter().map(|text| text.as_deref().unwrap_or_default());
    entry::digest(&texts.chain(others).collect::<Vec<_>>(), 8)
}
