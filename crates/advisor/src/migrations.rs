//! What is known of a folder of migrations: what `homeroom-migrate` checks and verifies, asked once a run.

use std::collections::BTreeSet;
use std::path::Path;
use std::pin::Pin;

use homeroom_migrate::{
    AppliedMigration, Catalog, CatalogDiff, CheckOptions, CheckReport, Error, Migration, Migrator,
    Mode, State, Status, UpOptions, Verification, Version,
};
use serde::Serialize;
use tokio_postgres::Client;

use crate::context::Context;
use crate::error::RuleError;
use crate::finding::Location;
use crate::scratch::Scratch;

/// All that is known of the folder.
#[derive(Debug)]
pub(crate) struct Migrations {
    /// Those of the folder; none when it is unfit to be run.
    pub(crate) migrations: Vec<Migration>,
    pub(crate) report: CheckReport,
    /// The versions that are applied where the history of the database says so.
    pub(crate) applied: BTreeSet<Version>,
    /// What their downs do; `None` without a scratch database.
    pub(crate) verification: Option<Verification>,
    /// What those did that say they can be run twice.
    pub(crate) repeated: Vec<Repeated>,
}

/// A migration that says it can be run twice, and can't.
#[derive(Debug)]
pub(crate) struct Repeated {
    pub(crate) version: Version,
    pub(crate) file: String,
    /// What says so.
    pub(crate) claim: Claim,
    pub(crate) result: RepeatedResult,
}

/// What of a script says that it can be run twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Claim {
    /// A comment.
    Comment,
    /// A statement that does nothing when its object is there.
    Statement,
}

/// What the second run did.
#[derive(Debug)]
pub(crate) enum RepeatedResult {
    /// It failed.
    Failed(String),
    /// It changed the schema once more.
    Changed(Box<CatalogDiff>),
}

impl Migrations {
    /// The migration of a file.
    pub(crate) fn of_file(&self, file: &str) -> Option<&Migration> {
        self.migrations.iter().find(|one| one.up().file() == file || one.down().file() == file)
    }

    /// What tells a migration from others, whatever its file is called; the file where there is no such thing.
    pub(crate) fn identity(&self, file: &str) -> String {
        self.of_file(file)
            .map_or_else(|| file.to_owned(), |migration| migration.version().to_string())
    }
}

/// Where a file of the folder is.
pub(crate) fn location(
    context: &Context<'_>,
    file: &str,
    place: Option<&homeroom_migrate::FindingPlace>,
) -> Option<Location> {
    let folder = context.options.migrations?;
    if file.is_empty() {
        return None;
    }
    let file = folder.join(file).display().to_string().replace('\\', "/");
    let number = |number: u32| usize::try_from(number).unwrap_or(1);
    Some(match place {
        Some(place) => Location {
            file,
            line: number(place.line),
            column: number(place.column),
            end_line: number(place.end_line),
            end_column: number(place.end_column),
            text: place.text.clone(),
        },
        None => {
            Location { file, line: 1, column: 1, end_line: 1, end_column: 1, text: String::new() }
        }
    })
}

/// What is done to the folder and the databases, boxed: the compiler does not see else that it may go to another thread.
type Looking<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// Looks at the folder, with scratch databases where the caller gives some.
pub(crate) async fn look(context: &Context<'_>) -> Result<Migrations, RuleError> {
    let folder = context.options.migrations.unwrap_or(Path::new(""));
    let failed = RuleError::Migrations;
    let migrator = match Migrator::from_dir(folder) {
        Ok(migrator) => migrator,
        Err(Error::Folder(error)) => {
            return Ok(Migrations {
                migrations: Vec::new(),
                report: CheckReport::from(&error),
                applied: BTreeSet::new(),
                verification: None,
                repeated: Vec::new(),
            });
        }
        Err(error) => return Err(failed(error)),
    };
    // The history stands in the schema of the application.
    let set = "SELECT set_config('search_path', $1, true)";
    context.query(set, &[&"public, pg_catalog"]).await?;
    let status = status(&migrator, context.client).await.map_err(failed)?;
    let applied: BTreeSet<Version> = status
        .entries
        .iter()
        .filter(|entry| !matches!(entry.state, State::Pending | State::Late))
        .map(|entry| entry.version)
        .collect();
    let database = (!applied.is_empty()).then_some(context.client);
    let scratch = match context.options.scratch {
        Some(scratch) => Some(open(scratch).await?),
        None => None,
    };
    let options = CheckOptions { scratch: scratch.as_ref(), database };
    let report = check(&migrator, &options).await.map_err(failed)?;
    context.query(set, &[&"pg_catalog"]).await?;
    let mut looked = Migrations {
        migrations: migrator.migrations().to_vec(),
        report,
        applied,
        verification: None,
        repeated: Vec::new(),
    };
    if let Some(scratch) = context.options.scratch {
        looked.verification = Some(verify(&migrator, scratch).await.map_err(failed)?);
        looked.repeated = repeated(&migrator, open(scratch).await?).await?;
    }
    Ok(looked)
}

