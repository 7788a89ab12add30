//! What the commands say that run migrations, as text and as JSON.

use anyhow::Result;
use homeroom_migrate::{AppliedMigration, Direction, Error, Failure, Status, Version};
use serde::Serialize;

use super::work::{Kept, Work, newest};
use crate::cli::OutputArguments;
use crate::terminal::{self, Rows, count};

/// Which migrations, and in which database: a part of every document.
#[derive(Serialize)]
pub(super) struct Header {
    /// Where the database is.
    database: String,
    /// The folder of the migrations; none for those of the program.
    folder: Option<String>,
}

impl Header {
    pub(super) fn of(work: &Work<'_>) -> Self {
        Self { database: work.target.description(), folder: work.place.folder() }
    }
}

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    header: Header,
    migrations: &'a [AppliedMigration],
    /// Those that could not be taken back and stay applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<Vec<Left<'a>>>,
    /// Those that could not be taken back earlier and are taken for still there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kept: Vec<Kept>,
    /// The newest migration that is applied now.
    version: Option<Version>,
}

/// A migration that could not be taken back.
#[derive(Serialize)]
struct Left<'a> {
    version: Version,
    name: &'a str,
    reason: String,
    /// What the server said, where it was asked.
    failure: Option<&'a Failure>,
}

impl<'a> Left<'a> {
    fn of(error: &'a Error) -> Option<Self> {
        let reason = error.to_string();
        match error {
            Error::Failed(failure) => Some(Self {
                version: failure.version,
                name: &failure.name,
                reason,
                failure: Some(failure),
            }),
            Error::Irreversible { version, name, .. }
            | Error::NoDown { version, name }
            | Error::StoredDown { version, name, .. } => {
                Some(Self { version: *version, name, reason, failure: None })
            }
            _ => None,
        }
    }
}

/// Tells what was run and where the database is now.
pub(super) fn tell(
    work: &Work<'_>,
    done: &[AppliedMigration],
    left: Option<&[Error]>,
    status: &Status,
    output: OutputArguments,
) -> Result<()> {
    work.progress.end();
    let (database, version) = (work.target.description(), newest(status));
    if output.json {
        let left = left.map(|left| left.iter().filter_map(Left::of).collect());
        let header = Header::of(work);
        let kept = work.kept();
        return terminal::print_json(&Report { header, migrations: done, left, kept, version });
    }
    let now =
        version.map_or_else(|| "has no migration".to_owned(), |version| format!("is at {version}"));
    if done.is_empty() {
        return terminal::print(&format!("nothing to do: {database} {now}\n"));
    }
    let (ups, downs) = in_directions(done);
    // The direction is worth a column where there are both.
    let both = ups > 0 && downs > 0;
    let mut rows = Rows::new(if both {
        &[">version", "name", "direction", ">took"]
    } else {
        &[">version", "name", ">took"]
    });
    for one in done {
        let mut cells = vec![one.version.to_string(), one.name.clone()];
        cells.extend(both.then(|| one.direction.to_string()));
        cells.push(format!("{} ms", one.duration_ms));
        rows.add(cells);
    }
    let sum = match (ups, downs) {
        (ups, 0) => format!("{} applied", migrations(ups)),
        (0, downs) => format!("{} taken back", migrations(downs)),
        (ups, downs) => format!("{} taken back, {} applied", migrations(downs), migrations(ups)),
    };
    let left = left.map_or(0, <[Error]>::len);
    let left = if left == 0 { String::new() } else { format!(", {left} left applied") };
    terminal::print(&format!("{}\n{sum}{left}: {database} {now}\n", rows.text()))
}

/// `1 migration`, `20 migrations`.
pub(super) fn migrations(number: usize) -> String {
    count(number, "migration", "migrations")
}

fn in_directions(done: &[AppliedMigration]) -> (usize, usize) {
    let ups = done.iter().filter(|one| one.direction == Direction::Up).count();
    (ups, done.len() - ups)
}
