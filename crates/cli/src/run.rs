//! One run of the program: the runtime, the command, the signals, and the exit code.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::cli::{Cli, Command};
use crate::failure;
use crate::interrupt::{Interrupted, until_interrupted};
use crate::outcome::Outcome;
use crate::terminal;
use crate::{
    advise, chat, class, demo, group, import, migrate, personal_data, postgres, stats, user,
};

/// Runs a command to its end and tells its errors.
pub(crate) fn run(cli: Cli) -> ExitCode {
    // Migrations wait for one answer after the other: on one thread no answer is handed to another one.
    let mut runtime = match cli.command {
        Command::Migrate(_) => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    let result = runtime
        .worker_threads(2)
        .enable_all()
        .build()
        .context("can't start the async runtime")
        .and_then(|runtime| {
            let result = runtime.block_on(until_interrupted(command(cli.command)));
            // Waits for a private server that is just being started: it is stopped then.
            drop(runtime);
            result
        });
    let outcome = match result {
        Ok(outcome) => outcome,
        Err(error) if failure::is_broken_pipe(&error) => Outcome::Done,
        Err(error) => match error.downcast_ref::<Interrupted>() {
            Some(interrupted) => {
                failure::tell("interrupted: what was not finished was taken back");
                return interrupted.exit_code();
            }
            None => {
                failure::report(&error);
                failure::outcome(&error)
            }
        },
    };
    outcome.into()
}

/// Shows the help, or what is wrong with the arguments.
pub(crate) fn refuse(error: &clap::Error) -> ExitCode {
    // A closed pipe is not worth a word.
    let _ = error.print();
    let outcome = if error.use_stderr() { Outcome::Failed } else { Outcome::Done };
    outcome.into()
}

async fn command(command: Command) -> Result<Outcome> {
    match command {
        Command::Demo(arguments) => demo::run(arguments).await,
        Command::Migrate(arguments) => migrate::run(arguments).await,
        Command::Advise(arguments) => advise::run(arguments).await,
        Command::Import(arguments) => import::run(arguments).await,
        Command::User(arguments) => user::run(arguments).await,
        Command::Group(arguments) => group::run(arguments).await,
        Command::Class(arguments) => class::run(arguments).await,
        Command::Chat(arguments) => chat::run(arguments).await,
        Command::Export(arguments) => personal_data::export(&arguments).await,
        Command::Erase(arguments) => personal_data::erase(&arguments).await,
        Command::Stats(arguments) => stats::run(arguments).await,
        Command::Postgres(arguments) => postgres::run(arguments).await,
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut crate::cli::command(), "homeroom", &mut script);
            let mut stdout = std::io::stdout().lock();
            stdout
                .write_all(&script)
                .and_then(|()| stdout.flush())
                .map_err(terminal::cannot_write)?;
            Ok(Outcome::Done)
        }
    }
}
