//! Which migrations, in which database.

use super::{Folder, settings};
use crate::{Home, empty_database, homeroom_at, sql, write};

#[test]
fn a_folder_has_a_database_of_its_own_on_the_private_server() {
    let home = Home::new();
    let folder = Folder::in_folder(home.folder.path(), "shop/migrations").with_tables(2);
    let data_dir = home.data_dir();
    let place = format!("the database shop on the private PostgreSQL in {}", data_dir.display());

    let up = home.run(&["migrate", "up", "--dir", folder.path()]).done();
    assert!(up.contains("2 migrations applied: ") && up.contains(&place), "{up}");
    // Before the subcommand too; and the name may be chosen.
    let status = home.run(&["migrate", "--dir", folder.path(), "status", "--json"]).json();
    assert_eq!(status["database"], place);
    assert_eq!(status["folder"], folder.path());
    let other = ["migrate", "status", "--dir", folder.path(), "--database", "other", "--json"];
    let other = home.run(&other);
    assert_eq!(other.code, Some(2));
    assert!(other.out.contains("the database other on the private PostgreSQL"), "{}", other.out);

    let ours = home.run(&["migrate", "status"]);
    assert_eq!(ours.code, Some(2));
    assert!(
        ours.out.contains(&format!("{} migrations are pending", crate::newest())),
        "{}",
        ours.out
    );
}

#[tokio::test]
async fn the_history_can_be_kept_in_another_table() {
    let database = empty_database().await;
    let folder = Folder::new().with_tables(1);
    let up = ["migrate", "up", "--dir", folder.path(), "--table", "public.shop_history"];
    homeroom_at(database.url(), &up).done();
    assert_eq!(sql(database.url(), &["SELECT count(*) FROM shop_history"]), "1");
    let status = homeroom_at(database.url(), &["migrate", "status", "--dir", folder.path()]);
    assert_eq!(status.code, Some(2), "another table has another history");
}

#[tokio::test]
async fn a_database_is_named_by_one_of_the_two() {
    let database = empty_database().await;
    let run = homeroom_at(database.url(), &["migrate", "status", "--database", "shop"]);
    insta::assert_snapshot!(run.failed(), @"
    exit code 1
    error: --database names a database of the private PostgreSQL, and there is a DATABASE_URL
    help: name the database in DATABASE_URL, or unset that
    ");
}

#[test]
fn a_folder_that_cannot_be_used_is_told_before_a_server_is_started() {
    let home = Home::new();
    let root = home.folder.path();
    let folder = Folder::in_folder(root, "empty");
    write(&root.join("file"), "");
    let status = |dir: &str| {
        let dir = root.join(dir);
        home.run(&["migrate", "status", "--dir", dir.to_str().unwrap()]).failed()
    };
    settings(&[(root.to_str().unwrap(), "[root]")]).bind(|| {
        insta::assert_snapshot!(status("nowhere"), @"
        exit code 1
        error: there is no folder [root]/nowhere
        help: check --dir, or make it with the first migration: `homeroom migrate new NAME --dir [root]/nowhere`
        ");
        insta::assert_snapshot!(status("file"), @"
        exit code 1
        error: [root]/file is no folder
        help: name the folder of the migrations with --dir
        ");
        insta::assert_snapshot!(status("empty"), @"
        exit code 1
        error: there are no migrations in [root]/empty
        help: check --dir, or write the first one: `homeroom migrate new NAME --dir [root]/empty`
        ");
        write(&root.join("empty/0001_a.up.sql"), "CREATE TABLE a (id int)");
        write(&root.join("empty/0002_b.up.sql"), "SELECT 'open");
        write(&root.join("empty/0002_b.down.sql"), "");
        write(&root.join("empty/03_c.up.sql"), "SELECT 1");
        insta::assert_snapshot!(status("empty"), @"
        exit code 1
        error: 4 faults in the migrations of [root]/empty
          0001_a.up.sql has no 0001_a.down.sql: write it; a down file may be one line, `-- irreversible: reason`
          0002_b.down.sql has no statement: write one, or in a down file `-- irreversible: reason`
          0002_b.up.sql:1: this string never ends: close it
          03_c.up.sql has a 2-digit version and four digits are the rule: rename it to 0003_c.up.sql
        help: correct the files and run it again: nothing was changed
        ");
    });
    drop(folder);
    assert!(!home.data_dir().exists());
}

#[tokio::test]
async fn a_version_that_is_not_there_is_an_error_that_names_it() {
    let database = empty_database().await;
    let folder = Folder::new().with_tables(2);
    for command in
        [&["up", "--to", "9"][..], &["goto", "9"], &["baseline", "9"], &["plan", "--to", "9"]]
    {
        let arguments = [&["migrate"], command, &["--dir", folder.path()]].concat();
        let run = homeroom_at(database.url(), &arguments);
        settings(&[(folder.path(), "[folder]")]).bind(|| {
            insta::allow_duplicates! {
                insta::assert_snapshot!(run.failed(), @"
                exit code 1
                error: there is no migration 9: `status` lists those there are
                help: `homeroom migrate status --dir [folder]` shows each migration
                ");
            }
        });
    }
}

#[tokio::test]
async fn drift_of_a_folder_ends_every_command_that_it_stops_with_3() {
    let database = empty_database().await;
    let folder = Folder::new().with_tables(2);
    let run = |arguments: &[&str]| {
        homeroom_at(database.url(), &[&["migrate", "--dir", folder.path()], arguments].concat())
    };
    run(&["up"]).done();
    folder.write("0002_t2", "CREATE TABLE other (id int)", "DROP TABLE t2");
    for command in ["up", "plan"] {
        settings(&[(folder.path(), "[folder]")]).bind(|| {
            insta::allow_duplicates! {
                insta::assert_snapshot!(run(&[command]).failed(), @"
                exit code 3
                error: the history of the database does not fit the migration files
                  0002_t2 was edited after it was applied (the up and the down file): put the file back and make the change in a new migration, or `repair` to accept the file as it is
                help: `homeroom migrate status --dir [folder]` shows each migration
                ");
            }
        });
    }
    assert!(run(&["status"]).out.contains("edited"));
}
