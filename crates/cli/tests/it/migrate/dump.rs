//! The schema as SQL.

use std::path::{Path, PathBuf};

use homeroom_embed::Installation;

use super::{Folder, settings};
use crate::{empty_database, homeroom, homeroom_at, homeroom_with, write};

/// The arguments of a dump of what the folder makes.
fn scratch<'a>(folder: &'a Folder, arguments: &[&'a str]) -> Vec<&'a str> {
    [&["migrate", "dump", "--scratch", "--dir", folder.path()], arguments].concat()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test]
async fn a_dump_is_the_same_of_a_database_and_of_a_scratch_one() {
    let database = empty_database().await;
    let folder = Folder::new().with_tables(1);
    homeroom_at(database.url(), &["migrate", "up", "--dir", folder.path()]).done();
    let dump = ["migrate", "dump", "--dir", folder.path()];
    let of_database = homeroom_at(database.url(), &dump).done();
    // Variables of libpq lead nowhere else.
    let variables = [("DATABASE_URL", database.url()), ("PGSERVICE", "x"), ("PGHOSTADDR", "::1")];
    assert_eq!(homeroom_with(&variables, &dump).done(), of_database);
    // The scratch database is used, wherever DATABASE_URL points.
    let variables = [("DATABASE_URL", "postgresql://u@127.0.0.1:1/d")];
    assert_eq!(homeroom_with(&variables, &scratch(&folder, &[])).done(), of_database);
    let mut settings = settings(&[]);
    settings.add_filter(r"(?m)^(SET .*|SELECT pg_catalog\.set_config.*)\n", "");
    settings.add_filter(r"pg_dump \d+", "pg_dump [major]");
    settings.bind(|| {
        insta::assert_snapshot!(of_database, @"
        -- The schema after 0001_t1.
        -- Dumped from PostgreSQL [major] by pg_dump [major].




        --
        -- Name: t1; Type: TABLE; Schema: public; Owner: -
        --

        CREATE TABLE public.t1 (
            id integer
        );
        ");
    });
}

#[test]
fn a_file_is_written_and_compared_line_by_line() {
    let folder = Folder::new().with_tables(1);
    let out = tempfile::tempdir().unwrap();
    let file = out.path().join("schema.sql");
    let mut settings = settings(&[(folder.path(), "[folder]"), (text(&file), "[file]")]);
    settings.add_filter(r"pg_dump \d+", "pg_dump [major]");
    settings.add_filter(r"this is \d+", "this is [major]");
    let write_it = homeroom(&scratch(&folder, &["--output", text(&file)]));
    settings.bind(|| insta::assert_snapshot!(write_it.done(), @"[file] is what the migrations of [folder] make now"));
    let check = || homeroom(&scratch(&folder, &["--check", text(&file)]));
    settings.bind(|| insta::assert_snapshot!(check().done(), @"[file] is what the migrations of [folder] make"));
    let dump = std::fs::read_to_string(&file).unwrap();
    write(&file, &dump.replace('\n', "\r\n"));
    check().done();

    write(&file, &dump);
    folder.write("0002_n", "ALTER TABLE t1 ADD n int;\n", "ALTER TABLE t1 DROP n;\n");
    let other = check();
    assert_eq!((other.code, other.err.as_str()), (Some(2), ""));
    settings.bind(|| {
        insta::assert_snapshot!(other.out, @"
        @@ -1,4 +1,4 @@
        --- The schema after 0001_t1.
        +-- The schema after 0002_n.
         -- Dumped from PostgreSQL [major] by pg_dump [major].

         SET statement_timeout = 0;
        @@ -21,5 +21,6 @@
         --

         CREATE TABLE public.t1 (
        -    id integer
        +    id integer,
        +    n integer
         );

        [file] is not what the migrations of [folder] make: `dump --output` writes it
        ");
    });
    let json = homeroom(&scratch(&folder, &["--check", text(&file), "--json"]));
    assert_eq!(json.code, Some(2));
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&json["equal"], &json["sql"]), (&false.into(), &serde_json::Value::Null));
    assert!(json["difference"].as_str().unwrap().contains("\n+    id integer,\n"), "{json}");
}

#[test]
fn a_file_of_another_version_is_compared_and_one_that_differs_is_not_taken_for_right() {
    let folder = Folder::new().with_tables(1);
    let out = tempfile::tempdir().unwrap();
    let file = out.path().join("schema.sql");
    let mut settings = settings(&[(folder.path(), "[folder]"), (text(&file), "[file]")]);
    settings.add_filter(r"pg_dump \d+", "pg_dump [major]");
    settings.add_filter(r"this is \d+", "this is [major]");
    let dump = homeroom(&scratch(&folder, &[])).done();
    let other = dump.replacen("PostgreSQL 1", "PostgreSQL 9", 1);
    let check = |arguments: &[&str]| {
        homeroom(&scratch(&folder, &[&["--check", text(&file)], arguments].concat()))
    };
    write(&file, &other);
    settings.bind(|| {
        insta::assert_snapshot!(check(&[]).done(), @"[file] is what the migrations of [folder] make, though it is of PostgreSQL [major] by pg_dump [major], and this is [major] by pg_dump [major]");
    });

    write(&file, &other.replacen("id integer", "id integer NOT NULL", 1));
    let differs = check(&[]);
    assert_eq!((differs.code, differs.err.as_str()), (Some(2), ""));
    settings.bind(|| {
        insta::assert_snapshot!(differs.out, @"
        @@ -21,5 +21,5 @@
         --

         CREATE TABLE public.t1 (
        -    id integer NOT NULL
        +    id integer
         );

        whether [file] is what the migrations of [folder] make cannot be told: it is of PostgreSQL [major] by pg_dump [major], and this is [major] by pg_dump [major], and another version may write the same in another way; name the programs of the first in HOMEROOM_PG_BIN, or write the file anew with `dump --output`
        ");
    });
    let json = check(&["--json"]);
    assert_eq!(json.code, Some(2));
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["equal"], serde_json::Value::Null);
    assert!(
        json["difference"].as_str().unwrap().contains("\n-    id integer NOT NULL\n"),
        "{json}"
    );
}

#[test]
fn a_file_that_cannot_be_written_or_read_is_told() {
    let folder = Folder::new().with_tables(1);
    let output = homeroom(&scratch(&folder, &["--output", "/nowhere/schema.sql"]));
    insta::assert_snapshot!(output.failed(), @"
    exit code 1
    error: can't write /nowhere/schema.sql: No such file or directory (os error 2)
    help: name a file that you can write to with --output
    ");
    let check = homeroom(&scratch(&folder, &["--check", "/nowhere/schema.sql"]));
    insta::assert_snapshot!(check.failed(), @"
    exit code 1
    error: can't read /nowhere/schema.sql: No such file or directory (os error 2)
    help: write it with `homeroom migrate dump --output /nowhere/schema.sql`
    ");
    let both = homeroom(&scratch(&folder, &["--output", "a", "--check", "b"])).failed();
    assert!(both.contains("cannot be used with"), "{both}");
}

/// A folder with all programs of PostgreSQL but one.
fn programs_without(missing: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    // As root the server runs as another user, who has to come in.
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let installation = Installation::find_or_fetch().unwrap();
    let programs = std::fs::read_dir(installation.bin_dir()).unwrap();
    let programs = programs.map(|entry| entry.unwrap().path());
    for program in programs.filter(|program: &PathBuf| program.file_name().unwrap() != missing) {
        let link = folder.path().join(program.file_name().unwrap());
        std::os::unix::fs::symlink(&program, link).unwrap();
    }
    folder
}

#[test]
fn a_postgresql_without_pg_dump_is_told() {
    let folder = Folder::new().with_tables(1);
    let programs = programs_without("pg_dump");
    let variables = [("HOMEROOM_PG_BIN", text(programs.path()))];
    let dump = homeroom_with(&variables, &scratch(&folder, &[]));
    settings(&[(text(programs.path()), "[programs]")])
        .bind(|| insta::assert_snapshot!(dump.failed(), @"
        exit code 1
        error: there is no pg_dump in [programs]
        help: install PostgreSQL's client programs, or name a folder that has them all in HOMEROOM_PG_BIN
        "));
}

#[tokio::test]
async fn a_password_is_told_to_pg_dump_and_to_nobody_else() {
    let database = empty_database().await;
    let folder = Folder::new().with_tables(1);
    let programs = programs_without("pg_dump");
    let program = programs.path().join("pg_dump");
    // Stands for pg_dump and tells what it is given, which PostgreSQL's own would not.
    write(&program, "#!/bin/sh\necho \"$@\" >&2\nenv | grep ^PG | sort >&2\nexit 1\n");
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let url = database.url().replacen("postgres@", "postgres:s3cret@", 1);
    let variables = [
        ("DATABASE_URL", url.as_str()),
        ("HOMEROOM_PG_BIN", text(programs.path())),
        ("PGSERVICE", "x"),
    ];
    let dump = homeroom_with(&variables, &["migrate", "dump", "--dir", folder.path()]);
    let mut settings = settings(&[(text(programs.path()), "[programs]")]);
    settings.add_filter(r"PG(HOST|PORT|DATABASE)=.*", "PG$1=[it]");
    settings.bind(|| insta::assert_snapshot!(dump.failed(), @r#"
    exit code 1
    error: [programs]/pg_dump could not dump the schema: --schema-only --no-owner --no-privileges --no-password --encoding=UTF8 --exclude-table="public"."homeroom_migrations"
    PGDATABASE=[it]
    PGHOST=[it]
    PGPASSWORD=s3cret
    PGPORT=[it]
    PGSSLMODE=prefer
    PGUSER=postgres
    "#));
}
