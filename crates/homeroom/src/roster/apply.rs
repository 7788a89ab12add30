//! Brings people, memberships, classes and enrolments to what the staging tables say: a few statements, whatever their number.

use diesel::sql_query;
use diesel::sql_types::{BigInt, Integer, Text};
use diesel::{QueryResult, QueryableByName};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use crate::connection::Connection;
use crate::roster::columns::{File, Version};
use crate::roster::faults::{Fault, Faults, SHOWN_FAULTS};
use crate::roster::report::{EntityCounts, RosterReport, Skipped, TieCounts};
use crate::statement::only_row;

#[derive(Debug, QueryableByName)]
struct Written {
    #[diesel(sql_type = BigInt)]
    created: i64,
    #[diesel(sql_type = BigInt)]
    changed: i64,
    #[diesel(sql_type = BigInt)]
    unchanged: i64,
    #[diesel(sql_type = BigInt)]
    restored: i64,
}

#[derive(Debug, QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(Debug, QueryableByName)]
struct FoundFault {
    #[diesel(sql_type = Text)]
    file: String,
    #[diesel(sql_type = Integer)]
    line: i32,
    #[diesel(sql_type = Text)]
    what: String,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

#[derive(Debug, QueryableByName)]
struct FoundSkipped {
    #[diesel(sql_type = Text)]
    file: String,
    #[diesel(sql_type = Text)]
    what: String,
    #[diesel(sql_type = Text)]
    reason: String,
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

/// The file that says who has which role where.
const fn role_file(version: Version) -> File {
    match version {
        Version::V1_1 => File::Users,
        Version::V1_2 => File::Roles,
    }
}

/// Gives rows that are known the ids that they have here.
pub(super) async fn resolve(conn: &mut Connection, source: &str) -> QueryResult<()> {
    sql_query(include_str!("stage_known.sql")).bind::<Text, _>(source).execute(conn).await?;
    conn.batch_execute(include_str!("resolve.sql")).await?;
    conn.batch_execute(include_str!("analyze_staging.sql")).await
}

/// Finds what no row tells alone: ids and addresses given twice, references into nowhere.
pub(super) async fn find_faults(
    conn: &mut Connection,
    version: Version,
    faults: &mut Faults,
) -> QueryResult<()> {
    let file = role_file(version);
    let column = if file == File::Users { "orgSourcedIds:" } else { "orgSourcedId" };
    let found: Vec<FoundFault> = sql_query(include_str!("find_faults.sql"))
        .bind::<Text, _>(file.name())
        .bind::<Text, _>(file.name())
        .bind::<Text, _>(column)
        .bind::<BigInt, _>(SHOWN_FAULTS as i64)
        .load(conn)
        .await?;
    let total = found.as_slice().first().map_or(0, |fault| count(fault.total));
    let found = found.into_iter().filter_map(|fault| {
        let line = u64::try_from(fault.line).unwrap_or_default();
        Some(Fault { file: File::named(&fault.file)?, line, what: fault.what })
    });
    faults.merge(found, total);
    Ok(())
}

pub(super) async fn write_users(conn: &mut Connection, source: &str) -> QueryResult<EntityCounts> {
    sql_query(include_str!("users_release_emails.sql")).execute(conn).await?;
    let mut counts = written(conn, include_str!("users_write.sql")).await?;
    counts.created =
        sql_query(include_str!("users_create.sql")).bind::<Text, _>(source).execute(conn).await?
            as u64;
    counts.absent = absent(conn, include_str!("users_absent.sql")).await?;
    Ok(counts)
}

/// Suspends and deletes people, and returns how many are deleted. After the memberships are written, as the administrator of
/// a district can go only when another one is there.
pub(super) async fn end_users(conn: &mut Connection) -> QueryResult<u64> {
    sql_query(include_str!("users_suspend.sql")).execute(conn).await?;
    let deleted = sql_query(include_str!("users_delete.sql")).execute(conn).await?;
    Ok(deleted as u64)
}

/// Writes memberships, then those that teachers of classes lack; returns the counts and the number of those teachers.
pub(super) async fn write_memberships(conn: &mut Connection) -> QueryResult<(TieCounts, u64)> {
    conn.batch_execute(include_str!("memberships_resolve.sql")).await?;
    conn.batch_execute(include_str!("classes_resolve.sql")).await?;
    let written = written(conn, include_str!("memberships_write.sql")).await?;
    let removed = sql_query(include_str!("memberships_remove.sql")).execute(conn).await?;
    let added = sql_query(include_str!("teachers_add.sql")).execute(conn).await?;
    let absent = absent(conn, include_str!("memberships_absent.sql")).await?;
    Ok((ties(written, removed, absent), added as u64))
}

pub(super) async fn write_classes(
    conn: &mut Connection,
    source: &str,
) -> QueryResult<EntityCounts> {
    let deleted = sql_query(include_str!("classes_delete.sql")).execute(conn).await?;
    let written: Written = sql_query(include_str!("classes_write.sql"))
        .bind::<Text, _>(source)
        .load(conn)
        .await
        .and_then(only_row)?;
    let mut counts = entities(&written);
    counts.deleted = deleted as u64;
    counts.absent = absent(conn, include_str!("classes_absent.sql")).await?;
    Ok(counts)
}

pub(super) async fn write_enrolments(conn: &mut Connection) -> QueryResult<TieCounts> {
    let removed = sql_query(include_str!("enrolments_remove.sql")).execute(conn).await?;
    let written = written(conn, include_str!("enrolments_write.sql")).await?;
    let absent = absent(conn, include_str!("enrolments_absent.sql")).await?;
    Ok(ties(written, removed, absent))
}

/// Counts what brought nothing, so that every row is accounted for.
pub(super) async fn complete_report(
    conn: &mut Connection,
    version: Version,
    report: &mut RosterReport,
) -> QueryResult<()> {
    let file = role_file(version).name();
    let skipped: Vec<FoundSkipped> = sql_query(include_str!("count_skipped.sql"))
        .bind::<Text, _>(file)
        .bind::<Text, _>(file)
        .bind::<Text, _>(file)
        .load(conn)
        .await?;
    report.skipped = skipped
        .into_iter()
        .map(|FoundSkipped { file, what, reason, rows }| Skipped {
            file,
            what,
            reason,
            rows: count(rows),
        })
        .collect();
    report.groups.absent = absent(conn, include_str!("groups_absent.sql")).await?;
    Ok(())
}

async fn written(conn: &mut Connection, sql: &'static str) -> QueryResult<EntityCounts> {
    let written: Written = sql_query(sql).load(conn).await.and_then(only_row)?;
    Ok(entities(&written))
}

async fn absent(conn: &mut Connection, sql: &'static str) -> QueryResult<u64> {
    let absent: Count = sql_query(sql).load(conn).await.and_then(only_row)?;
    Ok(count(absent.count))
}

fn entities(written: &Written) -> EntityCounts {
    EntityCounts {
        created: count(written.created),
        changed: count(written.changed),
        unchanged: count(written.unchanged),
        restored: count(written.restored),
        ..EntityCounts::default()
    }
}

fn ties(written: EntityCounts, removed: usize, absent: u64) -> TieCounts {
    TieCounts {
        created: written.created,
        changed: written.changed,
        unchanged: written.unchanged,
        removed: removed as u64,
        absent,
    }
}

/// A count of the database, which is never negative.
fn count(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}
