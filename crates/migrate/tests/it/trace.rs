//! What scripts are seen to do to the tables that were there before them.

use homeroom_migrate::{
    DownOptions, Error, LockMode, Migrator, RowCount, TracedMigration, TracedStatement, UpOptions,
};

use tokio_postgres::SimpleQueryMessage;

use crate::database::TestDatabase;
use crate::migrations::Folder;

const TABLES: &str = "CREATE TABLE t (a int PRIMARY KEY, b text, c int);
    CREATE TABLE u (a int, b text);
    CREATE INDEX u_a ON u (a);";

/// The trace of an up script after one that makes the tables `t` and `u`.
async fn trace(up: &str) -> TracedMigration {
    let folder = Folder::of(&[("0001_tables", TABLES, "SELECT 1"), ("0002_it", up, "SELECT 1")]);
    let database = TestDatabase::create().await;
    let traced = folder.migrator().trace(&database.connect().await).await.unwrap();
    traced.into_iter().next_back().unwrap()
}

/// What was seen, a line a statement.
fn seen(traced: &TracedMigration) -> String {
    let line = |statement: &TracedStatement| {
        let mut facts: Vec<String> = statement
            .locks
            .iter()
            .map(|lock| format!("{} on {}", lock.mode, lock.relation.name))
            .collect();
        facts.extend(statement.rewrites.iter().map(|one| format!("{} anew", one.name)));
        facts.extend(statement.scans.iter().map(|one| format!("{} read", one.name)));
        format!("{}:{} {}", statement.line, statement.column, facts.join(", "))
    };
    traced.statements.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_script_is_split_where_the_server_splits_it() {
    for script in [
        "SELECT 1;; SELECT 2 ; -- three;",
        "SELECT e'a'\n'\\';'; SELECT 2",
        "SELECT 'a' -- ;\n '\\'; SELECT 2",
        "SELECT 1; -- one;\rSELECT 2; /* ; /* ; */ ; */ SELECT 3",
        "SELECT $a$ ; $$ ; $a$, $$;$$; SELECT U&'\\003B;', \"a\".\";\" FROM (SELECT 1) AS a(\";\")",
        "DO $x$ BEGIN PERFORM 1; PERFORM ';'; END $x$; SELECT 2",
        "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC
            SELECT CASE WHEN a > 0 THEN 1 ELSE 2 END; SELECT 3; END; SELECT f(1)",
        "CREATE RULE r AS ON INSERT TO u DO ALSO (DELETE FROM t WHERE a = 1; DELETE FROM t WHERE a = 2); SELECT 2",
    ] {
        let database = TestDatabase::create().await;
        let client = database.connect().await;
        client.batch_execute(TABLES).await.unwrap();
        let messages = client.simple_query(script).await.unwrap();
        let done = |message: &&SimpleQueryMessage| {
            matches!(message, SimpleQueryMessage::CommandComplete(_))
        };
        let by_server = messages.iter().filter(done).count();
        assert_eq!(trace(script).await.statements.len(), by_server, "{script}");
    }
}

#[tokio::test]
async fn each_statement_has_the_locks_that_it_took_or_strengthened() {
    let traced = trace(
        "SELECT * FROM t WHERE a = 1;
INSERT INTO t VALUES (1);
ALTER TABLE t ADD d int;
CREATE TABLE v (a int REFERENCES t, b int);
  CREATE INDEX v_b ON v (b);
ALTER TABLE t ADD e int;
DROP INDEX u_a;",
    )
    .await;
    insta::assert_snapshot!(seen(&traced), @"
    1:1 ACCESS SHARE on public.t, ACCESS SHARE on public.t_pkey
    2:1 ROW EXCLUSIVE on public.t
    3:1 ACCESS EXCLUSIVE on public.t
    4:1 
    5:3 
    6:1 
    7:1 ACCESS EXCLUSIVE on public.u, ACCESS EXCLUSIVE on public.u_a
    ");
    insta::assert_snapshot!(
        traced.locks().iter().map(|lock| format!("{} {}", lock.relation.name, lock.mode)).collect::<Vec<_>>().join("\n"), @"
    public.t ACCESS EXCLUSIVE
    public.u ACCESS EXCLUSIVE
    public.t_pkey ACCESS SHARE
    public.u_a ACCESS EXCLUSIVE
    "
    );
}

#[tokio::test]
async fn a_table_that_is_written_anew_is_seen_and_one_that_need_not_be_is_not() {
    let traced = trace(
        "ALTER TABLE t ADD d uuid DEFAULT gen_random_uuid();
ALTER TABLE t ADD e int DEFAULT 7;
ALTER TABLE t ALTER c TYPE bigint;
ALTER TABLE u ALTER b TYPE varchar;
CREATE TABLE v (a int); ALTER TABLE v ALTER a TYPE bigint;",
    )
    .await;
    insta::assert_snapshot!(seen(&traced), @"
    1:1 ACCESS EXCLUSIVE on public.t, ACCESS EXCLUSIVE on public.t_pkey, public.t anew, public.t_pkey anew, public.t read
    2:1 
    3:1 public.t anew, public.t_pkey anew, public.t read
    4:1 ACCESS EXCLUSIVE on public.u
    5:1 
    5:25
    ");
}

#[tokio::test]
async fn scans_of_validations_and_of_index_builds_are_seen() {
    let traced = trace(
        "ALTER TABLE u ADD CHECK (a > 0);
ALTER TABLE u ADD CONSTRAINT later CHECK (a > 1) NOT VALID;
ALTER TABLE u VALIDATE CONSTRAINT later;
ALTER TABLE u ALTER b SET NOT NULL;
ALTER TABLE u ADD FOREIGN KEY (a) REFERENCES t;
ALTER TABLE u ADD d int REFERENCES t;
CREATE INDEX ON t (c);
UPDATE t SET c = 1;
UPDATE t SET c = 1 WHERE a = 2;",
    )
    .await;
    insta::assert_snapshot!(seen(&traced), @"
    1:1 ACCESS EXCLUSIVE on public.u, public.u read
    2:1 
    3:1 public.u read
    4:1 public.u read
    5:1 SHARE ROW EXCLUSIVE on public.t, ACCESS SHARE on public.t_pkey, ACCESS SHARE on public.u_a, public.u read
    6:1 
    7:1 public.t read
    8:1 ROW EXCLUSIVE on public.t_pkey, public.t read
    9:1
    ");
}

#[tokio::test]
async fn what_a_do_block_a_function_and_a_trigger_do_is_seen() {
    let traced = trace(
        "DO $$ BEGIN EXECUTE 'ALTER TABLE t ADD d int'; UPDATE u SET a = 1; END $$;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE u DISABLE TRIGGER ALL; RETURN NULL; END $$;
CREATE TRIGGER f AFTER INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION f();
INSERT INTO t VALUES (1);",
    )
    .await;
    insta::assert_snapshot!(seen(&traced), @"
    1:1 ACCESS EXCLUSIVE on public.t, ROW EXCLUSIVE on public.u, ROW EXCLUSIVE on public.u_a, public.u read
    2:1 
    3:1 
    4:1 SHARE ROW EXCLUSIVE on public.u
    ");
}

#[tokio::test]
async fn outside_of_a_transaction_only_rewrites_are_seen() {
    let traced = trace(
        "CREATE INDEX CONCURRENTLY t_c ON t (c);
ALTER TABLE t ADD d int;
VACUUM FULL u;
BEGIN; ALTER TABLE u ADD d int; ALTER TABLE u ADD e int; COMMIT;",
    )
    .await;
    insta::assert_snapshot!(seen(&traced), @"
    1:1 
    2:1 ACCESS EXCLUSIVE on public.t
    3:1 public.u anew, public.u_a anew
    4:8 ACCESS EXCLUSIVE on public.u
    4:33
    ");
    let transactions: Vec<_> = traced.statements.iter().map(|one| one.transaction).collect();
    assert_eq!(transactions, [None, Some(0), None, Some(1), Some(1)]);
}

#[tokio::test]
async fn settings_and_roles_of_one_script_do_not_reach_the_next() {
    let folder = Folder::of(&[
        ("0001_a", "SET search_path = ''; SET ROLE pg_monitor; SELECT 1", "SELECT 1"),
        ("0002_b", "CREATE TABLE t ()", "DROP TABLE t"),
        ("0003_c", "DROP TABLE public.t", "CREATE TABLE t ()"),
    ]);
    let database = TestDatabase::create().await;
    folder.migrator().trace(&database.connect().await).await.unwrap();
}

#[tokio::test]
async fn a_script_that_fails_and_a_database_in_use_are_errors() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of(&[("0001_a", "CREATE TABLE t ();\nSELECT 1/0", "DROP TABLE t")]);
    let error = folder.migrator().trace(&client).await.unwrap_err();
    insta::assert_snapshot!(error, @"
    0001_a failed at 0001_a.up.sql:2:1: division by zero (22012)
      2 | SELECT 1/0
        | ^
      nothing of this migration was kept
    ");
    let migrator = Folder::of_tables(1).migrator();
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    let error = migrator.trace(&client).await.unwrap_err();
    assert!(matches!(error, Error::ScratchInUse { .. }));
}

/// A database with these migrations applied, and the trace of taking them back.
async fn plan_down(migrator: &Migrator, all: bool) -> (TestDatabase, Vec<TracedMigration>) {
    let (database, scratch) = (TestDatabase::create().await, TestDatabase::create().await);
    let mut client = database.connect().await;
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    let options = DownOptions { all, ..DownOptions::default() };
    let plan = migrator.plan_down(&client, &options).await.unwrap();
    let traced = migrator.trace_plan(&scratch.connect().await, &plan).await.unwrap();
    (database, traced)
}

#[tokio::test]
async fn a_planned_down_is_traced_from_the_state_that_it_begins_in() {
    let migrator = Folder::of(&[
        ("0001_t", "CREATE TABLE t (a int)", "DROP TABLE t"),
        ("0002_b", "ALTER TABLE t ADD b int", "ALTER TABLE t DROP b"),
        ("0003_u", "CREATE TABLE u ()", "DROP TABLE u"),
    ])
    .migrator();
    let (_, traced) = plan_down(&migrator, true).await;
    let versions: Vec<i64> = traced.iter().map(|one| one.version.get()).collect();
    assert_eq!(versions, [3, 2, 1]);
    for one in &traced {
        assert_eq!(one.locks().first().unwrap().mode, LockMode::AccessExclusive);
    }
    let (database, scratch) = (TestDatabase::create().await, TestDatabase::create().await);
    let mut client = database.connect().await;
    migrator.up(&mut client, &UpOptions { steps: Some(1), ..UpOptions::default() }).await.unwrap();
    let plan = migrator.plan(&client, &UpOptions::default()).await.unwrap();
    let traced = migrator.trace_plan(&scratch.connect().await, &plan).await.unwrap();
    let versions: Vec<i64> = traced.iter().map(|one| one.version.get()).collect();
    assert_eq!(versions, [2, 3]);
}

#[tokio::test]
async fn what_a_down_loses_is_known_and_counted() {
    let migrator = Folder::of(&[
        (
            "0001_t",
            "CREATE TABLE t (a int, b int, c int); CREATE TABLE \"U 2\" (a int);",
            "DROP TABLE t, \"U 2\"",
        ),
        (
            "0002_more",
            "CREATE TABLE v (a int); SELECT 1",
            "ALTER TABLE t DROP b; ALTER TABLE t RENAME c TO d; DROP TABLE \"U 2\", v;",
        ),
    ])
    .migrator();
    let (database, traced) = plan_down(&migrator, false).await;
    let losses = &traced.first().unwrap().losses;
    let names: Vec<String> = losses.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["table public.U 2", "column public.t.b", "table public.v"]);

    let client = database.connect().await;
    client
        .batch_execute(
            "INSERT INTO t (a, b) SELECT n, nullif(n % 4, 0) FROM generate_series(1, 100) AS n;
             INSERT INTO \"U 2\" SELECT 1 FROM generate_series(1, 3); DROP TABLE v;",
        )
        .await
        .unwrap();
    let [u, b, v] = losses.as_slice() else { panic!("{losses:?}") };
    assert_eq!(u.count(&client, 1000).await.unwrap(), Some(RowCount::Exact(3)));
    assert_eq!(b.count(&client, 1000).await.unwrap(), Some(RowCount::Exact(75)));
    assert_eq!(b.count(&client, 10).await.unwrap(), Some(RowCount::MoreThan(8)));
    client.batch_execute("ANALYZE t").await.unwrap();
    assert_eq!(b.count(&client, 10).await.unwrap(), Some(RowCount::Estimate(75)));
    assert_eq!(v.count(&client, 10).await.unwrap(), None);
}
