//! One entry of the register.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use toml_edit::TableLike;

use super::RegisterError;
use super::document;
use crate::rule::Priority;

/// One entry of the register. Its texts are to the letter what a person or the advisor wrote.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// The first part of its keys in the file: the fingerprint of a finding, or what a person chose.
    #[serde(skip_deserializing)]
    pub key: String,
    /// `DB-012`.
    #[serde(default)]
    pub id: String,
    /// The rule that found it; `None`: a person did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What the rule found it at, such as `index public.users_email_idx`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// What it is about, most often a word of [`Kind`](crate::Kind).
    #[serde(default)]
    pub issue: String,
    /// Most often a word of [`Priority`].
    #[serde(default)]
    pub priority: String,
    /// In one line.
    pub title: String,
    /// High, Medium or Low.
    #[serde(default)]
    pub impact: String,
    /// What it takes.
    #[serde(default)]
    pub effort: String,
    /// Where it is worked on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    /// The day on which it was first seen.
    #[serde(default)]
    pub added: String,
    /// Who or what found it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What that does to those who run the database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mitigation: Option<String>,
    /// Yes or no, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocking: Option<String>,
    /// How to do it, in Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// SQL that does it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub up: Option<String>,
    /// SQL that takes that back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub down: Option<String>,
    /// What proved it when it was first seen, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// A query that returns rows for as long as it is so, for entries that a person wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    /// What else is said of it, by its label.
    #[serde(skip)]
    pub details: Vec<(String, String)>,
    /// Cells of an imported table under titles that are not ours.
    #[serde(skip)]
    pub cells: Vec<(String, String)>,
    /// That it stays as it is, for now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Acceptance>,
    /// The days on which it was completed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub completed: Vec<String>,
    /// The days on which it came back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reopened: Vec<String>,
    /// The last day on which it was seen, where that is not the day of the last update.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<String>,
    /// What proves that it is completed: most often a query that returns no row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// Ids that it had before somebody else's entry was found to have them too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formerly: Vec<String>,
    /// A digest of the texts as the advisor wrote them: texts that a person has changed since are never written again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wording: Option<String>,
    /// The row of the imported page, where it can't be made of the fields to the byte.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_row: Option<String>,
    /// The details of the imported page, where they can't be made of the fields to the byte.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_details: Option<String>,
}

/// That an entry stays as it is, for now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Why.
    pub reason: String,
    /// The last day on which it counts as accepted, `2027-06-30`.
    pub until: String,
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// To be done.
    Active,
    /// Not to be done, for now.
    Accepted,
    /// Done.
    Completed,
}

impl Entry {
    /// Whether it is done: it was completed once more than it came back.
    #[must_use]
    pub fn is_completed(&self) -> bool {
        self.completed.len() > self.reopened.len()
    }

    /// Where it stands on a day.
    #[must_use]
    pub fn state(&self, today: NaiveDate) -> State {
        if self.is_completed() {
            State::Completed
        } else if self.accepted.as_ref().is_some_and(|accepted| accepted.holds(today)) {
            State::Accepted
        } else {
            State::Active
        }
    }

    /// The priority; a word that isn't known counts as medium.
    #[must_use]
    pub fn priority(&self) -> Priority {
        Priority::parse(&self.priority).unwrap_or(Priority::Medium)
    }

    pub(super) fn empty(key: &str) -> Self {
        Self { key: key.to_owned(), ..Self::default() }
    }

    pub(super) fn read(key: &str, table: &dyn TableLike) -> Result<Self, RegisterError> {
        let fields =
            table.iter().filter_map(|(name, item)| Some((name.to_owned(), document::value(item)?)));
        let fields: serde_json::Map<String, serde_json::Value> = fields.collect();
        let id = fields.get("id").and_then(serde_json::Value::as_str).unwrap_or(key).to_owned();
        let mut entry: Self = serde_json::from_value(fields.into())
            .map_err(|error| RegisterError::Entry { entry: id, why: error.to_string() })?;
        key.clone_into(&mut entry.key);
        let labelled = |name| {
            let labelled = table.get(name).and_then(toml_edit::Item::as_table_like);
            labelled
                .into_iter()
                .flat_map(TableLike::iter)
                .filter_map(|(label, item)| Some((label.to_owned(), document::text(item)?)))
        };
        entry.details = labelled("detail").collect();
        entry.cells = labelled("cell").collect();
        Ok(entry)
    }

    pub(super) fn complete(&mut self, proof: String, seen: Option<String>, today: NaiveDate) {
        self.completed.push(today.to_string());
        self.proof = Some(proof);
        self.last_seen = seen;
    }

    pub(super) fn reopen(&mut self, today: NaiveDate) {
        self.reopened.push(today.to_string());
        self.last_seen = None;
        self.proof = None;
    }
}

impl Acceptance {
    /// Whether it holds on a day. One whose date can't be read holds on none.
    #[must_use]
    pub fn holds(&self, today: NaiveDate) -> bool {
        self.until.parse::<NaiveDate>().is_ok_and(|until| today <= until)
    }
}

/// The key of an entry that a person has titled.
pub(super) fn key_of_title(title: &str, today: NaiveDate) -> String {
    digest(&["by hand", title, &today.to_string()], 16)
}

/// The beginning of the SHA-256 of some texts, with a zero byte between them.
pub(super) fn digest(parts: &[&str], digits: usize) -> String {
    let mut digest = Sha256::new();
    digest.update(parts.join("\0"));
    let mut text: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    text.truncate(digits);
    text
}
