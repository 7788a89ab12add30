//! What survives: `cargo xtask chaos [--seconds 60] [--seed 1]`.
//!
//! A client process keeps chat, roster, tree and file writers going through a network that fails, on a server that is killed and
//! stopped, and is killed itself. Every step is repeatable: what got no answer is done again, with its idempotency key where the
//! operation takes one. At the end every acknowledged write and every invariant is checked.
//!
//! The seed decides what the writers do and which fault comes next. When exactly it strikes is the machine's.
//!
//! `--control durability` runs on a server that acknowledges before its log is safe, `--control client` with a client that
//! acknowledges what it has not done: a checker that finds nothing then is worth nothing, and the run fails.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a runner that meets the unexpected ends"
)]

mod check;
mod client;
mod disk;
mod faults;
mod plan;
mod runner;
mod victim;

use std::process::ExitCode;
use std::time::Duration;

use self::client::Order;
use self::plan::WRITERS;
use self::runner::{Control, Options};

const USAGE: &str =
    "usage: cargo xtask chaos [--seconds N] [--seed S] [--control durability|client]";

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(order) = order(&arguments) {
        client::run(order).await;
        return ExitCode::SUCCESS;
    }
    let Some(options) = options(&arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let report = runner::run(&options).await;
    print!("{report}");
    if report.is_as_it_should_be() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What the runner tells the client that it starts.
fn order(arguments: &[String]) -> Option<Order> {
    let [mode, url, seed, lie, done @ ..] = arguments else { return None };
    let done: Vec<u64> = done.iter().map_while(|done| done.parse().ok()).collect();
    let done: [u64; WRITERS] = done.try_into().ok()?;
    let (seed, lie) = (seed.parse().ok()?, lie.parse().ok()?);
    (mode == "client").then(|| Order { url: url.clone(), seed, done, lie })
}

fn options(arguments: &[String]) -> Option<Options> {
    let mut options = Options { time: Duration::from_secs(60), seed: 1, control: None };
    for pair in arguments.chunks(2) {
        let [name, value] = pair else { return None };
        match name.as_str() {
            "--seconds" => options.time = Duration::from_secs(value.parse().ok()?),
            "--seed" => options.seed = value.parse().ok()?,
            "--control" if value == "durability" => options.control = Some(Control::Durability),
            "--control" if value == "client" => options.control = Some(Control::Client),
            _ => return None,
        }
    }
    Some(options)
}
