//! Rosters: real packages row by row, packages made here for every rule, and every bad input.

mod faults;
mod made;
mod organisations;
mod real;
mod repeated;
mod rules;

use std::path::PathBuf;

use diesel::QueryableByName;
use diesel::sql_query;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use homeroom::Connection;
use homeroom::roster::{self, ImportOptions, Package, RosterError, RosterReport};

pub(crate) use self::made::Made;

/// A file or folder of the real data that tests read where it is; `None`, and a line that says so, where it is not.
/// In a folder that `HOMEROOM_TEST_DATA` names it has to be.
pub(crate) fn test_data(path: &str) -> Option<PathBuf> {
    let named = std::env::var_os("HOMEROOM_TEST_DATA").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let path = named.as_ref().unwrap_or(&beside).join(path);
    if path.exists() {
        return Some(path);
    }
    assert!(named.is_none(), "there is no {}, in the folder of HOMEROOM_TEST_DATA", path.display());
    println!(
        "skipped: there is no {} (HOMEROOM_TEST_DATA names the folder of the test data)",
        path.display()
    );
    None
}

/// A line a table: how many rows it has, and a hash of them. Equal only when nothing was written.
pub(crate) async fn fingerprint(conn: &Connection) -> Vec<String> {
    texts(conn, include_str!("roster/fingerprint.sql")).await
}

/// The column `content` of a query.
async fn texts(mut conn: &Connection, sql: &str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        content: String,
    }
    let rows: Vec<Row> = sql_query(sql).load(&mut conn).await.unwrap();
    rows.into_iter().map(|row| row.content).collect()
}

async fn import(
    conn: &mut Connection,
    path: impl Into<PathBuf>,
) -> Result<RosterReport, RosterError> {
    let package = Package::open(path.into())?;
    roster::import(conn, &package, &ImportOptions::default(), &|_| {}).await
}
