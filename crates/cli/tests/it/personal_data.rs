//! `homeroom export` and `homeroom erase`.

use crate::aberdeen::{Aberdeen, STUDENT, TEACHER};
use crate::sql;

/// A chat of the student, with a fork of the teacher's.
fn chat(database: &str) {
    let person = |email: &str| format!("(SELECT id FROM users WHERE email = '{email}')");
    sql(
        database,
        &[
            "INSERT INTO tools (type, name, version, definition) VALUES ('chat', 'Tutor', '1.0.0', 'prompt: x')",
            &format!(
                "INSERT INTO chat_sessions (user_id, tool_id, last_seq) SELECT {}, id, 1 FROM tools",
                person(STUDENT)
            ),
            "INSERT INTO messages (session_id, seq, role, content) SELECT id, 1, 'user', 'What is a third?' FROM chat_sessions",
            &format!(
                "INSERT INTO chat_sessions (user_id, tool_id, last_seq, parent_session_id, fork_from_seq)
                 SELECT {}, tool_id, 1, id, 1 FROM chat_sessions",
                person(TEACHER)
            ),
            "INSERT INTO messages (session_id, seq, role, content, origin_user_id)
             SELECT fork.id, seq, role, content, chat.user_id
             FROM messages JOIN chat_sessions chat ON chat.id = session_id
             JOIN chat_sessions fork ON fork.parent_session_id = chat.id",
        ],
    );
}

#[tokio::test]
async fn everything_of_a_person_is_written_and_then_erased() {
    let aberdeen = Aberdeen::new().await;
    chat(aberdeen.url());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("minh.jsonl");
    let written = aberdeen.run(&["export", STUDENT, "--output", file.to_str().unwrap()]).done();
    insta::assert_snapshot!(written.replace(folder.path().to_str().unwrap(), "[folder]"), @"
    table           rows
    ──────────────────────
    chat_sessions      1
    group_members      1
    messages           2
    users              1

    wrote all of Nguyễn Văn Minh to [folder]/minh.jsonl, 2 KiB
    ");

    let lines = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["row"]["email"], STUDENT);
    assert_eq!(lines.last().unwrap()["manifest"]["rows"]["messages"], 2);
    let again = aberdeen.run(&["export", STUDENT]).done();
    assert_eq!(again.lines().count(), lines.len(), "the same on the standard output");

    let id = lines[0]["row"]["id"].as_str().unwrap();
    let asked = aberdeen.run(&["erase", STUDENT]).failed();
    assert!(asked.contains("erase Nguyễn Văn Minh (minh@aberdeen.example, "), "{asked}");
    let erased = aberdeen.run(&["erase", STUDENT, "--yes"]).done();
    insta::assert_snapshot!(erased.replace(id, "[id]"), @"
    erased                        number
    ──────────────────────────────────────
    sessions                           0
    memberships of groups              1
    memberships of classes             0
    chats                              1
    messages in these                  1
    messages in chats of others        1
    files                              0
    uploads under way                  0
    names in other systems             0

    erased [id]; 0 tools stay without an author, 1 fork of others without a parent
    ");
    assert_eq!(sql(aberdeen.url(), &["SELECT content FROM messages"]), "");

    let gone = aberdeen.run(&["erase", id, "--yes"]).failed();
    insta::assert_snapshot!(gone.replace(id, "[id]"), @"
    exit code 1
    error: there is no person with the id [id]
    help: `homeroom user list` shows everybody
    ");
    let nobody = aberdeen.run(&["export", "nobody@aberdeen.example"]).failed();
    insta::assert_snapshot!(nobody, @"
    exit code 1
    error: no person has the e-mail address nobody@aberdeen.example
    help: `homeroom user list` shows everybody
    ");
}

#[cfg(unix)]
#[tokio::test]
async fn an_export_is_for_nobody_elses_eyes() {
    use std::os::unix::fs::PermissionsExt;
    let aberdeen = Aberdeen::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("minh.jsonl");
    // Also where a file stands that everybody may read.
    std::fs::write(&file, "").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    aberdeen.run(&["export", STUDENT, "--output", file.to_str().unwrap()]).done();
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{mode:o}");
}

#[tokio::test]
async fn who_is_deleted_is_exported_and_erased_by_the_id() {
    let aberdeen = Aberdeen::new().await;
    let id = sql(aberdeen.url(), &[&format!("SELECT id FROM users WHERE email = '{STUDENT}'")]);
    aberdeen.run(&["user", "delete", STUDENT, "--yes"]).done();
    assert!(
        aberdeen.run(&["export", STUDENT]).failed().contains("no person has the e-mail address")
    );
    assert!(aberdeen.run(&["export", &id]).done().contains("\"manifest\""));
    let receipt = aberdeen.run(&["erase", &id, "--yes", "--json"]).json();
    assert_eq!((&receipt["user_id"], &receipt["group_members"]), (&id.into(), &1.into()));
}

#[tokio::test]
async fn an_export_that_cannot_be_written_leaves_nothing() {
    let aberdeen = Aberdeen::new().await;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("none/minh.jsonl");
    let failed = aberdeen.run(&["export", STUDENT, "--output", place.to_str().unwrap()]).failed();
    insta::assert_snapshot!(failed.replace(folder.path().to_str().unwrap(), "[folder]"), @"
    exit code 1
    error: can't write [folder]/none/minh.jsonl: No such file or directory (os error 2)
    help: name a file that you can write to with --output
    ");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
