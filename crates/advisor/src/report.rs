//! What a run found.

use serde::Serialize;

use crate::finding::Finding;
use crate::rule::Priority;
use crate::statements::Snapshot;

/// All that a run found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The database.
    pub database: String,
    /// Its `server_version_num`.
    pub server_version: i32,
    /// The schemas that were looked at.
    pub schemas: Vec<String>,
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
}

impl Report {
    /// The findings that matter as much as this, or more.
    pub fn at_least(&self, priority: Priority) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.priority <= priority)
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

/// A rule that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleFailure {
    /// Its id.
    pub rule: &'static str,
    /// Why, in PostgreSQL's own words.
    pub why: String,
}
