//! Up, down, status of our own schema, and their exit codes. What is of any folder has a file a subject.

mod check;
mod dump;
mod faults;
mod folder;
mod moves;
mod new;
mod own;
mod plan;
mod practice;
mod takeover;
mod verify;

use std::path::Path;

use crate::{Run, database, empty_database, homeroom_at, newest, sql, write};

/// A folder of migrations.
struct Folder {
    /// Deletes what it stands in.
    _root: Option<tempfile::TempDir>,
    path: String,
}

impl Folder {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().to_str().unwrap().to_owned();
        Self { _root: Some(root), path }
    }

    /// One below a folder that is there.
    fn in_folder(root: &Path, name: &str) -> Self {
        let path = root.join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self { _root: None, path: path.to_str().unwrap().to_owned() }
    }

    /// With migrations that make a table each: `t1`, `t2`, …
    fn with_tables(self, count: usize) -> Self {
        for n in 1..=count {
            let (up, down) =
                (format!("CREATE TABLE t{n} (id int);\n"), format!("DROP TABLE t{n};\n"));
            self.write(&format!("{n:04}_t{n}"), &up, &down);
        }
        self
    }

    fn path(&self) -> &str {
        &self.path
    }

    fn write(&self, name: &str, up: &str, down: &str) {
        self.write_file(&format!("{name}.up.sql"), up);
        self.write_file(&format!("{name}.down.sql"), down);
    }

    fn write_file(&self, name: &str, text: &str) {
        let file = Path::new(&self.path).join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        write(&file, text);
    }
}

/// Makes the same what differs from run to run, the database's address too.
fn settings(places: &[(&str, &str)]) -> insta::Settings {
    let mut settings = crate::settings(places);
    settings.add_filter(r"postgresql://[^\s;]+", "[database]");
    settings
}

#[tokio::test]
async fn what_is_pending_ends_the_status_with_2_until_it_is_applied() {
    let database = empty_database().await;
    let pending = homeroom_at(database.url(), &["migrate", "status"]);
    assert_eq!(pending.code, Some(2));
    let newest = newest();
    let told = format!("{newest} migrations are pending");
    let listed = format!("   {newest:04}   ");
    assert!(pending.out.contains(&listed) && pending.out.contains(&told), "{}", pending.out);

    let up = homeroom_at(database.url(), &["migrate", "up", "--to", "3", "--json"]).json();
    let versions: Vec<_> =
        up["migrations"].as_array().unwrap().iter().map(|one| &one["version"]).collect();
    assert_eq!(versions, [1, 2, 3]);
    assert_eq!(up["version"], 3);
    let up = homeroom_at(database.url(), &["migrate", "up", "--steps", "1"]).done();
    assert!(up.contains("0004   group_members"), "{up}");
    assert!(up.contains("1 migration applied: ") && up.ends_with(" is at 0004\n"), "{up}");
    homeroom_at(database.url(), &["migrate", "up"]).done();
    let status = homeroom_at(database.url(), &["migrate", "status", "--json"]);
    let status = status.json();
    assert!(status["entries"].as_array().unwrap().iter().all(|entry| entry["state"] == "applied"));
    assert!(homeroom_at(database.url(), &["migrate", "up"]).done().starts_with("nothing to do: "));
}

#[tokio::test]
async fn down_takes_back_as_many_as_were_asked_for_and_asks_first() {
    let database = database().await;
    let refused = homeroom_at(database.url(), &["migrate", "down"]);
    assert_eq!(refused.code, Some(1));
    let newest = newest();
    assert!(refused.err.contains(&format!("take back {newest:04}_")), "{}", refused.err);
    assert!(refused.err.contains("help: say --yes"), "{}", refused.err);
    assert_eq!(
        sql(database.url(), &["SELECT count(*) FROM homeroom_migrations"]),
        newest.to_string()
    );

    let down = |arguments: &[&str]| {
        let arguments = [&["migrate", "down", "--yes", "--json"], arguments].concat();
        homeroom_at(database.url(), &arguments).json()["version"].clone()
    };
    assert_eq!(down(&[]), newest - 1);
    assert_eq!(down(&["--steps", "2"]), newest - 3);
    assert_eq!(down(&["--to", "5"]), 5);
    assert_eq!(down(&["--all"]), serde_json::Value::Null);
    assert_eq!(down(&["--all"]), serde_json::Value::Null);
}

#[tokio::test]
async fn drift_ends_the_status_with_3_and_keeps_up_from_running() {
    let database = database().await;
    sql(database.url(), &["UPDATE homeroom_migrations SET up_checksum = 'x' WHERE version = 3"]);
    let status = homeroom_at(database.url(), &["migrate", "status"]);
    assert_eq!(status.code, Some(3));
    assert!(status.out.contains("edited") && status.out.contains("has drifted"), "{}", status.out);
    insta::assert_snapshot!(homeroom_at(database.url(), &["migrate", "up"]).failed(), @"
    exit code 3
    error: the history of the database does not fit the migration files
      0003_groups was edited after it was applied (the up file): put the file back and make the change in a new migration, or `repair` to accept the file as it is
    help: `homeroom migrate status` shows each migration
    ");
}

#[tokio::test]
async fn a_failed_command_that_was_asked_for_json_prints_one_document_with_the_place_or_the_faults()
{
    let database = empty_database().await;
    let folder = Folder::new().with_tables(1);
    folder.write("0002_broken", "CREATE TABLE u ();\nSELECT nothing;\n", "DROP TABLE u;\n");
    let up = ["migrate", "up", "--json", "--dir", folder.path()];
    let run = homeroom_at(database.url(), &up);
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("error: 0002_broken failed at 0002_broken.up.sql:2:8"), "{}", run.err);
    let error = |run: &Run| -> serde_json::Value {
        let document: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        document["error"].clone()
    };
    let told = error(&run);
    assert_eq!(told["failure"]["code"], "42703");
    assert_eq!(told["failure"]["place"]["line"], 2);
    assert!(told["message"].as_str().unwrap().starts_with("0002_broken failed at "), "{told}");

    folder.write("0001_t1", "CREATE TABLE edited ();\n", "DROP TABLE edited;\n");
    let run = homeroom_at(database.url(), &up);
    assert_eq!((run.code, &error(&run)["faults"][0]["fault"]), (Some(3), &"edited".into()));
    folder.write("0002_broken", "", "");
    let run = homeroom_at(database.url(), &up);
    assert_eq!((run.code, &error(&run)["faults"][0]["fault"]), (Some(1), &"empty".into()));
    let unknown = ["migrate", "goto", "77", "--json", "--dir", folder.path()];
    folder.write("0002_broken", "CREATE TABLE u ();\n", "DROP TABLE u;\n");
    let told = error(&homeroom_at(database.url(), &unknown));
    assert!(
        told["help"].as_str().unwrap().starts_with("`homeroom migrate status --dir "),
        "{told}"
    );
}
