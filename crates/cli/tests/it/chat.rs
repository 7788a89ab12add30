//! `homeroom chat`.

use crate::aberdeen::{Aberdeen, STUDENT};
use crate::{program, settings, sql};

const CHAT: &str = "11111111-1111-7111-8111-111111111111";
const FORK: &str = "22222222-2222-7222-8222-222222222222";

/// A district whose student has a chat of this many messages.
async fn with_chat(messages: usize) -> Aberdeen {
    let aberdeen = Aberdeen::new().await;
    let chat = format!(
        "WITH tool AS (
             INSERT INTO tools (type, name, version, definition) VALUES ('chat', 'Tutor', '1.2.0', 'prompt: Ask.') RETURNING id
         )
         INSERT INTO chat_sessions (id, user_id, tool_id, title, last_seq)
         SELECT '{CHAT}', users.id, tool.id, 'Fractions', {messages} FROM users, tool WHERE email = '{STUDENT}'"
    );
    let said = format!(
        "INSERT INTO messages (session_id, seq, role, content)
         SELECT '{CHAT}', n, CASE n % 2 WHEN 1 THEN 'user' ELSE 'assistant' END, 'What is ' || n || ' halves?'
         FROM generate_series(1, {messages}) AS n"
    );
    sql(aberdeen.url(), &[&chat, &said]);
    aberdeen
}

fn fork(aberdeen: &Aberdeen) {
    let fork = format!(
        "INSERT INTO chat_sessions (id, user_id, tool_id, parent_session_id, fork_from_seq, title)
         SELECT '{FORK}', user_id, tool_id, id, 2, 'With pizza' FROM chat_sessions WHERE id = '{CHAT}'"
    );
    sql(aberdeen.url(), &[&fork]);
}

#[tokio::test]
async fn chats_are_listed_and_shown_with_their_messages_and_forks() {
    let aberdeen = with_chat(5).await;
    fork(&aberdeen);
    let lines = [
        format!("chat list --user {STUDENT} --limit 1"),
        "chat list --user zofia@aberdeen.example".to_owned(),
        format!("chat show {CHAT} --last 2"),
        format!("chat show {FORK}"),
        format!("chat fork-tree {CHAT}"),
        format!("user show {STUDENT}"),
    ];
    let told = aberdeen.session(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    let mut same = settings(&[]);
    // The first message of the list has the day alone.
    same.add_filter(r"\d{4}-\d\d-\d\d ", "[day]      ");
    same.bind(|| insta::assert_snapshot!("chat_show", told));
    let json = aberdeen.line(&format!("chat show {CHAT} --last 1 --json")).json();
    assert_eq!(
        (&json["messages"][0]["seq"], &json["tool"]["version"]),
        (&5.into(), &"1.2.0".into())
    );
    let next = aberdeen.line(&format!("chat list --user {STUDENT} --limit 1")).done();
    let next =
        next.lines().last().unwrap().strip_prefix("next page: homeroom ").unwrap().to_owned();
    assert!(!aberdeen.line(&next).done().contains("next page"));
}

#[tokio::test]
async fn a_message_is_wrapped_and_can_not_steer_the_terminal() {
    let aberdeen = with_chat(1).await;
    let text = format!("{}\r\n\t\u{1b}[2J\u{9b}1A{}", "word ".repeat(40), "김".repeat(60));
    let update = format!("UPDATE messages SET content = '{text}'");
    sql(aberdeen.url(), &[&update]);
    let out = aberdeen.line(&format!("chat show {CHAT}")).done();
    assert!(!out.contains(['\u{1b}', '\u{9b}', '\r', '\t']), "{out:?}");
    let message = out.split_once("1 user, ").unwrap().1;
    let message = message.split_once('\n').unwrap().1;
    insta::assert_snapshot!(message);
}

#[tokio::test]
async fn an_export_has_a_line_for_the_chat_and_a_line_for_each_message() {
    // More than two pages.
    let aberdeen = with_chat(250).await;
    let out = aberdeen.line(&format!("chat export {CHAT}")).done();
    let lines: Vec<serde_json::Value> =
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["id"], &lines[0]["last_seq"]), (&CHAT.into(), &250.into()));
    let seqs: Vec<i64> = lines[1..].iter().map(|line| line["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, (1..=250).collect::<Vec<_>>());
    assert_eq!(lines[1]["content"], "What is 1 halves?");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chat.jsonl");
    let place = file.to_str().unwrap();
    // What is there is replaced.
    std::fs::write(&file, "something else").unwrap();
    let written = aberdeen.run(&["chat", "export", CHAT, "--output", place, "--json"]).json();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), out);
    assert_eq!((&written["messages"], &written["bytes"]), (&250.into(), &out.len().into()));
    let told = aberdeen.run(&["chat", "export", CHAT, "-o", place]).done();
    settings(&[(place, "[file]")]).bind(|| {
        insta::assert_snapshot!(told, @"wrote 250 messages to [file], 46 KiB");
    });
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&file).unwrap());
        assert_eq!(mode & 0o777, 0o600, "for nobody else's eyes: {mode:o}");
    }
}

