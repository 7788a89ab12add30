//! One look at a database: which one, and what it may use.

use std::path::Path;

use anyhow::Result;
use homeroom::DatabaseConfig;
use homeroom_advisor::{Check, Options, Report};
use homeroom_migrate::{Migrator, UpOptions};

use crate::cli::{FolderArguments, LookArguments};
use crate::migrate::{Place, Scratch};
use crate::progress::{Clearing, Progress};
use crate::target::{Private, Target, is_named};

pub(super) async fn look(arguments: &LookArguments, checks: Vec<Check>) -> Result<Report> {
    let progress = Clearing(Progress::new("connecting"));
    let place = Place::open(&FolderArguments { dir: arguments.migrations.clone() })?;
    if arguments.scratch {
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
    let scratch = match &arguments.migrations {
        Some(_) => Some(Scratch::start(&progress.0).await?),
        None => None,
    };
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
    let scratch = match scratch {
        Some(scratch) => Some(scratch.database().await?.connect_client().await?),
        None => None,
    };
    let some = |names: &[String]| (!names.is_empty()).then(|| names.to_vec());
    let options = Options {
        schemas: some(&arguments.schema),
        rules: some(&arguments.rule),
        migrations: arguments.migrations.as_deref().map(Path::as_ref),
        scratch: scratch.as_ref(),
        sample_values: arguments.sample_values,
        checks,
        ..Options::default()
    };
    progress.doing("looking");
    Ok(homeroom_advisor::advise(&client, &options).await?)
}
