//! Exporting a person: all that is known of them, as JSON Lines that end with a manifest.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::sql_types::{Text, Uuid};
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use homeroom_operations::operations;
use serde::{Deserialize, Serialize};

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::ids::UserId;
use crate::statement::statement;
use crate::users::User;

/// A line of an export.
#[derive(Debug, Clone, PartialEq)]
pub enum ExportLine {
    /// A row that is the person's.
    Row {
        /// The table.
        table: String,
        /// The row: a JSON object.
        json: String,
    },
    /// The last line: an export without it was cut off.
    Manifest(ExportManifest),
}

/// What an export holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportManifest {
    /// The version of the form: [`ExportManifest::VERSION`].
    pub version: u32,
    /// Whom the export is about.
    pub user_id: UserId,
    /// When it was made.
    pub exported_at: DateTime<Utc>,
    /// How many rows of each table it has.
    pub rows: BTreeMap<String, u64>,
}

impl ExportManifest {
    /// The form of the exports that this version of the library writes.
    pub const VERSION: u32 = 1;
}

impl ExportLine {
    /// The line as JSON, without a line break: `{"table":"messages","row":{…}}`, or `{"manifest":{…}}` at the end.
    #[must_use]
    pub fn to_json(&self) -> String {
        match self {
            Self::Row { table, json } => format!("{{\"table\":\"{table}\",\"row\":{json}}}"),
            Self::Manifest(manifest) => serde_json::json!({ "manifest": manifest }).to_string(),
        }
    }
}

statement! {
    ReadRows, "export/rows.sql",
    binds { user_id: UserId => Uuid, },
    returns (Text, Text,)
}

#[operations]
impl User {
    /// Everything of a person, live or removed, as lines in a steady order, the manifest last.
    ///
    /// Their row, memberships, sessions, the tools that they made, chats, all messages in these and their own in chats of
    /// others, files, limits, reservations, external ids. Hashes of passwords and tokens are secrets and left out. One
    /// statement (`export/rows.sql`), so that it is one state of the database; no lock. The server sorts the rows, the lines
    /// come as a stream: a long one takes no more memory than a short one.
    ///
    /// ```no_run
    /// # use futures_util::TryStreamExt;
    /// # use homeroom::{User, UserId};
    /// # use std::io::Write;
    /// # async fn example(db: &homeroom::Database, id: UserId, mut file: std::fs::File) -> Result<(), Box<dyn std::error::Error>> {
    /// let conn = db.conn().await?;
    /// let mut lines = User::export(&conn, id).await?;
    /// while let Some(line) = lines.try_next().await? {
    ///     writeln!(file, "{}", line.to_json())?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such person; each line may be an error of the connection.
    pub async fn export(
        mut conn: &Connection,
        id: UserId,
    ) -> Result<BoxStream<'static, Result<ExportLine>>> {
        let read = ReadRows { user_id: id };
        let rows =
            diesel_async::RunQueryDsl::load_stream::<(String, String)>(read, &mut conn).await?;
        let mut rows = rows.map_err(Error::from).boxed();
        // The person's own row comes first.
        let Some(first) = rows.try_next().await? else {
            return Err(Error::not_found("user", id));
        };
        let rows = stream::iter([Ok(first)]).chain(rows);
        let state = (rows, Some(BTreeMap::<String, u64>::new()));
        let lines = stream::try_unfold(state, move |(mut rows, counts)| async move {
            let Some(mut counts) = counts else { return Ok(None) };
            if let Some((table, json)) = rows.try_next().await? {
                *counts.entry(table.clone()).or_default() += 1;
                return Ok(Some((ExportLine::Row { table, json }, (rows, Some(counts)))));
            }
            let manifest = ExportManifest {
                version: ExportManifest::VERSION,
                user_id: id,
                exported_at: Utc::now(),
                rows: counts,
            };
            Ok(Some((ExportLine::Manifest(manifest), (rows, None))))
        });
        Ok(lines.boxed())
    }
}
