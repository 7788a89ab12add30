//! `homeroom advise fix`: the migration that mends an entry.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use homeroom_advisor::Entry;
use homeroom_migrate::create_migration;
use serde::Serialize;

use super::file::File;
use crate::cli::FixArguments;
use crate::failure::{Refusal, WayOut};
use crate::outcome::Outcome;
use crate::terminal;

/// What PostgreSQL keeps of a name is enough for that of a file.
const LONGEST: usize = 63;

#[derive(Serialize)]
struct Report<'a> {
    id: &'a str,
    files: &'a [PathBuf],
}

pub(super) fn run(arguments: &FixArguments) -> Result<Outcome> {
    let file = File::get(&arguments.register.path)?;
    let entry = file.register.get(&arguments.id)?;
    let id = &entry.id;
    if entry.is_completed() {
        let help = format!("`homeroom advise register show {id}` tells when and by what");
        return Err(Refusal::new(format!("{id} is completed"), help).into());
    }
    let Some(up) = &entry.up else {
        let message = format!("{id} has no SQL that mends it");
        let help = format!("see what is suggested: `homeroom advise register show {id}`");
        return Err(Refusal::new(message, help).into());
    };
    if !arguments.dir.is_dir() {
        let message = format!("there is no folder {}", arguments.dir.display());
        return Err(Refusal::new(message, "name the folder of migrations with --dir").into());
    }
    let name = arguments.name.clone().unwrap_or_else(|| name_of(entry));
    let up = format!("-- {id}: {}\n{}\n", one_line(&entry.title), up.trim_end());
    let down = match &entry.down {
        Some(down) => format!("{}\n", down.trim_end()),
        None => format!("-- irreversible: {}\n", one_line(&entry.title)),
    };
    let files = create_migration(&arguments.dir, &name)?;
    for path in &files {
        fill(path, &up, &down)
            .with_context(|| format!("can't write {}", path.display()))
            .context(WayOut("name a folder that you can write to with --dir".to_owned()))?;
    }
    terminal::tell(arguments.output, &Report { id, files: &files }, || {
        files.iter().map(|file| format!("{}\n", file.display())).collect()
    })
}

/// Writes a file of a new migration: one of a pair, or one with both directions below their marks.
fn fill(path: &Path, up: &str, down: &str) -> std::io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let text = if name.ends_with("up.sql") {
        up.to_owned()
    } else if name.ends_with("down.sql") {
        down.to_owned()
    } else {
        let marks = std::fs::read_to_string(path)?;
        let mut marks = marks.lines().filter(|line| !line.is_empty());
        let (first, second) = (marks.next().unwrap_or(""), marks.next().unwrap_or(""));
        format!("{first}\n{up}\n{second}\n{down}")
    };
    std::fs::write(path, text)
}

fn name_of(entry: &Entry) -> String {
    let object = entry.object.as_deref().unwrap_or(&entry.title);
    let object = object.split_once(' ').map_or(object, |(_, identity)| identity);
    let name = format!("{}_{object}", entry.rule.as_deref().unwrap_or(&entry.id));
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("_").to_lowercase();
    name.chars().take(LONGEST).collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
