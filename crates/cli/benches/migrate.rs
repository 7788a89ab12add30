//! How long all ups of a folder take, beside psql in one session and, for a folder in Diesel's style, diesel_cli.
//!
//! `cargo bench -p homeroom-cli --bench migrate -- FOLDER`; without a folder it is Homeroom's own. Each program starts, connects
//! and runs everything in an empty database of its own on one throw-away server, the programs in turn, so that what else the
//! machine does falls on all. psql keeps no history and checks nothing; diesel_cli is taken from the PATH where it is there. After
//! that, once and by itself, what `up`, `verify` and `check` need of memory, and how long they take.

#![expect(clippy::unwrap_used, reason = "a benchmark that meets the unexpected ends")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use homeroom_embed::{Installation, Server, ServerConfig};
use homeroom_migrate::{Migrator, Mode};

const ROUNDS: usize = 9;
const GET_DIESEL: &str = "cargo install diesel_cli --no-default-features --features postgres";
/// How often the memory of a program is looked at.
const LOOK: Duration = Duration::from_millis(1);

/// A program, and how it is started on the database at an address.
type Program<'a> = (&'a str, Box<dyn Fn(&str) -> Command + 'a>);

fn main() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../homeroom/migrations");
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let folder = folder.map_or(own, PathBuf::from).canonicalize().unwrap();
    let migrator = Migrator::from_dir(&folder).unwrap();
    let server = Server::start(&ServerConfig::throwaway()).unwrap();
    let work = tempfile::tempdir().unwrap();
    let script = work.path().join("all.sql");
    std::fs::write(&script, one_script(&migrator)).unwrap();

    let psql = Installation::find().unwrap().program("psql").unwrap();
    let mut programs: Vec<Program<'_>> = vec![
        (
            "homeroom migrate up",
            Box::new(|url| {
                let mut command = Command::new(env!("CARGO_BIN_EXE_homeroom"));
                command.args(["migrate", "up", "--dir"]).arg(&folder).env("DATABASE_URL", url);
                command
            }),
        ),
        (
            "psql, one session",
            Box::new(|url| {
                let mut command = Command::new(&psql);
                command.args(["-Xq", "-v", "ON_ERROR_STOP=1", "-f"]).arg(&script).arg(url);
                command
            }),
        ),
    ];
    let is_diesels =
        migrator.migrations().first().is_some_and(|one| one.up().file().ends_with("/up.sql"));
    if !is_diesels {
        println!("diesel: left out, the folder is not in its style");
    } else if Command::new("diesel").arg("--version").output().is_err() {
        println!("diesel: left out, not on the PATH ({GET_DIESEL})");
    } else {
        programs.push((
            "diesel migration run",
            Box::new(|url| {
                let mut command = Command::new("diesel");
                command.args(["migration", "run", "--migration-dir"]).arg(&folder);
                command.args(["--database-url", url]).current_dir(work.path());
                command
            }),
        ));
    }

    let mut times = vec![Vec::new(); programs.len()];
    for round in 0..ROUNDS {
        for ((name, command), times) in programs.iter().zip(&mut times) {
            let database = format!("round_{round}_{}", times.len() * programs.len() + name.len());
            server.create_database(&database).unwrap();
            times.push(run(name, command(&server.url(&database))));
        }
    }
    println!("{} migrations of {}, {ROUNDS} rounds", migrator.migrations().len(), folder.display());
    println!("{:24} {:>10} {:>10} {:>8}", "", "median", "fastest", "ratio");
    let median = |times: &[Duration]| times.get(times.len() / 2).copied().unwrap_or_default();
    for times in &mut times {
        times.sort_unstable();
    }
    let ours = times.first().map(|times| median(times)).unwrap_or_default();
    for ((name, _), times) in programs.iter().zip(&times) {
        let (median, fastest) = (median(times), times.first().copied().unwrap_or_default());
        let ratio = ours.as_secs_f64() / median.as_secs_f64();
        println!("{name:24} {:>7.0} ms {:>7.0} ms {ratio:>8.2}", millis(median), millis(fastest));
    }
    println!("ratio: homeroom's median beside the program's");

    println!("\n{:24} {:>10} {:>10}", "", "once", "memory");
    server.create_database("watched").unwrap();
    for name in ["up", "verify", "check"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_homeroom"));
        command.args(["migrate", name, "--dir"]).arg(&folder);
        command.env("DATABASE_URL", server.url("watched"));
        let (took, peak) = watch(name, command);
        let peak = peak.map_or("not known".to_owned(), |kilobytes| {
            format!("{:.0} MB", kilobytes as f64 * 1_024.0 / 1_000_000.0)
        });
        println!("homeroom migrate {name:7} {:>8.1} s {peak:>10}", took.as_secs_f64());
    }
    println!("memory: the most that the program had at a time, without the server's");
}

fn run(name: &str, mut command: Command) -> Duration {
    let start = Instant::now();
    let output = command.stdin(Stdio::null()).output().unwrap();
    let took = start.elapsed();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    took
}

/// How long a program takes that may have findings, and the most memory that it had, in kilobytes, where the system tells that.
fn watch(name: &str, mut command: Command) -> (Duration, Option<u64>) {
    let start = Instant::now();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    let ended = loop {
        peak = std::fs::read_to_string(&status).ok().and_then(|text| high_water(&text)).max(peak);
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        std::thread::sleep(LOOK);
    };
    assert!(matches!(ended.code(), Some(0 | 2)), "{name} fails");
    (start.elapsed(), peak)
}

/// The most memory of a process, by its `/proc/…/status`.
fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// All ups one after another, each in a transaction where it is one.
fn one_script(migrator: &Migrator) -> String {
    migrator.migrations().iter().fold(String::new(), |mut script, migration| {
        let up = migration.up();
        let (begin, commit) = if up.mode() == Mode::Transaction {
            ("BEGIN;\n", "\n;COMMIT;\n")
        } else {
            ("", "\n;\n")
        };
        script.push_str(begin);
        script.push_str(up.sql());
        script.push_str(commit);
        script
    })
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
