//! `homeroom migrate new`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use homeroom_migrate::create_migration;
use serde::Serialize;

use crate::cli::OutputArguments;
use crate::failure::WayOut;
use crate::outcome::Outcome;
use crate::progress::Progress;
use crate::terminal;

/// Where a project has its migrations.
const FOLDER: &str = "migrations";

#[derive(Serialize)]
struct Report<'a> {
    folder: &'a Path,
    /// What was written.
    files: &'a [PathBuf],
}

pub(super) fn run(
    folder: Option<&Path>,
    name: &str,
    output: OutputArguments,
    progress: &Progress,
) -> Result<Outcome> {
    let folder = folder.unwrap_or(Path::new(FOLDER));
    make(folder)?;
    let files = create_migration(folder, name)?;
    progress.end();
    if output.json {
        terminal::print_json(&Report { folder, files: &files })?;
    } else {
        let lines: String = files.iter().map(|file| format!("{}\n", file.display())).collect();
        terminal::print(&lines)?;
    }
    Ok(Outcome::Done)
}

fn make(folder: &Path) -> Result<()> {
    match std::fs::create_dir(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error)
            .with_context(|| format!("can't make the folder {}", folder.display()))
            .context(WayOut(
                "name another folder with --dir; the one that it is in has to be there".to_owned(),
            )),
        _ => Ok(()),
    }
}
