//! `homeroom import`: rosters and conversations, with a progress bar, and what became of every row.

pub(crate) mod conversations;
pub(crate) mod roster;

use anyhow::Result;

use crate::cli::{ImportArguments, ImportCommand};
use crate::outcome::Outcome;
use crate::progress::{Clearing, Progress};
use crate::target::{Private, Target};
use crate::terminal;

pub(crate) async fn run(arguments: ImportArguments) -> Result<Outcome> {
    match arguments.command {
        ImportCommand::Roster { path, source, output } => {
            // What can't be read is told before a server is started.
            let package = roster::open(&path)?;
            let progress = Clearing(Progress::new("connecting"));
            let target = Target::open(Private::Persistent).await?;
            let db = target.database().await?;
            let report = roster::import(&db, &package, source, &progress.0).await?;
            progress.0.doing("closing");
            db.close().await;
            target.close().await?;
            progress.0.end();
            terminal::tell(output, &report, || roster::text(&report))
        }
        ImportCommand::Conversations { path, output } => {
            conversations::check(&path)?;
            let progress = Clearing(Progress::new("connecting"));
            let target = Target::open(Private::Persistent).await?;
            let db = target.database().await?;
            let report = conversations::import(&db, &path, &progress.0).await?;
            progress.0.doing("closing");
            db.close().await;
            target.close().await?;
            progress.0.end();
            terminal::tell(output, &report, || conversations::text(&report))
        }
    }
}
