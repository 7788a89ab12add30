//! Which imported chat has the most forks.

use homeroom::testing::TestDatabase;
use homeroom::{ChatSession, ExternalId, ExternalIdTarget, Message, NewMessage};

use crate::{chat, user};

#[tokio::test]
async fn the_most_forked_chat_of_a_source_is_the_root_with_the_most_live_chats_below_it() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let owner = user(&conn, "A").await.id;
    let mut roots = Vec::new();
    for number in 0..3 {
        let root = chat(&conn, user(&conn, "B").await.id).await.id;
        Message::append(&conn, root, &NewMessage::user("x")).await.unwrap();
        let source = if number == 2 { "elsewhere" } else { "here" };
        let target = ExternalIdTarget::ChatSession(root);
        ExternalId::create(&conn, source, &number.to_string(), target).await.unwrap();
        roots.push(root);
    }
    assert_eq!(ChatSession::find_most_forked(&conn, "nowhere").await.unwrap(), None);
    for _ in 0..3 {
        ChatSession::fork(&conn, roots[2], 1, owner).await.unwrap();
    }
    let fork = ChatSession::fork(&conn, roots[1], 1, owner).await.unwrap();
    let below = ChatSession::fork(&conn, fork.id, 1, owner).await.unwrap();
    ChatSession::fork(&conn, roots[0], 1, owner).await.unwrap();
    assert_eq!(ChatSession::find_most_forked(&conn, "here").await.unwrap(), Some(roots[1]));
    ChatSession::soft_delete(&conn, below.id).await.unwrap();
    assert_eq!(ChatSession::find_most_forked(&conn, "here").await.unwrap(), Some(roots[0]));
}
