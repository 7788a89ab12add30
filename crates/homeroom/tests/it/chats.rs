//! Chats: order, idempotency, forks.

use homeroom::testing::TestDatabase;
use homeroom::{
    ChatSession, ChatState, Error, Message, MessageMeta, MessageRole, NewMessage, PageRequest, User,
};

use crate::{chat, user};

#[tokio::test]
async fn messages_are_numbered_from_one_and_move_the_last_activity() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let chat = chat(&conn, user(&conn, "A").await.id).await;
    for (n, role) in [(1, MessageRole::User), (2, MessageRole::Assistant)] {
        let new = if n == 1 {
            NewMessage::user("What is a third?")
        } else {
            NewMessage::assistant("⅓ 🙂")
        };
        let message = Message::append(&conn, chat.id, &new).await.unwrap();
        assert_eq!((message.seq, message.role, message.content), (n, role, new.content));
    }
    let after = ChatSession::get(&conn, chat.id).await.unwrap();
    assert_eq!(after.last_seq, 2);
    assert!(after.last_activity_at > chat.last_activity_at);
}

#[tokio::test]
async fn an_append_that_is_repeated_with_its_key_returns_the_first_row() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let chat = chat(&conn, user(&conn, "A").await.id).await;
    let new = NewMessage::user("once").idempotency_key("k1");
    let first = Message::append(&conn, chat.id, &new).await.unwrap();
    let other = Message::append(&conn, chat.id, &NewMessage::user("other")).await.unwrap();
    let again = Message::append(&conn, chat.id, &NewMessage::user("twice").idempotency_key("k1"))
        .await
        .unwrap();
    assert_eq!((first.seq, other.seq), (1, 2));
    assert_eq!(again, first);
    assert_eq!(ChatSession::get(&conn, chat.id).await.unwrap().last_seq, 2);
}

#[tokio::test]
async fn what_is_known_of_a_message_comes_back() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let chat = chat(&conn, user(&conn, "A").await.id).await;
    let meta =
        MessageMeta { tokens: Some(3), model: Some("m".to_owned()), ..MessageMeta::default() };
    Message::append(&conn, chat.id, &NewMessage::system("Be kind.").meta(meta.clone()))
        .await
        .unwrap();
    assert_eq!(Message::last(&conn, chat.id, 1).await.unwrap()[0].meta, meta);
}

#[tokio::test]
async fn content_of_any_length_is_kept_and_a_nul_byte_is_refused_with_a_clear_error() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let chat = chat(&conn, user(&conn, "A").await.id).await;
    let long = "x".repeat(3_000_000);
    assert_eq!(
        Message::append(&conn, chat.id, &NewMessage::user(&long)).await.unwrap().content,
        long
    );
    let error = Message::append(&conn, chat.id, &NewMessage::user("a\0b")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "content is not valid: it holds a NUL byte, which PostgreSQL can't store in text"
    );
}

#[tokio::test]
async fn the_last_twenty_messages_are_the_last_in_their_order() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let chat = chat(&conn, user(&conn, "A").await.id).await;
    for n in 1..=25 {
        Message::append(&conn, chat.id, &NewMessage::user(n.to_string())).await.unwrap();
    }
    let last = Message::last(&conn, chat.id, 20).await.unwrap();
    assert_eq!(
        last.iter().map(|message| message.seq).collect::<Vec<_>>(),
        (6..=25).collect::<Vec<_>>()
    );

    let mut request = PageRequest::first(10);
    let mut read = Vec::new();
    loop {
        let page = Message::list(&conn, chat.id, &request).await.unwrap();
        read.extend(page.items.into_iter().map(|message| message.seq));
        let Some(next) = page.next else { break };
        request = PageRequest::after(next, 10);
    }
    assert_eq!(read, (1..=25).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_completed_or_removed_chat_takes_no_message() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let owner = user(&conn, "A").await.id;
    let completed = chat(&conn, owner).await.id;
    let done = ChatSession::complete(&conn, completed).await.unwrap();
    assert_eq!(done.state, ChatState::Completed);
    assert!(done.ended_at.is_some());
    let error = Message::append(&conn, completed, &NewMessage::user("late")).await.unwrap_err();
    assert!(matches!(error, Error::ForbiddenState { .. }), "{error:?}");

    ChatSession::soft_delete(&conn, completed).await.unwrap();
    assert!(ChatSession::find(&conn, completed).await.unwrap().is_none());
    ChatSession::restore(&conn, completed).await.unwrap();
    assert!(ChatSession::find(&conn, completed).await.unwrap().is_some());
}

