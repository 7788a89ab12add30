//! The progress of a script that does not run in one transaction, as its row of the history keeps it.

use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Row};

use super::{History, TOOL_VERSION, checksum};
use crate::folder::{Direction, Migration};
use crate::script::Script;
use crate::version::Version;

/// The columns of it, and what stands for them where the table is older than they are.
pub(super) const COLUMNS: &str = "unfinished, statements_done, statement_begun, done_checksum";
pub(super) const NO_COLUMNS: &str = "NULL::text, NULL::integer, NULL::boolean, NULL::text";

const BEGIN_UP: &str = include_str!("begin_up.sql");
const BEGIN_DOWN: &str = include_str!("begin_down.sql");
const ADVANCE: &str = include_str!("advance.sql");
const SETTLE: &str = include_str!("settle.sql");
const FINISH_UP: &str = include_str!("finish_up.sql");

/// How far a script has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Which script.
    pub(crate) direction: Direction,
    /// How many of its statements are done.
    pub(crate) done: usize,
    /// Whether the next one was begun in no transaction: it may be done, half done or not done.
    pub(crate) begun: bool,
    /// The checksum of those done.
    checksum: String,
}

impl Progress {
    /// A script of which nothing is done.
    pub(crate) fn start(direction: Direction) -> Self {
        Self { direction, done: 0, begun: false, checksum: String::new() }
    }

    pub(super) fn read(row: &Row, first: usize) -> Result<Option<Self>, Error> {
        let direction = match row.try_get::<_, Option<&str>>(first)? {
            Some("up") => Direction::Up,
            Some(_) => Direction::Down,
            None => return Ok(None),
        };
        let done: Option<i32> = row.try_get(first + 1)?;
        let begun: Option<bool> = row.try_get(first + 2)?;
        let checksum: Option<String> = row.try_get(first + 3)?;
        Ok(Some(Self {
            direction,
            done: done.and_then(|done| usize::try_from(done).ok()).unwrap_or(0),
            begun: begun.unwrap_or(false),
            checksum: checksum.unwrap_or_default(),
        }))
    }

    /// Whether this is a way down of which nothing is done.
    pub(crate) fn is_down_undone(&self) -> bool {
        self.direction == Direction::Down && self.done == 0 && !self.begun
    }

    /// Whether the statements that are done are still the first ones of the script.
    pub(crate) fn fits(&self, script: &Script) -> bool {
        self.done <= script.length() && self.checksum == checksum_of(script, self.done)
    }
}

fn checksum_of(script: &Script, done: usize) -> String {
    if done == 0 {
        return String::new();
    }
    let texts: Vec<&str> = (0..done).map(|index| script.statement_text(index)).collect();
    checksum(&texts.join(";\n"))
}

impl History {
    /// Records that a script is begun that does not run in one transaction. Keeps the progress that there is.
    pub(crate) async fn begin(
        &self,
        client: &Client,
        version: Version,
        up: Option<&Migration>,
    ) -> Result<(), Error> {
        let Some(migration) = up else {
            let parameters: [(&(dyn ToSql + Sync), Type); 1] = [(&version.get(), Type::INT8)];
            return client.query_typed(&self.sql(BEGIN_DOWN), &parameters).await.map(drop);
        };
        let name = migration.name();
        let down = migration.down();
        let parameters: [(&(dyn ToSql + Sync), Type); 6] = [
            (&version.get(), Type::INT8),
            (&name, Type::TEXT),
            (&migration.up().checksum(), Type::TEXT),
            (&down.checksum(), Type::TEXT),
            (&down.stored_sql(), Type::TEXT),
            (&TOOL_VERSION, Type::TEXT),
        ];
        client.query_typed(&self.sql(BEGIN_UP), &parameters).await.map(drop)
    }

    /// Records how many statements of a script are done, and whether the next one is begun.
    pub(crate) async fn advance(
        &self,
        client: &Client,
        version: Version,
        script: &Script,
        done: usize,
        begun: bool,
    ) -> Result<(), Error> {
        let count = i32::try_from(done).unwrap_or(i32::MAX);
        let parameters: [(&(dyn ToSql + Sync), Type); 4] = [
            (&version.get(), Type::INT8),
            (&count, Type::INT4),
            (&begun, Type::BOOL),
            (&checksum_of(script, done), Type::TEXT),
        ];
        client.query_typed(&self.sql(ADVANCE), &parameters).await.map(drop)
    }

    /// Records of a migration whose way down did nothing that it is applied as it was.
    pub(crate) async fn settle(&self, client: &Client, version: Version) -> Result<(), Error> {
        let parameters: [(&(dyn ToSql + Sync), Type); 1] = [(&version.get(), Type::INT8)];
        client.query_typed(&self.sql(SETTLE), &parameters).await.map(drop)
    }

    /// Records that an up script has come to its end.
    pub(crate) async fn finish_up(
        &self,
        client: &Client,
        version: Version,
        duration_ms: i64,
    ) -> Result<(), Error> {
        let parameters: [(&(dyn ToSql + Sync), Type); 2] =
            [(&version.get(), Type::INT8), (&duration_ms, Type::INT8)];
        client.query_typed(&self.sql(FINISH_UP), &parameters).await.map(drop)
    }
}
