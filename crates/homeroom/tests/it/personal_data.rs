//! Erasing and exporting a person: everything of theirs, and nothing of theirs is left.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use diesel::prelude::*;
use diesel::sql_types::Text;
use futures_util::TryStreamExt;
use homeroom::testing::TestDatabase;
use homeroom::{
    ChatSession, ChatSessionChanges, ChatSessionId, Class, ClassMember, ClassRole, Connection,
    Error, ExportLine, ExportManifest, File, GroupMember, GroupRole, GroupType, Message,
    MessageMeta, MessageRole, NewChatSession, NewClass, NewFile, NewMessage, NewSession,
    NewStorageReservation, NewTool, NewUser, NewUserStorageLimit, PasswordHash, Session,
    SessionContext, StorageReservation, Tool, User, UserId, UserStatus, UserStorageLimit,
};
use homeroom_embed::Installation;
use serde_json::Value;

use crate::{group, new_tool, refused_by, sql, user};

/// What is in the person's rows and nowhere else: their name, address, and what they wrote.
const MARK: &str = "heliotrope";

struct World {
    person: UserId,
    other: UserId,
    /// Forks of the person's chats that are the other one's, the second a fork of the first.
    forks: [ChatSessionId; 3],
}

/// A person who has left something in every table, and somebody else who has, too, and relies on some of it.
async fn world(conn: &Connection) -> World {
    let name = format!("{MARK} name");
    let new = NewUser {
        password_hash: Some(PasswordHash::from_phc(format!("hash of {MARK}"))),
        ..NewUser::named(&name).email(format!("{MARK}@example.org")).status(UserStatus::Active)
    };
    let person = User::create(conn, &new).await.unwrap().id;
    let other = user(conn, "Other").await.id;
    let district = group(conn, GroupType::District, None, "D").await.id;
    let school = group(conn, GroupType::School, district, "S").await.id;
    let class = Class::create(conn, &NewClass::new(school, "7b")).await.unwrap().id;
    for id in [person, other] {
        GroupMember::set_role(conn, school, id, GroupRole::Teacher).await.unwrap();
        GroupMember::set_role(conn, district, id, GroupRole::Student).await.unwrap();
        ClassMember::enrol(conn, class, id, ClassRole::Teacher).await.unwrap();
        let (new, _) = NewSession::new(id, SessionContext::Personal, NewSession::LIFETIME);
        Session::create(conn, &new).await.unwrap();
    }
    let made = NewTool { created_by: Some(person), ..new_tool(Some(school), "Tutor", "1.0.0") };
    let tool = Tool::create(conn, &made).await.unwrap().id;
    for (of, by) in [(person, other), (other, person)] {
        let limit = NewUserStorageLimit {
            user_id: of,
            max_file_size_bytes: None,
            storage_quota_bytes: Some(5_000),
            set_by: Some(by),
            reason: Some("Asked for it".to_owned()),
        };
        UserStorageLimit::set(conn, &limit).await.unwrap();
        let key = format!("key {}", u8::from(of == person));
        let file = NewFile {
            storage_key: key,
            original_name: file_name(of, person),
            ..crate::storage::new_file(of, 70)
        };
        File::create(conn, &file).await.unwrap();
        StorageReservation::reserve(conn, &NewStorageReservation::new(of, 8)).await.unwrap();
    }

    let chat = say(conn, person, tool, 3).await;
    let gone = say(conn, person, tool, 1).await;
    let removed = say(conn, person, tool, 1).await;
    let first = ChatSession::fork(conn, chat, 4, other).await.unwrap().id;
    Message::append(conn, first, &NewMessage::user("What about me?")).await.unwrap();
    let second = ChatSession::fork(conn, first, 5, other).await.unwrap().id;
    // Of this one the chat that it left is gone before its person is.
    let orphan = ChatSession::fork(conn, gone, 2, other).await.unwrap().id;
    sql(conn, &format!("DELETE FROM chat_sessions WHERE id = '{gone}'")).await.unwrap();
    ChatSession::soft_delete(conn, removed).await.unwrap();
    // And one that is the person's, of a chat that is not.
    let others = ChatSession::create(conn, &NewChatSession::new(other, tool)).await.unwrap().id;
    Message::append(conn, others, &NewMessage::user("Mine, and only mine.")).await.unwrap();
    let fork = ChatSession::fork(conn, others, 1, person).await.unwrap().id;
    Message::append(conn, fork, &NewMessage::user(format!("{MARK} again"))).await.unwrap();

    let external = format!(
        "INSERT INTO external_ids (source, kind, external_id, user_id) VALUES ('sis', 'user', '{MARK}-1', '{person}');
         INSERT INTO external_ids (source, kind, external_id, chat_session_id) VALUES ('lms', 'chat_session', '7', '{chat}')"
    );
    sql(conn, &external).await.unwrap();
    World { person, other, forks: [first, second, orphan] }
}

