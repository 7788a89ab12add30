//! What is looked at of chats: a person's, one with its messages, the forks of one.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use futures_util::future::try_join_all;
use homeroom::{ChatSession, Connection, Cursor, ForkTreeNode, Message, Tool, ToolId, User};
use serde::Serialize;

use super::title;
use crate::cli::{OutputArguments, PageArguments};
use crate::lookup;
use crate::outcome::Outcome;
use crate::target::with_database;
use crate::terminal::{
    self, Rows, aside, count, details, harmless, heading, moment, next_page, shell_word,
    tree_lines, wrapped,
};

/// How far the text of a message stands from the left.
const INDENT: u16 = 2;

/// A page of chats, each with its tool.
#[derive(Serialize)]
struct Chats {
    items: Vec<Listed>,
    next: Option<Cursor>,
}

#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    chat: ChatSession,
    tool: Option<ShownTool>,
}

#[derive(Clone, Serialize)]
struct ShownTool {
    name: String,
    version: String,
}

impl ShownTool {
    fn text(tool: Option<&Self>) -> String {
        tool.map(|tool| format!("{} {}", tool.name, tool.version)).unwrap_or_default()
    }
}

/// The tools of these ids, removed or not: a chat keeps the one it began with. The reads are pipelined.
async fn tools(
    conn: &Connection,
    ids: BTreeSet<ToolId>,
) -> homeroom::Result<BTreeMap<ToolId, ShownTool>> {
    let found = try_join_all(ids.into_iter().map(|id| Tool::find_with_deleted(conn, id))).await?;
    let shown =
        |tool: Tool| (tool.id, ShownTool { name: tool.name, version: tool.version.to_string() });
    Ok(found.into_iter().flatten().map(shown).collect())
}

pub(super) async fn list(
    who: &str,
    page: &PageArguments,
    output: OutputArguments,
) -> Result<Outcome> {
    let (user, chats) = with_database(async |db| {
        let conn = db.conn().await?;
        let user = lookup::person(&conn, who).await?;
        let chats = ChatSession::list(&conn, user.id, &page.request()).await?;
        let tools = tools(&conn, chats.items.iter().map(|chat| chat.tool_id).collect()).await?;
        let listed = |chat: ChatSession| Listed { tool: tools.get(&chat.tool_id).cloned(), chat };
        let items = chats.items.into_iter().map(listed).collect();
        Ok((user, Chats { items, next: chats.next }))
    })
    .await?;
    terminal::tell(output, &chats, || {
        if chats.items.is_empty() {
            let more = if page.after.is_some() { " more" } else { "" };
            return format!("{} has no{more} chats\n", harmless(&user.name));
        }
        let mut rows = Rows::new(&["chat", "tool", "=state", ">messages", "=last message", "=id"]);
        for Listed { chat, tool } in &chats.items {
            rows.add([
                title(chat),
                ShownTool::text(tool.as_ref()),
                chat.state.to_string(),
                chat.last_seq.to_string(),
                chat.last_activity_at.format("%Y-%m-%d").to_string(),
                chat.id.to_string(),
            ]);
        }
        let command = format!("chat list --user {}", shell_word(who));
        rows.text() + &next_page(&command, page, chats.next.as_ref())
    })
}

/// A chat and its last messages.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    listed: Listed,
    person: User,
    messages: Vec<Message>,
}

pub(super) async fn show(id: &str, last: u32, output: OutputArguments) -> Result<Outcome> {
    let shown = with_database(async |db| {
        let conn = db.conn().await?;
        let chat = lookup::chat(&conn, id).await?;
        // Polled together, they are pipelined.
        let (mut tools, person, messages) = tokio::try_join!(
            tools(&conn, BTreeSet::from([chat.tool_id])),
            User::get(&conn, chat.user_id),
            Message::last(&conn, chat.id, last)
        )?;
        let tool = tools.remove(&chat.tool_id);
        Ok(Shown { listed: Listed { chat, tool }, person, messages })
    })
    .await?;
    terminal::tell(output, &shown, || text(&shown))
}

fn text(shown: &Shown) -> String {
    let Listed { chat, tool } = &shown.listed;
    let email = shown.person.email.as_deref().unwrap_or("no e-mail address");
    let mut lines = vec![
        ("id", chat.id.to_string()),
        ("of", format!("{}, {email}", shown.person.name)),
        ("tool", ShownTool::text(tool.as_ref())),
        ("state", chat.state.to_string()),
        ("messages", chat.last_seq.to_string()),
        ("began", moment(chat.started_at)),
        ("last message", moment(chat.last_activity_at)),
    ];
    lines.extend(chat.ended_at.map(|at| ("completed", moment(at))));
    lines.extend(chat.fork_from_seq.map(|seq| {
        let parent = chat.parent_session_id.map(|id| id.to_string());
        let parent = parent.unwrap_or_else(|| "a chat that was deleted for good".to_owned());
        ("leaves", format!("{parent} after message {seq}"))
    }));
    let mut text = format!("{}{}", heading(&title(chat)), details(&lines));
    let before = shown.messages.first().map_or(0, |first| first.seq.saturating_sub(1));
    if before > 0 {
        let before = count(usize::try_from(before).unwrap_or(0), "message", "messages");
        text.push_str(&format!("\n{}", aside(&format!("… {before} before: --last shows more"))));
    }
    for message in &shown.messages {
        let Message { seq, role, created_at, .. } = message;
        text.push_str(&format!("\n{}", heading(&format!("{seq} {role}, {}", moment(*created_at)))));
        text.push_str(&wrapped(&message.content, INDENT));
    }
    text
}

pub(super) async fn fork_tree(id: &str, output: OutputArguments) -> Result<Outcome> {
    let tree = with_database(async |db| {
        let conn = db.conn().await?;
        let chat = lookup::chat(&conn, id).await?;
        Ok(ChatSession::fork_tree(&conn, chat.id).await?)
    })
    .await?;
    terminal::tell(output, &tree, || table(&tree))
}

fn table(tree: &[ForkTreeNode]) -> String {
    let depths: Vec<usize> =
        tree.iter().map(|node| usize::try_from(node.depth).unwrap_or(0)).collect();
    let mut rows = Rows::new(&["chat", ">leaves after", ">messages", "=state", "=id"]);
    for (line, ForkTreeNode { chat, depth }) in tree_lines(&depths).into_iter().zip(tree) {
        let leaves = chat.fork_from_seq.filter(|_| *depth > 0).map(|seq| seq.to_string());
        rows.add([
            format!("{line}{}", title(chat)),
            leaves.unwrap_or_default(),
            chat.last_seq.to_string(),
            chat.state.to_string(),
            chat.id.to_string(),
        ]);
    }
    let forks = count(tree.len().saturating_sub(1), "fork", "forks");
    rows.text() + &aside(&forks)
}
