//! Tasks of the workspace: `cargo xtask check`, `cargo xtask bench`, `cargo xtask chaos`.

mod house_rules;

use std::path::Path;
use std::process::{Command, ExitCode};

const USAGE: &str = "\
usage: cargo xtask check
       cargo xtask bench [PART…] [OPTION…]
       cargo xtask chaos [--seconds N] [--seed S] [--control durability|client]

  check   formatting, lints, documentation, the house rules, and licences where cargo-deny is installed
  bench   how fast Homeroom is (docs/PERFORMANCE.md); cargo xtask bench --help tells the rest
  chaos   writers on a server, a network and a client that fail all the time; then looks whether anything was lost";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["check"] => check(),
        ["bench", options @ ..] => bench(options),
        ["chaos", options @ ..] => chaos(options),
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// Builds the benchmark and runs it.
fn bench(options: &[&str]) -> ExitCode {
    let build = ["bench", "--package", "homeroom", "--bench", "workloads", "--"];
    let arguments = [build.as_slice(), options].concat();
    if cargo(root(), &arguments, None) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What is checked, the arguments of cargo that check it, and a variable that they need.
type Step = (&'static str, &'static [&'static str], Option<(&'static str, &'static str)>);

fn check() -> ExitCode {
    let root = root();
    let mut failed = Vec::new();
    let steps: [Step; 3] = [
        ("formatting", &["fmt", "--all", "--", "--check"], None),
        (
            "lints",
            &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"],
            None,
        ),
        (
            "documentation",
            &["doc", "--workspace", "--no-deps", "--all-features"],
            Some(("RUSTDOCFLAGS", "-D warnings")),
        ),
    ];
    for (name, arguments, variable) in steps {
        println!("==> {name}: cargo {}", arguments.join(" "));
        if !cargo(root, arguments, variable) {
            failed.push(name);
        }
    }
    println!("==> house rules");
    let broken = house_rules::check(root);
    for line in &broken {
        println!("{line}");
    }
    if !broken.is_empty() {
        failed.push("house rules");
    }
    if cargo_deny_is_installed() {
        println!("==> licences: cargo deny check licenses bans sources");
        if !cargo(root, &["deny", "check", "licenses", "bans", "sources"], None) {
            failed.push("licences");
        }
    } else {
        println!("==> licences: left out, as cargo-deny is not installed");
    }
    if failed.is_empty() {
        println!("==> all checks passed");
        return ExitCode::SUCCESS;
    }
    println!("==> failed: {}", failed.join(", "));
    ExitCode::FAILURE
}

/// The runner is in the library's package, so that xtask builds without a database's client.
fn chaos(options: &[&str]) -> ExitCode {
    let runner = [
        "run",
        "--quiet",
        "--package",
        "homeroom",
        "--features",
        "testing",
        "--example",
        "chaos",
        "--",
    ];
    let arguments: Vec<&str> = runner.into_iter().chain(options.iter().copied()).collect();
    if cargo(root(), &arguments, None) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

fn cargo(root: &Path, arguments: &[&str], variable: Option<(&str, &str)>) -> bool {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(root).envs(variable);
    command.status().is_ok_and(|status| status.success())
}

fn cargo_deny_is_installed() -> bool {
    Command::new("cargo-deny").arg("--version").output().is_ok_and(|output| output.status.success())
}
