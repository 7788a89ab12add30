//! What planned migrations would do to what is there: the tables that they lock, write anew and read, and the data that would
//! be lost. They are tried on a scratch database; the rows are counted in the real one.

use std::collections::BTreeSet;

use anyhow::Result;
use homeroom_migrate::{
    DataLoss, Error, LockMode, PlannedMigration, Relation, RowCount, TracedLock, TracedMigration,
};
use serde::Serialize;

use super::scratch::Scratch;
use super::work::Work;
use crate::failure;
use crate::terminal::Rows;

/// As many rows of a table are counted; of more the server's estimate is told.
const COUNTED: u32 = 100_000;

/// What a planned migration would do.
#[derive(Serialize)]
pub(super) struct Effects {
    /// The strongest lock on each relation that is there before; not those of statements outside of a transaction.
    locks: Vec<TracedLock>,
    /// What is written anew.
    rewrites: BTreeSet<Relation>,
    /// What is read from end to end.
    scans: BTreeSet<Relation>,
    /// Whether statements run outside of a transaction: their locks and scans are not seen.
    unseen: bool,
    /// The tables and columns that would be lost with all that they hold.
    losses: Vec<Loss>,
}

/// A table or a column that would be lost.
#[derive(Serialize)]
struct Loss {
    #[serde(flatten)]
    place: DataLoss,
    /// How many rows of the database have something there.
    count: Option<RowCount>,
    /// Why they could not be counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    uncounted: Option<String>,
}

/// What is known of a plan.
#[derive(Default)]
pub(super) struct Tried {
    /// What each migration of the plan would do, as far as it could be tried; `None` for one that has no file to be tried from.
    pub(super) effects: Vec<Option<Effects>>,
    /// Why the plan could not be tried to its end.
    pub(super) untried: Option<String>,
}

/// Tries the plan. That it fails on the scratch database is no error: the plan is known, and that it would fail is worth knowing.
pub(super) async fn find(work: &Work<'_>, plan: &[PlannedMigration]) -> Tried {
    match try_plan(work, plan).await {
        Ok(tried) => tried,
        Err(error) => Tried { effects: Vec::new(), untried: Some(failure::message(&error)) },
    }
}

async fn try_plan(work: &Work<'_>, plan: &[PlannedMigration]) -> Result<Tried> {
    let scratch = Scratch::start(work.progress).await?;
    let trace = async |plan| {
        let client = scratch.database().await?.connect_client().await?;
        work.progress.doing("trying the plan on a scratch database");
        anyhow::Ok(work.migrator.trace_plan(&client, plan).await)
    };
    let (traced, untried) = match trace(plan).await? {
        Ok(traced) => (traced, None),
        Err(error) => {
            let (runs, _) = plan.split_at(before_failure(plan, &error));
            let traced = if runs.is_empty() { Vec::new() } else { trace(runs).await?? };
            (traced, Some(failure::message(&error.into())))
        }
    };
    scratch.stop().await?;
    let mut effects = Vec::with_capacity(plan.len());
    for one in plan {
        let is_its =
            |it: &&TracedMigration| (it.version, it.direction) == (one.version, one.direction);
        effects.push(match traced.iter().find(is_its) {
            Some(traced) => Some(Effects::of(traced, losses(work, traced).await?)),
            None => None,
        });
    }
    Ok(Tried { effects, untried })
}

/// How many migrations of the plan come before the one that failed.
fn before_failure(plan: &[PlannedMigration], error: &Error) -> usize {
    let Error::Failed(failure) = error else { return 0 };
    let failed = (failure.version, failure.direction);
    plan.iter().position(|one| (one.version, one.direction) == failed).unwrap_or(0)
}

async fn losses(work: &Work<'_>, traced: &TracedMigration) -> Result<Vec<Loss>> {
    let mut losses = Vec::with_capacity(traced.losses.len());
    if traced.losses.is_empty() {
        return Ok(losses);
    }
    let client = work.target.config().connect_client().await?;
    for place in traced.losses.iter().cloned() {
        let (count, uncounted) = match place.count(&client, COUNTED).await {
            // What an earlier migration of the plan makes holds nothing now.
            Ok(None) => continue,
            Ok(count) => (count, None),
            Err(error) => (None, Some(failure::message(&error.into()))),
        };
        losses.push(Loss { place, count, uncounted });
    }
    Ok(losses)
}

impl Effects {
    fn of(traced: &TracedMigration, losses: Vec<Loss>) -> Self {
        let statements = &traced.statements;
        Self {
            locks: traced.locks(),
            rewrites: statements.iter().flat_map(|one| one.rewrites.clone()).collect(),
            scans: statements.iter().flat_map(|one| one.scans.clone()).collect(),
            unseen: statements.iter().any(|one| one.transaction.is_none()),
            losses,
        }
    }

    /// What is done to a table beside locking it.
    fn done_to(&self, table: &Relation) -> Vec<&'static str> {
        let is_index_of =
            |it: &Relation| it.table.as_ref().is_some_and(|its_table| *its_table == table.name);
        let mut done = Vec::new();
        if self.rewrites.contains(table) {
            done.push("written anew");
        } else if self.rewrites.iter().any(is_index_of) {
            done.push("indexes built anew");
        }
        if self.scans.contains(table) {
            done.push("read to its end");
        }
        done
    }
}

/// The locks and the losses of a plan as tables, each where there is something in it. The migrations go by their number in the
/// plan: of their long names the terminal may hold only the beginning.
pub(super) fn text(effects: &[Option<Effects>]) -> String {
    let mut text = String::new();
    let mut locks = Rows::new(&[">", "locks", "mode", "other sessions", ""]);
    let mut losses = Rows::new(&[">", "loses", ">rows"]);
    let (mut any_lock, mut any_loss) = (false, false);
    for (index, effects) in effects.iter().enumerate() {
        let number = (index + 1).to_string();
        let Some(effects) = effects else { continue };
        for lock in effects.locks.iter().filter(|lock| lock.relation.kind.holds_rows()) {
            let done = effects.done_to(&lock.relation).join(", ");
            let (table, mode) = (lock.relation.name.clone(), lock.mode.to_string());
            locks.add([number.clone(), table, mode, others(lock.mode).to_owned(), done]);
            any_lock = true;
        }
        if effects.unseen {
            let what = "not seen outside of a transaction".to_owned();
            locks.add([number.clone(), what]);
            any_lock = true;
        }
        for Loss { place, count, uncounted } in &effects.losses {
            let rows = count.map(|count| count.to_string()).or(uncounted.clone());
            losses.add([number.clone(), place.to_string(), rows.unwrap_or_default()]);
            any_loss = true;
        }
    }
    for (rows, any) in [(locks, any_lock), (losses, any_loss)] {
        if any {
            text.push_str(&format!("\n{}", rows.text()));
        }
    }
    text
}

/// What other sessions can do with a table that is locked so.
fn others(mode: LockMode) -> &'static str {
    match (mode.blocks_reads(), mode.blocks_writes()) {
        (true, _) => "wait",
        (false, true) => "can only read",
        (false, false) => "go on",
    }
}
