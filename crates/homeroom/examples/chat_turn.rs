//! A turn of a chat: start, append, page back, fork. Runs on a private PostgreSQL that is gone afterwards.
//!
//! `cargo run -p homeroom --example chat_turn --features testing`

use homeroom::testing::TestDatabase;
use homeroom::{
    ChatSession, Message, NewChatSession, NewMessage, NewTool, NewUser, PageRequest, Result, Tool,
    ToolDefinition, ToolId, ToolType, ToolVersion, User,
};

#[tokio::main]
async fn main() -> Result<()> {
    let db = TestDatabase::create().await;
    let conn = db.conn().await?;

    let ana = User::create(&conn, &NewUser::named("Ana")).await?;
    let tutor = NewTool {
        id: ToolId::generate(),
        group_id: None, // everyone's
        kind: ToolType::Chat,
        name: "Tutor".to_owned(),
        version: ToolVersion::new(1, 0, 0),
        definition: ToolDefinition::parse("prompt: Ask back, never give the answer away.")?,
        created_by: None,
    };
    let tutor = Tool::create(&conn, &tutor).await?;
    let chat = ChatSession::create(&conn, &NewChatSession::new(ana.id, tutor.id)).await?;

    // Question and answer in one statement. With keys the turn can be sent again when the answer was lost.
    for (n, question) in ["What is a third of 12?", "And of 13?"].into_iter().enumerate() {
        let turn = [
            NewMessage::user(question).idempotency_key(format!("{n}: question")),
            NewMessage::assistant("How many threes fit?").idempotency_key(format!("{n}: answer")),
        ];
        let written = Message::append_turn(&conn, chat.id, &turn).await?;
        assert_eq!(Message::append_turn(&conn, chat.id, &turn).await?, written);
    }

    println!("The chat, as one scrolls up:");
    let mut request = PageRequest::first(3);
    loop {
        let page = Message::list_back(&conn, chat.id, &request).await?;
        for message in &page.items {
            println!("  {} {}: {}", message.seq, message.role, message.content);
        }
        println!("  ---");
        let Some(next) = page.next else { break };
        request = PageRequest::after(next, 3);
    }

    // Behind the first answer things could have gone another way.
    let fork = ChatSession::fork(&conn, chat.id, 2, ana.id).await?;
    Message::append(&conn, fork.id, &NewMessage::user("Four! Because 4 + 4 + 4 = 12.")).await?;
    let (_, messages) = ChatSession::get_with_messages(&conn, fork.id).await?;
    println!("The fork has {} messages, the chat still 4.", messages.len());

    for (chat, tool) in ChatSession::recent(&conn, ana.id, &PageRequest::first(10)).await?.items {
        println!("{}: {} messages with {} {}", chat.id, chat.last_seq, tool.name, tool.version);
    }
    Ok(())
}
