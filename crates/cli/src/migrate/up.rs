//! `homeroom migrate up`.

use std::collections::BTreeSet;

use anyhow::Result;
use homeroom_migrate::{Migrator, UpOptions, Version};

use super::report::tell;
use super::work::Work;
use crate::cli::UpArguments;
use crate::outcome::Outcome;

pub(super) async fn run(work: &Work<'_>, arguments: &UpArguments) -> Result<Outcome> {
    let allow_late = late(arguments.allow_late.as_deref(), &work.migrator);
    let options = UpOptions { to: arguments.to, steps: arguments.steps, allow_late };
    let mut client = work.target.config().connect_client().await?;
    let done = work.migrator.up(&mut client, &options).await?;
    let status = work.migrator.status(&client).await?;
    tell(work, &done, None, &status, arguments.output)?;
    Ok(Outcome::Done)
}

/// The versions that may run late: those that were named, or all where none was.
pub(super) fn late(allowed: Option<&[Version]>, migrator: &Migrator) -> BTreeSet<Version> {
    match allowed {
        None => BTreeSet::new(),
        Some([]) => {
            migrator.migrations().iter().map(homeroom_migrate::Migration::version).collect()
        }
        Some(versions) => versions.iter().copied().collect(),
    }
}
