//! `homeroom migrate redo` and `goto`: down and up in one.

use anyhow::Result;
use homeroom_migrate::{DownOptions, Version};

use super::down::may_take_back;
use super::report::tell;
use super::work::Work;
use crate::cli::{OutputArguments, RedoArguments};
use crate::outcome::Outcome;

pub(super) async fn redo(work: &Work<'_>, arguments: &RedoArguments) -> Result<Outcome> {
    let RedoArguments { to, steps, all, yes, output, .. } = *arguments;
    let options = DownOptions { to, steps, all, keep_going: false };
    let mut client = work.target.config().connect_client().await?;
    let plan = work.migrator.plan_down(&client, &options).await?;
    if !may_take_back(work, &plan, yes).await? {
        return Ok(Outcome::Failed);
    }
    let done = work.migrator.redo(&mut client, &options).await?;
    let status = work.migrator.status(&client).await?;
    tell(work, &done, None, &status, output)?;
    Ok(Outcome::Done)
}

pub(super) async fn goto(
    work: &Work<'_>,
    version: Version,
    yes: bool,
    output: OutputArguments,
) -> Result<Outcome> {
    let newer = DownOptions { to: Some(version), ..DownOptions::default() };
    let mut client = work.target.config().connect_client().await?;
    let plan = work.migrator.plan_down(&client, &newer).await?;
    if !may_take_back(work, &plan, yes).await? {
        return Ok(Outcome::Failed);
    }
    let done = work.migrator.goto(&mut client, version).await?;
    let status = work.migrator.status(&client).await?;
    tell(work, &done, None, &status, output)?;
    Ok(Outcome::Done)
}
