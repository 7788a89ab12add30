//! Conversations: the real trees message by message, trees made here for every rule, and every bad line.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use homeroom::conversations::{self, ConversationError, ConversationReport, ImportOptions};
use homeroom::schema::{chat_sessions, external_ids, messages, tools, users};
use homeroom::testing::TestDatabase;
use homeroom::{ChatSession, ChatSessionId, Connection, Message, MessageRole, User};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::roster::{fingerprint, test_data};

async fn import(
    conn: &mut Connection,
    path: &Path,
) -> Result<ConversationReport, ConversationError> {
    conversations::import(conn, path, &ImportOptions::default(), &|_| {}).await
}

/// A file of messages, gone with the test.
pub(crate) struct Made(tempfile::TempDir);

impl Made {
    /// A prompt with two answers, of which one is answered again.
    pub(crate) fn small() -> Self {
        let parents = [None, Some("p1"), Some("p1"), Some("a2")];
        let lines = ["p1", "a2", "a3", "p4"].into_iter().zip(parents);
        Self::of(&lines.map(|(id, parent)| line(id, parent)).collect::<Vec<_>>())
    }

    fn of(lines: &[Value]) -> Self {
        Self::text(&lines.iter().map(|line| format!("{line}\n")).collect::<String>())
    }

    fn text(text: &str) -> Self {
        let made = Self(tempfile::tempdir().unwrap());
        std::fs::File::create(made.path()).unwrap().write_all(text.as_bytes()).unwrap();
        made
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("trees.jsonl")
    }
}

/// A message of a file: prompts have ids that begin with `p`. The time is the number in the id, in minutes.
fn line(id: &str, parent: Option<&str>) -> Value {
    let minute: u32 = id.trim_start_matches(char::is_alphabetic).parse().unwrap();
    json!({
        "message_id": id, "parent_id": parent, "message_tree_id": "p1", "user_id": format!("{id}-writer"),
        "created_date": format!("2023-02-07T17:{minute:02}:00.123456+00:00"),
        "role": if id.starts_with('p') { "prompter" } else { "assistant" },
        "text": format!("text of {id}"), "lang": "en", "rank": null, "deleted": false, "review_result": true,
    })
}

fn with(mut line: Value, key: &str, value: impl Into<Value>) -> Value {
    line[key] = value.into();
    line
}

#[tokio::test]
async fn a_file_without_a_live_message_writes_nothing() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let before = fingerprint(&conn).await;
    let empty = import(&mut conn, &Made::text("\n").path()).await.unwrap();
    assert_eq!((empty.messages.read, empty.is_unchanged()), (0, true));
    let deleted = Made::of(&[with(line("p1", None), "deleted", true)]);
    let deleted = import(&mut conn, &deleted.path()).await.unwrap();
    assert_eq!((deleted.messages.left_out, deleted.is_unchanged()), (1, true));
    assert_eq!(fingerprint(&conn).await, before);
}

/// Each chat by the id of its leaf: what it leaves, and its texts.
async fn chats(mut conn: &Connection) -> BTreeMap<String, (ChatSession, Vec<Message>)> {
    let chats: Vec<(String, ChatSession)> = external_ids::table
        .inner_join(
            chat_sessions::table.on(external_ids::chat_session_id.eq(chat_sessions::id.nullable())),
        )
        .select((external_ids::external_id, ChatSession::as_select()))
        .load(&mut conn)
        .await
        .unwrap();
    let said: Vec<Message> = messages::table
        .order((messages::session_id, messages::seq))
        .select(Message::as_select())
        .load(&mut conn)
        .await
        .unwrap();
    let mut by_chat: HashMap<ChatSessionId, Vec<Message>> = HashMap::new();
    for message in said {
        by_chat.entry(message.session_id).or_default().push(message);
    }
    chats
        .into_iter()
        .map(|(leaf, chat)| (leaf, (chat.clone(), by_chat.remove(&chat.id).unwrap())))
        .collect()
}

