//! Two people change the register at once, and git merges it.

use std::path::Path;
use std::process::Command;

use homeroom_advisor::{GIT_ATTRIBUTES, Register};

use super::{day, duplicates, new_entry, report_after};

/// A repository with a register of two entries.
struct Repository {
    folder: tempfile::TempDir,
}

impl Repository {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let repository = Self { folder };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        std::fs::write(repository.path().join(".gitattributes"), GIT_ATTRIBUTES).unwrap();
        let mut register = Register::default();
        register.update(&report_after(&duplicates(&["a"])).await, day(1, 1)).unwrap();
        register.add(new_entry("By hand"), day(1, 1));
        repository.commit(&register);
        repository
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    #[track_caller]
    fn git(&self, arguments: &[&str]) {
        let identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"];
        let mut git = Command::new("git");
        git.current_dir(self.path()).args(identity).args(arguments);
        // Nothing of the one who runs the test.
        git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        let output = git.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&said));
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.path().join("improvements.toml")).unwrap()
    }

    fn commit(&self, register: &Register) {
        std::fs::write(self.path().join("improvements.toml"), register.to_toml()).unwrap();
        let page = register.to_markdown(day(1, 2));
        std::fs::write(self.path().join("IMPROVEMENTS.md"), page).unwrap();
        self.git(&["add", "."]);
        self.git(&["commit", "--quiet", "--message=change"]);
    }

    /// Two people change the same register on branches of their own, and git merges them without a conflict.
    fn merge(&self, one: impl FnOnce(&mut Register), other: impl FnOnce(&mut Register)) {
        self.git(&["switch", "--quiet", "--create=one"]);
        let mut register = Register::parse(&self.text()).unwrap();
        one(&mut register);
        self.commit(&register);
        self.git(&["switch", "--quiet", "--create=other", "main"]);
        let mut register = Register::parse(&self.text()).unwrap();
        other(&mut register);
        self.commit(&register);
        self.git(&["merge", "--quiet", "--no-edit", "one"]);
    }
}

#[tokio::test]
async fn changes_of_two_entries_are_merged() {
    let repository = Repository::new().await;
    repository.merge(
        |register| {
            register.accept("1", "for now", day(6, 1)).unwrap();
        },
        |register| {
            register.track("2", "HR-5").unwrap();
        },
    );
    let register = Register::parse(&repository.text()).unwrap();
    assert_eq!(register.get("1").unwrap().accepted.as_ref().unwrap().reason, "for now");
    assert_eq!(register.get("2").unwrap().tracking.as_deref(), Some("HR-5"));
    assert!(register.notes().is_empty());
}

#[tokio::test]
async fn changes_of_one_entry_are_merged() {
    let repository = Repository::new().await;
    repository.merge(
        |register| {
            register.complete("1", "seen", day(1, 3)).unwrap();
        },
        |register| {
            register.track("1", "HR-5").unwrap();
        },
    );
    let register = Register::parse(&repository.text()).unwrap();
    let entry = register.get("1").unwrap();
    assert_eq!((entry.is_completed(), entry.tracking.as_deref()), (true, Some("HR-5")));
}

#[tokio::test]
async fn an_id_that_both_gave_away_is_told_and_the_later_entry_gets_another_one() {
    let repository = Repository::new().await;
    repository.merge(
        |register| {
            register.add(new_entry("First"), day(1, 3));
            register.add(new_entry("Second"), day(1, 3));
        },
        |register| drop(register.add(new_entry("Third"), day(1, 4))),
    );
    let register = Register::parse(&repository.text()).unwrap();
    let titles = |id| register.get(id).unwrap().title.clone();
    assert_eq!([titles("3"), titles("4"), titles("5")], ["First", "Second", "Third"]);
    assert_eq!(register.get("5").unwrap().formerly, ["DB-003"]);
    assert_eq!(
        register.notes(),
        ["DB-003 was given to two entries: it stays with “First”, and “Third” is DB-005 now"]
    );
    let again = Register::parse(&register.to_toml()).unwrap();
    assert!(again.notes().is_empty());
    assert_eq!(again.entries().len(), 5);
}

#[tokio::test]
async fn a_finding_that_both_entered_is_one_entry() {
    let repository = Repository::new().await;
    let two = report_after(&duplicates(&["a", "b"])).await;
    let three = report_after(&duplicates(&["a", "b", "c"])).await;
    repository.merge(
        |register| {
            register.add(new_entry("First"), day(1, 3));
            register.update(&two, day(1, 3)).unwrap();
        },
        |register| drop(register.update(&three, day(1, 4)).unwrap()),
    );
    let register = Register::parse(&repository.text()).unwrap();
    assert_eq!(register.entries().len(), 5, "{}", register.to_toml());
    let mut ids: Vec<&str> = register.entries().iter().map(|entry| entry.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 5, "{}", register.to_toml());
    assert_eq!(register.updated().as_deref(), Some("2026-01-04"));
    let mut register = register.clone();
    assert_eq!(register.update(&three, day(1, 5)).unwrap(), []);
}

#[tokio::test]
async fn what_two_people_said_differently_of_the_same_is_theirs_to_decide() {
    let repository = Repository::new().await;
    repository.merge(
        |register| {
            register.track("2", "HR-5").unwrap();
        },
        |register| {
            register.track("2", "HR-6").unwrap();
        },
    );
    let error = Register::parse(&repository.text()).unwrap_err().to_string();
    assert!(error.contains(".tracking stands twice, in lines "), "{error}");
}

#[test]
fn a_conflict_that_was_left_is_named() {
    let text = "<<<<<<< HEAD\na.title = 'x'\n=======\na.title = 'y'\n>>>>>>> other\n";
    let error = Register::parse(text).unwrap_err().to_string();
    assert!(error.starts_with("line 1 is a conflict marker of git"), "{error}");
}
