//! From a file into its staging table: a blocking task reads and packs, this side writes, a few batches apart at most.

use diesel::QueryResult;
use diesel::sql_query;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use tokio::sync::mpsc;

use crate::connection::Connection;
use crate::roster::Steps;
use crate::roster::columns::File;
use crate::roster::error::RosterError;
use crate::roster::package::{Entry, Package};
use crate::roster::rows::{Batch, Classes, Courses, Enrolments, Org, Roles, Sessions, Users};
use crate::roster::table::{Notes, read_rows};

/// Rows that are sent in one statement: about 300 KB of a file, of which the network and the planner are no longer felt.
const ROWS_IN_A_BATCH: usize = 4_000;
/// Batches that may wait for the database; what bounds the memory.
const BATCHES_AHEAD: usize = 1;

/// Writes a batch into its staging table: one statement, `INSERT INTO … SELECT … FROM unnest(…)`.
pub(super) trait Stage: Batch {
    fn insert(self, conn: &mut Connection) -> impl Future<Output = QueryResult<()>> + Send;
}

/// Reads a file that the manifest promises into its staging table. `None` when there is none.
pub(super) async fn stage<B: Stage>(
    conn: &mut Connection,
    package: &Package,
    steps: &mut Steps<'_>,
) -> Result<Option<Notes>, RosterError> {
    let Some(entry) = package.bulk(B::FILE).cloned() else { return Ok(None) };
    steps.begin(&format!("reading {}", entry.name));
    let (batches, mut received) = mpsc::channel::<(B, u64)>(BATCHES_AHEAD);
    let reading = tokio::task::spawn_blocking({
        let (package, entry) = (package.clone(), entry.clone());
        move || read_batches(&package, &entry, &batches)
    });
    let mut read = 0;
    while let Some((batch, bytes)) = received.recv().await {
        batch.insert(conn).await?;
        steps.advance(bytes - read);
        read = bytes;
    }
    steps.advance(entry.size.saturating_sub(read));
    finished(reading).await.map(Some)
}

