//! Are the downs right?

use super::{Folder, settings};
use crate::homeroom;

#[test]
fn each_down_is_classed_and_what_a_wrong_one_leaves_is_shown() {
    let folder = Folder::new().with_tables(1);
    folder.write("0002_b", "ALTER TABLE t1 ADD b int", "ALTER TABLE t1 DROP b");
    folder.write("0003_id", "ALTER TABLE t1 DROP id", "ALTER TABLE t1 ADD id int");
    folder.write("0004_u", "CREATE TABLE u (x int)", "DROP TABLE u");
    folder.write("0005_x", "ALTER TABLE u DROP x", "ALTER TABLE u ADD x int");
    folder.write("0006_index", "CREATE INDEX i ON t1 (b)", "SELECT 1");
    folder.write("0007_c", "ALTER TABLE t1 ADD c int", "ALTER TABLE t1 DROP d");
    folder.write("0008_merge", "UPDATE t1 SET b = 0", "-- irreversible: the old numbers are gone");
    let verify = homeroom(&["migrate", "verify", "--dir", folder.path()]);
    assert_eq!((verify.code, verify.err.as_str()), (Some(2), ""));
    settings(&[(folder.path(), "[folder]")]).bind(|| {
        insta::assert_snapshot!(verify.out, @r#"
        version   name    down
        ────
           0001   t1      exact
           0002   b       exact
           0003   id      order-only     column order public.t1
           0004   u       exact
           0005   x       lossy          made anew: column u.x
           0006   index   wrong
           0007   c       failing        column "d" of relation "t1" does not exist
           0008   merge   irreversible   the old numbers are gone

        0006_index is wrong
          after down, against before:
            + index public.i
                CREATE INDEX i ON public.t1 USING btree (b)
          failure:
            0006_index failed at 0006_index.up.sql:1:1: relation "i" already exists (42P07)
              1 | CREATE INDEX i ON t1 (b)
                | ^
              nothing of this migration was kept

        0007_c is failing
          failure:
            0007_c failed at 0007_c.down.sql:1:1: column "d" of relation "t1" does not exist (42703)
              1 | ALTER TABLE t1 DROP d
                | ^
              nothing of this migration was kept

        8 migrations of [folder] verified: 3 exact, 1 order-only, 1 lossy, 1 wrong, 1 failing, 1 irreversible
        "#);
    });
}

#[test]
fn an_up_that_fails_ends_the_verification_with_its_error() {
    let folder = Folder::new();
    folder.write("0001_a", "CREATE TABLE a (id nonsense)", "DROP TABLE a");
    let verify = homeroom(&["migrate", "verify", "--dir", folder.path()]);
    insta::assert_snapshot!(verify.failed(), @r#"
    exit code 1
    error: 0001_a failed at 0001_a.up.sql:1:20: type "nonsense" does not exist (42704)
      1 | CREATE TABLE a (id nonsense)
        |                    ^
      nothing of this migration was kept
    "#);

    // What was verified before it is told all the same.
    let folder = Folder::new().with_tables(1);
    folder.write("0002_a", "CREATE TABLE a (id nonsense)", "DROP TABLE a");
    let verify = homeroom(&["migrate", "verify", "--dir", folder.path()]);
    assert_eq!(verify.code, Some(1));
    assert!(verify.out.ends_with(" verified: 1 exact\n"), "{}", verify.out);
    assert!(verify.err.starts_with("error: 0002_a failed"), "{}", verify.err);
}
