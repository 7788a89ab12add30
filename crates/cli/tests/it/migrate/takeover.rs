//! What writes the history and runs nothing: repair, baseline, adopt.

use serde_json::json;

use super::{Folder, settings};
use crate::{empty_database, homeroom_at, sql};

#[tokio::test]
async fn repair_accepts_what_was_edited_and_tells_of_other_drift() {
    let database = empty_database().await;
    let folder = Folder::new().with_tables(3);
    let run = |arguments: &[&str]| {
        homeroom_at(database.url(), &[&["migrate", "--dir", folder.path()], arguments].concat())
    };
    run(&["up"]).done();
    assert!(run(&["repair"]).done().starts_with("nothing to do: "));
    folder.write("0002_t2", "CREATE TABLE t2 (id int) -- better", "DROP TABLE t2");
    let repair = run(&["repair"]).done();
    settings(&[]).bind(|| {
        insta::assert_snapshot!(repair, @"
        version   name
        ────
           0002   t2

        1 migration accepted as edited in [database]; nothing was run
        ");
    });
    run(&["status"]).done();

    folder.write("0000_t0", "CREATE TABLE t0 (id int)", "DROP TABLE t0");
    let repair = run(&["repair"]);
    assert_eq!(repair.code, Some(3));
    assert!(repair.out.contains("it has drifted in other ways"), "{}", repair.out);
}

#[tokio::test]
async fn baseline_records_what_is_there_already() {
    let database = empty_database().await;
    let folder = Folder::new().with_tables(3);
    let run = |arguments: &[&str]| {
        homeroom_at(database.url(), &[&["migrate", "--dir", folder.path()], arguments].concat())
    };
    let baseline = run(&["baseline", "2"]).done();
    settings(&[]).bind(|| {
        insta::assert_snapshot!(baseline, @"
        version   name
        ────
           0001   t1
           0002   t2

        2 migrations recorded as applied in [database]; nothing was run
        ");
    });
    assert!(run(&["up"]).done().contains("1 migration applied"));
    settings(&[]).bind(|| {
        insta::assert_snapshot!(run(&["baseline", "2"]).failed(), @r#"
        exit code 1
        error: "public"."homeroom_migrations" has 0003 and older ones already: `baseline` is for a database without a history; `up` applies what is pending
        "#);
    });
}

#[tokio::test]
async fn adopt_takes_over_the_versions_of_another_tool() {
    let database = empty_database().await;
    let folder = Folder::new();
    folder.write_file("20240101000000_users/up.sql", "CREATE TABLE users (id int)");
    folder.write_file("20240101000000_users/down.sql", "DROP TABLE users");
    folder.write_file("20240201000000_posts/up.sql", "CREATE TABLE posts (id int)");
    folder.write_file("20240201000000_posts/down.sql", "DROP TABLE posts");
    let run = |arguments: &[&str]| {
        homeroom_at(database.url(), &[&["migrate", "--dir", folder.path()], arguments].concat())
    };
    settings(&[]).bind(|| {
        insta::assert_snapshot!(run(&["adopt"]).failed(), @"
        exit code 1
        error: no table of another tool with applied versions is on the search_path: set the search_path, or use `baseline`
        help: name the database that the tool has migrated in DATABASE_URL
        ");
    });
    sql(
        database.url(),
        &[
            "CREATE TABLE users (id int)",
            "CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY, run_on timestamp NOT NULL DEFAULT now())",
            "INSERT INTO __diesel_schema_migrations VALUES ('20240101000000')",
        ],
    );
    let adopt = run(&["adopt", "--from", "diesel"]).done();
    settings(&[]).bind(|| {
        insta::assert_snapshot!(adopt, @"
               version   name
        ────
        20240101000000   users

        1 migration taken over from Diesel in [database]; nothing was run
        ");
    });
    let again = run(&["adopt", "--json"]).json();
    assert_eq!((&again["tool"], &again["versions"]), (&json!("diesel"), &json!([])));
    assert!(run(&["up"]).done().contains("1 migration applied"));
}
