//! The demo: its layout, its document, and that nothing is left of it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::{Run, database, empty_database, homeroom, homeroom_at, program, settings, sql};

#[test]
fn the_demo_shows_a_district_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let child =
        program().arg("demo").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let pid = child.id();
    let out = Run::of(child.wait_with_output().unwrap()).done();
    assert!(!out.contains('\u{1b}'));
    let out =
        out.replace(&format!("apply {} migrations", crate::newest()), "apply [all] migrations");
    settings(&[]).bind(|| insta::assert_snapshot!("demo", out));
    assert_eq!(server_folders(pid), Vec::<PathBuf>::new());
    drop(folder);
}

#[tokio::test]
async fn the_document_holds_all_that_is_shown() {
    let database = empty_database().await;
    let report = homeroom_at(database.url(), &["demo", "--json", "--seed", "3"]).json();
    assert_eq!(report["database"]["throwaway"], false);
    assert_eq!(report["data"]["seed"], 3);
    let groups = report["groups"].as_array().unwrap();
    assert_eq!(groups.len(), 10);
    assert_eq!(groups[0]["classes"], 20);
    assert_eq!(
        (groups[0]["teachers"].as_u64(), groups[0]["students"].as_u64()),
        (Some(24), Some(372))
    );
    assert!(report["class"]["people"].as_array().unwrap().len() > 10);
    let depths: Vec<_> =
        report["chat"].as_array().unwrap().iter().map(|chat| &chat["depth"]).collect();
    assert_eq!(depths, [0, 1, 2, 3, 1, 1]);
    assert!(
        report["settings"]["provenance"]["chat.model"]["path"]
            .as_str()
            .unwrap()
            .ends_with(".mathematics")
    );
    assert!(report["timings"].as_array().unwrap().len() >= 4);
    assert!(!report["next"].as_array().unwrap().is_empty());
    assert_eq!(sql(database.url(), &["SELECT count(*) FROM users"]), "400");
}

#[tokio::test]
async fn a_demo_on_ones_own_database_is_repeatable_and_touches_nothing_else() {
    let database = database().await;
    let of_others = "INSERT INTO users (name, email) VALUES ('Of others', 'of@others.example')";
    sql(database.url(), &[of_others]);
    let name = || {
        homeroom_at(database.url(), &["demo", "--json"]).json()["data"]["name"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let first = name();
    assert_eq!([name(), name()], [format!("{first} 2"), format!("{first} 3")]);
    // An archived one's people still have their addresses.
    sql(
        database.url(),
        &[&format!("UPDATE groups SET deleted_at = now() WHERE name = '{first} 3'")],
    );
    assert_eq!(name(), format!("{first} 4"));
    assert_eq!(sql(database.url(), &["SELECT count(*) FROM groups WHERE parent_id IS NULL"]), "4");
    let count = "SELECT count(*) FROM users WHERE name = 'Of others' AND updated_at = created_at";
    assert_eq!(sql(database.url(), &[count]), "1");
}

#[test]
fn an_interrupted_demo_stops_its_server() {
    for (name, code) in [("-INT", 130), ("-TERM", 143)] {
        let child =
            program().arg("demo").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let pid = child.id();
        let deadline = Instant::now() + Duration::from_secs(30);
        let is_ready = |folder: &Path| folder.join("data/postmaster.pid").exists();
        while !server_folders(pid).iter().any(|folder| is_ready(folder)) {
            assert!(Instant::now() < deadline, "the server comes up");
            std::thread::sleep(Duration::from_millis(2));
        }
        let sent =
            std::process::Command::new("kill").args([name, &pid.to_string()]).status().unwrap();
        assert!(sent.success());
        let run = Run::of(child.wait_with_output().unwrap());
        assert_eq!((run.code, run.out.as_str()), (Some(code), ""), "{}", run.err);
        assert_eq!(server_folders(pid), Vec::<PathBuf>::new());
    }
}

#[test]
fn a_roster_that_is_not_there_is_told_before_a_server_is_started() {
    insta::assert_snapshot!(homeroom(&["demo", "--roster", "/nowhere/district.zip"]).failed(), @"
    exit code 1
    error: can't import the roster: can't read /nowhere/district.zip: No such file or directory (os error 2)
    help: name a folder or a zip that you can read
    ");
}

/// The folders of the throw-away servers of a process.
fn server_folders(pid: u32) -> Vec<PathBuf> {
    let prefix = format!("homeroom-{pid}-");
    [PathBuf::from("/dev/shm"), std::env::temp_dir()]
        .iter()
        .filter_map(|parent| std::fs::read_dir(parent).ok())
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&prefix))
        })
        .collect()
}
