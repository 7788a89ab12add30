//! Turns of a chat, and reading it in both directions.

use homeroom::testing::TestDatabase;
use homeroom::{
    ChatSession, ChatSessionId, Error, Message, NewChatSession, NewMessage, PageRequest, User,
};

use crate::{chat, refused_by, user};

fn turn(n: usize) -> [NewMessage; 2] {
    [
        NewMessage::user(format!("question {n}")).idempotency_key(format!("{n}: question")),
        NewMessage::assistant(format!("answer {n}")).idempotency_key(format!("{n}: answer")),
    ]
}

fn seqs(messages: &[Message]) -> Vec<i32> {
    messages.iter().map(|message| message.seq).collect()
}

#[tokio::test]
async fn a_turn_is_appended_side_by_side_and_in_its_order() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let chat = chat(&conn, user(&conn, "A").await.id).await.id;
    Message::append(&conn, chat, &NewMessage::system("Be kind.")).await.unwrap();
    let written = Message::append_turn(&conn, chat, &turn(1)).await.unwrap();
    assert_eq!(seqs(&written), [2, 3]);
    let texts: Vec<_> = written.iter().map(|message| message.content.as_str()).collect();
    assert_eq!(texts, ["question 1", "answer 1"]);
    assert_eq!(Message::last(&conn, chat, 2).await.unwrap(), written);
    assert_eq!(ChatSession::get(&conn, chat).await.unwrap().last_seq, 3);
    assert!(Message::append_turn(&conn, chat, &[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_turn_that_is_repeated_with_its_keys_returns_the_first_rows() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let chat = chat(&conn, user(&conn, "A").await.id).await.id;
    let first = Message::append_turn(&conn, chat, &turn(1)).await.unwrap();
    Message::append(&conn, chat, &NewMessage::user("between")).await.unwrap();
    assert_eq!(Message::append_turn(&conn, chat, &turn(1)).await.unwrap(), first);

    // What the chat has not got yet is appended behind all, and returned in its place of the turn.
    let [question, answer] = turn(1);
    let more = [question, NewMessage::user("new").idempotency_key("new"), answer];
    let written = Message::append_turn(&conn, chat, &more).await.unwrap();
    assert_eq!(seqs(&written), [1, 4, 2]);
    assert_eq!(ChatSession::get(&conn, chat).await.unwrap().last_seq, 4);

    ChatSession::complete(&conn, chat).await.unwrap();
    assert_eq!(Message::append_turn(&conn, chat, &turn(1)).await.unwrap(), first);
}

#[tokio::test]
async fn a_turn_that_could_not_be_repeated_is_refused() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let chat = chat(&conn, user(&conn, "A").await.id).await.id;
    let [question, mut answer] = turn(1);
    answer.idempotency_key = None;
    let half = [question.clone(), answer];
    insta::assert_snapshot!(
        Message::append_turn(&conn, chat, &half).await.unwrap_err(),
        @"idempotency_key is not valid: 1 of 2 messages of the turn have one: give it to all or none"
    );
    let twice = [question.clone(), question.clone()];
    insta::assert_snapshot!(
        Message::append_turn(&conn, chat, &twice).await.unwrap_err(),
        @r#"idempotency_key is not valid: "1: question" stands twice in one turn"#
    );
    let nul = [question, NewMessage::assistant("a\0b").idempotency_key("k")];
    assert!(Message::append_turn(&conn, chat, &nul).await.is_err());
    assert_eq!(
        ChatSession::get(&conn, chat).await.unwrap().last_seq,
        0,
        "all of a turn or nothing"
    );
}

#[tokio::test]
async fn a_write_tells_a_missing_chat_from_a_completed_and_from_a_removed_one() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let owner = user(&conn, "A").await.id;
    let completed = chat(&conn, owner).await;
    let new = NewChatSession::new(owner, completed.tool_id);
    let removed = ChatSession::create(&conn, &new).await.unwrap().id;
    let completed = completed.id;
    ChatSession::complete(&conn, completed).await.unwrap();
    ChatSession::soft_delete(&conn, removed).await.unwrap();
    let one = NewMessage::user("late");
    for (chat, rule) in
        [(completed, "chat_sessions_writable_check"), (removed, "chat_sessions_deleted_check")]
    {
        for refused in [
            Message::append(&conn, chat, &one).await.map(|_| ()),
            Message::append_turn(&conn, chat, &turn(1)).await.map(|_| ()),
        ] {
            assert!(matches!(refused, Err(Error::ForbiddenState { .. })), "{refused:?}");
            assert_eq!(refused_by(refused), rule);
        }
    }
    let missing = ChatSessionId::generate();
    for refused in [
        Message::append(&conn, missing, &one).await.map(|_| ()),
        Message::append_turn(&conn, missing, &turn(1)).await.map(|_| ()),
    ] {
        assert!(matches!(refused, Err(Error::NotFound { entity: "chat", .. })), "{refused:?}");
    }

    // Restoring is allowed, and then the chat takes messages again.
    ChatSession::restore(&conn, removed).await.unwrap();
    assert_eq!(Message::append(&conn, removed, &one).await.unwrap().seq, 1);
}

