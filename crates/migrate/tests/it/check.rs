//! What a check finds in migrations, and what it leaves alone.

use homeroom_migrate::{CheckOptions, CheckReport, Error, Migrator, UpOptions};

use crate::database::TestDatabase;
use crate::migrations::Folder;

const TABLES: &str = "CREATE TABLE t (a int PRIMARY KEY, b text, c varchar(10));
    CREATE TABLE u (a int);";

async fn check_all(migrator: &Migrator) -> CheckReport {
    let scratch = TestDatabase::create().await;
    let client = scratch.connect().await;
    migrator.check(&CheckOptions { scratch: Some(&client), database: None }).await.unwrap()
}

/// What is found in an up script after one that makes the tables `t` and `u`.
async fn check(up: &str) -> CheckReport {
    let folder = Folder::of(&[("0001_tables", TABLES, "SELECT 1"), ("0002_it", up, "SELECT 1")]);
    check_all(&folder.migrator()).await
}

/// The rules that found something, with the line.
async fn rules(up: &str) -> Vec<String> {
    let findings = check(up).await.findings;
    findings
        .iter()
        .map(|one| format!("{} {}", one.place.as_ref().map_or(0, |place| place.line), one.rule))
        .collect()
}

#[tokio::test]
async fn a_finding_has_its_place_the_line_what_why_and_the_way_out() {
    let report = check("CREATE INDEX t_b\n  ON t (b);\nALTER TABLE t ALTER a TYPE bigint;").await;
    insta::assert_snapshot!(report, @"
    0002_it.up.sql:1:1: warning: During normal index creation, table updates are blocked, but reads are still allowed [require-concurrent-index-creation]
      1 | CREATE INDEX t_b
        | ^^^^^^^^^^^^^^^^
      why: on the scratch database it took SHARE on public.t and read public.t from end to end
      help: Use `concurrently` to avoid blocking writes

    0002_it.up.sql:3:23: error: Changing a column type requires an `ACCESS EXCLUSIVE` lock on the table which blocks reads and writes while the table is rewritten. Changing the type of the column may also break other clients reading from the table [changing-column-type]
      3 | ALTER TABLE t ALTER a TYPE bigint;
        |                       ^^^^^^^^^^^
      why: on the scratch database it took ACCESS EXCLUSIVE on public.t and wrote public.t anew

    2 migrations: 1 error, 1 warning
    ");
    assert!(!report.is_clean());
}

#[tokio::test]
async fn tables_that_are_new_in_the_migration_are_not_flagged() {
    for up in [
        "CREATE TABLE v (a int, b char(3), c timestamp, d serial); CREATE INDEX ON v (a); ALTER TABLE v ADD UNIQUE (b);
         ALTER TABLE v ADD e int NOT NULL; ALTER TABLE v DROP a; DROP TABLE v;",
        "CREATE TABLE v (a int REFERENCES t); CREATE INDEX ON v (a);",
        "DO $$ BEGIN EXECUTE 'CREATE TABLE v (a int)'; END $$; ALTER TABLE v ALTER a TYPE bigint; CREATE INDEX ON v (a)",
        "-- no-transaction\nCREATE TABLE v (a int);\nCREATE INDEX v_a ON v (a);",
    ] {
        assert_eq!(rules(up).await, Vec::<String>::new(), "{up}");
    }
}

#[tokio::test]
async fn what_takes_a_lock_for_a_moment_is_a_note() {
    let report = check("ALTER TABLE t ADD d int;\nALTER TABLE u ALTER a TYPE int").await;
    insta::assert_snapshot!(report, @"
    0002_it.up.sql:1:1: note: takes ACCESS EXCLUSIVE on public.t and holds it until the commit [locks-table]
      1 | ALTER TABLE t ADD d int;
        | ^^^^^^^^^^^^^^^^^^^^^^^
      why: reads and writes wait meanwhile, and wait already while this waits for an older transaction
      help: keep the migration short; it waits for the table no longer than lock_timeout and is then tried again

    0002_it.up.sql:2:23: note: changes the type of a column, which clients that read it may notice [changing-column-type]
      2 | ALTER TABLE u ALTER a TYPE int
        |                       ^^^^^^^^
      why: on the scratch database the table was neither written anew nor read; with other settings, as another TimeZone, it may be

    2 migrations: 2 notes
    ");
    assert!(report.is_clean());
}

#[tokio::test]
async fn what_happens_in_a_do_block_is_found_by_running_it() {
    let report = check(
        "DO $$ BEGIN
    ALTER TABLE t ALTER a TYPE bigint;
END $$;
DO $$ BEGIN
    CREATE INDEX t_b ON t (b);
END $$;",
    )
    .await;
    insta::assert_snapshot!(report, @"
    0002_it.up.sql:1:1: error: writes public.t anew, locked ACCESS EXCLUSIVE [rewrites-table]
      1 | DO $$ BEGIN
        | ^^^^^^^^^^^
      why: nobody can read or write it for as long as that takes, which grows with its size
      help: add a new column or table instead, fill it in small steps outside of the migration, and change over in a later one

    0002_it.up.sql:4:1: warning: reads public.t from end to end while public.t is locked ACCESS EXCLUSIVE [scans-table]
      4 | DO $$ BEGIN
        | ^^^^^^^^^^^
      why: nobody can read or write what is locked ACCESS EXCLUSIVE for as long as that takes, which grows with the table
      help: split the migration, so that what reads much holds no such lock: NOT VALID and later VALIDATE CONSTRAINT, CREATE INDEX CONCURRENTLY, changes of rows in a migration of their own

    2 migrations: 1 error, 1 warning
    ");
}

#[tokio::test]
async fn the_run_decides_where_the_linter_guesses() {
    for (up, expected) in [
        (
            "ALTER TABLE t ADD d timestamptz NOT NULL DEFAULT clock_timestamp()",
            vec!["1 adding-field-with-default"],
        ),
        ("ALTER TABLE t ADD d int REFERENCES t", vec!["1 locks-table"]),
        ("ALTER TABLE u ADD FOREIGN KEY (a) REFERENCES t", vec!["1 adding-foreign-key-constraint"]),
        ("ALTER TABLE u ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES t NOT VALID", vec![]),
        ("ALTER TABLE u ADD CHECK (a > 0)", vec!["1 constraint-missing-not-valid"]),
        ("ALTER TABLE u ADD UNIQUE (a)", vec!["1 disallowed-unique-constraint"]),
        ("ALTER TABLE u ADD CONSTRAINT c CHECK (a > 0) NOT VALID", vec!["1 locks-table"]),
        ("ALTER TABLE t ALTER c TYPE text", vec!["1 changing-column-type"]),
        ("ALTER TABLE t ADD d int NOT NULL", vec!["1 adding-required-field"]),
        ("ALTER TABLE t DROP b", vec!["1 ban-drop-column"]),
        ("DROP TABLE u", vec!["1 ban-drop-table"]),
        ("CREATE INDEX CONCURRENTLY t_b ON t (b)", vec![]),
        ("CREATE TABLE v (); DROP TABLE v; ALTER TABLE u RENAME a TO b", vec!["1 renaming-column"]),
        ("ALTER TABLE t ADD d int;\nUPDATE u SET a = 1", vec!["1 locks-table", "2 scans-table"]),
        (
            "ALTER TABLE t ADD d int;\nCREATE TABLE v (a int);\nALTER TABLE v DROP a",
            vec!["1 locks-table"],
        ),
        ("UPDATE u SET a = 1", vec![]),
        (
            "DROP VIEW IF EXISTS v; LOCK TABLE t; INSERT INTO u SELECT a FROM t",
            vec!["1 locks-table", "1 scans-table"],
        ),
        ("TRUNCATE u", vec!["1 locks-table"]),
    ] {
        assert_eq!(rules(up).await, expected, "{up}");
    }
}

#[tokio::test]
async fn a_comment_silences_a_finding_at_its_statement() {
    for up in [
        "-- check-ignore: require-concurrent-index-creation t is small\nCREATE INDEX i ON t (b)",
        "-- squawk-ignore require-concurrent-index-creation\nCREATE INDEX i ON t (b)",
        "CREATE INDEX i ON t (b); -- check-ignore: require-concurrent-index-creation t is small",
        "-- check-ignore: ban-drop-column,scans-table nobody reads it\nALTER TABLE t DROP b, ADD CHECK (a > 0) NOT VALID;",
        "DO $$ BEGIN CREATE INDEX i ON t (b); END $$ -- check-ignore: scans-table t is small",
    ] {
        let found = rules(up).await;
        assert!(found.iter().all(|rule| rule.contains("unused")), "{up}: {found:?}");
    }
    let elsewhere = "-- check-ignore: ban-drop-table gone\nDROP TABLE u;\nDROP TABLE t;";
    assert_eq!(rules(elsewhere).await, ["3 ban-drop-table"]);
    let report = check("-- check-ignore: ban-drop-table\nDROP TABLE u;\n-- check-ignore: ban-drop-table no\nSELECT 1").await;
    insta::assert_snapshot!(report, @"
    0002_it.up.sql:1:1: warning: this comment does not say why the finding is to be ignored [ignore-without-reason]
      1 | -- check-ignore: ban-drop-table
        | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      help: write `-- check-ignore: rule reason`

    0002_it.up.sql:3:1: note: nothing is found here by ban-drop-table [unused-check-ignore]
      3 | -- check-ignore: ban-drop-table no
        | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      help: take it away, or put it before its statement

    2 migrations: 1 warning, 1 note
    ");
    assert_eq!(rules("-- squawk-ignore no-such-rule\nSELECT 1").await, ["1 unused-ignore"]);
}

#[tokio::test]
async fn an_enum_value_that_is_added_and_used_is_found() {
    let report = check("CREATE TYPE e AS ENUM ('a');\nCREATE TYPE f AS ENUM ('a');").await;
    assert!(report.findings.is_empty(), "{report}");
    let folder = Folder::of(&[
        (
            "0001_e",
            "CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (e e);",
            "DROP TABLE t; DROP TYPE e",
        ),
        (
            "0002_b",
            "ALTER TYPE e ADD VALUE 'b' AFTER 'a';\nINSERT INTO t VALUES ('b');",
            "SELECT 1",
        ),
    ]);
    insta::assert_snapshot!(check_all(&folder.migrator()).await, @"
    0002_b.up.sql:2:1: warning: uses an enum value that this migration adds [enum-value-used]
      2 | INSERT INTO t VALUES ('b');
        | ^^^^^^^^^^^^^^^^^^^^^^^^^^
      why: PostgreSQL allows that only after a commit, so the migration does not run in one transaction: when it fails, the statements before it stay
      help: use the value in the next migration

    2 migrations: 1 warning
    ");
}

#[tokio::test]
async fn a_script_that_fails_is_a_finding_and_the_others_are_still_linted() {
    let folder = Folder::of(&[
        ("0001_tables", TABLES, "SELECT 1"),
        ("0002_fails", "SELECT 1;\nALTER TABLE x ADD a int;", "SELECT 1"),
        ("0003_index", "CREATE INDEX ON t (b)", "SELECT 1"),
    ]);
    insta::assert_snapshot!(check_all(&folder.migrator()).await, @r#"
    0002_fails.up.sql:2:1: error: fails on an empty database: relation "x" does not exist [fails]
      2 | ALTER TABLE x ADD a int;
        | ^
      why: SQLSTATE 42P01

    0003_index.up.sql:1:1: warning: During normal index creation, table updates are blocked, but reads are still allowed [require-concurrent-index-creation]
      1 | CREATE INDEX ON t (b)
        | ^^^^^^^^^^^^^^^^^^^^^
      help: Use `concurrently` to avoid blocking writes

    3 migrations: 1 error, 1 warning
    "#);
}

#[tokio::test]
async fn without_a_server_the_linter_alone_speaks() {
    let folder = Folder::of(&[
        ("0001_t", "CREATE TABLE t (a int, b char(3)); CREATE INDEX ON t (a)", "DROP TABLE t"),
        ("0002_i", "CREATE INDEX ON t (b)", "SELECT 1"),
    ]);
    let report = folder.migrator().check(&CheckOptions::default()).await.unwrap();
    let rules: Vec<&str> = report.findings.iter().map(|one| one.rule.as_str()).collect();
    assert_eq!(rules, ["require-concurrent-index-creation"]);
}

#[tokio::test]
async fn edited_files_are_found_where_the_history_is_known() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of_tables(2);
    folder.migrator().up(&mut client, &UpOptions::default()).await.unwrap();
    folder.write("0001_t1", "CREATE TABLE t1 (id int);", "DROP TABLE t1;");
    let options = CheckOptions { scratch: None, database: Some(&client) };
    insta::assert_snapshot!(folder.migrator().check(&options).await.unwrap(), @"
    0001_t1.up.sql: error: 0001_t1 was edited after it was applied (the up file) [edited-migration]
      help: put the file back and make the change in a new migration, or `repair` to accept the file as it is

    2 migrations: 1 error
    ");
}

#[test]
fn the_faults_of_a_folder_are_findings() {
    let folder = Folder::of(&[("0001_a", "SELECT 1", ""), ("0001_b", "SELECT 'x", "SELECT 1")]);
    folder.write("02_c", "SELECT 1", "SELECT 1");
    let Err(Error::Folder(error)) = Migrator::from_dir(folder.path()) else { panic!() };
    insta::assert_snapshot!(CheckReport::from(&error), @"
    0001_a.down.sql: error: has no statement [empty-script]
      help: write one, or in a down file `-- irreversible: reason`

    0001_a.down.sql: error: version 0001 is taken more than once (0001_a.down.sql, 0001_a.up.sql, 0001_b.down.sql, 0001_b.up.sql) [duplicate-version]
      help: give one of them the next free number

    0001_b.up.sql:1:1: error: this string never ends [unfinished-quote]
      help: close it

    02_c.down.sql: error: has a 2-digit version and four digits are the rule [digit-count]
      help: rename it to 0002_c.down.sql

    02_c.up.sql: error: has a 2-digit version and four digits are the rule [digit-count]
      help: rename it to 0002_c.up.sql

    0 migrations: 5 errors
    ");
}

#[tokio::test]
async fn what_other_tools_allow_and_do_not_tell_is_found() {
    let folder = tempfile::tempdir().unwrap();
    for (file, sql) in [
        ("1_a.up.sql", "CREATE TABLE a ()"),
        ("1_a.down.sql", "DROP TABLE a"),
        ("2_b.up.sql", "CREATE TABLE b ()"),
        ("2_b.down.sql", "-- nothing"),
        ("10_c.up.sql", "CREATE TABLE c ()"),
    ] {
        std::fs::write(folder.path().join(file), sql).unwrap();
    }
    let migrator = Migrator::from_dir(folder.path()).unwrap();
    insta::assert_snapshot!(check_all(&migrator).await, @"
    2_b.down.sql: warning: 2_b has a down script without a statement [empty-down]
      why: taking it back would change nothing in the database and be recorded as done
      help: write the way back, or in the down script `-- irreversible: reason`

    10_c.up.sql: warning: 10_c has no down script [empty-down]
      why: taking it back would change nothing in the database and be recorded as done
      help: write the way back, or in the down script `-- irreversible: reason`

    10_c.up.sql: warning: 10_c has a 2-digit version and the others have 1 [digit-count]
      why: a listing of the folder does not show the order in which they run
      help: before it is applied anywhere, give it a version of 1 digits

    3 migrations: 3 warnings
    ");
}

#[tokio::test]
async fn the_findings_are_json_and_sarif() {
    let report = check("CREATE INDEX t_b ON t (b);").await;
    insta::assert_snapshot!(serde_json::to_string_pretty(&report).unwrap(), @r#"
    {
      "migrations": 2,
      "findings": [
        {
          "rule": "require-concurrent-index-creation",
          "severity": "warning",
          "source": "squawk",
          "file": "0002_it.up.sql",
          "place": {
            "line": 1,
            "column": 1,
            "end_line": 1,
            "end_column": 27,
            "text": "CREATE INDEX t_b ON t (b);"
          },
          "message": "During normal index creation, table updates are blocked, but reads are still allowed",
          "why": "on the scratch database it took SHARE on public.t and read public.t from end to end",
          "help": "Use `concurrently` to avoid blocking writes"
        }
      ]
    }
    "#);
    insta::assert_snapshot!(
        serde_json::to_string_pretty(&report.to_sarif("db/my migrations")).unwrap(), @r#"
    {
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
      "runs": [
        {
          "columnKind": "unicodeCodePoints",
          "results": [
            {
              "level": "warning",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "db/my%20migrations/0002_it.up.sql"
                    },
                    "region": {
                      "endColumn": 27,
                      "endLine": 1,
                      "startColumn": 1,
                      "startLine": 1
                    }
                  }
                }
              ],
              "message": {
                "text": "During normal index creation, table updates are blocked, but reads are still allowed\nWhy: on the scratch database it took SHARE on public.t and read public.t from end to end\nHelp: Use `concurrently` to avoid blocking writes"
              },
              "ruleId": "require-concurrent-index-creation",
              "ruleIndex": 0
            }
          ],
          "tool": {
            "driver": {
              "name": "homeroom-migrate",
              "rules": [
                {
                  "helpUri": "https://squawkhq.com/docs/require-concurrent-index-creation",
                  "id": "require-concurrent-index-creation"
                }
              ],
              "semanticVersion": "0.1.0"
            }
          }
        }
      ],
      "version": "2.1.0"
    }
    "#
    );
}

#[tokio::test]
async fn places_are_those_of_the_file_where_it_holds_both_sides() {
    let folder = tempfile::tempdir().unwrap();
    for (file, sql) in [
        ("1_a.sql", "-- migrate:up\nCREATE TABLE a (b int);\n-- migrate:down\nDROP TABLE a;"),
        (
            "2_b.sql",
            "-- migrate:up\n\n  CREATE INDEX ON a (b);\n-- migrate:down\nDROP INDEX a_b_idx;",
        ),
    ] {
        std::fs::write(folder.path().join(file), sql).unwrap();
    }
    let migrator = Migrator::from_dir(folder.path()).unwrap();
    insta::assert_snapshot!(check_all(&migrator).await, @"
    2_b.sql:3:3: warning: During normal index creation, table updates are blocked, but reads are still allowed [require-concurrent-index-creation]
      3 |   CREATE INDEX ON a (b);
        |   ^^^^^^^^^^^^^^^^^^^^^^
      why: on the scratch database it took SHARE on public.a and read public.a from end to end
      help: Use `concurrently` to avoid blocking writes

    2 migrations: 1 warning
    ");
}
