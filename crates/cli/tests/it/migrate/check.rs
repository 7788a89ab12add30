//! What is dangerous in the migrations?

use super::{Folder, settings};
use crate::{Run, empty_database, homeroom, homeroom_at, homeroom_with, program, sql};

/// One migration without fault, and one that stops a table which is in use.
fn dangerous() -> Folder {
    let folder = Folder::new().with_tables(1);
    let up = "ALTER TABLE t1\n\tALTER COLUMN id TYPE bigint;\n";
    folder.write("0002_bigint", up, "ALTER TABLE t1 ALTER COLUMN id TYPE int;\n");
    folder
}

/// An address where nobody is.
const NOBODY: (&str, &str) = ("DATABASE_URL", "postgresql://u@127.0.0.1:1/d");

#[test]
fn a_finding_is_shown_at_its_statement_with_the_way_out() {
    let folder = dangerous();
    let check = homeroom(&["migrate", "check", "--dir", folder.path()]);
    assert_eq!((check.code, check.err.as_str()), (Some(2), ""));
    settings(&[(folder.path(), "[folder]")]).bind(|| insta::assert_snapshot!(check.out, @r"
    0002_bigint.up.sql:2:18: error: Changing a column type requires an `ACCESS EXCLUSIVE` lock on the table which blocks reads and writes while the table is rewritten. Changing the type of the column may also break other clients reading from the table [changing-column-type]
      2 | 	ALTER COLUMN id TYPE bigint;
        | 	                ^^^^^^^^^^^
      why: on the scratch database it took ACCESS EXCLUSIVE on public.t1 and wrote public.t1 anew

    2 migrations of [folder] read and run: 1 error
    "));
}

#[test]
fn static_asks_no_server_and_trusts_the_linter() {
    let folder = dangerous();
    let check = ["migrate", "check", "--static", "--dir", folder.path()];
    let variables = [NOBODY, ("HOMEROOM_PG_BIN", "/nowhere")];
    let check = homeroom_with(&variables, &check);
    assert_eq!((check.code, check.err.as_str()), (Some(2), ""));
    settings(&[(folder.path(), "[folder]")]).bind(|| insta::assert_snapshot!(check.out, @r"
    0002_bigint.up.sql:2:18: warning: Changing a column type requires an `ACCESS EXCLUSIVE` lock on the table which blocks reads and writes while the table is rewritten. Changing the type of the column may also break other clients reading from the table [changing-column-type]
      2 | 	ALTER COLUMN id TYPE bigint;
        | 	                ^^^^^^^^^^^

    2 migrations of [folder] read: 1 warning
    "));
}

#[test]
fn what_is_known_is_silenced_at_its_statement() {
    let folder = Folder::new().with_tables(1);
    let up = "-- check-ignore: changing-column-type nobody uses it yet\nALTER TABLE t1 ALTER id TYPE bigint;\n";
    folder.write("0002_bigint", up, "ALTER TABLE t1 ALTER id TYPE int;\n");
    let check = homeroom(&["migrate", "check", "--dir", folder.path()]).done();
    assert!(check.ends_with(" read and run: nothing found\n"), "{check}");
}

#[test]
fn a_folder_that_is_unfit_to_be_run_is_a_list_of_findings() {
    let folder = Folder::new();
    folder.write_file("0001_a.up.sql", "CREATE TABLE a (id int);\n");
    folder.write_file("0002_b.up.sql", "SELECT 'open");
    folder.write_file("0002_b.down.sql", "SELECT 1;\n");
    let check = homeroom(&["migrate", "check", "--dir", folder.path()]);
    assert_eq!((check.code, check.err.as_str()), (Some(2), ""));
    settings(&[(folder.path(), "[folder]")]).bind(|| {
        insta::assert_snapshot!(check.out, @"
        0001_a.up.sql: error: has no 0001_a.down.sql [unpaired-migration]
          help: write it; a down file may be one line, `-- irreversible: reason`

        0002_b.up.sql:1:1: error: this string never ends [unfinished-quote]
          help: close it

        the files of [folder] are unfit to be run, and were only listed: 2 errors
        ");
    });
}

#[tokio::test]
async fn an_edited_migration_is_told_where_there_is_a_database_which_is_only_read() {
    let database = empty_database().await;
    let folder = Folder::new().with_tables(1);
    let check = ["migrate", "check", "--dir", folder.path()];
    homeroom_at(database.url(), &check).done();
    assert_eq!(sql(database.url(), &["SELECT count(*) FROM pg_stat_user_tables"]), "0");
    homeroom_at(database.url(), &["migrate", "up", "--dir", folder.path()]).done();
    folder.write("0001_t1", "CREATE TABLE t1 (id bigint);\n", "DROP TABLE t1;\n");
    let run = homeroom_at(database.url(), &check);
    assert_eq!((run.code, run.err.as_str()), (Some(2), ""));
    settings(&[(folder.path(), "[folder]")]).bind(|| insta::assert_snapshot!(run.out, @"
    0001_t1.up.sql: error: 0001_t1 was edited after it was applied (the up file) [edited-migration]
      help: put the file back and make the change in a new migration, or `repair` to accept the file as it is

    1 migration of [folder] read and run, history of [database] read: 1 error
    "));
    let elsewhere = [&check[..], &["--table", "other_history"]].concat();
    homeroom_at(database.url(), &elsewhere).done();
}

#[test]
fn a_database_that_cannot_be_reached_is_an_error_and_no_finding() {
    let folder = dangerous();
    let check = homeroom_with(&[NOBODY], &["migrate", "check", "--dir", folder.path()]);
    insta::assert_snapshot!(check.failed(), @"
    exit code 1
    error: can't connect to postgresql://u@127.0.0.1:1/d: Connection refused (os error 111)
    help: is a PostgreSQL running there? Without DATABASE_URL homeroom starts a private one
    ");
}

#[test]
fn findings_are_json_and_sarif_for_other_programs() {
    let folder = dangerous();
    let check = |arguments: &[&str]| -> serde_json::Value {
        let run = homeroom(&[&["migrate", "check", "--dir", folder.path()], arguments].concat());
        assert_eq!((run.code, run.err.as_str()), (Some(2), ""));
        serde_json::from_str(&run.out).unwrap()
    };
    let json = check(&["--json"]);
    assert_eq!(json, check(&["--format", "json"]));
    assert_eq!(
        (&json["clean"], &json["migrations"], &json["folder"], &json["database"]),
        (&false.into(), &2.into(), &folder.path().into(), &serde_json::Value::Null)
    );
    let finding = &json["findings"][0];
    assert_eq!(
        (&finding["rule"], &finding["severity"]),
        (&"changing-column-type".into(), &"error".into())
    );
    assert_eq!(
        (&finding["place"]["line"], &finding["file"]),
        (&2.into(), &"0002_bigint.up.sql".into())
    );
    let sarif = check(&["--format", "sarif"]);
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "changing-column-type");
}

#[test]
fn sarif_names_files_as_seen_from_the_root_of_the_repository() {
    let root = tempfile::tempdir().unwrap();
    let folder = Folder::in_folder(root.path(), "app/migrations");
    folder.write_file("0001_a.up.sql", "CREATE TABLE a (id int);\n");
    for dir in ["app/migrations", "./app/migrations", folder.path()] {
        let mut program = program();
        program.current_dir(root.path()).args(["migrate", "check", "--format", "sarif", "--dir"]);
        let run = Run::of(program.arg(dir).output().unwrap());
        let sarif: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "app/migrations/0001_a.up.sql", "{dir}");
    }
}

#[test]
fn a_format_that_is_not_known_is_refused() {
    insta::assert_snapshot!(homeroom(&["migrate", "check", "--format", "xml"]).failed(), @"
    exit code 1
    error: invalid value 'xml' for '--format <FORMAT>'
      [possible values: text, json, sarif]

    For more information, try '--help'.
    ");
    let both = homeroom(&["migrate", "check", "--json", "--format", "text"]).failed();
    assert!(both.contains("cannot be used with '--format <FORMAT>'"), "{both}");
}

#[test]
fn the_severity_is_coloured_for_those_who_ask() {
    let folder = dangerous();
    let check = ["--color=always", "migrate", "check", "--static", "--dir", folder.path()];
    let check = homeroom(&check).out;
    assert!(check.contains(": \u{1b}[1m\u{1b}[33mwarning\u{1b}[0m: "), "{check:?}");
}
