//! Bad input: one clear error, a way out, an exit code, and nothing changed.

use std::net::TcpListener;

use homeroom_embed::testing::TestCluster;
use homeroom_embed::{Server, ServerConfig};

use crate::{Home, database, empty_database, homeroom_at, homeroom_with, settings, sql};

#[test]
fn no_postgresql_anywhere() {
    let home = Home::new();
    let folder = home.folder.path().to_str().unwrap();
    let data_dir = home.data_dir();
    let variables =
        [("HOMEROOM_PG_BIN", folder), ("HOMEROOM_DATA_DIR", data_dir.to_str().unwrap())];
    let mut settings = settings(&[(folder, "[folder]")]);
    settings.add_filter("(?m)^install it with: .*$", "install it with: [command]");
    settings.bind(|| {
        insta::assert_snapshot!(homeroom_with(&variables, &["demo"]).failed(), @"
        exit code 1
        error: no usable PostgreSQL on this machine: it needs version 14 or newer with ltree
          HOMEROOM_PG_BIN ([folder]): there is no postgres
        install it with: [command]
        help: install PostgreSQL as said, name its folder of programs in HOMEROOM_PG_BIN, or use another server by DATABASE_URL
        ");
    });
}

#[test]
fn a_closed_port() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgresql://ana:s3cret@127.0.0.1:{port}/school");
    let run = homeroom_at(&url, &["demo"]);
    assert!(!run.err.contains("s3cret"));
    settings(&[(&port.to_string(), "[port]")]).bind(|| {
        insta::assert_snapshot!(run.failed(), @"
        exit code 1
        error: can't connect to postgresql://ana@127.0.0.1:[port]/school: Connection refused (os error 111)
        help: is a PostgreSQL running there? Without DATABASE_URL homeroom starts a private one
        ");
    });
}

#[test]
fn a_wrong_password() {
    let config =
        ServerConfig::throwaway().listen("host all all 127.0.0.1/32 scram-sha-256").unwrap();
    let server = Server::start(&config).unwrap();
    sql(&server.url("postgres"), &["CREATE ROLE ana LOGIN PASSWORD 'right'"]);
    let port = server.port().unwrap();
    let run = homeroom_at(
        &format!("postgresql://ana:wr0ng@127.0.0.1:{port}/postgres"),
        &["migrate", "up"],
    );
    assert!(!run.err.contains("wr0ng"));
    settings(&[(&port.to_string(), "[port]")]).bind(|| {
        insta::assert_snapshot!(run.failed(), @r#"
        exit code 1
        error: postgresql://ana@127.0.0.1:[port]/postgres refuses the connection: password authentication failed for user "ana"
        help: check user and password in DATABASE_URL (special characters percent-encoded: @ is %40)
        "#);
    });
}

#[tokio::test]
async fn no_such_database() {
    let database = empty_database().await;
    let url = TestCluster::shared().unwrap().server().url("nowhere");
    let socket = socket_of(database.url(), database.name());
    settings(&[(&socket, "[socket]")]).bind(|| {
        insta::assert_snapshot!(homeroom_at(&url, &["demo"]).failed(), @r#"
        exit code 1
        error: postgresql://postgres@/nowhere?host=[socket] refuses the connection: database "nowhere" does not exist
        help: create the database (createdb), or name another one in DATABASE_URL
        "#);
    });
}

#[tokio::test]
async fn a_database_of_another_program() {
    let database = empty_database().await;
    sql(database.url(), &["CREATE TABLE users (name text)"]);
    insta::assert_snapshot!(homeroom_at(database.url(), &["demo"]).failed(), @r#"
    exit code 1
    error: 0002_users failed at 0002_users.up.sql:1:1: relation "users" already exists (42P07)
      1 | CREATE TABLE users (
        | ^
      nothing of this migration was kept
    help: this database has tables of another program: name an empty one in DATABASE_URL
    "#);
}

#[tokio::test]
async fn ltree_is_missing_and_may_not_be_created() {
    let database = empty_database().await;
    let role = format!("plain_{}", database.name());
    sql(
        database.url(),
        &[
            &format!("CREATE ROLE {role} LOGIN"),
            &format!("GRANT CREATE ON SCHEMA public TO {role}"),
        ],
    );
    let url = database.url().replace("postgres@", &format!("{role}@"));
    let run = homeroom_at(&url, &["migrate", "up"]);
    settings(&[(&role, "[role]"), (database.name(), "[database]")]).bind(|| {
        insta::assert_snapshot!(run.failed(), @"
        exit code 1
        error: 0001_foundation failed: the extension ltree is missing, and [role] may not create it in database [database]
        help: Let the owner of the database run: CREATE EXTENSION ltree SCHEMA public;
        ");
    });
    let tables = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = 'users'";
    assert_eq!(sql(database.url(), &[tables]), "0");
    sql(database.url(), &[&format!("DROP OWNED BY {role}"), &format!("DROP ROLE {role}")]);
}

#[tokio::test]
async fn a_newer_schema_than_the_program() {
    let database = database().await;
    sql(
        database.url(),
        &["INSERT INTO homeroom_migrations
           SELECT (jsonb_populate_record(known, '{\"version\": 9999, \"name\": \"future\"}')).*
           FROM homeroom_migrations known WHERE version = 1"],
    );
    for command in [&["migrate", "up"][..], &["demo"]] {
        let told = homeroom_at(database.url(), command).failed();
        let told = told.replace(&format!("{:04}", crate::newest()), "[newest]");
        insta::allow_duplicates! {
            insta::assert_snapshot!(told, @"
            exit code 3
            error: newer schema than the program: the database has 9999 and the newest migration known here is [newest]; run the newer program, or take them back with `down`, which uses the SQL stored in the database
            help: update homeroom, or `homeroom migrate down --to [newest]`
            ");
        }
    }
    assert_eq!(homeroom_at(database.url(), &["migrate", "status"]).code, Some(3));
}

#[test]
fn an_unwritable_data_folder() {
    let home = Home::new();
    let file = home.folder.path().join("file");
    crate::write(&file, "");
    let below = file.join("pg");
    let run =
        homeroom_with(&[("HOMEROOM_DATA_DIR", below.to_str().unwrap())], &["postgres", "start"]);
    settings(&[(file.to_str().unwrap(), "[file]")]).bind(|| {
        insta::assert_snapshot!(run.failed(), @"
        exit code 1
        error: can't make the folder [file]: File exists (os error 17)
        help: name a folder that you can write to in HOMEROOM_DATA_DIR
        ");
    });
}

#[test]
fn a_folder_that_holds_something_else() {
    let home = Home::new();
    std::fs::create_dir(home.data_dir()).unwrap();
    crate::write(&home.data_dir().join("thesis.txt"), "mine");
    for command in ["start", "destroy"] {
        let run = home.run(&["postgres", command, "--json"]);
        assert!(
            run.code == Some(1) && run.err.contains("is not a folder of a private server"),
            "{}",
            run.err
        );
    }
    assert!(home.data_dir().join("thesis.txt").exists());
}

#[test]
fn settings_that_contradict_each_other_are_told_all_at_once() {
    let minimum = [("DATABASE_POOL_MIN", "9"), ("DATABASE_POOL_MAX", "4")];
    // Before a private server is started.
    insta::assert_snapshot!(homeroom_with(&minimum, &["demo"]).failed(), @r#"
    exit code 1
    error: the database configuration is not valid: DATABASE_POOL_MIN is "9", but should be at most DATABASE_POOL_MAX, which is 4
    help: correct these variables, or unset them for their defaults
    "#);
    let several = [
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_POOL_MAX", "0"),
        ("DATABASE_LOCK_TIMEOUT", "soon"),
    ];
    insta::assert_snapshot!(homeroom_with(&several, &["migrate", "status"]).failed(), @r#"
    exit code 1
    error: the database configuration has 3 faults:
      DATABASE_POOL_MAX is "0", but should be a whole number from 1 to 10000
      DATABASE_LOCK_TIMEOUT is "soon", but should be a time of at most 24d, such as 500ms, 30s, 5m or 1h, or 0 for never
      DATABASE_URL is "***", but should be a URL that begins with postgresql:// (special characters percent-encoded)
    help: correct these variables, or unset them for their defaults
    "#);
}

#[tokio::test]
async fn a_closed_pipe_is_no_error() {
    let database = database().await;
    let mut child = crate::program()
        .env("DATABASE_URL", database.url())
        .args(["migrate", "status"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let run = crate::Run::of(child.wait_with_output().unwrap());
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
}

/// The folder of the socket in a URL.
fn socket_of(url: &str, database: &str) -> String {
    let inner = url.strip_prefix("postgresql://postgres@").unwrap();
    let place = inner.strip_suffix(&format!("/{database}")).unwrap().replace("%2F", "/");
    place.split(':').next().unwrap().to_owned()
}
