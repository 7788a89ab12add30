//! What is said of down scripts that are tried.

use std::sync::Mutex;

use homeroom_migrate::{DownClass, Error, Migrator, Verification};

use crate::database::TestDatabase;
use crate::migrations::Folder;

/// Verifies on fresh databases; gives how many there were too.
async fn verify(migrator: &Migrator) -> (Result<Verification, Error>, usize) {
    let databases = Mutex::new(Vec::new());
    let scratch = || async {
        let database = TestDatabase::create().await;
        let client = database.connect().await;
        databases.lock().unwrap().push(database);
        Ok::<_, std::io::Error>(client)
    };
    let verification = migrator.verify(scratch).await;
    let count = databases.lock().unwrap().len();
    (verification, count)
}

const TABLE: &str = "CREATE TABLE t (a int, b text NOT NULL DEFAULT 'x', c int);";

async fn class_of(up: &str, down: &str) -> (DownClass, String) {
    let folder = Folder::of(&[
        ("0001_t", TABLE, "DROP TABLE t"),
        ("0002_it", up, down),
        ("0003_after", "CREATE TABLE after ()", "DROP TABLE after"),
    ]);
    let verification = verify(&folder.migrator()).await.0.unwrap();
    match verification.migrations.as_slice() {
        [before, it, after] => {
            assert_eq!([before.class, after.class], [DownClass::Exact; 2], "{verification}");
            (it.class, it.to_string())
        }
        other => panic!("{} migrations", other.len()),
    }
}

#[tokio::test]
async fn a_down_that_leaves_what_was_there_is_exact() {
    for (up, down) in [
        ("ALTER TABLE t ADD d int", "ALTER TABLE t DROP d"),
        ("CREATE INDEX CONCURRENTLY t_a ON t (a)", "DROP INDEX CONCURRENTLY t_a"),
        ("SET search_path = ''; CREATE TABLE public.u ()", "DROP TABLE public.u"),
        ("INSERT INTO t VALUES (1)", "DELETE FROM t"),
    ] {
        assert_eq!(class_of(up, down).await.0, DownClass::Exact, "{up}");
    }
}