#[tokio::test]
async fn a_chat_is_read_in_pages_in_both_directions_and_from_any_message() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let chat = chat(&conn, user(&conn, "A").await.id).await.id;
    let new: Vec<_> = (1..=25).map(|n| NewMessage::user(n.to_string())).collect();
    let written = Message::append_turn(&conn, chat, &new).await.unwrap();

    let mut request = PageRequest::first(10);
    let mut read = Vec::new();
    loop {
        let page = Message::list_back(&conn, chat, &request).await.unwrap();
        // What is said meanwhile doesn't shift the pages.
        Message::append(&conn, chat, &NewMessage::user("more")).await.unwrap();
        read.extend(page.items);
        let Some(next) = page.next else { break };
        request = PageRequest::after(next, 10);
    }
    assert_eq!(seqs(&read), (1..=25).rev().collect::<Vec<_>>());

    let around = PageRequest::after(written[9].cursor(), 3);
    let before = Message::list_back(&conn, chat, &around).await.unwrap();
    let behind = Message::list(&conn, chat, &around).await.unwrap();
    assert_eq!((seqs(&before.items), seqs(&behind.items)), (vec![9, 8, 7], vec![11, 12, 13]));
}

#[tokio::test]
async fn a_chat_comes_with_all_its_messages_and_only_while_it_and_its_person_are_live() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let owner = user(&conn, "A").await.id;
    let chat = chat(&conn, owner).await.id;
    let (read, messages) = ChatSession::get_with_messages(&conn, chat).await.unwrap();
    assert_eq!((read.id, messages.len()), (chat, 0));
    let written = Message::append_turn(&conn, chat, &turn(1)).await.unwrap();
    let (read, messages) = ChatSession::get_with_messages(&conn, chat).await.unwrap();
    assert_eq!((read.last_seq, messages), (2, written));

    ChatSession::soft_delete(&conn, chat).await.unwrap();
    assert!(ChatSession::find_with_messages(&conn, chat).await.unwrap().is_none());
    ChatSession::restore(&conn, chat).await.unwrap();
    User::soft_delete(&conn, owner).await.unwrap();
    let error = ChatSession::get_with_messages(&conn, chat).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
}

#[tokio::test]
async fn a_persons_recent_chats_come_with_their_tool_in_stable_pages() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let owner = user(&conn, "A").await.id;
    let first = chat(&conn, owner).await;
    let tool =
        homeroom::Tool::create(&conn, &crate::new_tool(None, "Tutor", "1.2.0")).await.unwrap();
    let second = ChatSession::create(&conn, &NewChatSession::new(owner, tool.id)).await.unwrap();
    homeroom::Tool::soft_delete(&conn, tool.id).await.unwrap();
    let third =
        ChatSession::create(&conn, &NewChatSession::new(owner, first.tool_id)).await.unwrap();
    Message::append(&conn, second.id, &NewMessage::user("x")).await.unwrap();

    let page = ChatSession::recent(&conn, owner, &PageRequest::first(2)).await.unwrap();
    let ids: Vec<_> = page.items.iter().map(|(chat, tool)| (chat.id, tool.id)).collect();
    assert_eq!(ids, [(second.id, tool.id), (third.id, first.tool_id)]);
    let shown = &page.items[0].1;
    assert_eq!((shown.name.as_str(), shown.version.to_string()), ("Tutor", "1.2.0".to_owned()));
    let next = PageRequest::after(page.next.unwrap(), 2);
    let rest = ChatSession::recent(&conn, owner, &next).await.unwrap();
    assert_eq!(rest.items.iter().map(|(chat, _)| chat.id).collect::<Vec<_>>(), [first.id]);
    assert!(rest.next.is_none());

    ChatSession::soft_delete(&conn, first.id).await.unwrap();
    let all = ChatSession::recent(&conn, owner, &PageRequest::default()).await.unwrap();
    assert_eq!(all.items.len(), 2);
    User::soft_delete(&conn, owner).await.unwrap();
    let none = ChatSession::recent(&conn, owner, &PageRequest::default()).await.unwrap();
    assert!(none.items.is_empty());
}

#[tokio::test]
async fn chats_of_a_removed_person_are_neither_changed_nor_restored() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let owner = user(&conn, "A").await.id;
    let live = chat(&conn, owner).await;
    let new = NewChatSession::new(owner, live.tool_id);
    let removed = ChatSession::create(&conn, &new).await.unwrap().id;
    ChatSession::soft_delete(&conn, removed).await.unwrap();
    let renamed = ChatSession::rename(&conn, live.id, Some("Fractions")).await.unwrap();
    assert_eq!(renamed.title.as_deref(), Some("Fractions"));

    User::soft_delete(&conn, owner).await.unwrap();
    for refused in [
        ChatSession::restore(&conn, removed).await.map(|_| ()),
        ChatSession::rename(&conn, live.id, None).await.map(|_| ()),
        ChatSession::complete(&conn, live.id).await.map(|_| ()),
        ChatSession::soft_delete(&conn, live.id).await,
        Message::append(&conn, live.id, &NewMessage::user("x")).await.map(|_| ()),
    ] {
        assert!(matches!(refused, Err(Error::NotFound { .. })), "{refused:?}");
    }
    User::restore(&conn, owner).await.unwrap();
    ChatSession::restore(&conn, removed).await.unwrap();
}
