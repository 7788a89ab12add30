//! A migration that fails: what the error shows, and that nothing of it is kept.

use homeroom_migrate::{Error, Failure, UpOptions};

use crate::database::{TestDatabase, text};
use crate::migrations::Folder;

const BEFORE: &str = "CREATE TABLE before (id int PRIMARY KEY); CREATE TYPE mood AS ENUM ('a');";

async fn fail(up: &str) -> Box<Failure> {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let migrator = Folder::of(&[
        ("0001_before", BEFORE, "DROP TABLE before; DROP TYPE mood"),
        ("0002_broken", up, "SELECT 1"),
        ("0003_after", "CREATE TABLE after ()", "DROP TABLE after"),
    ])
    .migrator();
    let error = migrator.up(&mut client, &UpOptions::default()).await.unwrap_err();
    let tables = "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";
    assert_eq!(text(&client, tables).await, "before homeroom_migrations");
    assert_eq!(text(&client, "SELECT max(version) FROM homeroom_migrations").await, "1");
    let locks =
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()";
    assert_eq!(text(&client, locks).await, "0", "the lock was kept");
    match error {
        Error::Failed(failure) => failure,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn an_error_with_a_position_shows_file_line_column_and_what_the_server_said() {
    let failure = fail(
        "CREATE TABLE half (id int);\n-- größer\n\tSELECT nmae FROM\n (SELECT 1 AS name) AS x;",
    )
    .await;
    insta::assert_snapshot!(failure, @r#"
    0002_broken failed at 0002_broken.up.sql:3:9: column "nmae" does not exist (42703)
      3 | 	SELECT nmae FROM
        | 	       ^
      hint: Perhaps you meant to reference the column "x.name".
      nothing of this migration was kept
    "#);
}

#[tokio::test]
async fn an_error_without_a_position_shows_the_statement_that_failed() {
    let failure = fail(
        "CREATE TABLE half (id int);;\n/* ; */\nINSERT INTO before VALUES (1);\n  INSERT INTO before\n  VALUES (1);",
    )
    .await;
    insta::assert_snapshot!(failure, @r#"
    0002_broken failed at 0002_broken.up.sql:4:3: duplicate key value violates unique constraint "before_pkey" (23505)
      4 |   INSERT INTO before
        |   ^
      detail: Key (id)=(1) already exists.
      nothing of this migration was kept
    "#);
}

#[tokio::test]
async fn an_error_inside_a_function_shows_the_statement_and_the_context() {
    let failure = fail("SELECT 1;\nDO $$\nBEGIN\n  EXECUTE 'SELECT nothing';\nEND\n$$;").await;
    insta::assert_snapshot!(failure, @r#"
    0002_broken failed at 0002_broken.up.sql:2:1: column "nothing" does not exist (42703)
      2 | DO $$
        | ^
      context: PL/pgSQL function inline_code_block line 3 at EXECUTE
      nothing of this migration was kept
    "#);
}

#[tokio::test]
async fn a_deferred_constraint_that_fails_at_the_commit_is_told_so() {
    let failure = fail(
        "CREATE TABLE half (id int REFERENCES before DEFERRABLE INITIALLY DEFERRED);
         INSERT INTO half VALUES (7);",
    )
    .await;
    insta::assert_snapshot!(failure, @r#"
    0002_broken failed at the commit of 0002_broken.up.sql: insert or update on table "half" violates foreign key constraint "half_id_fkey" (23503)
      detail: Key (id)=(7) is not present in table "before".
      nothing of this migration was kept
    "#);
}

#[tokio::test]
async fn a_statement_that_hides_what_cannot_stand_in_a_transaction_is_refused_with_a_hint() {
    let failure = fail("CREATE PROCEDURE p() LANGUAGE plpgsql AS 'BEGIN COMMIT; END';\nDO $$ BEGIN EXECUTE 'VACUUM'; END $$;").await;
    insta::assert_snapshot!(failure, @r#"
    0002_broken failed at 0002_broken.up.sql:2:1: VACUUM cannot run inside a transaction block (25001)
      2 | DO $$ BEGIN EXECUTE 'VACUUM'; END $$;
        | ^
      hint: this statement cannot run in a transaction: begin the file with the line `-- no-transaction`, or tell Diesel so in metadata.toml
      context: SQL statement "VACUUM"
        PL/pgSQL function inline_code_block line 1 at EXECUTE
      nothing of this migration was kept
    "#);
}

#[tokio::test]
async fn a_new_enum_value_used_at_once_in_hiding_is_refused_with_a_hint() {
    let failure = fail("ALTER TYPE mood ADD VALUE 'b';\nSELECT lower('B')::mood;").await;
    insta::assert_snapshot!(failure, @r#"
    0002_broken failed at 0002_broken.up.sql:2:1: unsafe use of new value "b" of enum type mood (55P04)
      2 | SELECT lower('B')::mood;
        | ^
      hint: New enum values must be committed before they can be used.
      nothing of this migration was kept
    "#);
}

#[tokio::test]
async fn a_failure_is_serialisable_with_its_place() {
    let failure = fail("SELEC 1").await;
    let json = serde_json::to_value(&failure).unwrap();
    assert_eq!(json["place"]["line"], 1);
    assert_eq!(json["code"], "42601");
    assert_eq!(json["version"], 2);
}
