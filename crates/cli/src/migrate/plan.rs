//! `homeroom migrate plan`: what would run, in which order and how.

use anyhow::Result;
use homeroom_migrate::{Direction, DownOptions, Mode, PlannedMigration, UpOptions};
use serde::Serialize;

use super::effects::{self, Effects, Tried};
use super::report::{Header, migrations};
use super::up::late;
use super::work::{Work, full_name};
use crate::cli::PlanArguments;
use crate::failure;
use crate::outcome::Outcome;
use crate::terminal::{self, Rows, heading};

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    header: Header,
    direction: Direction,
    /// In the order in which they would run.
    migrations: Vec<Planned<'a>>,
    /// Why the plan could not be tried to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    untried: Option<String>,
}

/// One migration of the plan.
#[derive(Serialize)]
struct Planned<'a> {
    #[serde(flatten)]
    migration: &'a PlannedMigration,
    /// Only where it was tried.
    #[serde(flatten)]
    effects: Option<Effects>,
}

pub(super) async fn run(work: &Work<'_>, arguments: &PlanArguments) -> Result<Outcome> {
    let PlanArguments { down, to, steps, all, no_sql, no_trace, output, .. } = *arguments;
    let client = work.target.config().connect_client().await?;
    let mut plan = if down {
        let options = DownOptions { to, steps, all, keep_going: false };
        work.migrator.plan_down(&client, &options).await?
    } else {
        let allow_late = late(arguments.allow_late.as_deref(), &work.migrator);
        work.migrator.plan(&client, &UpOptions { to, steps, allow_late }).await?
    };
    let is_tried = !no_trace && !plan.is_empty();
    let tried = if is_tried { effects::find(work, &plan).await } else { Tried::default() };
    let Tried { mut effects, untried } = tried;
    effects.resize_with(plan.len(), || None);
    work.progress.end();
    if no_sql {
        plan.iter_mut().for_each(|one| one.sql.clear());
    }
    let direction = if down { Direction::Down } else { Direction::Up };
    if output.json {
        let migrations = plan.iter().zip(effects);
        let migrations =
            migrations.map(|(migration, effects)| Planned { migration, effects }).collect();
        let header = Header::of(work);
        terminal::print_json(&Report { header, direction, migrations, untried })?;
    } else {
        terminal::print(&text(work, &plan, &effects, direction))?;
        if let Some(reason) = untried {
            failure::tell(&format!(
                "the plan could not be tried to its end, and what it locks and loses is not all known: {reason}"
            ));
        }
    }
    let is_pending = !plan.is_empty() && direction == Direction::Up;
    Ok(if is_pending { Outcome::Pending } else { Outcome::Done })
}

fn text(
    work: &Work<'_>,
    plan: &[PlannedMigration],
    effects: &[Option<Effects>],
    direction: Direction,
) -> String {
    let database = work.target.description();
    if plan.is_empty() {
        return format!("nothing to do in {database}\n");
    }
    let mut rows = Rows::new(&[">", "migration", "runs", "file"]);
    for (index, one) in plan.iter().enumerate() {
        rows.add([
            (index + 1).to_string(),
            full_name(one.version, &one.name),
            held_together(one.mode).to_owned(),
            source(one),
        ]);
    }
    let mut text = rows.text();
    text.push_str(&effects::text(effects));
    for one in plan.iter().filter(|one| !one.sql.trim().is_empty()) {
        let name = full_name(one.version, &one.name);
        let title = format!("-- {name} {direction}, {}", held_together(one.mode));
        text.push_str(&format!("\n{}{}\n", heading(&title), one.sql.trim()));
    }
    let word = match direction {
        Direction::Up => "would be applied to",
        Direction::Down => "would be taken back of",
    };
    text.push_str(&format!("\n{} {word} {database}\n", migrations(plan.len())));
    text
}

fn held_together(mode: Mode) -> &'static str {
    match mode {
        Mode::Transaction => "in one transaction",
        _ => "statement by statement",
    }
}

fn source(planned: &PlannedMigration) -> String {
    if planned.stored { "as stored in the database".to_owned() } else { planned.file.clone() }
}