/// Reads the organisations and stages their ids, for which the other files are looked at.
pub(super) async fn stage_orgs(
    conn: &mut Connection,
    package: &Package,
    steps: &mut Steps<'_>,
) -> Result<(Vec<Org>, Notes), RosterError> {
    let Some(entry) = package.bulk(File::Orgs).cloned() else {
        return Ok((Vec::new(), Notes::default()));
    };
    steps.begin(&format!("reading {}", entry.name));
    let size = entry.size;
    let reading = tokio::task::spawn_blocking({
        let package = package.clone();
        move || {
            let (mut orgs, mut notes) = (Vec::new(), Notes::default());
            package.read(&entry, |source| {
                read_rows(File::Orgs, package.spec(), source, &mut notes, |row, notes, _| {
                    orgs.push(Org::read(row, notes));
                })
            })?;
            Ok((orgs, notes))
        }
    });
    let (orgs, notes) = finished(reading).await?;
    let line = |org: &Org| i32::try_from(org.line).unwrap_or(i32::MAX);
    sql_query(include_str!("stage_orgs.sql"))
        .bind::<Array<Integer>, _>(orgs.iter().map(line).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(orgs.iter().map(|org| org.external_id.as_str()).collect::<Vec<_>>())
        .bind::<Array<Bool>, _>(orgs.iter().map(|org| org.gone).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    steps.advance(size);
    Ok((orgs, notes))
}

fn read_batches<B: Batch>(
    package: &Package,
    entry: &Entry,
    batches: &mpsc::Sender<(B, u64)>,
) -> Result<Notes, RosterError> {
    let mut notes = Notes::default();
    let mut batch = B::default();
    let mut read = 0;
    package.read(entry, |source| {
        let version = package.spec();
        read_rows(B::FILE, version, source, &mut notes, |row, notes, bytes| {
            batch.push(row, version, notes);
            read = bytes;
            if batch.len() >= ROWS_IN_A_BATCH {
                // Nobody receives any more: the other side has failed and says why.
                drop(batches.blocking_send((std::mem::take(&mut batch), bytes)));
            }
        })
    })?;
    if batch.len() > 0 {
        drop(batches.blocking_send((batch, read)));
    }
    Ok(notes)
}

/// What a blocking task comes to; a panic goes on here.
pub(super) async fn finished<T>(
    task: tokio::task::JoinHandle<Result<T, RosterError>>,
) -> Result<T, RosterError> {
    match task.await {
        Ok(result) => result,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(error) => Err(RosterError::Read {
            path: "the package".to_owned(),
            source: std::io::Error::other(error),
        }),
    }
}

impl Stage for Sessions {
    async fn insert(self, conn: &mut Connection) -> QueryResult<()> {
        sql_query(include_str!("stage_sessions.sql"))
            .bind::<Array<Integer>, _>(self.lines)
            .bind::<Array<Text>, _>(self.external_ids)
            .bind::<Array<Text>, _>(self.sessions)
            .execute(conn)
            .await
            .map(drop)
    }
}

impl Stage for Courses {
    async fn insert(self, conn: &mut Connection) -> QueryResult<()> {
        sql_query(include_str!("stage_courses.sql"))
            .bind::<Array<Integer>, _>(self.lines)
            .bind::<Array<Text>, _>(self.external_ids)
            .bind::<Array<Text>, _>(self.school_years)
            .bind::<Array<Text>, _>(self.courses)
            .execute(conn)
            .await
            .map(drop)
    }
}

impl Stage for Classes {
    async fn insert(self, conn: &mut Connection) -> QueryResult<()> {
        sql_query(include_str!("stage_classes.sql"))
            .bind::<Array<Integer>, _>(self.lines)
            .bind::<Array<Text>, _>(self.external_ids)
            .bind::<Array<SqlUuid>, _>(self.ids)
            .bind::<Array<Text>, _>(self.names)
            .bind::<Array<Text>, _>(self.courses)
            .bind::<Array<Text>, _>(self.schools)
            .bind::<Array<Text>, _>(self.terms)
            .bind::<Array<Text>, _>(self.details)
            .bind::<Array<Bool>, _>(self.gone)
            .execute(conn)
            .await
            .map(drop)
    }
}

impl Stage for Users {
    async fn insert(self, conn: &mut Connection) -> QueryResult<()> {
        sql_query(include_str!("stage_users.sql"))
            .bind::<Array<Integer>, _>(self.lines)
            .bind::<Array<Text>, _>(self.external_ids)
            .bind::<Array<SqlUuid>, _>(self.ids)
            .bind::<Array<Text>, _>(self.names)
            .bind::<Array<Nullable<Text>>, _>(self.emails)
            .bind::<Array<Nullable<Text>>, _>(self.statuses)
            .bind::<Array<Bool>, _>(self.gone)
            .execute(conn)
            .await?;
        match self.roles.len() {
            0 => Ok(()),
            _ => self.roles.insert(conn).await,
        }
    }
}

impl Stage for Roles {
    async fn insert(self, conn: &mut Connection) -> QueryResult<()> {
        sql_query(include_str!("stage_roles.sql"))
            .bind::<Array<Integer>, _>(self.lines)
            .bind::<Array<Nullable<Text>>, _>(self.external_ids)
            .bind::<Array<Text>, _>(self.users)
            .bind::<Array<Text>, _>(self.orgs)
            .bind::<Array<Text>, _>(self.words)
            .bind::<Array<Nullable<Text>>, _>(self.roles)
            .bind::<Array<Bool>, _>(self.gone)
            .execute(conn)
            .await
            .map(drop)
    }
}

impl Stage for Enrolments {
    async fn insert(self, conn: &mut Connection) -> QueryResult<()> {
        sql_query(include_str!("stage_enrolments.sql"))
            .bind::<Array<Integer>, _>(self.lines)
            .bind::<Array<Text>, _>(self.external_ids)
            .bind::<Array<Text>, _>(self.classes)
            .bind::<Array<Text>, _>(self.schools)
            .bind::<Array<Text>, _>(self.users)
            .bind::<Array<Text>, _>(self.words)
            .bind::<Array<Nullable<Text>>, _>(self.roles)
            .bind::<Array<Bool>, _>(self.gone)
            .execute(conn)
            .await
            .map(drop)
    }
}