fn status<'a>(migrator: &'a Migrator, client: &'a Client) -> Looking<'a, Status> {
    Box::pin(migrator.status(client))
}

fn check<'a>(migrator: &'a Migrator, options: &'a CheckOptions<'a>) -> Looking<'a, CheckReport> {
    Box::pin(migrator.check(options))
}

fn verify<'a>(migrator: &'a Migrator, scratch: &'a dyn Scratch) -> Looking<'a, Verification> {
    Box::pin(migrator.verify(|| scratch.database()))
}

fn up<'a>(
    migrator: &'a Migrator,
    client: &'a mut Client,
    options: &'a UpOptions,
) -> Looking<'a, Vec<AppliedMigration>> {
    Box::pin(migrator.up(client, options))
}

fn catalog<'a>(migrator: &'a Migrator, client: &'a Client) -> Looking<'a, Catalog> {
    Box::pin(migrator.catalog(client))
}

async fn open(scratch: &dyn Scratch) -> Result<Client, RuleError> {
    scratch.database().await.map_err(|source| RuleError::Migrations(Error::Scratch { source }))
}

/// Runs every migration that says it can be run twice once more, behind its first run.
async fn repeated(migrator: &Migrator, mut client: Client) -> Result<Vec<Repeated>, RuleError> {
    let mut repeated = Vec::new();
    for migration in migrator.migrations() {
        let options = UpOptions { to: Some(migration.version()), ..UpOptions::default() };
        // That it fails is told by the check.
        if up(migrator, &mut client, &options).await.is_err() {
            break;
        }
        let script = migration.up();
        let Some(claim) = claim(script.sql()).filter(|_| script.mode() == Mode::Transaction) else {
            continue;
        };
        let before = catalog(migrator, &client).await.map_err(RuleError::Migrations)?;
        client.batch_execute("BEGIN").await.map_err(RuleError::Database)?;
        let result = client.batch_execute(script.sql()).await;
        let result = match result {
            Err(error) => Some(RepeatedResult::Failed(message(&error))),
            Ok(()) => changed(migrator, &before, &client).await?,
        };
        client.batch_execute("ROLLBACK").await.map_err(RuleError::Database)?;
        repeated.extend(result.map(|result| Repeated {
            version: migration.version(),
            file: script.file().to_owned(),
            claim,
            result,
        }));
    }
    Ok(repeated)
}

async fn changed(
    migrator: &Migrator,
    before: &Catalog,
    client: &Client,
) -> Result<Option<RepeatedResult>, RuleError> {
    let after = catalog(migrator, client).await.map_err(RuleError::Migrations)?;
    let difference = before.diff(&after);
    Ok((!difference.is_empty()).then(|| RepeatedResult::Changed(Box::new(difference))))
}

fn message(error: &tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned())
}

/// What of a script says that it can be run twice: a comment, or a guard on a table, column or the like. Guards on extensions and
/// schemas, which are often there already, and `OR REPLACE` say nothing about the rest.
fn claim(sql: &str) -> Option<Claim> {
    let text = sql.to_lowercase();
    let comments =
        text.lines().filter_map(|line| line.split_once("--")).map(|(_, comment)| comment);
    let promises = [
        "idempotent",
        "re-runnable",
        "rerunnable",
        "safe to run again",
        "safe to re-run",
        "run twice",
        "run more than once",
    ];
    let denials = ["not idempotent", "non-idempotent", "not re-runnable"];
    let promised = comments.into_iter().any(|comment| {
        promises.iter().any(|word| comment.contains(word))
            && !denials.iter().any(|word| comment.contains(word))
    });
    if promised {
        return Some(Claim::Comment);
    }
    let guards = ["table", "index", "concurrently", "column", "sequence", "view", "type"];
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_guarded = words.windows(4).any(|window| match window {
        [object, "if", "not", "exists"] => guards.contains(object),
        _ => false,
    });
    let is_caught = text.contains("when duplicate_object") || text.contains("when duplicate_table");
    (is_guarded || is_caught).then_some(Claim::Statement)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_told_from_a_guard_on_what_is_often_there() {
        assert_eq!(claim("-- Idempotent.\nCREATE TABLE a ();"), Some(Claim::Comment));
        assert_eq!(claim("-- Not idempotent.\nCREATE TABLE a ();"), None);
        assert_eq!(
            claim("CREATE TABLE IF NOT EXISTS a (); CREATE INDEX b ON a (c);"),
            Some(Claim::Statement)
        );
        assert_eq!(claim("ALTER TABLE a ADD COLUMN IF NOT EXISTS b int"), Some(Claim::Statement));
        assert_eq!(
            claim(
                "CREATE EXTENSION IF NOT EXISTS citext; CREATE SCHEMA IF NOT EXISTS a; CREATE TABLE b ();"
            ),
            None
        );
        assert_eq!(claim("CREATE OR REPLACE FUNCTION a() …"), None);
    }
}
