//! What should be improved, and the register of it.

use std::path::Path;

use homeroom_embed::testing::TestDatabase;
use serde_json::Value;

use crate::{Run, empty_database, homeroom, program, settings, sql, write};

/// A schema with one fault of which nothing but that it is duplicate is said.
const FAULT: &str = "CREATE TABLE people (id bigint PRIMARY KEY, email text NOT NULL UNIQUE);
    CREATE INDEX people_email_idx ON people (email);";

/// A folder with a register in it, and a database.
struct Project {
    folder: tempfile::TempDir,
    database: TestDatabase,
}

impl Project {
    async fn new(script: &str) -> Self {
        let database = empty_database().await;
        sql(database.url(), &[script]);
        Self { folder: tempfile::tempdir().unwrap(), database }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path().join(file)).unwrap()
    }

    /// Runs the program in the folder, with one rule where it runs rules.
    fn run(&self, arguments: &[&str]) -> Run {
        let mut program = program();
        program.current_dir(self.path()).env("DATABASE_URL", self.database.url());
        Run::of(program.arg("advise").args(arguments).output().unwrap())
    }

    /// Makes what differs from run to run the same.
    fn settings(&self) -> insta::Settings {
        let today = chrono::Utc::now().date_naive().to_string();
        settings(&[(self.database.name(), "[database]"), (&today, "[today]")])
    }
}

const RULE: [&str; 2] = ["--rule", "duplicate-index"];

#[tokio::test]
async fn a_finding_is_told_with_what_proves_it_and_what_mends_it() {
    let project = Project::new(FAULT).await;
    let report = project.run(&RULE).done();
    project.settings().bind(|| insta::assert_snapshot!(report));
    assert!(!project.path().join("improvements.toml").exists(), "a look writes nothing");
    let colored = project.run(&["--rule", "duplicate-index", "--color=always"]).done();
    assert!(colored.contains("\u{1b}[1m\u{1b}[33mMedium"), "{colored}");
}

#[tokio::test]
async fn fail_on_ends_with_2_from_its_priority_on() {
    let project = Project::new(FAULT).await;
    let code =
        |priority: &str| project.run(&["--rule", "duplicate-index", "--fail-on", priority]).code;
    assert_eq!(
        ["critical", "high", "medium", "low"].map(code),
        [Some(0), Some(0), Some(2), Some(2)]
    );
    let wrong = project.run(&["--fail-on", "urgent"]).failed();
    assert!(wrong.contains("it is one of critical, high, medium, low"), "{wrong}");
}

#[tokio::test]
async fn other_programs_get_json_sarif_or_markdown() {
    let project = Project::new(FAULT).await;
    let report = project.run(&[&RULE[..], &["--json"]].concat()).json();
    assert_eq!(report["findings"][0]["object"]["identity"], "public.people_email_idx");
    let sarif = project.run(&[&RULE[..], &["--sarif"]].concat()).json();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "duplicate-index");
    let markdown = project.run(&[&RULE[..], &["--markdown"]].concat()).done();
    assert!(markdown.starts_with("# Advice on the database "), "{markdown}");
    let both = project.run(&["--json", "--sarif"]).failed();
    assert!(both.contains("cannot be used with"), "{both}");
}