fn file_name(of: UserId, person: UserId) -> String {
    if of == person { format!("{MARK}.txt") } else { "essay.txt".to_owned() }
}

/// A chat of a person whose every text is marked, in which the tool repeats their name and address.
async fn say(conn: &Connection, id: UserId, tool: homeroom::ToolId, turns: usize) -> ChatSessionId {
    let chat = ChatSession::create(conn, &NewChatSession::new(id, tool)).await.unwrap().id;
    let title = ChatSessionChanges { title: Some(Some(format!("{MARK} title"))) };
    ChatSession::update(conn, chat, &title).await.unwrap();
    for n in 0..turns {
        let question =
            NewMessage::user(format!("{MARK} question {n}")).idempotency_key(format!("{MARK} {n}"));
        Message::append(conn, chat, &question).await.unwrap();
        let meta =
            MessageMeta { extractions: vec![format!("{MARK} topic").into()], ..Default::default() };
        let answer =
            format!("Well, {MARK} name, or {}@EXAMPLE.org, it is {n}.", MARK.to_uppercase());
        Message::append(conn, chat, &NewMessage::assistant(answer).meta(meta)).await.unwrap();
    }
    chat
}

/// All rows of all tables, as pg_dump writes them.
fn dump(db: &TestDatabase) -> String {
    let pg_dump = Installation::find_or_fetch()
        .unwrap()
        .program("pg_dump")
        .expect("this PostgreSQL has pg_dump");
    let output =
        Command::new(pg_dump).args(["--data-only", "--inserts", "-d", db.url()]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn lines_with<'a>(dump: &'a str, words: &[&str]) -> Vec<&'a str> {
    let has = |line: &&str| words.iter().any(|word| line.to_lowercase().contains(word));
    dump.lines().filter(has).collect()
}

async fn export(conn: &Connection, id: UserId) -> (Vec<(String, Value)>, ExportManifest) {
    let lines: Vec<ExportLine> = User::export(conn, id).await.unwrap().try_collect().await.unwrap();
    let mut rows = Vec::new();
    let mut manifest = None;
    for line in lines {
        assert!(manifest.is_none(), "the manifest is the last line");
        let json: Value = serde_json::from_str(&line.to_json()).unwrap();
        match line {
            ExportLine::Row { table, .. } => {
                assert_eq!(json["table"], table.as_str());
                rows.push((table, json["row"].clone()));
            }
            ExportLine::Manifest(last) => {
                assert_eq!(
                    serde_json::from_value::<ExportManifest>(json["manifest"].clone()).unwrap(),
                    last
                );
                manifest = Some(last);
            }
        }
    }
    (rows, manifest.expect("an export ends with its manifest"))
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    json: String,
}

/// Every row of every table of the database.
async fn all_rows(mut conn: &Connection) -> Vec<(String, Value)> {
    let tables = diesel::sql_query(include_str!("personal_data/tables.sql"));
    let tables: Vec<Row> = diesel_async::RunQueryDsl::load(tables, &mut conn).await.unwrap();
    let mut all = Vec::new();
    for Row { table, json: query } in tables {
        let rows: Vec<Row> =
            diesel_async::RunQueryDsl::load(diesel::sql_query(query), &mut conn).await.unwrap();
        all.extend(
            rows.into_iter().map(|row| (table.clone(), serde_json::from_str(&row.json).unwrap())),
        );
    }
    all
}

