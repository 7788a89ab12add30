//! `homeroom migrate verify`: the downs, tried on a throw-away server.

use std::sync::Arc;

use anyhow::Result;
use homeroom_migrate::{DownClass, Error, Verification, VerifiedMigration};
use serde::Serialize;

use super::place::Place;
use super::report::migrations;
use super::scratch::Scratch;
use super::work::{full_name, observed};
use crate::cli::OutputArguments;
use crate::outcome::Outcome;
use crate::progress::Progress;
use crate::terminal::{self, Rows, heading};

#[derive(Serialize)]
struct Report<'a> {
    /// The folder of the migrations; none for those of the program.
    folder: Option<String>,
    /// Whether no down is wrong or failing.
    sound: bool,
    #[serde(flatten)]
    verification: &'a Verification,
}

pub(super) async fn run(
    place: &Place,
    output: OutputArguments,
    progress: &Progress,
) -> Result<Outcome> {
    let scratch = Scratch::start(progress).await?;
    let migrator = observed(place.migrator().clone(), progress, &Arc::default());
    let database = async || anyhow::Ok(scratch.database().await?.connect_client().await?);
    let verification = migrator.verify(database).await?;
    scratch.stop().await?;
    let sound = verification.is_sound();
    if output.json {
        let report = Report { folder: place.folder(), sound, verification: &verification };
        terminal::print_json(&report)?;
    } else if !verification.migrations.is_empty() || verification.stopped.is_none() {
        terminal::print(&text(place, &verification))?;
    }
    if let Some(failure) = verification.stopped {
        return Err(Error::Failed(Box::new(failure)).into());
    }
    Ok(if sound { Outcome::Done } else { Outcome::Pending })
}

fn text(place: &Place, verification: &Verification) -> String {
    let mut rows = Rows::new(&[">version", "name", "down", ""]);
    for one in &verification.migrations {
        rows.add([one.version.to_string(), one.name.clone(), one.class.to_string(), remark(one)]);
    }
    let mut text = rows.text();
    for class in [DownClass::Wrong, DownClass::Failing] {
        for one in verification.in_class(class) {
            let title = format!("{} is {class}", full_name(one.version, &one.name));
            // The first line of its own text is the title.
            let whole = one.to_string();
            let details: String = whole.lines().skip(1).map(|line| format!("{line}\n")).collect();
            text.push_str(&format!("\n{}{details}", heading(&title)));
        }
    }
    let counts: Vec<String> = DownClass::ALL
        .iter()
        .map(|class| (verification.in_class(*class).count(), class))
        .filter(|(number, _)| *number > 0)
        .map(|(number, class)| format!("{number} {class}"))
        .collect();
    let number = migrations(verification.migrations.len());
    let counts = counts.join(", ");
    text.push_str(&format!("\n{number} of {} verified: {counts}\n", place.description()));
    text
}

/// What a line holds of why a down is not exact.
fn remark(verified: &VerifiedMigration) -> String {
    match verified.class {
        DownClass::Irreversible => verified.irreversible.clone().unwrap_or_default(),
        DownClass::Lossy => {
            let lost: Vec<String> = verified.lost.iter().map(ToString::to_string).collect();
            format!("made anew: {}", lost.join(", "))
        }
        DownClass::OrderOnly => {
            let changes = verified.difference.changes.iter();
            let objects: Vec<String> = changes.map(|change| change.object().to_string()).collect();
            objects.join(", ")
        }
        DownClass::Failing => {
            verified.failure.as_ref().map(|failure| failure.message.clone()).unwrap_or_default()
        }
        _ => String::new(),
    }
}
