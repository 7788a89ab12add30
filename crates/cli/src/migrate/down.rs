//! `homeroom migrate down`, and the question before anything is taken back.

use anyhow::Result;
use homeroom_migrate::{DownOptions, Error, PlannedMigration};

use super::report::tell;
use super::work::{Work, full_name};
use crate::cli::DownArguments;
use crate::failure;
use crate::outcome::Outcome;
use crate::terminal;

/// As many names as a question holds.
const NAMED: usize = 5;

pub(super) async fn run(work: &Work<'_>, arguments: &DownArguments) -> Result<Outcome> {
    let DownArguments { to, steps, all, keep_going, yes, output, .. } = *arguments;
    let options = DownOptions { to, steps, all, keep_going };
    let mut client = work.target.config().connect_client().await?;
    let plan = work.migrator.plan_down(&client, &options).await?;
    if !may_take_back(work, &plan, yes).await? {
        return Ok(Outcome::Failed);
    }
    match work.migrator.down(&mut client, &options).await {
        Ok(done) => {
            let status = work.migrator.status(&client).await?;
            tell(work, &done, keep_going.then_some(&[]), &status, output)?;
            Ok(Outcome::Done)
        }
        Err(Error::LeftApplied { taken_back, left }) => {
            let status = work.migrator.status(&client).await?;
            tell(work, &taken_back, Some(&left), &status, output)?;
            if output.json {
                return Ok(Outcome::Failed);
            }
            Err(Error::LeftApplied { taken_back, left }.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Asks before migrations are taken back, and tells when the answer is no.
pub(super) async fn may_take_back(
    work: &Work<'_>,
    plan: &[PlannedMigration],
    yes: bool,
) -> Result<bool> {
    if yes || plan.is_empty() {
        return Ok(true);
    }
    work.progress.end();
    let may = terminal::confirm(&question(plan, &work.target.description())).await?;
    if !may {
        failure::tell("nothing was taken back");
    }
    Ok(may)
}

fn question(plan: &[PlannedMigration], database: &str) -> String {
    let mut names: Vec<String> =
        plan.iter().take(NAMED).map(|one| full_name(one.version, &one.name)).collect();
    if let Some(more) = plan.len().checked_sub(NAMED).filter(|more| *more > 0) {
        names.push(format!("{more} more"));
    }
    format!("take back {} of {database}, with all that their tables hold?", names.join(", "))
}
