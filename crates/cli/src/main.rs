//! The `homeroom` command: it parses, calls the libraries and shows what they say. It holds no SQL.

mod cli;
mod demo;
mod failure;
mod import;
mod interrupt;
mod migrate;
mod outcome;
mod postgres;
mod progress;
mod run;
mod target;
mod terminal;

fn main() -> std::process::ExitCode {
    match cli::parse() {
        Ok(cli) => run::run(cli),
        Err(error) => run::refuse(&error),
    }
}
