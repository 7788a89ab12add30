//! Up, down, redo, goto: as far as they are told, and what they do when something fails.

use serde_json::json;

use super::{Folder, settings};
use crate::{empty_database, homeroom_at, sql};

#[tokio::test]
async fn redo_takes_back_and_applies_again() {
    let database = empty_database().await;
    let folder = Folder::new().with_tables(3);
    let run = |arguments: &[&str]| {
        homeroom_at(database.url(), &[&["migrate", "--dir", folder.path()], arguments].concat())
    };
    run(&["up"]).done();
    assert!(run(&["redo"]).failed().contains("take back 0003_t3 of "));
    let redo = run(&["redo", "--steps", "2", "--yes"]).done();
    settings(&[]).bind(|| {
        insta::assert_snapshot!(redo, @"
        version   name   direction   took
        ────
           0003   t3     down  [time]
           0002   t2     down  [time]
           0002   t2     up  [time]
           0003   t3     up  [time]

        2 migrations taken back, 2 migrations applied: [database] is at 0003
        ");
    });
}

#[tokio::test]
async fn goto_goes_down_or_up_and_asks_only_before_it_takes_something_back() {
    let database = empty_database().await;
    let folder = Folder::new().with_tables(4);
    let goto = |arguments: &[&str]| {
        let goto = ["migrate", "goto", "--dir", folder.path(), "--json"];
        homeroom_at(database.url(), &[&goto, arguments].concat())
    };
    assert_eq!(goto(&["3"]).json()["version"], 3);
    assert!(goto(&["1"]).err.contains("help: say --yes"));
    let back = goto(&["1", "--yes"]).json();
    assert_eq!(back["version"], 1);
    let went: Vec<_> = back["migrations"].as_array().unwrap().iter().collect();
    assert!(went.iter().all(|one| one["direction"] == "down") && went.len() == 2, "{back}");
    assert_eq!(goto(&["1"]).json()["migrations"], json!([]));
}

#[tokio::test]
async fn what_came_late_runs_when_it_is_allowed_to() {
    let database = empty_database().await;
    let folder = Folder::new().with_tables(1);
    folder.write("0003_t3", "CREATE TABLE t3 (id int)", "DROP TABLE t3");
    let up = |arguments: &[&str]| {
        let up = ["migrate", "up", "--dir", folder.path()];
        homeroom_at(database.url(), &[&up, arguments].concat())
    };
    up(&[]).done();
    folder.write("0002_t2", "CREATE TABLE t2 (id int)", "DROP TABLE t2");
    settings(&[(folder.path(), "[folder]")]).bind(|| {
        insta::assert_snapshot!(up(&[]).failed(), @"
        exit code 3
        error: the history of the database does not fit the migration files
          0002_t2 is out of order, 0003 is applied already: give it the next free number, or allow this one to run late
        help: `homeroom migrate up --allow-late --dir [folder]` runs them now
        ");
    });
    assert!(up(&["--allow-late=7"]).failed().contains("0002_t2 is out of order"));
    assert!(up(&["--allow-late=2"]).done().contains("1 migration applied"));
    folder.write("0000_t0", "CREATE TABLE t0 (id int)", "DROP TABLE t0");
    assert!(up(&["--allow-late"]).done().contains("1 migration applied"));
}

#[tokio::test]
async fn what_was_done_before_an_error_is_told() {
    let database = empty_database().await;
    let folder = Folder::new().with_tables(2);
    folder.write(
        "0003_bad",
        "CREATE TABLE t4 (id int);\nCREATE TABLE t1 (id int)",
        "DROP TABLE t4",
    );
    let up = homeroom_at(database.url(), &["migrate", "up", "--dir", folder.path()]);
    insta::assert_snapshot!(up.failed(), @r#"
    exit code 1
    2 migrations were done before the error and stay so
    error: 0003_bad failed at 0003_bad.up.sql:2:1: relation "t1" already exists (42P07)
      2 | CREATE TABLE t1 (id int)
        | ^
      nothing of this migration was kept
    "#);
}

#[tokio::test]
async fn down_continues_past_what_fails_and_up_goes_on_from_there() {
    let database = empty_database().await;
    let folder = Folder::new().with_tables(1);
    folder.write("0002_column", "ALTER TABLE t1 ADD b int", "ALTER TABLE t1 DROP c");
    folder.write("0003_t3", "CREATE TABLE t3 (id int)", "DROP TABLE t4");
    folder.write("0004_t4", "CREATE TABLE t4 (id int)", "DROP TABLE t4");
    let run = |arguments: &[&str]| {
        homeroom_at(database.url(), &[&["migrate", "--dir", folder.path()], arguments].concat())
    };
    run(&["up"]).done();
    let stopped = run(&["down", "--all", "--yes"]);
    assert_eq!(stopped.code, Some(1));
    assert!(stopped.err.starts_with("1 migration was done before the error"), "{}", stopped.err);
    run(&["up"]).done();

    let down = run(&["down", "--all", "--continue", "--yes"]);
    assert_eq!(down.code, Some(1));
    settings(&[(folder.path(), "[folder]")]).bind(|| {
        insta::assert_snapshot!(format!("{}{}", down.out, down.err), @r#"
        version   name   took
        ────
           0004   t4  [time]
           0001   t1  [time]

        2 migrations taken back, 2 left applied: [database] is at 0003
        error: 2 migrations could not be taken back and stay applied
          0003_t3 failed at 0003_t3.down.sql:1:1: table "t4" does not exist (42P01)
            1 | DROP TABLE t4
              | ^
            nothing of this migration was kept
          0002_column failed at 0002_column.down.sql:1:1: column "c" of relation "t1" does not exist (42703)
            1 | ALTER TABLE t1 DROP c
              | ^
            nothing of this migration was kept
        help: correct their down scripts and go down again, or apply what was taken back: `homeroom migrate up --dir [folder]`
        "#);
    });
    let status = run(&["status"]);
    assert_eq!(status.code, Some(2));
    assert!(status.out.contains("2 migrations are pending and 2 unfinished in "), "{}", status.out);

    let up = run(&["up"]);
    assert_eq!(up.code, Some(0));
    settings(&[(folder.path(), "[folder]")]).bind(|| {
        insta::assert_snapshot!(format!("{}{}", up.err, up.out), @r#"
        0003_t3 could not be taken back, and is taken for still there: relation "t3" already exists
        version   name   took
        ────
           0001   t1  [time]
           0002   column  [time]
           0004   t4  [time]

        3 migrations applied: [database] is at 0004
        "#);
    });
    run(&["status"]).done();
    assert_eq!(sql(database.url(), &["SELECT count(b) FROM t1"]), "0");

    let down = run(&["down", "--all", "--continue", "--yes", "--json"]);
    assert_eq!((down.code, down.err.as_str()), (Some(1), ""));
    let down: serde_json::Value = serde_json::from_str(&down.out).unwrap();
    assert_eq!(down["left"][0]["version"], 3);
    assert_eq!(down["left"][1]["failure"]["code"], "42703");
    let up = run(&["up", "--json"]);
    assert_eq!(up.code, Some(0));
    let up: serde_json::Value = serde_json::from_str(&up.out).unwrap();
    assert_eq!(up["kept"][0]["name"], "t3");
}

#[tokio::test]
async fn how_long_is_waited_can_be_chosen() {
    let database = empty_database().await;
    let folder = Folder::new().with_tables(1);
    folder.write(
        "0002_slow",
        "-- comment\nSELECT pg_sleep(60)",
        "-- irreversible: nothing was changed",
    );
    let up = ["migrate", "up", "--dir", folder.path(), "--statement-timeout", "50ms"];
    let up = homeroom_at(database.url(), &up).failed();
    assert!(up.contains("canceling statement due to statement timeout"), "{up}");
    let wrong = ["migrate", "up", "--lock-timeout", "soon"];
    insta::assert_snapshot!(homeroom_at(database.url(), &wrong).failed(), @"
    exit code 1
    error: invalid value 'soon' for '--lock-timeout <TIME>': a time is a whole number with a unit, such as 500ms, 30s, 5m or 1h

    For more information, try '--help'.
    ");
}

#[tokio::test]
async fn what_is_half_there_is_dropped_by_hand_and_applied_again() {
    let database = empty_database().await;
    let folder = Folder::new().with_tables(1);
    let both = "ALTER TABLE t1 ADD b int;\nCREATE TYPE size AS ENUM ('s', 'm')";
    folder.write("0002_both", both, "DROP NONSENSE");
    folder.write("0003_index", "CREATE INDEX i ON t1 (b)", "DROP INDEX i");
    let run = |arguments: &[&str]| {
        homeroom_at(database.url(), &[&["migrate", "--dir", folder.path()], arguments].concat())
    };
    run(&["up"]).done();
    assert_eq!(run(&["down", "--all", "--continue", "--yes"]).code, Some(1));
    settings(&[(folder.path(), "[folder]")]).bind(|| {
        insta::assert_snapshot!(run(&["up"]).failed(), @r#"
        exit code 1
        0002_both could not be taken back, and is taken for still there: type "size" already exists
        1 migration was done before the error and stays so
        error: 0003_index failed at 0003_index.up.sql:1:1: column "b" does not exist (42703)
          1 | CREATE INDEX i ON t1 (b)
            | ^
          nothing of this migration was kept
        help: drop what is left of the migrations that could not be taken back, and go on with `homeroom migrate up --dir [folder]`
        "#);
    });
    sql(database.url(), &["DROP TYPE size"]);
    assert!(run(&["up"]).done().contains("2 migrations applied"));
}