/// A line a chat: `leaf: owner, parent @ shared: texts`.
async fn shown(conn: &Connection) -> String {
    let chats = chats(conn).await;
    let leaves: HashMap<ChatSessionId, &str> =
        chats.iter().map(|(leaf, (chat, _))| (chat.id, leaf.as_str())).collect();
    let mut text = String::new();
    for (leaf, (chat, said)) in &chats {
        let owner = User::get(conn, chat.user_id).await.unwrap().name;
        let fork = match (chat.parent_session_id, chat.fork_from_seq) {
            (Some(parent), Some(seq)) => format!("leaves {} at {seq}", leaves[&parent]),
            _ => "main".to_owned(),
        };
        let texts: Vec<&str> = said.iter().map(|message| message.content.as_str()).collect();
        text.push_str(&format!("{leaf} ({fork}, {owner}): {}\n", texts.join(" | ")));
    }
    text
}

#[tokio::test]
async fn every_real_message_has_its_text_and_place() {
    let Some(path) = test_data("conversations/oasst1-en-validation.jsonl") else { return };
    let source: Vec<Value> = std::fs::read_to_string(&path)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let by_id: HashMap<&str, &Value> =
        source.iter().map(|line| (line["message_id"].as_str().unwrap(), line)).collect();
    let parent_of =
        |line: &Value| line["parent_id"].as_str().and_then(|parent| by_id.get(parent).copied());

    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let report = import(&mut conn, &path).await.unwrap();
    let report = serde_json::to_string(&report).unwrap();
    assert_snapshot!(report, @r#"{"source":"openassistant","trees":191,"orphans":3,"tool_created":true,"users":{"created":186,"unchanged":0},"chats":{"created":982,"forks":791,"unchanged":0,"different":0},"messages":{"read":2022,"imported":1982,"tombstones":0,"left_out":40,"created":3578,"copies":1596}}"#);

    let chats = chats(&conn).await;
    let chats_by_id: HashMap<ChatSessionId, &Vec<Message>> =
        chats.values().map(|(chat, said)| (chat.id, said)).collect();
    let mut met = BTreeMap::new();
    for (leaf, (chat, said)) in &chats {
        // From the leaf up, by the file.
        let mut expected = vec![by_id[leaf.as_str()]];
        while let Some(parent) = parent_of(expected.last().unwrap()) {
            expected.push(parent);
        }
        expected.reverse();
        assert_eq!(said.len(), expected.len(), "{leaf}");
        assert_eq!(chat.last_seq as usize, said.len());
        assert_eq!(
            (chat.started_at, chat.last_activity_at),
            (said[0].created_at, said.last().unwrap().created_at)
        );
        for (message, line) in said.iter().zip(expected) {
            let deleted = line["deleted"].as_bool().unwrap();
            let text = if deleted { "" } else { line["text"].as_str().unwrap() };
            assert_eq!(message.content, text, "{leaf}");
            let role =
                if line["role"] == "prompter" { MessageRole::User } else { MessageRole::Assistant };
            assert_eq!(message.role, role);
            assert_eq!(
                message.created_at,
                line["created_date"]
                    .as_str()
                    .unwrap()
                    .parse::<chrono::DateTime<chrono::Utc>>()
                    .unwrap()
            );
            let meta = &message.meta.other;
            assert_eq!(meta["message_id"], line["message_id"]);
            if deleted {
                assert_eq!(meta["deleted"], true);
            } else {
                for key in ["message_tree_id", "lang", "rank", "review_result"] {
                    assert_eq!(meta[key], line[key], "{key}");
                }
                assert_eq!(meta["author"], line["user_id"]);
            }
            met.insert(line["message_id"].as_str().unwrap(), deleted);
        }
        if let Some(seq) = chat.fork_from_seq {
            let parent = chats_by_id[&chat.parent_session_id.unwrap()];
            for (copy, message) in said.iter().zip(parent.iter()).take(seq as usize) {
                let same = |message: &Message| {
                    (
                        message.content.clone(),
                        message.role,
                        message.meta.clone(),
                        message.created_at,
                    )
                };
                assert_eq!(same(copy), same(message));
            }
            assert_ne!(said[seq as usize].meta, parent[seq as usize].meta, "the fork leaves here");
        }
    }
    let left_out: Vec<&Value> = source
        .iter()
        .filter(|line| !met.contains_key(line["message_id"].as_str().unwrap()))
        .collect();
    assert!(
        left_out.iter().all(|line| line["deleted"] == true),
        "only deleted messages are left out"
    );
    assert_eq!(met.len() + left_out.len(), 2_022);
}

#[tokio::test]
async fn a_second_import_of_conversations_changes_nothing() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let made = Made::of(&[
        line("p1", None),
        line("a2", Some("p1")),
        line("a3", Some("p1")),
        line("p4", Some("a3")),
    ]);
    assert!(!import(&mut conn, &made.path()).await.unwrap().is_unchanged());
    let before = fingerprint(&conn).await;
    let report = import(&mut conn, &made.path()).await.unwrap();
    assert!(report.is_unchanged(), "{report:?}");
    assert_eq!((report.chats.unchanged, report.users.unchanged), (2, 1));
    assert_eq!(fingerprint(&conn).await, before);

    let Some(path) = test_data("conversations/oasst1-en-validation.jsonl") else { return };
    import(&mut conn, &path).await.unwrap();
    let before = fingerprint(&conn).await;
    let report = import(&mut conn, &path).await.unwrap();
    assert!(report.is_unchanged() && report.chats.different == 0, "{report:?}");
    assert_eq!(fingerprint(&conn).await, before);
}

