//! Several programs on one folder use one server.

use std::sync::Barrier;

use homeroom_embed::status;

use crate::life::OtherProgram;
use crate::{Folder, is_alive, query, start, until};

#[test]
fn of_two_starts_at_once_one_wins_and_the_other_uses_its_server() {
    let folder = Folder::new();
    let barrier = Barrier::new(4);
    let servers: Vec<_> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    let server = start(&folder.config());
                    barrier.wait();
                    server.create_database("shared").unwrap();
                    server
                })
            })
            .collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    let pid = servers[0].pid().unwrap();
    for server in &servers {
        assert_eq!(server.pid(), Some(pid));
        assert_eq!(query(&server.url("shared"), "SELECT 7").unwrap(), "7");
    }
}

#[test]
fn a_server_lives_as_long_as_anyone_uses_it() {
    let folder = Folder::new();
    let program = OtherProgram::start(&folder);
    until("the other program's server runs", || status(&folder.data_dir()).unwrap().running);
    let ours = start(&folder.config());
    let pid = ours.pid().unwrap();
    program.end("-KILL");
    assert_eq!(query(&ours.url("postgres"), "SELECT 7").unwrap(), "7");
    assert!(is_alive(pid), "we still use it");
    ours.stop().unwrap();
    until("nobody uses it", || !is_alive(pid));
}

#[test]
fn a_start_while_the_last_user_leaves_has_a_server_all_the_same() {
    let folder = Folder::new();
    let mut server = start(&folder.config());
    for _ in 0..20 {
        let leaving = std::thread::spawn(move || drop(server));
        server = start(&folder.config());
        assert_eq!(query(&server.url("postgres"), "SELECT 7").unwrap(), "7");
        leaving.join().unwrap();
        assert_eq!(query(&server.url("postgres"), "SELECT 8").unwrap(), "8");
    }
}
