//! One look at a database: which one, and what it may use.

use std::path::Path;

use anyhow::Result;
use homeroom::DatabaseConfig;
use homeroom_advisor::statements::Snapshot;
use homeroom_advisor::{Check, Options, Prover, Report, SchemaCopy};
use homeroom_migrate::{Migrator, UpOptions};

use crate::cli::{FolderArguments, LookArguments};
use crate::failure::{Refusal, WayOut};
use crate::migrate::{Place, Scratch, pg_dump};
use crate::progress::{Clearing, Progress};
use crate::target::{Private, Target, is_named};

pub(super) async fn look(arguments: &LookArguments, checks: Vec<Check>) -> Result<Report> {
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
    if arguments.scratch && let Some(place) = &place {
        let scratch = Scratch::start(&progress.0).await?;
        let database = scratch.database().await?;
        progress.0.doing("running the migrations");
        migrate(place.migrator(), &database).await?;
        let report = advise(arguments, checks, &database, Some(&scratch), &progress.0).await;
        let stopped = scratch.stop().await;
        let report = report?;
        stopped?;
        return Ok(report);
    }
    // What cannot be reached is told before a server is started.
    let target = Target::open(Private::Persistent).await?;
    if !is_named() {
        target.migrate().await?;
    }
    let needs_scratch = arguments.migrations.is_some() || arguments.prove;
    let scratch =
        if needs_scratch { Some(Scratch::start(&progress.0).await?) } else { None };
    let report = advise(arguments, checks, target.config(), scratch.as_ref(), &progress.0).await;
    if let Some(scratch) = scratch {
        scratch.stop().await?;
    }
    let closed = target.close().await;
    // What went wrong first says more.
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
    checks: Vec<Check>,
    database: &DatabaseConfig,
    scratch: Option<&Scratch<'_>>,
    progress: &Progress,
) -> Result<Report> {
    let client = database.connect_client().await?;
    let history = arguments.statement_history.as_deref();
    let earlier = history.map(Snapshot::read).transpose()?.flatten();
    let some = |names: &[String]| (!names.is_empty()).then(|| names.to_vec());
    let options = Options {
        schemas: some(&arguments.schema),
        rules: some(&arguments.rule),
        migrations: arguments.migrations.as_deref().map(Path::as_ref),
        scratch: scratch.map(|scratch| scratch as &dyn homeroom_advisor::Scratch),
        statements: arguments.statements.as_deref(),
        earlier_statements: earlier.as_ref(),
        pool_max: arguments.pool_max,
        sample_values: arguments.sample_values,
        checks,
        ..Options::default()
    };
    progress.doing("looking");
    let mut report = homeroom_advisor::advise(&client, &options).await?;
    if let Some(history) = history {
        report.statements.write(history)?;
    }
    if arguments.prove && let Some(scratch) = scratch {
        progress.doing("trying what is suggested");
        let copy = SchemaCopy::read(&client, &pg_dump(database).await?).await?;
        let mut prover = Prover::new(scratch, copy);
        for finding in report.findings.iter_mut().filter(|one| one.suggestion.is_some()) {
            prover.prove(finding).await?;
        }
    }
    Ok(report)
}