#[tokio::test]
async fn forks_leave_the_chat_that_holds_what_they_share() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let made = Made::of(&[
        // The order of the file does not matter.
        line("a9", Some("p6")),
        line("p1", None),
        // By time a2 would be the first answer, by rank it is a3.
        with(line("a2", Some("p1")), "rank", 1),
        with(line("a3", Some("p1")), "rank", 0),
        line("a4", Some("p1")),
        line("p5", Some("a2")),
        line("p6", Some("a2")),
        line("p7", Some("a3")),
        line("a8", Some("p7")),
    ]);
    let report = import(&mut conn, &made.path()).await.unwrap();
    assert_eq!((report.trees, report.chats.created, report.chats.forks), (1, 4, 3));
    assert_eq!(
        (report.messages.imported, report.messages.created, report.messages.copies),
        (9, 13, 4)
    );
    assert_snapshot!(shown(&conn).await, @r"
    a4 (leaves a8 at 1, OpenAssistant p1-write): text of p1 | text of a4
    a8 (main, OpenAssistant p1-write): text of p1 | text of a3 | text of p7 | text of a8
    a9 (leaves p5 at 2, OpenAssistant p1-write): text of p1 | text of a2 | text of p6 | text of a9
    p5 (leaves a8 at 1, OpenAssistant p1-write): text of p1 | text of a2 | text of p5
    ");
    let fork_tree = ChatSession::fork_tree(&conn, chats(&conn).await["a8"].0.id).await.unwrap();
    assert_eq!(fork_tree.len(), 4);
}

#[tokio::test]
async fn orphans_begin_conversations_of_their_own() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let made = Made::of(&[
        line("a1", Some("lost")),
        line("p2", Some("a1")),
        line("a3", Some("p2")),
        line("a4", Some("gone")),
    ]);
    let report = import(&mut conn, &made.path()).await.unwrap();
    assert_eq!((report.trees, report.orphans, report.messages.imported), (2, 2, 4));
    assert_snapshot!(shown(&conn).await, @r"
    a3 (main, OpenAssistant p2-write): text of a1 | text of p2 | text of a3
    a4 (main, OpenAssistant a4-write): text of a4
    ");
    let chats = chats(&conn).await;
    assert_eq!(chats["a3"].0.title.as_deref(), Some("text of p2"));
    assert_eq!(chats["a4"].0.title.as_deref(), Some("text of a4"));
    assert_eq!(chats["a4"].1[0].meta.other["parent_id"], "gone");
}

