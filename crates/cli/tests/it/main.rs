//! The real program on real servers: what it prints, how it fails, what it leaves behind.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets the unexpected fails"
)]

mod aberdeen;
mod advise;
mod chat;
mod class;
mod demo;
mod faults;
mod group;
mod help;
mod import;
mod migrate;
mod personal_data;
mod postgres;
mod stats;
mod user;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use homeroom_embed::Installation;
use homeroom_embed::testing::{TestCluster, TestDatabase};

/// How a run ended and what it printed.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Run {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("the output is UTF-8");
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// What it printed, of a run that ended well.
    #[track_caller]
    fn done(self) -> String {
        assert_eq!(self.code, Some(0), "{}", self.err);
        assert_eq!(self.err, "", "a run that ends well says nothing on the standard error");
        self.out
    }

    #[track_caller]
    fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.done()).expect("the output is JSON")
    }

    /// The exit code and the error, for a snapshot; nothing else may have been printed.
    #[track_caller]
    fn failed(self) -> String {
        assert_eq!(self.out, "");
        assert!(
            !self.err.contains("panicked") && !self.err.contains("stack backtrace"),
            "{}",
            self.err
        );
        format!("exit code {}\n{}", self.code.expect("no signal ended it"), self.err)
    }
}

/// The program, in an environment without anything that changes what it does.
fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_homeroom"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        let changes = ["DATABASE_", "PG", "CLICOLOR"].iter().any(|prefix| name.starts_with(prefix));
        if changes || matches!(&*name, "NO_COLOR" | "COLUMNS" | "HOMEROOM_DATA_DIR") {
            command.env_remove(&*name);
        }
    }
    command.env("RUST_BACKTRACE", "1").stdin(Stdio::null());
    command
}

fn homeroom(arguments: &[&str]) -> Run {
    Run::of(program().args(arguments).output().unwrap())
}

/// Runs the program with variables set.
fn homeroom_with(variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    Run::of(program().envs(variables.iter().copied()).args(arguments).output().unwrap())
}

/// A folder for a private server's data, deleted with the test; the server in it is stopped before.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("hr").tempdir().unwrap();
        // As root the server runs as another user, who has to come in.
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    fn data_dir(&self) -> PathBuf {
        self.folder.path().join("pg")
    }

    fn run(&self, arguments: &[&str]) -> Run {
        homeroom_with(&[("HOMEROOM_DATA_DIR", self.data_dir().to_str().unwrap())], arguments)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = homeroom_embed::stop(&self.data_dir());
    }
}

/// An empty database on the server of this test process.
async fn empty_database() -> TestDatabase {
    TestDatabase::empty(TestCluster::shared().unwrap()).await.unwrap()
}

/// A database with the schema of the program.
async fn database() -> TestDatabase {
    let database = empty_database().await;
    homeroom_at(database.url(), &["migrate", "up"]).done();
    database
}

/// Runs the program on a database.
fn homeroom_at(url: &str, arguments: &[&str]) -> Run {
    homeroom_with(&[("DATABASE_URL", url)], arguments)
}

/// How many migrations the program has, which is the version of the last.
fn newest() -> usize {
    homeroom::migrator().unwrap().migrations().len()
}

/// Asks or tells a database something past the program, and gives what it answers.
#[track_caller]
fn sql(url: &str, statements: &[&str]) -> String {
    let psql =
        Installation::find_or_fetch().unwrap().program("psql").expect("this PostgreSQL has psql");
    let mut command = Command::new(psql);
    command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url]);
    for statement in statements {
        command.args(["-c", statement]);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Makes what differs from run to run the same: times, versions, ids, places in lists, and the given places.
fn settings(places: &[(&str, &str)]) -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    for (place, name) in places {
        let mut quoted = String::new();
        for character in place.chars() {
            if !character.is_alphanumeric() {
                quoted.push('\\');
            }
            quoted.push(character);
        }
        settings.add_filter(&quoted, *name);
    }
    // The heading stands right above times that have more or fewer digits.
    settings.add_filter(r"(?m) +(took|time)$", "   $1");
    settings.add_filter(r"(?m) +\d+ ms$", "  [time]");
    settings.add_filter(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "[date and time]");
    settings.add_filter(r"PostgreSQL \d+", "PostgreSQL [major]");
    settings.add_filter(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "[id]");
    settings.add_filter(r"--after [0-9a-f]{8,}", "--after [cursor]");
    settings.add_filter("─{4,}", "────");
    settings
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
}
