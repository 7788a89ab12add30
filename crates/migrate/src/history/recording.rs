//! The row of a migration that runs in one transaction, written or deleted in it.
//!
//! The statements may be sent before it is known whether those of the migration have succeeded, or the transaction was opened at all.
//! So they fail, with a division by zero, where nothing was changed before them in their transaction: none was opened then, or there
//! was nothing to change, and the migration has to be run with `opened`. They do so as well where the session has lost the migration
//! lock: they take it once more, which the session that holds it can and, while it does, no other. That costs less here than a
//! statement of its own.

use std::sync::PoisonError;

use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, Statement};

use super::{History, TOOL_VERSION};
use crate::folder::{Direction, Migration};
use crate::lock::KEY;
use crate::version::Version;

const INSERT: &str = include_str!("insert.sql");
const DELETE: &str = include_str!("delete.sql");
const IS_OURS: &str = include_str!("is_ours.sql");

/// What writes and what deletes a row, prepared once: parsing it costs as much as a small migration does.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    insert: Option<Statement>,
    delete: Option<Statement>,
}

impl Prepared {
    fn of(&mut self, direction: Direction) -> &mut Option<Statement> {
        match direction {
            Direction::Up => &mut self.insert,
            Direction::Down => &mut self.delete,
        }
    }
}

/// What a migration changes in the history, ready to be sent.
pub(crate) enum Recording<'a> {
    Insert { migration: &'a Migration, prepared: Statement },
    Delete { version: Version, prepared: Statement },
}

impl Recording<'_> {
    /// Sends it. The caller's transaction holds it, which is `opened` where that is known.
    pub(crate) async fn write(&self, client: &Client, opened: bool) -> Result<(), Error> {
        match self {
            Self::Insert { migration, prepared } => {
                let name = migration.name();
                let down = migration.down();
                let parameters: [&(dyn ToSql + Sync); 7] = [
                    &migration.version().get(),
                    &name,
                    &migration.up().checksum(),
                    &down.checksum(),
                    &down.stored_sql(),
                    &TOOL_VERSION,
                    &opened,
                ];
                client.execute(prepared, &parameters).await.map(drop)
            }
            Self::Delete { version, prepared } => {
                client.execute(prepared, &[&version.get(), &opened]).await.map(drop)
            }
        }
    }
}

impl History {
    /// What records that a migration came up or went down; `None` where it has to be prepared first.
    pub(crate) fn recording<'a>(
        &self,
        version: Version,
        up: Option<&'a Migration>,
    ) -> Option<Recording<'a>> {
        let mut known = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        match up {
            Some(migration) => {
                let prepared = known.of(Direction::Up).clone()?;
                Some(Recording::Insert { migration, prepared })
            }
            None => {
                let prepared = known.of(Direction::Down).clone()?;
                Some(Recording::Delete { version, prepared })
            }
        }
    }

    /// The same, prepared where it has to be.
    pub(crate) async fn prepare_recording<'a>(
        &self,
        client: &Client,
        version: Version,
        up: Option<&'a Migration>,
    ) -> Result<Recording<'a>, Error> {
        if let Some(recording) = self.recording(version, up) {
            return Ok(recording);
        }
        let (direction, sql, opened) = match up {
            Some(_) => (Direction::Up, INSERT, "$7"),
            None => (Direction::Down, DELETE, "$2"),
        };
        let (high, low) = KEY;
        let is_ours = IS_OURS
            .replace("{opened}", opened)
            .replace("{high}", &high.to_string())
            .replace("{low}", &low.to_string());
        let prepared = client.prepare(&self.sql(sql).replace("{is_ours}", &is_ours)).await?;
        let mut known = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        *known.of(direction) = Some(prepared.clone());
        Ok(match up {
            Some(migration) => Recording::Insert { migration, prepared },
            None => Recording::Delete { version, prepared },
        })
    }

    /// Prepares anew the next time: the session may have lost what was prepared.
    pub(crate) fn forget_prepared(&self) {
        *self.prepared.lock().unwrap_or_else(PoisonError::into_inner) = Prepared::default();
    }
}
