//! One look at a database: which one, and what it may use.

use anyhow::{Context, Result};
use homeroom::DatabaseConfig;
use homeroom_advisor::statements::Snapshot;
use homeroom_advisor::{Check, Options, Prover, Report, SchemaCopy};
use homeroom_migrate::{Migrator, UpOptions};

use crate::cli::{FolderArguments, LookArguments};
use crate::failure::{Refusal, WayOut};
use crate::migrate::{Place, Scratch, pg_dump};
use crate::progress::{Clearing, Progress};
use crate::target::{Private, Target, is_named};

/// What to look for beside what the rules say.
#[derive(Default)]
pub(super) struct Wanted {
    /// The queries of hand-written entries.
    pub(super) checks: Vec<Check>,
    /// Whether suggestions are tried.
    pub(super) proofs: bool,
}

pub(super) async fn look(arguments: &LookArguments, wanted: Wanted) -> Result<Report> {
    let progress = Clearing(Progress::new("connecting"));
    let place = Place::open(&FolderArguments { dir: arguments.migrations.clone() });
    let place = place.map_err(|error| match error.is::<Refusal>() {
        true => error.context(WayOut("name the folder of migrations with --migrations".to_owned())),
        false => error,
    });
    let place = match place {
        // Faults of the files are findings like others.
        Err(error) if !arguments.scratch && is_unfit(&error) => None,
        place => Some(place?),
    };
    if arguments.scratch
        && let Some(place) = &place
    {
        let scratch = Scratch::start(&progress.0).await?;
        let database = scratch.database().await?;
        progress.0.doing("running the migrations");
        migrate(place.migrator(), &database).await?;
        let report = advise(arguments, wanted, &database, Some(&scratch), &progress.0).await;
        let stopped = scratch.stop().await;
        // What went wrong first says more.
        let report = report?;
        stopped?;
        return Ok(report);
    }
    // What cannot be reached is told before a server is started.
    let target = Target::open(Private::Persistent).await?;
    if is_named() {
        target.config().connect_client().await?;
    } else {
        target.migrate().await?;
    }
    let scratch = match arguments.migrations.is_some() || wanted.proofs {
        true => Some(Scratch::start(&progress.0).await?),
        false => None,
    };
    let report = advise(arguments, wanted, target.config(), scratch.as_ref(), &progress.0).await;
    if let Some(scratch) = scratch {
        scratch.stop().await?;
    }
    let closed = target.close().await;
    let report = report?;
    closed?;
    Ok(report)
}

fn is_unfit(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(homeroom_migrate::Error::Folder(_)))
}

async fn migrate(migrator: &Migrator, database: &DatabaseConfig) -> Result<()> {
    let mut client = database.connect_client().await?;
    migrator.up(&mut client, &UpOptions::default()).await?;
    Ok(())
}

async fn advise(
    arguments: &LookArguments,
    wanted: Wanted,
    database: &DatabaseConfig,
    scratch: Option<&Scratch<'_>>,
    progress: &Progress,
) -> Result<Report> {
    let client = database.connect_client().await?;
    let some = |names: &[String]| (!names.is_empty()).then(|| names.to_vec());
    let history = arguments.statement_history.as_deref();
    let earlier = match history {
        Some(path) => Snapshot::read(path)?,
        None => None,
    };
    let options = Options {
        schemas: some(&arguments.schema),
        rules: some(&arguments.rule),
        migrations: arguments.migrations.as_deref(),
        scratch: scratch.map(|scratch| scratch as _),
        statements: arguments.statements.as_deref(),
        earlier_statements: earlier.as_ref(),
        source_root: arguments.source.as_deref(),
        pool_max: arguments.pool_max,
        sample_values: arguments.sample_values,
        checks: wanted.checks,
        ..Options::default()
    };
    progress.doing("looking");
    let mut report = homeroom_advisor::advise(&client, &options).await?;
    if let Some(path) = history {
        report.statements.write(path)?;
    }
    if let Some(scratch) = scratch.filter(|_| wanted.proofs) {
        progress.doing("trying what is suggested");
        let copy = SchemaCopy::read(&client, &pg_dump(database).await?)
            .await
            .context("what is suggested could not be tried")?;
        let mut prover = Prover::new(scratch, copy);
        for finding in report.findings.iter_mut().filter(|it| it.suggestion.is_some()) {
            prover.prove(finding).await.context("what is suggested could not be tried")?;
        }
    }
    Ok(report)
}