#[tokio::test]
async fn a_fork_has_the_messages_up_to_there_and_is_independent_from_then_on() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let owner = user(&conn, "A").await.id;
    let parent = chat(&conn, owner).await;
    for text in ["one", "two", "three"] {
        Message::append(&conn, parent.id, &NewMessage::user(text)).await.unwrap();
    }
    let other = user(&conn, "B").await.id;
    let fork = ChatSession::fork(&conn, parent.id, 2, other).await.unwrap();
    assert_eq!(
        (fork.parent_session_id, fork.fork_from_seq, fork.last_seq),
        (Some(parent.id), Some(2), 2)
    );
    assert_eq!((fork.tool_id, fork.user_id), (parent.tool_id, other));
    Message::append(&conn, fork.id, &NewMessage::user("III")).await.unwrap();
    Message::append(&conn, parent.id, &NewMessage::user("four")).await.unwrap();

    let texts =
        |messages: Vec<Message>| messages.into_iter().map(|m| m.content).collect::<Vec<_>>();
    assert_eq!(texts(Message::last(&conn, fork.id, 10).await.unwrap()), ["one", "two", "III"]);
    assert_eq!(
        texts(Message::last(&conn, parent.id, 10).await.unwrap()),
        ["one", "two", "three", "four"]
    );
    for seq in [0, 5] {
        assert!(ChatSession::fork(&conn, parent.id, seq, other).await.is_err());
    }
}

#[tokio::test]
async fn a_fork_tree_lists_each_chat_before_its_forks_by_the_place_where_they_leave() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let owner = user(&conn, "A").await.id;
    let root = chat(&conn, owner).await.id;
    for _ in 0..3 {
        Message::append(&conn, root, &NewMessage::user("x")).await.unwrap();
    }
    let late = ChatSession::fork(&conn, root, 3, owner).await.unwrap().id;
    let early = ChatSession::fork(&conn, root, 1, owner).await.unwrap().id;
    let below = ChatSession::fork(&conn, early, 1, owner).await.unwrap().id;
    let tree = ChatSession::fork_tree(&conn, root).await.unwrap();
    let order: Vec<_> = tree.iter().map(|node| (node.chat.id, node.depth)).collect();
    assert_eq!(order, [(root, 0), (early, 1), (below, 2), (late, 1)]);
}

#[tokio::test]
async fn a_persons_chats_are_listed_by_their_last_activity_in_stable_pages() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let owner = user(&conn, "A").await.id;
    let first = chat(&conn, owner).await;
    let new = |tool| homeroom::NewChatSession::new(owner, tool);
    let second = ChatSession::create(&conn, &new(first.tool_id)).await.unwrap();
    let third = ChatSession::create(&conn, &new(first.tool_id)).await.unwrap();
    Message::append(&conn, first.id, &NewMessage::user("x")).await.unwrap();
    let page = ChatSession::list(&conn, owner, &PageRequest::first(2)).await.unwrap();
    assert_eq!(page.items.iter().map(|chat| chat.id).collect::<Vec<_>>(), [first.id, third.id]);
    let rest =
        ChatSession::list(&conn, owner, &PageRequest::after(page.next.unwrap(), 2)).await.unwrap();
    assert_eq!(rest.items.iter().map(|chat| chat.id).collect::<Vec<_>>(), [second.id]);
    assert!(rest.next.is_none());

    User::soft_delete(&conn, owner).await.unwrap();
    assert!(
        ChatSession::list(&conn, owner, &PageRequest::first(2)).await.unwrap().items.is_empty()
    );
}
