//! `homeroom migrate`: up, down, status.

use anyhow::Result;
use homeroom_migrate::{
    AppliedMigration, DownOptions, Event, Migrator, PlannedMigration, State, Status, UpOptions,
    Version,
};
use serde::Serialize;

use crate::cli::{MigrateArguments, MigrateCommand, OutputArguments};
use crate::failure;
use crate::outcome::Outcome;
use crate::progress::{Clearing, Progress};
use crate::target::{Private, Target};
use crate::terminal::{self, Rows, count};

pub(crate) async fn run(arguments: MigrateArguments) -> Result<Outcome> {
    let progress = Clearing(Progress::new("connecting"));
    let target = Target::open(Private::Persistent).await?;
    let outcome = match arguments.command {
        MigrateCommand::Up { to, steps, output } => {
            let options = UpOptions { to, steps, ..UpOptions::default() };
            up(&target, &options, output, &progress.0).await
        }
        MigrateCommand::Down { to, steps, all, yes, output } => {
            let options = DownOptions { to, steps, all };
            down(&target, &options, yes, output, &progress.0).await
        }
        MigrateCommand::Status { output } => status(&target, output, &progress.0).await,
    }?;
    target.close().await?;
    Ok(outcome)
}

#[derive(Serialize)]
struct Report<'a> {
    database: &'a str,
    migrations: &'a [AppliedMigration],
    /// The newest migration that is applied now.
    version: Option<Version>,
}

async fn up(
    target: &Target,
    options: &UpOptions,
    output: OutputArguments,
    progress: &Progress,
) -> Result<Outcome> {
    let mut client = target.config().connect_client().await?;
    let migrator = observed(progress)?;
    let done = migrator.up(&mut client, options).await?;
    let version = newest(&migrator.status(&client).await?);
    progress.end();
    tell(target, &done, version, "applied", output)?;
    Ok(Outcome::Done)
}

async fn down(
    target: &Target,
    options: &DownOptions,
    yes: bool,
    output: OutputArguments,
    progress: &Progress,
) -> Result<Outcome> {
    let mut client = target.config().connect_client().await?;
    let migrator = observed(progress)?;
    let plan = migrator.plan_down(&client, options).await?;
    if !plan.is_empty() && !yes {
        progress.end();
        if !terminal::confirm(&question(&plan, target)).await? {
            failure::tell("nothing was taken back");
            return Ok(Outcome::Failed);
        }
    }
    let done = migrator.down(&mut client, options).await?;
    let version = newest(&migrator.status(&client).await?);
    progress.end();
    tell(target, &done, version, "taken back", output)?;
    Ok(Outcome::Done)
}

fn question(plan: &[PlannedMigration], target: &Target) -> String {
    let names: Vec<String> =
        plan.iter().map(|one| format!("{}_{}", one.version, one.name)).collect();
    format!(
        "take back {} of {}, with all that their tables hold?",
        names.join(", "),
        target.description()
    )
}

async fn status(target: &Target, output: OutputArguments, progress: &Progress) -> Result<Outcome> {
    let client = target.config().connect_client().await?;
    let status = homeroom::migrator()?.status(&client).await?;
    progress.end();
    let outcome = if status.is_up_to_date() {
        Outcome::Done
    } else if status
        .entries
        .iter()
        .all(|entry| matches!(entry.state, State::Applied | State::Pending))
    {
        Outcome::Pending
    } else {
        Outcome::Drift
    };
    if output.json {
        terminal::print_json(&status)?;
        return Ok(outcome);
    }
    let mut rows = Rows::new(&[">version", "name", "state", "applied", "by", ">took"]);
    for entry in &status.entries {
        rows.add([
            entry.version.to_string(),
            entry.name.clone(),
            entry.state.to_string(),
            entry
                .applied_at
                .map(|at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string())
                .unwrap_or_default(),
            entry.applied_by.clone().unwrap_or_default(),
            entry.duration_ms.map(|ms| format!("{ms} ms")).unwrap_or_default(),
        ]);
    }
    let pending = status.in_state(State::Pending).count();
    let sum = match outcome {
        Outcome::Pending => format!(
            "{} pending in {}: `homeroom migrate up`",
            count(pending, "migration is", "migrations are"),
            target.description()
        ),
        Outcome::Drift => {
            format!("{} has drifted: the states above say where", target.description())
        }
        _ => format!("{} is up to date", target.description()),
    };
    terminal::print(&format!("{}\n{sum}\n", rows.text()))?;
    Ok(outcome)
}

fn newest(status: &Status) -> Option<Version> {
    status
        .entries
        .iter()
        .filter(|entry| entry.applied_at.is_some())
        .map(|entry| entry.version)
        .next_back()
}

fn tell(
    target: &Target,
    done: &[AppliedMigration],
    version: Option<Version>,
    word: &str,
    output: OutputArguments,
) -> Result<()> {
    let database = target.description();
    if output.json {
        return terminal::print_json(&Report { database: &database, migrations: done, version });
    }
    let now =
        version.map_or_else(|| "has no migration".to_owned(), |version| format!("is at {version}"));
    if done.is_empty() {
        return terminal::print(&format!("nothing to do: {database} {now}\n"));
    }
    let mut rows = Rows::new(&[">version", "name", ">took"]);
    for one in done {
        rows.add([one.version.to_string(), one.name.clone(), format!("{} ms", one.duration_ms)]);
    }
    let sum = count(done.len(), "migration", "migrations");
    terminal::print(&format!("{}\n{sum} {word}: {database} {now}\n", rows.text()))
}

/// Our migrations, telling on the terminal what they do.
fn observed(progress: &Progress) -> Result<Migrator> {
    let progress = progress.clone();
    Ok(homeroom::migrator()?.with_observer(move |event| match event {
        Event::Waiting { holder } => {
            let holder = holder.map(|holder| format!(" ({holder})")).unwrap_or_default();
            progress.suspend(|| failure::tell(&format!("waiting for another migrator{holder}")));
        }
        Event::Started { version, name, direction } => {
            progress.doing(format!("{version}_{name} {direction}"));
        }
        Event::Retrying { version, name, message, .. } => {
            progress
                .suspend(|| failure::tell(&format!("{version}_{name} is tried again: {message}")));
        }
        _ => {}
    }))
}
