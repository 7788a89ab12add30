//! A server does not outlive the program, unless it is to.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use homeroom_embed::testing::TestCluster;
use homeroom_embed::{Server, ServerConfig, destroy, status, stop};

use crate::{Folder, is_alive, processes_on, query, signal, start, until};

/// Names the folder on which [`the_other_program`] starts a server.
const OTHER_PROGRAM: &str = "HOMEROOM_EMBED_TEST_FOLDER";
/// Names the file into which [`the_other_test_process`] writes where its cluster is.
const OTHER_TEST_PROCESS: &str = "HOMEROOM_EMBED_TEST_FILE";

/// Not a test: the program that the tests below start and kill. It uses a server until it is ended.
#[test]
fn the_other_program() {
    let Some(folder) = std::env::var_os(OTHER_PROGRAM) else { return };
    let _server = start(&ServerConfig::persistent(folder).setting("fsync", "off"));
    loop {
        std::thread::park();
    }
}

pub(crate) struct OtherProgram(pub(crate) Child);

impl OtherProgram {
    pub(crate) fn start(folder: &Folder) -> Self {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "life::the_other_program", "--nocapture"])
            .env(OTHER_PROGRAM, folder.data_dir())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }

    pub(crate) fn end(mut self, with: &str) {
        signal(with, self.0.id());
        self.0.wait().unwrap();
    }
}

impl Drop for OtherProgram {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn nothing_is_left_of(folder: &Folder) {
    until("no process is left", || processes_on(&folder.data_dir()).is_empty());
    assert!(!status(&folder.data_dir()).unwrap().running);
}

#[test]
fn a_server_is_gone_when_it_is_dropped_or_stopped_and_its_data_stays() {
    let folder = Folder::new();
    let server = start(&folder.config());
    let pid = server.pid().unwrap();
    server.create_database("kept").unwrap();
    server.create_database("kept").unwrap();
    drop(server);
    assert!(!is_alive(pid), "a drop waits until the server has stopped");
    nothing_is_left_of(&folder);

    let server = start(&folder.config());
    assert_eq!(query(&server.url("kept"), "SELECT current_database()").unwrap(), "kept");
    server.stop().unwrap();
    nothing_is_left_of(&folder);
}

#[test]
fn a_server_is_gone_however_the_program_ends() {
    for with in ["-INT", "-TERM", "-KILL"] {
        if with == "-INT" && ignores_interrupts() {
            println!(
                "skipped -INT: whoever started the tests has it ignored, as a shell does in the background"
            );
            continue;
        }
        let folder = Folder::new();
        let program = OtherProgram::start(&folder);
        until("the server runs", || status(&folder.data_dir()).unwrap().running);
        program.end(with);
        nothing_is_left_of(&folder);
    }
}

/// Whether this process ignores SIGINT, which every process that it starts inherits.
fn ignores_interrupts() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0) & 0b10 != 0
}

/// Not a test: the program that is killed below, with a cluster for tests.
#[test]
fn the_other_test_process() {
    let Some(file) = std::env::var_os(OTHER_TEST_PROCESS) else { return };
    let cluster = TestCluster::shared().unwrap();
    std::fs::write(file, cluster.server().data_dir().to_str().unwrap()).unwrap();
    loop {
        std::thread::park();
    }
}

#[test]
fn a_test_process_that_crashes_leaves_neither_process_nor_file_behind() {
    let folder = Folder::new();
    let file = folder.0.path().join("cluster");
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "life::the_other_test_process", "--nocapture"])
        .env(OTHER_TEST_PROCESS, &file)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let data_dir = || PathBuf::from(std::fs::read_to_string(&file).unwrap_or_default());
    until("the cluster runs", || data_dir().is_dir());
    let data_dir = data_dir();
    process.kill().unwrap();
    process.wait().unwrap();
    until("the folder is gone", || !data_dir.exists());
    until("no process is left", || processes_on(&data_dir).is_empty());
}

#[test]
fn a_program_that_is_killed_while_the_data_is_made_leaves_nothing_behind() {
    for begun in ["users", "data.new", "data.new/base/1", "data", "data/postmaster.pid"] {
        let folder = Folder::new();
        let program = OtherProgram::start(&folder);
        let begun = folder.data_dir().join(begun);
        until("it has begun", || begun.exists());
        program.end("-KILL");
        nothing_is_left_of(&folder);
        assert!(!folder.data_dir().join("data.new").exists(), "half a cluster");
        // What is there can be used.
        start(&folder.config());
    }
}

#[test]
fn a_throwaway_server_leaves_no_file_behind() {
    let server = start(&ServerConfig::throwaway());
    let data_dir = server.data_dir().to_owned();
    assert!(data_dir.exists());
    drop(server);
    assert!(!data_dir.exists());
}

#[test]
fn a_server_that_was_started_to_stay_stays_until_it_is_stopped() {
    let folder = Folder::new();
    let running = Server::start_detached(&folder.config()).unwrap();
    let pid = running.pid.unwrap();
    assert_eq!(query(&running.url("postgres").unwrap(), "SELECT 7").unwrap(), "7");
    // Somebody uses it and leaves.
    drop(start(&folder.config()));
    assert!(is_alive(pid));
    assert_eq!(status(&folder.data_dir()).unwrap().pid, Some(pid));

    assert!(stop(&folder.data_dir()).unwrap());
    assert!(!stop(&folder.data_dir()).unwrap(), "there is none any more");
    nothing_is_left_of(&folder);
    let stopped = status(&folder.data_dir()).unwrap();
    assert!(stopped.version.is_some() && stopped.size_bytes > 1_000_000, "{stopped:?}");

    assert!(destroy(&folder.data_dir()).unwrap());
    assert!(!folder.data_dir().exists());
    assert!(!destroy(&folder.data_dir()).unwrap());
}

#[test]
fn a_running_server_is_not_destroyed() {
    let folder = Folder::new();
    let _server = start(&folder.config());
    let refused = destroy(&folder.data_dir()).unwrap_err().to_string();
    assert!(refused.ends_with("is running: stop it first"), "{refused}");
}

#[test]
fn a_servers_folders_are_its_users_alone() {
    let folder = Folder::new();
    let server = start(&folder.config());
    for private in [
        server.data_dir().to_owned(),
        server.data_dir().join("data"),
        server.data_dir().join("run"),
    ] {
        let mode = private.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o700, "{}", private.display());
    }
    assert_eq!(query(&server.url("postgres"), "SHOW listen_addresses").unwrap(), "");
    let persistent = start(&ServerConfig::persistent(folder.data_dir()));
    drop(persistent);
}

#[test]
fn persistent_data_is_synced_to_the_disk() {
    let folder = Folder::new();
    let server = start(&ServerConfig::persistent(folder.data_dir()));
    assert_eq!(query(&server.url("postgres"), "SHOW fsync").unwrap(), "on");
    assert_eq!(query(&server.url("postgres"), "SHOW server_encoding").unwrap(), "UTF8");
}

#[test]
fn the_callers_pg_variables_do_not_reach_the_server() {
    let folder = Folder::new();
    let program = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "life::the_other_program", "--nocapture"])
        .env(OTHER_PROGRAM, folder.data_dir())
        .env("PGDATA", "/nowhere")
        .env("PGPORT", "1")
        .env("PGOPTIONS", "-c work_mem=64kB")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let _program = OtherProgram(program);
    until("the server runs", || status(&folder.data_dir()).unwrap().running);
}
