//! What a rule that needs code can ask.

use tokio::sync::OnceCell;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row};

use crate::advise::Options;
use crate::error::{Error, RuleError};
use crate::found::Found;
use crate::migrations::{self, Migrations};
use crate::rule::Need;
use crate::statements::{Statement, gather};

/// The database, inside the read-only transaction of a run, and what the caller allows.
#[derive(Debug)]
#[non_exhaustive]
pub struct Context<'a> {
    /// The session. Its transaction belongs to the run: end it not, and open none.
    pub client: &'a Client,
    /// What the caller allows.
    pub options: &'a Options<'a>,
    /// The schemas to look at.
    pub schemas: Vec<String>,
    /// The server.
    pub server: Server,
    /// The folder of migrations, looked at when it is asked for first.
    pub(crate) migrations: OnceCell<Migrations>,
    /// What was run, read when it is asked for first.
    pub(crate) statements: OnceCell<Vec<Statement>>,
}

/// What is known of a server and a database.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Server {
    /// `server_version_num`, such as 150007.
    pub version: i32,
    /// The database.
    pub database: String,
    /// How many tables are in the schemas to look at.
    pub tables: usize,
    /// The extensions in the database, with their schemas.
    pub extensions: Vec<(String, String)>,
}

impl Context<'_> {
    /// Runs a query.
    ///
    /// # Errors
    /// [`RuleError::Database`].
    pub async fn query(
        &self,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, RuleError> {
        self.client.query(sql, parameters).await.map_err(RuleError::Database)
    }

    /// Runs a query whose rows are findings, as that of a [`Look::Sql`](crate::Look::Sql).
    ///
    /// # Errors
    /// [`RuleError::Database`] and [`RuleError::Shape`].
    pub async fn find(&self, sql: &str) -> Result<Vec<Found>, RuleError> {
        let statement = self.client.prepare(sql).await.map_err(RuleError::Database)?;
        let rows = match statement.params() {
            [] => self.client.query(&statement, &[]).await,
            _ => self.client.query(&statement, &[&self.schemas]).await,
        };
        rows.map_err(RuleError::Database)?.iter().map(Found::from_row).collect()
    }

    /// The folder of migrations.
    pub(crate) async fn migrations(&self) -> Result<&Migrations, RuleError> {
        self.migrations.get_or_try_init(|| migrations::look(self)).await
    }

    /// The statements that were run, as the server and a recording tell.
    pub(crate) async fn statements(&self) -> Result<&[Statement], RuleError> {
        let statements = self.statements.get_or_try_init(|| gather(self)).await?;
        if statements.is_empty() {
            let why =
                "there is neither a recording of statements nor a pg_stat_statements that has any";
            return Err(RuleError::Skip(why.to_owned()));
        }
        Ok(statements)
    }

    /// How many rows a query returns, which must be one statement.
    pub(crate) async fn count(&self, sql: &str) -> Result<i64, RuleError> {
        let sql = sql.trim().trim_end_matches(';');
        // The query of the register's owner, on a line of its own as it may end in a comment.
        let sql = format!("SELECT count(*) FROM (\n{sql}\n) AS found");
        let row = self.client.query_one(&sql, &[]).await.map_err(RuleError::Database)?;
        row.try_get(0).map_err(RuleError::Database)
    }

    /// The schema of an extension.
    #[must_use]
    pub fn extension(&self, name: &str) -> Option<&str> {
        let mut extensions = self.server.extensions.iter();
        extensions.find(|(extension, _)| extension == name).map(|(_, schema)| schema.as_str())
    }

    /// Why a need isn't met; `None`: it is.
    pub(crate) fn lacks(&self, need: Need) -> Option<String> {
        match need {
            Need::Version(version) if self.server.version < version => {
                Some(format!("needs PostgreSQL {} or newer", version / 10_000))
            }
            Need::Extension(name) if self.extension(name).is_none() => {
                Some(format!("needs the extension {name} in this database"))
            }
            Need::Migrations if self.options.migrations.is_none() => {
                Some("needs a folder of migrations".to_owned())
            }
            Need::Scratch if self.options.scratch.is_none() => {
                Some("needs a scratch database".to_owned())
            }
            Need::SampleValues if !self.options.sample_values => {
                Some("reads rows, which was not asked for".to_owned())
            }
            Need::Version(_)
            | Need::Extension(_)
            | Need::Migrations
            | Need::Scratch
            | Need::SampleValues => None,
        }
    }

    pub(crate) async fn new<'a>(
        client: &'a Client,
        options: &'a Options<'a>,
    ) -> Result<Context<'a>, Error> {
        let row = client
            .query_one(include_str!("context.sql"), &[&options.schemas])
            .await
            .map_err(|source| Error::Database { doing: "looking at the server", source })?;
        let read = |source| Error::Database { doing: "reading what the server said", source };
        let names: Vec<String> = row.try_get("extensions").map_err(read)?;
        let places: Vec<String> = row.try_get("extension_schemas").map_err(read)?;
        Ok(Context {
            client,
            options,
            migrations: OnceCell::new(),
            statements: OnceCell::new(),
            schemas: row.try_get("schemas").map_err(read)?,
            server: Server {
                version: row.try_get("version").map_err(read)?,
                database: row.try_get("database").map_err(read)?,
                tables: usize::try_from(row.try_get::<_, i64>("tables").map_err(read)?)
                    .unwrap_or(0),
                extensions: names.into_iter().zip(places).collect(),
            },
        })
    }
}