#[tokio::test]
async fn nothing_is_left_of_an_erased_person_but_tombstones_without_them() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let World { person, other, forks } = world(&conn).await;
    let id = person.to_string();
    let before = dump(&db);
    assert!(lines_with(&before, &[MARK]).len() > 20, "the search finds what is there");

    let receipt = User::erase(&conn, person).await.unwrap();

    assert_eq!(lines_with(&dump(&db), &[MARK, &id]), Vec::<&str>::new());
    assert_eq!(
        (receipt.user_id, receipt.sessions, receipt.group_members, receipt.class_members),
        (person, 1, 2, 1)
    );
    assert_eq!((receipt.chats, receipt.messages), (3, 6 + 2 + 2));
    // Copies in three forks of others, and a chat of another whose fork the person had.
    assert_eq!((receipt.tombstones, receipt.orphaned_forks), (4 + 4 + 2, 1));
    assert_eq!((receipt.files, receipt.file_bytes, receipt.storage_reservations), (1, 70, 1));
    assert_eq!((receipt.external_ids, receipt.kept_tools), (2, 1));

    // What others rely on still reads, in order, with tombstones in the person's place.
    let first = Message::list(&conn, forks[0], &Default::default()).await.unwrap().items;
    assert_eq!(first.iter().map(|message| message.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!((first[0].role, first[0].content.as_str()), (MessageRole::User, ""));
    assert!(first[0].meta.erased && !first[4].meta.erased);
    assert_eq!(first[1].content, "Well, …, or …, it is 0.");
    assert_eq!(first[4].content, "What about me?");
    for id in forks {
        assert_eq!(ChatSession::get(&conn, id).await.unwrap().user_id, other);
    }
    let queued = homeroom::DeletedBlob::list(&conn, &Default::default()).await.unwrap().items;
    assert_eq!(queued.len(), 1, "the blob waits to be deleted");
    let error = User::erase(&conn, person).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { entity: "user", .. }), "{error:?}");
}

#[tokio::test]
async fn a_plain_delete_erases_as_much() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let World { person, .. } = world(&conn).await;
    sql(&conn, &format!("DELETE FROM users WHERE id = '{person}'")).await.unwrap();
    assert_eq!(lines_with(&dump(&db), &[MARK, &person.to_string()]), Vec::<&str>::new());
}

#[tokio::test]
async fn a_removed_person_can_be_erased_and_a_deleted_fork_has_tombstones_too() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let World { person, forks, .. } = world(&conn).await;
    ChatSession::soft_delete(&conn, forks[0]).await.unwrap();
    ChatSession::complete(&conn, forks[1]).await.unwrap();
    User::soft_delete(&conn, person).await.unwrap();
    User::erase(&conn, person).await.unwrap();
    assert_eq!(lines_with(&dump(&db), &[MARK, &person.to_string()]), Vec::<&str>::new());
}

#[tokio::test]
async fn erasing_one_person_leaves_what_is_others() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let World { person, other, .. } = world(&conn).await;
    let (before, _) = export(&conn, other).await;
    User::erase(&conn, person).await.unwrap();
    let (after, _) = export(&conn, other).await;
    let lost: Vec<_> = before.iter().filter(|row| !after.contains(row)).collect();
    for (table, row) in lost {
        // What is the same row with a tombstone, without a parent, or without who set it; and copies in the erased chats.
        let changed = match table.as_str() {
            "messages" => !row["origin_user_id"].is_null(),
            "chat_sessions" => !row["parent_session_id"].is_null(),
            "user_storage_limits" => true,
            _ => false,
        };
        assert!(changed, "{table}: {row}");
    }
}