#[tokio::test]
async fn a_deleted_message_is_left_out_or_keeps_only_its_place() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let deleted = |line| with(line, "deleted", true);
    let made = Made::of(&[
        line("p1", None),
        deleted(line("a2", Some("p1"))),
        line("p3", Some("a2")),
        deleted(line("a4", Some("p3"))),
        deleted(line("p5", Some("a4"))),
        deleted(line("p6", None)),
    ]);
    let report = import(&mut conn, &made.path()).await.unwrap();
    assert_eq!((report.messages.read, report.messages.imported), (6, 3));
    assert_eq!((report.messages.tombstones, report.messages.left_out), (1, 3));
    assert_snapshot!(shown(&conn).await, @"p3 (main, OpenAssistant p1-write): text of p1 |  | text of p3");
    let chats = chats(&conn).await;
    assert_eq!(
        serde_json::to_value(&chats["p3"].1[1].meta).unwrap(),
        json!({"deleted": true, "message_id": "a2"})
    );
}

#[tokio::test]
async fn people_and_the_tool_are_made_once() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let one =
        Made::of(&[with(line("p1", None), "user_id", "73ac9010-62df-4c87-8fc5-b8326f1e00b4")]);
    let two = Made::of(&[
        with(line("p2", None), "user_id", "73ac9010-62df-4c87-8fc5-b8326f1e00b4"),
        with(line("p3", None), "user_id", Value::Null),
    ]);
    assert!(import(&mut conn, &one.path()).await.unwrap().tool_created);
    let report = import(&mut conn, &two.path()).await.unwrap();
    assert_eq!((report.tool_created, report.users.created, report.users.unchanged), (false, 1, 1));
    let mut people: &Connection = &conn;
    let names: Vec<(String, Option<String>, String)> = users::table
        .order(users::name)
        .select((users::name, users::email, users::status))
        .load(&mut people)
        .await
        .unwrap();
    assert_snapshot!(format!("{names:?}"), @r#"[("OpenAssistant 73ac9010", None, "active"), ("OpenAssistant unknown", None, "active")]"#);
    let tools: Vec<(String, String, String)> = tools::table
        .select((tools::name, tools::version, tools::kind))
        .load(&mut people)
        .await
        .unwrap();
    assert_snapshot!(format!("{tools:?}"), @r#"[("OpenAssistant conversations", "1.0.0", "chat")]"#);
}

#[tokio::test]
async fn a_conversation_that_grew_brings_new_chats_and_leaves_the_old() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let old = [line("p1", None), line("a2", Some("p1"))];
    import(&mut conn, &Made::of(&old).path()).await.unwrap();
    let mut grown = old.to_vec();
    grown.push(line("a3", Some("p1")));
    let report = import(&mut conn, &Made::of(&grown).path()).await.unwrap();
    assert_eq!((report.chats.created, report.chats.unchanged, report.chats.forks), (1, 1, 1));
    assert_snapshot!(shown(&conn).await, @r"
    a2 (main, OpenAssistant p1-write): text of p1 | text of a2
    a3 (leaves a2 at 1, OpenAssistant p1-write): text of p1 | text of a3
    ");

    grown[1]["text"] = json!("said differently");
    let before = fingerprint(&conn).await;
    let report = import(&mut conn, &Made::of(&grown).path()).await.unwrap();
    assert_eq!((report.chats.unchanged, report.chats.different), (1, 1));
    assert_eq!(fingerprint(&conn).await, before);
}

#[tokio::test]
async fn a_key_that_means_something_else_here_keeps_the_message_readable() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let made = Made::of(&[with(with(line("p1", None), "tokens", "many"), "mood", "good")]);
    import(&mut conn, &made.path()).await.unwrap();
    let meta = chats(&conn).await["p1"].1[0].meta.clone();
    assert_eq!(meta.tokens, None);
    assert_eq!(meta.other["source"]["tokens"], "many");
    assert_eq!(meta.other["source"]["mood"], "good");
}

