//! Where chats fork from and into.

use homeroom::testing::TestDatabase;
use homeroom::{ChatSession, ChatSessionId, Error, Message, NewMessage, PageRequest};

use crate::{chat, refused_by, user};

fn ids(chats: &[ChatSession]) -> Vec<ChatSessionId> {
    chats.iter().map(|chat| chat.id).collect()
}

fn numbered(texts: std::ops::RangeInclusive<usize>) -> Vec<NewMessage> {
    texts.map(|n| NewMessage::user(n.to_string())).collect()
}

#[tokio::test]
async fn a_chat_of_5000_messages_is_forked_in_one_statement_and_both_go_their_own_way() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let owner = user(&conn, "A").await.id;
    let parent = chat(&conn, owner).await.id;
    Message::append_turn(&conn, parent, &numbered(1..=5_000)).await.unwrap();
    let fork = ChatSession::fork(&conn, parent, 5_000, owner).await.unwrap().id;
    Message::append(&conn, fork, &NewMessage::user("of the fork")).await.unwrap();
    Message::append(&conn, parent, &NewMessage::user("of the parent")).await.unwrap();

    let mut texts = Vec::new();
    for id in [parent, fork] {
        let (chat, messages) = ChatSession::get_with_messages(&conn, id).await.unwrap();
        assert_eq!(chat.last_seq, 5_001);
        assert!(messages.iter().zip(1..).all(|(message, seq)| message.seq == seq));
        texts.push(messages.into_iter().map(|message| message.content).collect::<Vec<_>>());
    }
    assert_eq!(texts[0][..5_000], texts[1][..5_000]);
    assert_eq!(
        (texts[0][5_000].as_str(), texts[1][5_000].as_str()),
        ("of the parent", "of the fork")
    );
}

#[tokio::test]
async fn a_fork_of_a_removed_chat_is_refused_and_one_of_a_completed_chat_goes_on() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let owner = user(&conn, "A").await.id;
    let parent = chat(&conn, owner).await.id;
    Message::append(&conn, parent, &NewMessage::user("x")).await.unwrap();
    ChatSession::complete(&conn, parent).await.unwrap();
    let fork = ChatSession::fork(&conn, parent, 1, owner).await.unwrap().id;
    assert_eq!(Message::append(&conn, fork, &NewMessage::user("on")).await.unwrap().seq, 2);

    ChatSession::soft_delete(&conn, parent).await.unwrap();
    let refused = ChatSession::fork(&conn, parent, 1, owner).await;
    assert!(matches!(refused, Err(Error::ForbiddenState { .. })), "{refused:?}");
    assert_eq!(refused_by(refused), "chat_sessions_parent_deleted_check");
    let error = ChatSession::fork(&conn, fork, 3, owner).await.unwrap_err();
    assert_eq!(error.to_string(), format!("there is no message 3 of chat {fork}"));
}

#[tokio::test]
async fn direct_forks_are_listed_by_the_place_where_they_leave_in_stable_pages() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let owner = user(&conn, "A").await.id;
    let root = chat(&conn, owner).await.id;
    Message::append_turn(&conn, root, &numbered(1..=3)).await.unwrap();
    let mut forks = Vec::new();
    for seq in [3, 1, 2, 1] {
        forks.push(ChatSession::fork(&conn, root, seq, owner).await.unwrap().id);
    }
    ChatSession::fork(&conn, forks[1], 1, owner).await.unwrap();
    let page = ChatSession::forks(&conn, root, &PageRequest::first(3)).await.unwrap();
    assert_eq!(ids(&page.items), [forks[1], forks[3], forks[2]]);
    let next = PageRequest::after(page.next.unwrap(), 3);
    let rest = ChatSession::forks(&conn, root, &next).await.unwrap();
    assert_eq!((ids(&rest.items), rest.next), (vec![forks[0]], None));

    ChatSession::soft_delete(&conn, forks[3]).await.unwrap();
    ChatSession::soft_delete(&conn, root).await.unwrap();
    let left = ChatSession::forks(&conn, root, &PageRequest::default()).await.unwrap();
    assert_eq!(ids(&left.items), [forks[1], forks[2], forks[0]]);
}

#[tokio::test]
async fn a_lineage_goes_from_the_root_down_to_the_chat_without_those_that_were_removed() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let owner = user(&conn, "A").await.id;
    let root = chat(&conn, owner).await.id;
    Message::append(&conn, root, &NewMessage::user("x")).await.unwrap();
    let mut line = vec![root];
    for _ in 0..4 {
        let fork = ChatSession::fork(&conn, line[line.len() - 1], 1, owner).await.unwrap();
        line.push(fork.id);
    }
    ChatSession::fork(&conn, line[2], 1, owner).await.unwrap();
    let lineage = ChatSession::lineage(&conn, line[4]).await.unwrap();
    assert_eq!(ids(&lineage), line);
    assert_eq!(ids(&ChatSession::lineage(&conn, root).await.unwrap()), [root]);

    ChatSession::soft_delete(&conn, line[2]).await.unwrap();
    let lineage = ChatSession::lineage(&conn, line[4]).await.unwrap();
    assert_eq!(ids(&lineage), [line[0], line[1], line[3], line[4]]);
    assert!(ChatSession::lineage(&conn, line[2]).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_fork_whose_parent_is_deleted_for_good_is_an_orphan_that_still_reads() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let (owner, other) = (user(&conn, "A").await.id, user(&conn, "B").await.id);
    let parent = chat(&conn, owner).await.id;
    Message::append_turn(&conn, parent, &numbered(1..=3)).await.unwrap();
    let own = ChatSession::fork(&conn, parent, 2, owner).await.unwrap().id;
    let others = ChatSession::fork(&conn, parent, 3, other).await.unwrap().id;
    let all = PageRequest::default();
    assert!(ChatSession::orphaned_forks(&conn, None, &all).await.unwrap().items.is_empty());

    ChatSession::delete(&conn, parent).await.unwrap();
    let error = ChatSession::delete(&conn, parent).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
    let orphans = ChatSession::orphaned_forks(&conn, owner, &all).await.unwrap().items;
    assert_eq!(ids(&orphans), [own]);
    assert_eq!((orphans[0].parent_session_id, orphans[0].fork_from_seq), (None, Some(2)));
    let page = ChatSession::orphaned_forks(&conn, None, &PageRequest::first(1)).await.unwrap();
    assert_eq!(ids(&page.items), [own]);
    let next = PageRequest::after(page.next.unwrap(), 1);
    let rest = ChatSession::orphaned_forks(&conn, None, &next).await.unwrap();
    assert_eq!(ids(&rest.items), [others]);

    let (_, messages) = ChatSession::get_with_messages(&conn, own).await.unwrap();
    assert_eq!(messages.len(), 2);
    assert_eq!(Message::append(&conn, own, &NewMessage::user("on")).await.unwrap().seq, 3);
    assert_eq!(ids(&ChatSession::lineage(&conn, own).await.unwrap()), [own]);
}
