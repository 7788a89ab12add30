//! `homeroom migrate`: our own migrations or those of any folder. A file a command; what they share is in `place`, `work`,
//! `scratch` and `report`.

mod check;
mod down;
mod dump;
mod effects;
mod failed;
mod moves;
mod new;
mod place;
mod plan;
mod report;
mod scratch;
mod status;
mod takeover;
mod up;
mod verify;
mod work;

use anyhow::Result;

pub(crate) use self::place::Place;
pub(crate) use self::scratch::{Scratch, pg_dump};
use self::work::Work;
use crate::cli::{
    DatabaseArguments, FolderArguments, MigrateArguments, MigrateCommand as Command, RunArguments,
};
use crate::outcome::Outcome;
use crate::progress::{Clearing, Progress};

pub(crate) async fn run(arguments: MigrateArguments) -> Result<Outcome> {
    let wants_json = failed::is_wanted_by(&arguments.command);
    let result = dispatch(arguments).await;
    if let Err(error) = &result
        && wants_json
    {
        failed::print(error);
    }
    result
}

async fn dispatch(arguments: MigrateArguments) -> Result<Outcome> {
    let MigrateArguments { folder, command } = arguments;
    let progress = Clearing(Progress::new("reading the migrations"));
    let desk = Desk { folder: &folder, progress: &progress.0 };
    match command {
        Command::New { name, output } => {
            new::run(folder.dir.as_deref(), &name, output, desk.progress)
        }
        Command::Verify { output } => {
            verify::run(&Place::open(&folder)?, output, desk.progress).await
        }
        Command::Check(check) => check::run(&folder, &check, desk.progress).await,
        Command::Dump(dump) if dump.scratch => {
            dump::run_on_scratch(&Place::open(&folder)?, &dump, desk.progress).await
        }
        Command::Dump(dump) => {
            desk.on(&dump.database, None, async |work| dump::run(work, &dump).await).await
        }
        Command::Up(up) => {
            desk.on(&up.database, Some(&up.run), async |work| up::run(work, &up).await).await
        }
        Command::Down(down) => {
            desk.on(&down.database, Some(&down.run), async |work| down::run(work, &down).await)
                .await
        }
        Command::Redo(redo) => {
            desk.on(&redo.database, Some(&redo.run), async |work| moves::redo(work, &redo).await)
                .await
        }
        Command::Goto { version, yes, database, run, output } => {
            desk.on(&database, Some(&run), async |work| {
                moves::goto(work, version, yes, output).await
            })
            .await
        }
        Command::Status { database, output } => {
            desk.on(&database, None, async |work| status::run(work, output).await).await
        }
        Command::Plan(plan) => {
            desk.on(&plan.database, None, async |work| plan::run(work, &plan).await).await
        }
        Command::Repair { database, run, output } => {
            desk.on(&database, Some(&run), async |work| takeover::repair(work, output).await).await
        }
        Command::Baseline { version, database, run, output } => {
            desk.on(&database, Some(&run), async |work| {
                takeover::baseline(work, version, output).await
            })
            .await
        }
        Command::Adopt { from, database, run, output } => {
            desk.on(&database, Some(&run), async |work| takeover::adopt(work, from, output).await)
                .await
        }
    }
}

/// Where the commands are done that work on a database.
struct Desk<'a> {
    folder: &'a FolderArguments,
    progress: &'a Progress,
}

impl Desk<'_> {
    async fn on(
        &self,
        database: &DatabaseArguments,
        run: Option<&RunArguments>,
        command: impl AsyncFnOnce(&Work<'_>) -> Result<Outcome>,
    ) -> Result<Outcome> {
        // What can't be read is told before a server is started.
        let place = Place::open(self.folder)?;
        let work = Work::open(&place, database, run, self.progress).await?;
        let outcome = command(&work).await.map_err(|error| work.explain(error))?;
        work.target.close().await?;
        Ok(outcome)
    }
}
