//! A small district, made with the commands themselves: two schools, a department, three people, a class.

use homeroom_embed::testing::TestDatabase;

use crate::{Run, database, homeroom_at, settings};

pub(crate) struct Aberdeen {
    database: TestDatabase,
}

pub(crate) const SCHOOL: &str = "aberdeen/miller-junior-high";
pub(crate) const TEACHER: &str = "zofia@aberdeen.example";
pub(crate) const STUDENT: &str = "minh@aberdeen.example";

impl Aberdeen {
    pub(crate) async fn new() -> Self {
        let made = Self { database: database().await };
        for command in [
            &["group", "create", "--type", "district", "Aberdeen"][..],
            &["group", "create", "--type", "school", "--parent", "aberdeen", "Miller Junior High"],
            &["group", "create", "--type", "school", "--parent", "aberdeen", "West High"],
            &[
                "group",
                "create",
                "--type",
                "department",
                "--parent",
                SCHOOL,
                "Mathematics",
                "--slug",
                "maths",
            ],
            &["user", "create", "Zofia Wiśniewska", "--email", TEACHER, "--status", "active"],
            &["user", "create", "Nguyễn Văn Minh", "--email", STUDENT],
            &["user", "create", "김서연"],
            &["group", "add", SCHOOL, TEACHER, "teacher"],
            &["group", "add", SCHOOL, STUDENT, "student"],
        ] {
            made.run(command).done();
        }
        made
    }

    pub(crate) fn url(&self) -> &str {
        self.database.url()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        homeroom_at(self.url(), arguments)
    }

    /// Runs a line of words without quotes.
    pub(crate) fn line(&self, line: &str) -> Run {
        self.run(&line.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs lines, and gives each with what it printed or how it failed.
    #[track_caller]
    pub(crate) fn session(&self, lines: &[&str]) -> String {
        let told = lines.iter().map(|line| {
            let run = self.line(line);
            let told = if run.code == Some(0) { run.done() } else { run.failed() };
            format!("$ homeroom {line}\n{told}")
        });
        told.collect::<Vec<_>>().join("\n")
    }

    /// The id of what a command makes.
    #[track_caller]
    pub(crate) fn id(&self, line: &str) -> String {
        let json = self.line(&format!("{line} --json")).json();
        let id = json.get("id").and_then(|id| id.as_str());
        id.expect("it has an id").to_owned()
    }

    pub(crate) fn snapshot(&self, name: &str, lines: &[&str]) {
        let told = self.session(lines);
        settings(&[]).bind(|| insta::assert_snapshot!(name, told));
    }
}
