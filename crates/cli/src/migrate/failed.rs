//! The JSON document of a command that failed: what people read on the standard error, and what of it has a form.

use homeroom_migrate::{AdoptFault, Error, Failure, Fault, HistoryFault};
use serde::Serialize;

use crate::cli::{CheckFormat, MigrateCommand as Command};
use crate::failure;
use crate::terminal;

#[derive(Serialize)]
struct Report<'a> {
    error: Told<'a>,
}

#[derive(Serialize)]
struct Told<'a> {
    /// What went wrong.
    message: String,
    /// The way out, where one is known.
    help: Option<String>,
    /// The migration that failed, its place in the file and what the server said.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<&'a Failure>,
    /// What does not fit of the files, or of the history.
    #[serde(skip_serializing_if = "Option::is_none")]
    faults: Option<Faults<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Faults<'a> {
    Folder(&'a [Fault]),
    History(&'a [HistoryFault]),
    Adopt(&'a [AdoptFault]),
}

/// Prints why a command failed that was asked for JSON. Where nobody reads that, the standard error still tells it.
pub(super) fn print(error: &anyhow::Error) {
    let (failure, faults) = match error.downcast_ref::<Error>() {
        Some(Error::Failed(failure)) => (Some(&**failure), None),
        Some(Error::Folder(error)) => (None, Some(Faults::Folder(&error.faults))),
        Some(Error::History { faults }) => (None, Some(Faults::History(faults))),
        Some(Error::Adopt { faults, .. }) => (None, Some(Faults::Adopt(faults))),
        _ => (None, None),
    };
    let (message, help) = (failure::message(error), failure::way_out(error));
    let _ = terminal::print_json(&Report { error: Told { message, help, failure, faults } });
}

/// Whether a command is to print JSON.
pub(super) fn is_wanted_by(command: &Command) -> bool {
    let output = match command {
        Command::Check(check) => return check.format() == CheckFormat::Json,
        Command::New { output, .. }
        | Command::Verify { output }
        | Command::Goto { output, .. }
        | Command::Status { output, .. }
        | Command::Repair { output, .. }
        | Command::Baseline { output, .. }
        | Command::Adopt { output, .. } => output,
        Command::Dump(dump) => &dump.output,
        Command::Up(up) => &up.output,
        Command::Down(down) => &down.output,
        Command::Redo(redo) => &redo.output,
        Command::Plan(plan) => &plan.output,
    };
    output.json
}
