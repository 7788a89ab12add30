//! One thing that should be improved, with all that is said about it.

use std::fmt;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::found::Found;
use crate::register::Acceptance;
use crate::rule::{Certainty, Effort, Kind, Priority, Rule, words};

/// One thing that should be improved.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The id of the rule.
    pub rule: &'static str,
    /// What it is about.
    pub kind: Kind,
    /// What has the fault.
    pub object: Object,
    /// The same for the same fault of the same object, for ever.
    pub fingerprint: Fingerprint,
    /// How much it matters.
    pub priority: Priority,
    /// How sure it is.
    pub certainty: Certainty,
    /// What mending it takes.
    pub effort: Effort,
    /// The fault in one line.
    pub title: String,
    /// What is so.
    pub description: String,
    /// What that does to those who run the database.
    pub impact: String,
    /// What to do about it.
    pub mitigation: String,
    /// Whether work has to stop until it is mended.
    pub blocking: bool,
    /// Why or why not.
    pub blocking_why: String,
    /// What proves it; null where there is nothing to add.
    pub evidence: Value,
    /// SQL that mends it.
    pub suggestion: Option<Suggestion>,
    /// Where it is, in a file.
    pub location: Option<Location>,
    /// What the register says of it; `None`: it isn't in there, or none was asked.
    pub register: Option<Standing>,
}

/// What the register says of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Standing {
    /// The id of its entry.
    pub id: String,
    /// Where it is worked on.
    pub tracking: Option<String>,
    /// That it is accepted today.
    pub accepted: Option<Acceptance>,
    /// The day on which it was completed: it is back.
    pub completed: Option<String>,
}

impl Finding {
    /// Whether it stays as it is for now, as the register says.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.register.as_ref().is_some_and(|standing| standing.accepted.is_some())
    }

    /// What a rule found, completed by what the rule says of all that it finds.
    #[must_use]
    pub fn new(rule: &Rule, found: Found) -> Self {
        let blocking = found.blocking.unwrap_or(rule.blocking.is_blocking());
        Self {
            rule: rule.id,
            kind: rule.kind,
            fingerprint: Fingerprint::of(rule.id, &found.object),
            object: found.object,
            priority: found.priority.unwrap_or(rule.priority),
            certainty: found.certainty.unwrap_or(rule.certainty),
            effort: found.effort.unwrap_or(rule.effort),
            description: found.description.unwrap_or_else(|| found.title.clone()),
            title: found.title,
            impact: found.impact.unwrap_or_else(|| rule.impact.to_owned()),
            mitigation: found.mitigation.unwrap_or_else(|| rule.mitigation.to_owned()),
            blocking,
            blocking_why: found.blocking_why.unwrap_or_else(|| rule.blocking.why().to_owned()),
            evidence: found.evidence,
            suggestion: found.suggestion,
            location: found.location,
            register: None,
        }
    }
}

words! {
    /// What can have a fault.
    ObjectKind {
        /// The whole database.
        Database = "database",
        /// A schema.
        Schema = "schema",
        /// A table, partitioned or not.
        Table = "table",
        /// A view, materialised or not.
        View = "view",
        /// A column, `schema.table.column`.
        Column = "column",
        /// An index, `schema.index`.
        Index = "index",
        /// A constraint, `schema.table.constraint`.
        Constraint = "constraint",
        /// A trigger, `schema.table.trigger`.
        Trigger = "trigger",
        /// A function or procedure with the types of its arguments, `schema.name(integer)`.
        Function = "function",
        /// A policy of row security, `schema.table.policy`.
        Policy = "policy",
        /// A sequence.
        Sequence = "sequence",
        /// A type or domain.
        Type = "type",
        /// An extension.
        Extension = "extension",
        /// A role.
        Role = "role",
        /// A setting of the server.
        Setting = "setting",
        /// A statement, by its normalised text or the digest of it.
        Statement = "statement",
        /// A migration, by its version, so that a renamed file stays the same.
        Migration = "migration",
    }
}

/// What has a fault.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Object {
    /// What it is.
    pub kind: ObjectKind,
    /// What tells it from all others of its kind.
    pub identity: String,
}

impl Object {
    /// An object.
    pub fn new(kind: ObjectKind, identity: impl Into<String>) -> Self {
        Self { kind, identity: identity.into() }
    }
}

impl fmt::Display for Object {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.kind, self.identity)
    }
}

/// What a rule says of an object, in 16 hexadecimal digits: the beginning of the SHA-256 of rule, kind and identity, with a zero byte
/// between them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// That of a rule and an object.
    #[must_use]
    pub fn of(rule: &str, object: &Object) -> Self {
        Self::of_text(rule, object.kind.word(), &object.identity)
    }

    pub(crate) fn of_text(rule: &str, kind: &str, identity: &str) -> Self {
        let mut digest = Sha256::new();
        for part in [rule, "\0", kind, "\0", identity] {
            digest.update(part);
        }
        let mut digits: String =
            digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        digits.truncate(16);
        Self(digits)
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// SQL that mends a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// Mends it: whole statements.
    pub up: String,
    /// Takes that back; `None`: nothing can.
    pub down: Option<String>,
}

impl Suggestion {
    /// Both directions as one text to read.
    #[must_use]
    pub fn as_one(&self) -> String {
        match &self.down {
            None => self.up.trim_end().to_owned(),
            Some(down) => {
                format!("{}\n-- and to take it back:\n{}", self.up.trim_end(), down.trim_end())
            }
        }
    }
}

/// A piece of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Location {
    /// The file, relative to where the command runs, with `/` between its parts.
    pub file: String,
    /// Its first line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// Its last line.
    pub end_line: usize,
    /// The column behind its last character.
    pub end_column: usize,
    /// The text of the lines, for an excerpt; empty where the file is not at hand.
    pub text: String,
}