#[tokio::test]
async fn the_register_follows_the_database_from_the_first_sight_to_the_end() {
    let project = Project::new(FAULT).await;
    std::fs::create_dir(project.path().join(".git")).unwrap();
    let update = ["register", "update", "--rule", "duplicate-index"];
    let run = project.run(&update);
    project.settings().bind(|| {
        insta::assert_snapshot!(format!("{}{}", run.err, run.out), @"
    told git in .gitattributes how to merge the changes of two people
    DB-001  new: public.people_email_idx does nothing that public.people_email_key does not do
    improvements.toml: 1 active, 0 accepted, 0 completed
    ");
    });
    let attributes = "improvements.toml merge=union\nIMPROVEMENTS.md merge=union\n";
    assert_eq!(project.read(".gitattributes"), attributes);
    assert_eq!(project.run(&update).done().lines().next(), Some("nothing has changed"));
    assert_eq!(project.run(&[&update[..], &["--check"]].concat()).code, Some(0));

    let accept = ["register", "accept", "1", "--until", "2999-12-31", "--reason", "for now"];
    assert!(project.run(&accept).done().contains("until 2999-12-31: for now"));
    let accepted = project.run(&["--rule", "duplicate-index", "--fail-on", "low"]).done();
    project.settings().bind(|| {
        insta::assert_snapshot!(accepted, @"
    Accepted
      DB-001  public.people_email_idx does nothing that public.people_email_key does not do
              until 2999-12-31: for now

    1 rule on 1 table of [database]: 1 accepted
    ");
    });

    sql(project.database.url(), &["DROP INDEX people_email_idx"]);
    assert_eq!(project.run(&[&update[..], &["--check"]].concat()).code, Some(2));
    assert!(project.run(&update).done().starts_with("DB-001  completed: "));
    assert!(project.read("IMPROVEMENTS.md").contains("| Completed | 0 | 0 | 1 | 0 | 1 |"));
    sql(project.database.url(), &["CREATE INDEX people_email_idx ON people (email)"]);
    assert!(project.run(&update).done().starts_with("DB-001  is back, was completed on "));
}

#[tokio::test]
async fn what_a_person_enters_is_kept_to_the_letter_and_true() {
    let project = Project::new("CREATE TABLE old (); CREATE TABLE new ()").await;
    let title = "Drop “old” | it's é";
    let add = [
        "register",
        "add",
        title,
        "--kind",
        "schema",
        "--priority",
        "low",
        "--source",
        "a review",
        "--check",
        "SELECT FROM pg_class WHERE relname = 'old'",
    ];
    let shown = project.run(&add).done();
    project.settings().bind(|| {
        insta::assert_snapshot!(shown, @"
    DB-001: Drop “old” | it's é
    state       active
    issue       Schema
    priority    Low
    impact      Low
    effort      Small
    source      a review
    check       SELECT FROM pg_class WHERE relname = 'old'
    first seen  [today]
    ");
    });
    let set = ["register", "set", "db-1", "--tracking", "HR-7", "--priority", "high"];
    project.run(&set).done();
    let entries = project.run(&["register", "show", "--json"]).json();
    assert_eq!((&entries[0]["title"], &entries[0]["tracking"]), (&title.into(), &"HR-7".into()));
    let list = project.run(&["register", "show"]).done();
    assert!(list.contains("DB-001") && list.contains("1 active"), "{list}");
    sql(project.database.url(), &["DROP TABLE old"]);
    let update = ["register", "update", "--rule", "duplicate-index"];
    assert!(project.run(&update).done().starts_with("DB-001  completed: "));
    let again = project.run(&["register", "complete", "1", "--proof", "x"]).failed();
    assert!(again.contains("DB-001 is completed"), "{again}");
}

#[tokio::test]
async fn a_hand_kept_page_is_imported_and_exported() {
    let project = Project::new("SELECT").await;
    let page = "# Ours\r\n\r\n### High\r\n\r\n|ID|Issue|Description|\r\n|--|--|--|\r\n|DB-009|DX|ðŸŽ‰|\r\n";
    write(&project.path().join("page.md"), page);
    let run = project.run(&["register", "import", "page.md"]);
    assert!(run.done().starts_with("1 entry taken over, 0 with details"));
    assert_eq!(project.run(&["register", "export"]).done(), page);
    assert!(project.read("IMPROVEMENTS.md").contains("| DB-009 | DX | ðŸŽ‰ |"));
    let again = project.run(&["register", "import", "page.md"]).failed();
    insta::assert_snapshot!(again, @"
    exit code 1
    error: page.md can't be taken over: the register holds an imported page already
    help: a register takes over one page: name another one with --register
    ");
    std::fs::write(project.path().join("latin.md"), b"caf\xe9").unwrap();
    let latin = project.run(&["register", "import", "latin.md"]).failed();
    insta::assert_snapshot!(latin, @"
    exit code 1
    error: latin.md is not UTF-8: byte 3 begins no character
    help: save it as UTF-8, or correct that character
    ");
}

#[tokio::test]
async fn fix_writes_a_migration_that_mends_the_entry_and_can_be_taken_back() {
    let project = Project::new("SELECT").await;
    let folder = project.path().join("migrations");
    std::fs::create_dir(&folder).unwrap();
    write(&folder.join("0001_people.up.sql"), FAULT);
    write(&folder.join("0001_people.down.sql"), "DROP TABLE people;\n");
    let url = project.database.url();
    let migrate = |what: &[&str]| {
        let dir = ["--dir", folder.to_str().unwrap()];
        crate::homeroom_at(url, &[&["migrate"], what, &dir].concat()).done();
    };
    migrate(&["up"]);
    project.run(&["register", "update", "--rule", "duplicate-index"]);
    let files = project.run(&["fix", "DB-001"]).done();
    insta::assert_snapshot!(files, @"
    migrations/0002_duplicate_index_people_email_idx.up.sql
    migrations/0002_duplicate_index_people_email_idx.down.sql
    tried on a copy of the schema: it mends it, and can be taken back
    ");
    migrate(&["up"]);
    assert!(project.run(&RULE).done().ends_with(": nothing found\n"));
    migrate(&["down", "--yes"]);
    assert!(project.run(&RULE).done().contains("1 medium"));
}

#[test]
fn a_rule_explains_itself() {
    insta::assert_snapshot!(homeroom(&["advise", "explain", "duplicate-index"]).done());
    let rules = homeroom(&["advise", "rules", "--json"]).json();
    for rule in rules.as_array().unwrap() {
        let id = rule["id"].as_str().unwrap();
        let explained = homeroom(&["advise", "explain", id, "--json"]).json();
        assert_eq!(&explained, rule);
        assert_ne!(explained["fault"], Value::from(""), "{id}");
    }
    insta::assert_snapshot!(homeroom(&["advise", "explain", "no-such"]).failed(), @"
    exit code 1
    error: there is no rule no-such
    help: `homeroom advise rules` lists those there are
    ");
}

#[tokio::test]
async fn what_cannot_be_done_has_a_way_out() {
    let project = Project::new(FAULT).await;
    let refused = [
        project.run(&["--schema", "no_such"]).failed(),
        project.run(&["--rule", "no-such"]).failed(),
        project.run(&["--migrations", "no-such"]).failed(),
        project.run(&["register", "show"]).failed(),
        project.run(&["fix", "DB-001"]).failed(),
    ];
    insta::assert_snapshot!(refused.join("\n"), @"
    exit code 1
    error: there is no schema no_such in this database
    help: name one that is there with --schema, or leave it out for all

    exit code 1
    error: there is no rule no-such
    help: `homeroom advise rules` lists those there are

    exit code 1
    error: there is no folder no-such
    help: name the folder of migrations with --migrations

    exit code 1
    error: there is no register improvements.toml
    help: begin one with `homeroom advise register update` or `register import`, or name it with --register

    exit code 1
    error: there is no register improvements.toml
    help: begin one with `homeroom advise register update` or `register import`, or name it with --register
    ");
    write(&project.path().join("improvements.toml"), "a.title = 'x'\nb.title = 7\n");
    let broken = project.run(&["register", "show"]).failed();
    write(&project.path().join("improvements.toml"), "<<<<<<< HEAD\n");
    let conflict = project.run(&["register", "show"]).failed();
    insta::assert_snapshot!(format!("{broken}\n{conflict}"), @"
    exit code 1
    error: the register improvements.toml can't be read: the entry b cannot be read: invalid type: integer `7`, expected a string
    help: correct it, or take an older version of the file out of git

    exit code 1
    error: the register improvements.toml can't be read: line 1 is a conflict marker of git: keep the lines of both sides (`git checkout --merge` brings the conflict back), and declare `improvements.toml merge=union` in .gitattributes
    ");
}
