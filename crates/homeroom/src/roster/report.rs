//! What an import did: every row of the package is accounted for.

use std::collections::BTreeMap;

use serde::Serialize;

/// What an import of a roster did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RosterReport {
    /// The source in `external_ids`.
    pub source: String,
    /// The version of OneRoster, `1.1` or `1.2`.
    pub version: &'static str,
    /// Districts, schools and departments, of `orgs.csv`.
    pub groups: EntityCounts,
    /// People, of `users.csv`.
    pub users: EntityCounts,
    /// Classes, of `classes.csv`.
    pub classes: EntityCounts,
    /// People's roles in groups, of `users.csv` (1.1) or `roles.csv` (1.2).
    pub memberships: TieCounts,
    /// People's roles in classes, of `enrollments.csv`.
    pub enrolments: TieCounts,
    /// Teachers who had no membership in the district of a class that they teach, and were made teachers at its school.
    pub teachers_added: u64,
    /// Each file of the package by its name.
    pub files: BTreeMap<String, FileReport>,
    /// Rows that brought nothing by themselves, with the reason.
    pub skipped: Vec<Skipped>,
}

impl RosterReport {
    /// Whether the import wrote nothing, as the second one of the same package does.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        let entities = [&self.groups, &self.users, &self.classes];
        let ties = [&self.memberships, &self.enrolments];
        self.teachers_added == 0
            && entities.iter().all(|counts| counts.created + counts.changed + counts.deleted == 0)
            && ties.iter().all(|counts| counts.created + counts.changed + counts.removed == 0)
    }
}

/// What became of groups, people or classes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EntityCounts {
    /// New.
    pub created: u64,
    /// Known and now different; those that were restored are among them.
    pub changed: u64,
    /// Known and the same as before.
    pub unchanged: u64,
    /// Soft-deleted until now, and live again.
    pub restored: u64,
    /// Soft-deleted now.
    pub deleted: u64,
    /// Live, of this source and not in the package: left as they are.
    pub absent: u64,
}

/// What became of memberships or enrolments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TieCounts {
    /// New.
    pub created: u64,
    /// Known, with another role now.
    pub changed: u64,
    /// The same as before.
    pub unchanged: u64,
    /// Removed.
    pub removed: u64,
    /// Between a person and a group or class that are both in the package, which says nothing of the tie: left as they are.
    pub absent: u64,
}

/// What was found in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FileReport {
    /// Rows without the header.
    pub rows: u64,
    /// Whether the file was imported.
    pub imported: bool,
    /// Why it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// Columns that have no place here, with the number of their values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns_without_place: BTreeMap<String, u64>,
}

/// Rows that brought nothing by themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Skipped {
    /// The file.
    pub file: String,
    /// What was skipped, such as `role aide`.
    pub what: String,
    /// Why.
    pub reason: String,
    /// How many rows.
    pub rows: u64,
}
