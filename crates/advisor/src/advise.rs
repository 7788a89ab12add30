//! One run of the rules.

use std::error::Error as _;
use std::path::Path;
use std::time::Duration;

use tokio_postgres::Client;

use crate::context::Context;
use crate::error::{Error, RuleError};
use crate::finding::Finding;
use crate::report::{CheckResult, FORMAT, Report, RuleFailure, SkippedRule};
use crate::rule::{Look, Rule};
use crate::rules;
use crate::scratch::Scratch;
use crate::statements::Snapshot;

/// What a run looks at, and what it may do.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// The schemas; `None`: all but the system's and those of extensions.
    pub schemas: Option<Vec<String>>,
    /// The ids of the rules to run; `None`: all.
    pub rules: Option<Vec<String>>,
    /// A folder of migrations, as `homeroom migrate` takes it.
    pub migrations: Option<&'a Path>,
    /// Where empty databases come from on which migrations may be run.
    pub scratch: Option<&'a dyn Scratch>,
    /// A recording of the statements of an application's tests, as `statements::record` writes it.
    pub statements: Option<&'a Path>,
    /// What the server had counted of its statements at an earlier run.
    pub earlier_statements: Option<&'a Snapshot>,
    /// Where the files of the application are that a recording names.
    pub source_root: Option<&'a Path>,
    /// How many connections the pools of the application may open, all its instances together.
    pub pool_max: Option<u32>,
    /// Whether rules may read rows, a sample of them, and say what they saw.
    pub sample_values: bool,
    /// Queries to run beside the rules, each of which returns rows for as long as something is so.
    pub checks: Vec<Check>,
    /// How long one statement may take.
    pub statement_timeout: Duration,
    /// For how long statistics must have been gathered before their silence means something.
    pub statistics_age: Duration,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            schemas: None,
            rules: None,
            migrations: None,
            scratch: None,
            statements: None,
            earlier_statements: None,
            source_root: None,
            pool_max: None,
            sample_values: false,
            checks: Vec::new(),
            statement_timeout: Duration::from_secs(5),
            statistics_age: Duration::from_secs(30 * 24 * 3_600),
        }
    }
}

/// The query of an entry that a person wrote: it returns rows for as long as it is so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The entry.
    pub id: String,
    /// One `SELECT`.
    pub sql: String,
}

/// Runs the rules on a database, in one read-only transaction at `REPEATABLE READ` which is rolled back. It takes no locks but those
/// that reading the catalog takes.
///
/// A rule that fails is in [`Report::failed`] and ends nothing. When the future is dropped midway the transaction stays open: close
/// the session then.
///
/// # Errors
/// [`Error::UnknownSchema`], [`Error::UnknownRule`] and [`Error::Database`].
pub async fn advise(client: &Client, options: &Options<'_>) -> Result<Report, Error> {
    let rules = chosen(options)?;
    let failed = |doing| move |source| Error::Database { doing, source };
    let timeout = options.statement_timeout.as_millis();
    // To compile a query over the catalog takes longer than to run it; and the planner, which can't know how many rows a part of one
    // has, bets on few and loops, where there may be thousands.
    let begin = format!(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
         SET LOCAL search_path = pg_catalog; \
         SET LOCAL jit = off; \
         SET LOCAL enable_nestloop = off; \
         SET LOCAL statement_timeout = {timeout}; \
         SET LOCAL lock_timeout = {timeout}"
    );
    client.batch_execute(&begin).await.map_err(failed("opening a read-only transaction"))?;
    let report = run(client, options, &rules).await;
    let ended = client.batch_execute("ROLLBACK").await;
    let report = report?;
    ended.map_err(failed("ending the transaction"))?;
    Ok(report)
}

fn chosen(options: &Options<'_>) -> Result<Vec<&'static Rule>, Error> {
    match &options.rules {
        None => Ok(rules::all().collect()),
        Some(ids) => ids
            .iter()
            .map(|id| rules::find(id).ok_or_else(|| Error::UnknownRule { id: id.clone() }))
            .collect(),
    }
}

async fn run(
    client: &Client,
    options: &Options<'_>,
    rules: &[&'static Rule],
) -> Result<Report, Error> {
    let context = Context::new(client, options).await?;
    let asked = options.schemas.iter().flatten();
    if let Some(name) = asked.into_iter().find(|name| !context.schemas.contains(name)) {
        return Err(Error::UnknownSchema { name: name.clone() });
    }
    let mut report = Report {
        format: FORMAT,
        database: context.server.database.clone(),
        server_version: context.server.version,
        schemas: context.schemas.clone(),
        tables: context.server.tables,
        all_schemas: options.schemas.is_none(),
        rules: Vec::new(),
        findings: Vec::new(),
        skipped: Vec::new(),
        failed: Vec::new(),
        statements: Snapshot::default(),
        checks: Vec::new(),
    };
    for rule in rules {
        if let Some(why) = rule.needs.iter().find_map(|need| context.lacks(*need)) {
            report.skipped.push(SkippedRule { rule: rule.id, why });
            continue;
        }
        let found = apart(client, async || match &rule.look {
            Look::Sql(sql) => context.find(sql).await,
            Look::Code { run, .. } => run(&context).await,
        });
        match found.await? {
            Ok(found) => {
                report.rules.push(rule.id);
                report.findings.extend(found.into_iter().map(|found| Finding::new(rule, found)));
            }
            Err(RuleError::Skip(why)) => report.skipped.push(SkippedRule { rule: rule.id, why }),
            Err(error) => report.failed.push(RuleFailure { rule: rule.id, why: told(&error) }),
        }
    }
    report.statements = context.statements.get().map(|all| Snapshot::of(all)).unwrap_or_default();
    for check in &options.checks {
        let rows = apart(client, async || context.count(&check.sql).await).await?;
        report.checks.push(CheckResult {
            id: check.id.clone(),
            rows: rows.as_ref().ok().copied(),
            failed: rows.err().map(|error| told(&error)),
        });
    }
    report.sort();
    Ok(report)
}

/// Does something in a savepoint, so that its failure ends nothing else.
async fn apart<T>(
    client: &Client,
    work: impl AsyncFnOnce() -> Result<T, RuleError>,
) -> Result<Result<T, RuleError>, Error> {
    let failed = |source| Error::Database { doing: "setting a savepoint", source };
    client.batch_execute("SAVEPOINT rule").await.map_err(failed)?;
    let done = work().await;
    let end = "ROLLBACK TO SAVEPOINT rule; RELEASE SAVEPOINT rule";
    client.batch_execute(end).await.map_err(failed)?;
    Ok(done)
}

/// An error and its causes on one line.
fn told(error: &RuleError) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if said != "db error" {
            told.push_str(": ");
            told.push_str(said.trim_start_matches("ERROR: "));
        }
        cause = error.source();
    }
    told
}