#[tokio::test]
async fn another_order_of_columns_or_other_white_space_is_told_from_another_schema() {
    let (class, text) = class_of("ALTER TABLE t DROP a", "ALTER TABLE t ADD a int").await;
    assert_eq!(class, DownClass::OrderOnly);
    insta::assert_snapshot!(text, @"
    0002_it order-only
      after down, against before:
        ~ column order public.t
          - a, b, c
          + b, c, a
      made anew, without its data:
        column t.a
    ");
    let body =
        |body: &str| format!("CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS '{body}'");
    let up = format!("{}; ALTER TABLE t ADD d int", body("SELECT 1"));
    let folder = Folder::of(&[
        ("0001_f", &body("SELECT  1"), "DROP FUNCTION f()"),
        ("0002_f", &body("SELECT 2"), &body(" SELECT 1")),
        ("0003_t", TABLE, "DROP TABLE t"),
        ("0004_both", &up, &body("SELECT 3")),
    ]);
    let verification = verify(&folder.migrator()).await.0.unwrap();
    let classes: Vec<DownClass> = verification.migrations.iter().map(|one| one.class).collect();
    assert_eq!(
        classes,
        [DownClass::Exact, DownClass::OrderOnly, DownClass::Exact, DownClass::Wrong]
    );
}

#[tokio::test]
async fn a_down_that_makes_a_column_anew_has_lost_what_it_held() {
    let (class, text) = class_of("ALTER TABLE t DROP c", "ALTER TABLE t ADD c int").await;
    assert_eq!(class, DownClass::Lossy);
    insta::assert_snapshot!(text, @"
    0002_it lossy
      made anew, without its data:
        column t.c
    ");
    let (class, _) =
        class_of("ALTER TABLE t DROP c", "ALTER TABLE t ADD c int; UPDATE t SET c = a").await;
    assert_eq!(class, DownClass::Exact);
}

#[tokio::test]
async fn a_down_that_leaves_another_schema_is_wrong() {
    let (class, text) =
        class_of("ALTER TABLE t ALTER b DROP DEFAULT; CREATE INDEX i ON t (a)", "SELECT 1").await;
    assert_eq!(class, DownClass::Wrong);
    insta::assert_snapshot!(text, @r#"
    0002_it wrong
      after down, against before:
        ~ column public.t.b
          - text NOT NULL DEFAULT 'x'::text
          + text NOT NULL
        + index public.i
            CREATE INDEX i ON public.t USING btree (a)
      failure:
        0002_it failed at 0002_it.up.sql:1:37: relation "i" already exists (42P07)
          1 | ALTER TABLE t ALTER b DROP DEFAULT; CREATE INDEX i ON t (a)
            |                                     ^
          nothing of this migration was kept
    "#);
}

#[tokio::test]
async fn an_up_that_does_not_run_again_makes_its_down_wrong() {
    let (class, text) = class_of(
        "INSERT INTO t VALUES (1, 'y'); ALTER TABLE t ADD UNIQUE (a)",
        "ALTER TABLE t DROP CONSTRAINT t_a_key",
    )
    .await;
    assert_eq!(class, DownClass::Wrong);
    insta::assert_snapshot!(text, @r#"
    0002_it wrong
      failure:
        0002_it failed at 0002_it.up.sql:1:32: could not create unique index "t_a_key" (23505)
          1 | INSERT INTO t VALUES (1, 'y'); ALTER TABLE t ADD UNIQUE (a)
            |                                ^
          detail: Key (a)=(1) is duplicated.
          nothing of this migration was kept
    "#);
}

#[tokio::test]
async fn a_down_that_fails_is_failing_and_one_that_cannot_be_is_irreversible() {
    let (class, text) = class_of("ALTER TABLE t ADD d int", "ALTER TABLE t DROP e").await;
    assert_eq!(class, DownClass::Failing);
    insta::assert_snapshot!(text, @r#"
    0002_it failing
      failure:
        0002_it failed at 0002_it.down.sql:1:1: column "e" of relation "t" does not exist (42703)
          1 | ALTER TABLE t DROP e
            | ^
          nothing of this migration was kept
    "#);
    let (class, _) = class_of("ALTER TABLE t DROP a", "-- irreversible: gone").await;
    assert_eq!(class, DownClass::Irreversible);
    let deferred = "CREATE TABLE u (a int PRIMARY KEY); CREATE TABLE v (a int REFERENCES u DEFERRABLE INITIALLY DEFERRED)";
    let (class, _) =
        class_of(deferred, "INSERT INTO v VALUES (1); DROP TABLE v; DROP TABLE u").await;
    assert_eq!(class, DownClass::Failing, "a constraint that fails at the commit");
}

#[tokio::test]
async fn a_failure_outside_of_a_transaction_does_not_reach_the_next_migration() {
    let folder = Folder::of(&[
        ("0001_t", TABLE, "DROP TABLE t"),
        (
            "0002_outside",
            "CREATE INDEX CONCURRENTLY t_a ON t (a)",
            "DROP INDEX CONCURRENTLY t_a; SELECT 1/0",
        ),
        ("0003_after", "DROP INDEX t_a", "CREATE INDEX t_a ON t (a)"),
    ]);
    let (verification, databases) = verify(&folder.migrator()).await;
    let verification = verification.unwrap();
    assert!(!verification.is_sound());
    assert_eq!(verification.in_class(DownClass::Exact).count(), 2, "{verification}");
    assert_eq!(verification.in_class(DownClass::Failing).count(), 1);
    assert_eq!(databases, 2);
}

#[tokio::test]
async fn a_database_that_is_in_use_is_refused() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let migrator = Folder::of_tables(1).migrator();
    migrator.up(&mut client, &homeroom_migrate::UpOptions::default()).await.unwrap();
    let scratch = || async { Ok::<_, std::io::Error>(database.connect().await) };
    let error = migrator.verify(scratch).await.unwrap_err();
    insta::assert_snapshot!(error, @r#"the scratch database has applied migrations in "public"."homeroom_migrations": verify on an empty database, everything in it is at risk"#);
    let none = || async { Err(std::io::Error::other("no server")) };
    assert!(matches!(migrator.verify(none).await, Err(Error::Scratch { .. })));
}

#[tokio::test]
async fn an_up_that_fails_ends_it_and_what_was_verified_before_is_told() {
    let folder = Folder::of_tables(2);
    folder.write("0003_t3", "CREATE TABLE t3 (id nonsense)", "DROP TABLE t3");
    folder.write("0004_t4", "CREATE TABLE t4 ()", "DROP TABLE t4");
    let verification = verify(&folder.migrator()).await.0.unwrap();
    assert_eq!(verification.in_class(DownClass::Exact).count(), 2);
    assert_eq!(verification.migrations.len(), 2);
    assert_eq!(verification.stopped.as_ref().unwrap().version.get(), 3);
    assert!(!verification.is_sound());
}
