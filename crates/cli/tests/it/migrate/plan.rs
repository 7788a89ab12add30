//! What would run.

use super::{Folder, settings};
use crate::{empty_database, homeroom_at, homeroom_with, sql};

#[tokio::test]
async fn a_plan_has_the_order_the_way_it_runs_and_the_sql_and_changes_nothing() {
    let database = empty_database().await;
    let folder = Folder::new().with_tables(1);
    let concurrently = "CREATE INDEX CONCURRENTLY t1_id_idx ON t1 (id);\n";
    folder.write("0002_index", concurrently, "DROP INDEX CONCURRENTLY t1_id_idx;\n");
    let run = |arguments: &[&str]| {
        homeroom_at(database.url(), &[&["migrate", "--dir", folder.path()], arguments].concat())
    };
    let plan = run(&["plan"]);
    assert_eq!(plan.code, Some(2), "{}", plan.err);
    settings(&[]).bind(|| {
        insta::assert_snapshot!(plan.out, @"
            migration    runs                     file
        ────
        1   0001_t1      in one transaction       0001_t1.up.sql
        2   0002_index   statement by statement   0002_index.up.sql

            locks                               mode   other sessions
        ────
        2   not seen outside of a transaction

        -- 0001_t1 up, in one transaction
        CREATE TABLE t1 (id int);

        -- 0002_index up, statement by statement
        CREATE INDEX CONCURRENTLY t1_id_idx ON t1 (id);

        2 migrations would be applied to [database]
        ");
    });
    assert!(run(&["plan", "--down"]).done().starts_with("nothing to do in "));

    run(&["up"]).done();
    assert!(run(&["plan"]).done().starts_with("nothing to do in "));
    let plan = run(&["plan", "--down", "--all", "--no-sql"]).done();
    settings(&[]).bind(|| {
        insta::assert_snapshot!(plan, @"
            migration    runs                     file
        ────
        1   0002_index   statement by statement   0002_index.down.sql
        2   0001_t1      in one transaction       0001_t1.down.sql

            locks                               mode               other sessions
        ────
        1   not seen outside of a transaction
        2   public.t1                           ACCESS EXCLUSIVE   wait

            loses               rows
        ────
        2   table public.t1   0 rows

        2 migrations would be taken back of [database]
        ");
    });
    let plan = run(&["plan", "--down", "--json"]).json();
    assert_eq!(plan["direction"], "down");
    assert_eq!(plan["migrations"][0]["mode"], "statements");
    assert_eq!(plan["migrations"][0]["sql"], "DROP INDEX CONCURRENTLY t1_id_idx;\n");
}

#[tokio::test]
async fn a_plan_tells_what_it_locks_and_with_how_many_rows_it_would_lose_what() {
    let database = empty_database().await;
    let folder = Folder::new().with_tables(2);
    let run = |arguments: &[&str]| {
        homeroom_at(database.url(), &[&["migrate", "--dir", folder.path()], arguments].concat())
    };
    run(&["up"]).done();
    sql(database.url(), &["INSERT INTO t1 VALUES (1), (2)", "INSERT INTO t2 VALUES (NULL)"]);
    folder.write(
        "0003_n",
        "ALTER TABLE t1 ALTER id TYPE bigint;\nALTER TABLE t2 ADD n int CHECK (n > 0);\n",
        "ALTER TABLE t2 DROP n;\nALTER TABLE t1 ALTER id TYPE int;\n",
    );
    folder.write("0004_id", "ALTER TABLE t2 DROP id;\n", "ALTER TABLE t2 ADD id int;\n");
    folder.write("0005_new", "CREATE TABLE t5 (id int);\n", "DROP TABLE t5;\n");
    let plan = run(&["plan", "--no-sql"]);
    assert_eq!((plan.code, plan.err.as_str()), (Some(2), ""));
    settings(&[]).bind(|| {
        insta::assert_snapshot!(plan.out, @"
            migration   runs                 file
        ────
        1   0003_n      in one transaction   0003_n.up.sql
        2   0004_id     in one transaction   0004_id.up.sql
        3   0005_new    in one transaction   0005_new.up.sql

            locks       mode               other sessions
        ────
        1   public.t1   ACCESS EXCLUSIVE   wait             written anew, read to its end
        1   public.t2   ACCESS EXCLUSIVE   wait             read to its end
        2   public.t2   ACCESS EXCLUSIVE   wait

            loses                   rows
        ────
        2   column public.t2.id   0 rows

        3 migrations would be applied to [database]
        ");
    });
    let json = run(&["plan", "--steps", "1", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let first = &json["migrations"][0];
    assert_eq!(first["locks"][0]["relation"]["name"], "public.t1");
    assert_eq!(first["rewrites"][0]["name"], "public.t1");

    run(&["up"]).done();
    sql(database.url(), &["UPDATE t2 SET n = 7"]);
    let plan = run(&["plan", "--down", "--all", "--no-sql"]).done();
    settings(&[]).bind(|| {
        insta::assert_snapshot!(plan, @"
            migration   runs                 file
        ────
        1   0005_new    in one transaction   0005_new.down.sql
        2   0004_id     in one transaction   0004_id.down.sql
        3   0003_n      in one transaction   0003_n.down.sql
        4   0002_t2     in one transaction   0002_t2.down.sql
        5   0001_t1     in one transaction   0001_t1.down.sql

            locks       mode               other sessions
        ────
        1   public.t5   ACCESS EXCLUSIVE   wait
        2   public.t2   ACCESS EXCLUSIVE   wait
        3   public.t1   ACCESS EXCLUSIVE   wait             written anew, read to its end
        3   public.t2   ACCESS EXCLUSIVE   wait
        4   public.t2   ACCESS EXCLUSIVE   wait
        5   public.t1   ACCESS EXCLUSIVE   wait

            loses                  rows
        ────
        1   table public.t5      0 rows
        3   column public.t2.n    1 row
        4   table public.t2       1 row
        5   table public.t1      2 rows

        5 migrations would be taken back of [database]
        ");
    });
    let json = run(&["plan", "--down", "--steps", "3", "--json"]).json();
    let loss = &json["migrations"][2]["losses"][0];
    assert_eq!(
        (&loss["table"], &loss["column"], &loss["count"]["rows"]),
        (&"t2".into(), &"n".into(), &1.into())
    );
}

#[tokio::test]
async fn a_plan_that_cannot_be_tried_is_shown_with_what_is_known_and_says_why() {
    let database = empty_database().await;
    let folder = Folder::new().with_tables(1);
    folder.write("0002_n", "ALTER TABLE t1 ADD n int;\n", "SELECT 1;\n");
    folder.write("0003_a", "ALTER TABLE nowhere ADD n int;\n", "SELECT 1;\n");
    let plan = ["migrate", "plan", "--no-sql", "--dir", folder.path()];
    let run = homeroom_at(database.url(), &plan);
    assert_eq!(run.code, Some(2));
    assert!(run.out.contains("3 migrations would be applied"), "{}", run.out);
    insta::assert_snapshot!(run.err, @r#"
    the plan could not be tried to its end, and what it locks and loses is not all known: 0003_a failed at 0003_a.up.sql:1:1: relation "nowhere" does not exist (42P01)
      1 | ALTER TABLE nowhere ADD n int;
        | ^
      nothing of this migration was kept
    "#);
    let json = homeroom_at(database.url(), &[&plan[..], &["--json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert!(json["untried"].as_str().unwrap().contains("\"nowhere\" does not exist"), "{json}");
    assert_eq!(json["migrations"][1]["locks"][0]["mode"], "access_exclusive");
    assert_eq!(json["migrations"][2].get("locks"), None);

    let untraced = [&plan[..], &["--no-trace"]].concat();
    let variables = [("DATABASE_URL", database.url()), ("HOMEROOM_PG_BIN", "/nowhere")];
    let untraced = homeroom_with(&variables, &untraced);
    assert_eq!((untraced.code, untraced.err.as_str()), (Some(2), ""));
}
