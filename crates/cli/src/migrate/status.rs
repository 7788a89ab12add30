//! `homeroom migrate status`.

use anyhow::Result;
use homeroom_migrate::{State, Status};
use serde::Serialize;

use super::report::Header;
use super::work::Work;
use crate::cli::OutputArguments;
use crate::outcome::Outcome;
use crate::terminal::{self, Rows, count};

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    header: Header,
    #[serde(flatten)]
    status: &'a Status,
}

pub(super) async fn run(work: &Work<'_>, output: OutputArguments) -> Result<Outcome> {
    let client = work.target.config().connect_client().await?;
    let status = work.migrator.status(&client).await?;
    work.progress.end();
    let outcome = outcome(&status);
    if output.json {
        terminal::print_json(&Report { header: Header::of(work), status: &status })?;
    } else {
        terminal::print(&format!("{}\n{}\n", table(&status), sum(work, &status)))?;
    }
    Ok(outcome)
}

/// Pending, which `up` sees to, drifted, or neither.
pub(super) fn outcome(status: &Status) -> Outcome {
    let is_plain = |state| matches!(state, State::Applied | State::Pending | State::Unfinished);
    if status.is_up_to_date() {
        Outcome::Done
    } else if status.entries.iter().all(|entry| is_plain(entry.state)) {
        Outcome::Pending
    } else {
        Outcome::Drift
    }
}

fn table(status: &Status) -> String {
    let mut rows = Rows::new(&[">version", "name", "state", "applied", "by", ">took"]);
    for entry in &status.entries {
        let applied_at = entry.applied_at.map(|at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string());
        rows.add([
            entry.version.to_string(),
            entry.name.clone(),
            entry.state.to_string(),
            applied_at.unwrap_or_default(),
            entry.applied_by.clone().unwrap_or_default(),
            entry.duration_ms.map(|ms| format!("{ms} ms")).unwrap_or_default(),
        ]);
    }
    rows.text()
}

fn sum(work: &Work<'_>, status: &Status) -> String {
    let database = work.target.description();
    match outcome(status) {
        Outcome::Pending => {
            let number = |state| status.in_state(state).count();
            let (pending, unfinished) = (number(State::Pending), number(State::Unfinished));
            let what = match (pending, unfinished) {
                (_, 0) => format!("{} pending", count(pending, "migration is", "migrations are")),
                (0, _) => {
                    format!("{} unfinished", count(unfinished, "migration is", "migrations are"))
                }
                _ => format!(
                    "{} pending and {unfinished} unfinished",
                    count(pending, "migration is", "migrations are"),
                ),
            };
            format!("{what} in {database}: {}", work.command("up"))
        }
        Outcome::Drift if status.in_state(State::HalfDown).next().is_some() => {
            let down = work.command("down");
            format!(
                "{database} has a migration that is half taken back: {down} takes back the rest"
            )
        }
        Outcome::Drift => format!("{database} has drifted: the states above say where"),
        _ => format!("{database} is up to date"),
    }
}
