//! The modes in which PostgreSQL locks relations.

use std::fmt;

use serde::Serialize;

/// A mode in which a relation is locked, the weakest first, under the name that PostgreSQL's manual gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LockMode {
    /// That of a `SELECT`.
    AccessShare,
    /// That of a `SELECT … FOR UPDATE`.
    RowShare,
    /// That of an `INSERT`, `UPDATE` or `DELETE`.
    RowExclusive,
    /// That of a `VACUUM`, `CREATE INDEX CONCURRENTLY` or `VALIDATE CONSTRAINT`: reads and writes go on.
    ShareUpdateExclusive,
    /// That of a `CREATE INDEX`: writes wait.
    Share,
    /// That of a `CREATE TRIGGER` or a new foreign key: writes wait.
    ShareRowExclusive,
    /// That of a `REFRESH MATERIALIZED VIEW CONCURRENTLY`: all but plain reads wait.
    Exclusive,
    /// That of a `DROP TABLE` and most forms of `ALTER TABLE`: everything waits.
    AccessExclusive,
}

impl LockMode {
    /// The mode by its name in `pg_locks`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "AccessShareLock" => Self::AccessShare,
            "RowShareLock" => Self::RowShare,
            "RowExclusiveLock" => Self::RowExclusive,
            "ShareUpdateExclusiveLock" => Self::ShareUpdateExclusive,
            "ShareLock" => Self::Share,
            "ShareRowExclusiveLock" => Self::ShareRowExclusive,
            "ExclusiveLock" => Self::Exclusive,
            "AccessExclusiveLock" => Self::AccessExclusive,
            _ => return None,
        })
    }

    /// Whether an `INSERT`, `UPDATE` or `DELETE` of others has to wait for it.
    #[must_use]
    pub fn blocks_writes(self) -> bool {
        self >= Self::Share
    }

    /// Whether a plain `SELECT` of others has to wait for it.
    #[must_use]
    pub fn blocks_reads(self) -> bool {
        self == Self::AccessExclusive
    }
}

impl fmt::Display for LockMode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        })
    }
}