#[tokio::test]
async fn an_export_has_every_row_that_is_the_persons_and_no_secret() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let World { person, .. } = world(&conn).await;
    let (rows, manifest) = export(&conn, person).await;

    let mut counted = BTreeMap::<String, u64>::new();
    for (table, row) in &rows {
        *counted.entry(table.clone()).or_default() += 1;
        assert!(
            row.get("password_hash").is_none() && row.get("token_hash").is_none(),
            "{table}: {row}"
        );
    }
    assert_eq!((manifest.user_id, manifest.version, &manifest.rows), (person, 1, &counted));

    // Every row of the database that has the person's id, a mark, or that hangs on one of their chats.
    let id = person.to_string();
    let all = all_rows(&conn).await;
    let own: BTreeSet<String> = all
        .iter()
        .filter(|(table, row)| table == "chat_sessions" && row["user_id"] == id.as_str())
        .map(|(_, row)| row["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(own.len(), 3);
    let mut missing = Vec::new();
    for (table, mut row) in all {
        let text = row.to_string();
        let in_chat = ["session_id", "chat_session_id"]
            .iter()
            .any(|key| row.get(key).and_then(Value::as_str).is_some_and(|id| own.contains(id)));
        if !(in_chat || text.contains(&id) || text.contains(MARK)) {
            continue;
        }
        let object = row.as_object_mut().unwrap();
        object.remove("password_hash");
        object.remove("token_hash");
        // Of limits that were set for others, less is theirs.
        let theirs = table != "user_storage_limits" || row["user_id"] == id.as_str();
        let found = rows.iter().any(|(in_table, exported)| {
            *in_table == table
                && row.as_object().unwrap().iter().all(|(key, value)| {
                    exported.get(key) == Some(value) || !theirs && exported.get(key).is_none()
                })
        });
        if !found {
            missing.push((table, row));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(rows.iter().filter(|(table, _)| table == "messages").count() == 6 + 2 + 2 + 10);
    assert!(User::export(&conn, UserId::generate()).await.is_err());
}

/// A new table that knows people has to be looked at: what of it is erased, and what exported?
#[tokio::test]
async fn every_way_from_a_person_to_a_row_is_known() {
    let db = TestDatabase::create().await;
    let ways = diesel::sql_query(include_str!("personal_data/ways.sql"));
    let conn = db.conn().await.unwrap();
    let ways: Vec<Row> = diesel_async::RunQueryDsl::load(ways, &mut &*conn).await.unwrap();
    let ways: Vec<String> =
        ways.into_iter().map(|row| format!("{} {}", row.table, row.json)).collect();
    insta::assert_snapshot!(ways.join("\n"), @"
    chat_sessions parent_session_id → chat_sessions, stays without it
    chat_sessions user_id → users, goes with it
    class_members user_id → users, goes with it
    external_ids chat_session_id → chat_sessions, goes with it
    external_ids user_id → users, goes with it
    files uploaded_by → users, goes with it
    group_members user_id → users, goes with it
    messages origin_user_id → users, stays without it
    messages session_id → chat_sessions, goes with it
    sessions user_id → users, goes with it
    storage_reservations uploaded_by → users, goes with it
    tools created_by → users, stays without it
    user_storage_limits set_by → users, stays without it
    user_storage_limits user_id → users, goes with it
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_while_a_person_is_erased_goes_with_them() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let tool = Tool::create(&conn, &new_tool(None, "Tutor", "1.0.0")).await.unwrap().id;
    for round in 0..10 {
        let person = user(&conn, &format!("{MARK} {round}")).await.id;
        let chat = ChatSession::create(&conn, &NewChatSession::new(person, tool)).await.unwrap().id;
        Message::append(&conn, chat, &NewMessage::user(MARK)).await.unwrap();
        let other = user(&conn, "Other").await.id;
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..6 {
            let db = db.database().clone();
            writers.spawn(async move {
                let conn = db.conn().await.unwrap();
                for _ in 0..20 {
                    let done = match writer % 3 {
                        0 => Message::append(&conn, chat, &NewMessage::user(MARK)).await.map(drop),
                        1 => ChatSession::fork(&conn, chat, 1, other).await.map(drop),
                        _ => File::create(
                            &conn,
                            &NewFile {
                                original_name: MARK.to_owned(),
                                ..crate::storage::new_file(person, 1)
                            },
                        )
                        .await
                        .map(drop),
                    };
                    if done.is_err() {
                        return;
                    }
                }
            });
        }
        User::erase(&db.conn().await.unwrap(), person).await.unwrap();
        writers.join_all().await;
        assert_eq!(lines_with(&dump(&db), &[MARK, &person.to_string()]), Vec::<&str>::new());
    }
    assert_eq!(
        refused_by(sql(&conn, "UPDATE messages SET origin_user_id = uuid_v7()").await),
        "messages_origin_user_id_fkey"
    );
}
