//! `homeroom advise`: what should be improved, and the register of it.

mod excerpt;
mod file;
mod fix;
mod look;
mod register;
mod rules;
mod text;

use anyhow::Result;
use chrono::{NaiveDate, Utc};

use self::file::File;
use self::look::Wanted;
use crate::cli::{AdviseArguments, AdviseCommand};
use crate::failure;
use crate::outcome::Outcome;
use crate::terminal;

pub(crate) async fn run(arguments: AdviseArguments) -> Result<Outcome> {
    match arguments.command {
        None => advise(&arguments).await,
        Some(AdviseCommand::Rules { output }) => rules::list(output),
        Some(AdviseCommand::Explain { rule, output }) => rules::explain(&rule, output),
        Some(AdviseCommand::Fix(arguments)) => fix::run(&arguments).await,
        Some(AdviseCommand::Register(arguments)) => register::run(arguments.command).await,
    }
}

async fn advise(arguments: &AdviseArguments) -> Result<Outcome> {
    let file = File::find(&arguments.register.path)?;
    let checks = file.as_ref().map(|file| file.register.checks()).unwrap_or_default();
    let mut report =
        look::look(&arguments.look, Wanted { checks, proofs: arguments.prove }).await?;
    if let Some(file) = &file {
        file.register.annotate(&mut report, today());
        for note in file.register.notes() {
            failure::tell(note);
        }
    }
    if arguments.json {
        terminal::print_json(&report)?;
    } else if arguments.sarif {
        terminal::print_json(&report.to_sarif())?;
    } else if arguments.markdown {
        terminal::print_exactly(&report.to_markdown())?;
    } else {
        terminal::print(&text::report(&report))?;
    }
    let matters = arguments.fail_on.is_some_and(|least| report.at_least(least).next().is_some());
    Ok(if matters { Outcome::Pending } else { Outcome::Done })
}

/// The day that the register is told.
fn today() -> NaiveDate {
    Utc::now().date_naive()
}