#[tokio::test]
async fn a_bad_line_is_named_and_nothing_is_imported() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let before = fingerprint(&conn).await;
    let good = line("p1", None);
    let answers = |line: Value| format!("{good}\n{line}\n");
    let bad = [
        format!("{good}\n{{\"message_id\": \"a2\",\n"),
        format!("{good}\nmessage_id,text\n"),
        answers(json!(["a2"])),
        answers(json!({"message_id": "a2"})),
        answers(with(line("a2", Some("p1")), "role", "bot")),
        answers(with(line("a2", Some("p1")), "created_date", "yesterday")),
        answers(with(line("a2", Some("p1")), "text", "a\u{0}b")),
        answers(with(line("a2", Some("p1")), "labels", json!({"spam": ["\u{0}"]}))),
        answers(good.clone()),
        answers(line("a2", Some("a2"))),
        format!("{good}\n{}\n{}\n", line("a2", Some("p3")), line("p3", Some("a2"))),
    ];
    let mut errors = String::new();
    for text in bad {
        errors.push_str(&format!(
            "{}\n",
            import(&mut conn, &Made::text(&text).path()).await.unwrap_err()
        ));
        assert_eq!(fingerprint(&conn).await, before, "{errors}");
    }
    assert_snapshot!(errors, @r#"
    trees.jsonl:2: this is not JSON: EOF while parsing a value in column 20
    trees.jsonl:2: this is not JSON: expected value in column 1
    trees.jsonl:2: this is no message: invalid type: sequence, expected a JSON object
    trees.jsonl:2: this is no message: missing field `created_date`
    trees.jsonl:2: role is "bot", expected prompter or assistant
    trees.jsonl:2: created_date is "yesterday", expected a time such as 2023-02-07T17:29:24.727400+00:00
    trees.jsonl:2: there is a NUL byte in the message, which the database can't store
    trees.jsonl:2: there is a NUL byte in the message, which the database can't store
    trees.jsonl:2: message_id "p1" is on line 1 already
    trees.jsonl:2: message_id "a2" answers itself, over its parents
    trees.jsonl:2: message_id "a2" answers itself, over its parents
    "#);

    let missing = Path::new("/nowhere/trees.jsonl");
    assert_snapshot!(import(&mut conn, missing).await.unwrap_err(), @"can't read /nowhere/trees.jsonl");
    let latin = Made::text("");
    std::fs::write(latin.path(), b"{\"message_id\": \"Zo\xeb\"}\n").unwrap();
    assert_snapshot!(import(&mut conn, &latin.path()).await.unwrap_err(), @"trees.jsonl:1: this is not UTF-8");
}

#[tokio::test]
async fn an_import_of_conversations_is_a_part_of_the_callers_transaction() {
    let db = TestDatabase::create().await;
    let made = Made::of(&[line("p1", None)]);
    let before = fingerprint(&db.conn().await.unwrap()).await;
    let undone: Result<(), homeroom::Error> = db
        .transaction(async |conn| {
            import(conn, &made.path()).await.unwrap();
            import(conn, &Made::text("{}").path()).await.unwrap_err();
            assert_eq!(chats(conn).await.len(), 1);
            Err(homeroom::Error::Unavailable { what: "undone".to_owned(), source: None })
        })
        .await;
    undone.unwrap_err();
    assert_eq!(fingerprint(&db.conn().await.unwrap()).await, before);
}

#[tokio::test]
async fn what_somebody_said_in_anothers_chat_is_erased_with_them() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    // The writer of p4 began a conversation of their own, so that they are a person here.
    let by = |line: Value| with(line, "user_id", "p4-writer");
    let lines = [
        line("p1", None),
        line("a2", Some("p1")),
        by(line("p3", Some("a2"))),
        by(with(line("p4", None), "message_tree_id", "p4")),
    ];
    import(&mut conn, &Made::of(&lines).path()).await.unwrap();
    let writer: homeroom::UserId = external_ids::table
        .filter(external_ids::external_id.eq("p4-writer"))
        .select(external_ids::user_id.assume_not_null())
        .first(&mut *conn)
        .await
        .unwrap();
    let receipt = User::erase(&conn, writer).await.unwrap();
    assert_eq!((receipt.chats, receipt.tombstones), (1, 1));
    assert_eq!(
        chats(&conn).await.into_values().map(|(_, messages)| messages).next().unwrap()[2].content,
        ""
    );
}
