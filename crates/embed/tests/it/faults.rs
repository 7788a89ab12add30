//! What goes wrong is survived, or told in one clear error.

use homeroom_embed::{Error, Server, ServerConfig, status};

use crate::{Folder, is_alive, query, signal, start, until};

#[test]
fn a_server_that_was_killed_is_started_again_with_its_data() {
    let folder = Folder::new();
    let server = start(&folder.config());
    query(&server.url("postgres"), "CREATE TABLE kept AS SELECT 7 AS n").unwrap();
    let pid = server.pid().unwrap();
    signal("-KILL", pid);
    until("the server is dead", || !is_alive(pid));
    assert!(folder.data_dir().join("data/postmaster.pid").exists(), "the file is stale");
    assert_eq!(server.pid(), None);

    let again = start(&folder.config());
    assert_eq!(query(&again.url("postgres"), "SELECT n FROM kept").unwrap(), "7");
}

#[test]
fn data_of_another_major_version_is_refused() {
    let folder = Folder::new();
    drop(start(&folder.config()));
    std::fs::write(folder.data_dir().join("data/PG_VERSION"), "9.6\n").unwrap();
    let error = Server::start(&folder.config()).unwrap_err();
    assert!(matches!(error, Error::OtherVersion { .. }));
    let message = error.to_string();
    assert!(message.contains("is of PostgreSQL 9.6, but the server here is"), "{message}");
}

#[test]
fn a_folder_that_holds_something_else_is_left_alone() {
    let folder = Folder::new();
    std::fs::create_dir(folder.data_dir()).unwrap();
    std::fs::write(folder.data_dir().join("thesis.txt"), "precious").unwrap();
    for error in [
        Server::start(&folder.config()).unwrap_err(),
        homeroom_embed::destroy(&folder.data_dir()).unwrap_err(),
    ] {
        assert!(matches!(error, Error::NotOurs { .. }), "{error}");
    }
    assert_eq!(std::fs::read_to_string(folder.data_dir().join("thesis.txt")).unwrap(), "precious");
}

#[test]
fn a_folder_that_cannot_be_made_is_named_with_the_cause() {
    let error = Server::start(&ServerConfig::persistent("/proc/pg")).unwrap_err();
    assert!(matches!(error, Error::Files { .. }));
    assert_eq!(error.to_string(), "can't make the folder /proc/pg");
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn a_server_that_does_not_start_gives_its_own_reason() {
    let folder = Folder::new();
    let config = folder.config().setting("max_connections", "many");
    let message = Server::start(&config).unwrap_err().to_string();
    assert!(message.contains("did not start"), "{message}");
    assert!(
        message.contains(r#"invalid value for parameter "max_connections": "many""#),
        "{message}"
    );
    assert!(!status(&folder.data_dir()).unwrap().running);
    drop(start(&folder.config()));
}

#[test]
fn a_long_folder_has_a_short_socket() {
    let folder = Folder::new();
    let long = folder.0.path().join("x".repeat(100));
    let server = start(&ServerConfig::persistent(&long).setting("fsync", "off"));
    assert_eq!(query(&server.url("postgres"), "SELECT 7").unwrap(), "7");
    drop(server);
    homeroom_embed::destroy(&long).unwrap();
}

#[test]
fn a_named_folder_without_postgresql_is_told_and_nothing_else_is_taken() {
    let program = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "faults::find_for_the_test_above", "--nocapture"])
        .env("HOMEROOM_PG_BIN", "/nonexistent")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&program.stdout).into_owned();
    assert!(said.contains("HOMEROOM_PG_BIN (/nonexistent): there is no postgres"), "{said}");
    assert!(said.contains("install it with: "), "{said}");
}

/// Not a test of its own: prints what is found, in a process with another environment.
#[test]
fn find_for_the_test_above() {
    if std::env::var_os("HOMEROOM_PG_BIN").is_some() {
        println!("{}", homeroom_embed::Installation::find_or_fetch().unwrap_err());
    }
}

#[test]
fn a_throwaway_server_that_does_not_start_gives_its_reason_and_leaves_no_file_behind() {
    let config = ServerConfig::throwaway().setting("max_connections", "many");
    let Err(Error::Start { data_dir, reason }) = Server::start(&config) else {
        panic!("it started")
    };
    assert!(reason.contains("invalid value for parameter \"max_connections\""), "{reason}");
    assert!(!data_dir.exists());
}

#[test]
fn data_that_cannot_be_made_is_told_with_the_reason_and_nothing_is_overwritten() {
    let folder = Folder::new();
    let theirs = folder.data_dir().join("data/theirs");
    std::fs::create_dir_all(theirs.parent().unwrap()).unwrap();
    std::fs::write(&theirs, "kept").unwrap();
    // By which a folder is known as a server's.
    std::fs::write(folder.data_dir().join("lock"), "").unwrap();
    let error = Server::start(&folder.config()).unwrap_err();
    assert!(matches!(error, Error::Initdb { .. }), "{error:?}");
    assert!(error.to_string().ends_with("data is there, but is no cluster"), "{error}");
    assert_eq!(std::fs::read_to_string(theirs).unwrap(), "kept");
}
