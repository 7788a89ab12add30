//! The `homeroom` command: it parses, calls the libraries and shows what they say. It holds no SQL.

mod advise;
mod chat;
mod class;
mod cli;
mod demo;
mod failure;
mod group;
mod import;
mod interrupt;
mod lookup;
mod migrate;
mod outcome;
mod output_file;
mod personal_data;
mod postgres;
mod progress;
mod rules;
mod run;
mod settings;
mod stats;
mod target;
mod terminal;
mod user;

fn main() -> std::process::ExitCode {
    match cli::parse() {
        Ok(cli) => run::run(cli),
        Err(error) => run::refuse(&error),
    }
}