#[tokio::test]
async fn an_export_that_fails_leaves_no_file_and_says_why() {
    let aberdeen = with_chat(3).await;
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    // A chat whose messages are not all there is not told to be whole.
    sql(aberdeen.url(), &[&format!("UPDATE chat_sessions SET last_seq = 5 WHERE id = '{CHAT}'")]);
    let lost = aberdeen.run(&["chat", "export", CHAT, "--output", &place("chat.jsonl")]).failed();
    assert!(lost.contains("only 3 of the 5 messages"), "{lost}");
    let no_folder = aberdeen.run(&["chat", "export", CHAT, "--output", &place("no/chat.jsonl")]);
    let is_folder = aberdeen.run(&["chat", "export", CHAT, "--output", &place("")]).failed();
    settings(&[(folder.path().to_str().unwrap(), "[folder]")]).bind(|| {
        insta::assert_snapshot!(no_folder.failed(), @"
        exit code 1
        error: can't write [folder]/no/chat.jsonl: No such file or directory (os error 2)
        help: name a file that you can write to with --output
        ");
        insta::assert_snapshot!(is_folder, @"
        exit code 1
        error: can't write [folder]/: is a directory
        help: name a file that you can write to with --output
        ");
    });
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn an_export_that_nobody_reads_to_its_end_is_no_error() {
    let aberdeen = with_chat(5_000).await;
    let mut export = program()
        .env("DATABASE_URL", aberdeen.url())
        .args(["chat", "export", CHAT])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(export.stdout.take());
    let ended = export.wait_with_output().unwrap();
    assert_eq!(
        (ended.status.code(), String::from_utf8(ended.stderr).unwrap()),
        (Some(0), String::new())
    );
}

#[tokio::test]
async fn a_chat_is_completed_deleted_and_restored() {
    let aberdeen = with_chat(3).await;
    let unknown = "00000000-0000-7000-8000-000000000000";
    let lines = [
        format!("chat complete {CHAT}"),
        format!("chat complete {CHAT}"),
        format!("chat delete {CHAT}"),
        format!("chat delete {CHAT} --yes"),
        format!("chat show {CHAT}"),
        format!("chat export {CHAT}"),
        format!("chat restore {CHAT}"),
        format!("chat restore {CHAT}"),
        format!("chat show {unknown}"),
        format!("chat restore {unknown}"),
        "chat fork-tree fractions".to_owned(),
        format!("chat show {CHAT} --last 0"),
        format!("chat export {CHAT} --json"),
        format!("user delete {STUDENT} --yes"),
        format!("chat show {CHAT}"),
    ];
    aberdeen.snapshot("chat_changes", &lines.iter().map(String::as_str).collect::<Vec<_>>());
}
