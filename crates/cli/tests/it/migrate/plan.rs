//! What would run.

use super::{Folder, settings};
use crate::{empty_database, homeroom_at};

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

        2 migrations would be taken back of [database]
        ");
    });
    let plan = run(&["plan", "--down", "--json"]).json();
    assert_eq!(plan["direction"], "down");
    assert_eq!(plan["migrations"][0]["mode"], "statements");
    assert_eq!(plan["migrations"][0]["sql"], "DROP INDEX CONCURRENTLY t1_id_idx;\n");
}
