//! The files of a new migration.

use super::Folder;
use crate::{Run, program};

#[test]
fn new_writes_a_pair_into_the_folder_and_makes_the_folder() {
    let root = tempfile::tempdir().unwrap();
    let new = |arguments: &[&str]| {
        let mut program = program();
        program.current_dir(root.path()).args(["migrate", "new"]).args(arguments);
        Run::of(program.output().unwrap())
    };
    insta::assert_snapshot!(new(&["add users"]).done(), @"
    migrations/0001_add_users.up.sql
    migrations/0001_add_users.down.sql
    ");
    assert!(root.path().join("migrations/0001_add_users.up.sql").exists());
    // An empty migration is a fault until something stands in it.
    assert!(new(&["posts"]).failed().contains("0001_add_users.up.sql has no statement: write one"));

    let folder = Folder::new().with_tables(41);
    let written = new(&["posts", "--dir", folder.path(), "--json"]).json();
    let file = written["files"][1].as_str().unwrap();
    assert!(file.ends_with("/0042_posts.down.sql"), "{file}");
    assert!(new(&[" / "]).failed().contains("needs a letter or a digit"));
    insta::assert_snapshot!(new(&["a", "--dir", "no/where"]).failed(), @"
    exit code 1
    error: can't make the folder no/where: No such file or directory (os error 2)
    help: name another folder with --dir; the one that it is in has to be there
    ");
}
