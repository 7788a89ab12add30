//! What a run found.

mod markdown;
mod sarif;

use serde::Serialize;

use crate::finding::Finding;
use crate::rule::Priority;
use crate::statements::Snapshot;

/// All that a run found.
///
/// Its JSON is described by `docs/advisor-report.schema.json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The version of the form of its JSON.
    pub format: u32,
    /// The database.
    pub database: String,
    /// Its `server_version_num`.
    pub server_version: i32,
    /// The schemas that were looked at.
    pub schemas: Vec<String>,
    /// How many tables are in them.
    pub tables: usize,
    /// Whether these are all schemas but those of the system and of extensions.
    pub all_schemas: bool,
    /// The ids of the rules that were run to their end.
    pub rules: Vec<&'static str>,
    /// What they found: by priority, rule and object.
    pub findings: Vec<Finding>,
    /// The rules that had nothing to look at.
    pub skipped: Vec<SkippedRule>,
    /// The rules that failed.
    pub failed: Vec<RuleFailure>,
    /// What the server had counted of its statements, for [`Options::earlier_statements`](crate::Options::earlier_statements) of a
    /// later run; empty where no rule asked.
    #[serde(skip)]
    pub statements: Snapshot,
    /// What the queries of hand-written entries returned.
    pub checks: Vec<CheckResult>,
}

impl Report {
    /// The findings that matter as much as this or more, without those that the register says are accepted.
    pub fn at_least(&self, priority: Priority) -> impl Iterator<Item = &Finding> {
        let findings = self.findings.iter();
        findings.filter(move |finding| finding.priority <= priority && !finding.is_accepted())
    }

    /// The report as a page of Markdown.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        markdown::page(self)
    }

    /// The report as a log in SARIF 2.1.0: an object is a logical location, and one with a place in a file a physical one too; what
    /// the register says is accepted is suppressed.
    #[must_use]
    pub fn to_sarif(&self) -> serde_json::Value {
        sarif::log(self)
    }

    /// Whether an object of this identity was in what was looked at.
    pub(crate) fn looked_at(&self, kind: &str, identity: &str) -> bool {
        let of_no_schema = ["database", "extension", "role", "setting", "statement", "migration"];
        self.all_schemas
            || of_no_schema.contains(&kind)
            || self.schemas.iter().any(|schema| {
                let rest = identity.strip_prefix(&quoted(schema));
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
    }

    pub(crate) fn sort(&mut self) {
        let order = |it: &Finding| (it.priority, it.is_accepted(), it.rule, it.object.clone());
        self.findings.sort_by(|one, other| order(one).cmp(&order(other)));
    }
}

/// A rule that had nothing to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SkippedRule {
    /// Its id.
    pub rule: &'static str,
    /// Why.
    pub why: String,
}

/// What the query of a hand-written entry returned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckResult {
    /// The entry.
    pub id: String,
    /// How many rows; `None`: it failed.
    pub rows: Option<i64>,
    /// Why it failed.
    pub failed: Option<String>,
}

/// A rule that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleFailure {
    /// Its id.
    pub rule: &'static str,
    /// Why, in PostgreSQL's own words.
    pub why: String,
}

/// The form of the JSON. Fields may be added to a form.
pub(crate) const FORMAT: u32 = 1;

/// A name as PostgreSQL's `quote_ident` has it, but for keywords.
fn quoted(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}
