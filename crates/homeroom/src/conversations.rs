//! Conversations: imports trees of messages in OpenAssistant's JSON lines as chats and their forks.
//!
//! A tree branches where people answered one message in several ways; a chat does not. So every leaf's path becomes a chat:
//! the path of first children (by rank, then time, then id) is the main chat, and wherever another child follows, a fork
//! leaves the chat that holds the shared messages, with copies of them, as [`ChatSession::fork`](crate::ChatSession::fork)
//! makes it.
//!
//! # What becomes of a line
//! | key | here |
//! |---|---|
//! | `text`, `created_date` | the message's `content` and `created_at` |
//! | `role` | `prompter` is `user`, `assistant` is itself |
//! | `message_id`, `message_tree_id`, `lang`, `rank`, `review_result`, every other key | the message's `meta`, under the same key |
//! | `user_id` | `meta.author`; who wrote a tree's first prompt owns its chats, as a person without an address |
//! | `parent_id` | the order of the chat; kept in `meta` when the parent is not in the file |
//! | `deleted` | left out when nothing live follows, else a tombstone: no content, `{"deleted": true, "message_id": …}` |
//!
//! # Importing again
//! `external_ids` remembers a chat by its leaf's `message_id` and a person by `user_id`. Chats that are here already are left
//! as they are, as messages are never rewritten; where the file says something else now, that is counted. A conversation
//! that has grown has other leaves: its new paths become new chats.

mod error;
mod lines;
mod report;
mod trees;
mod write;

use std::path::Path;

use diesel::sql_query;
use diesel::sql_types::Text;
use diesel_async::{AnsiTransactionManager, RunQueryDsl, TransactionManager};

pub use error::ConversationError;
pub use report::{ChatCounts, ConversationReport, MessageCounts, UserCounts};

pub use crate::roster::Progress;

use crate::connection::Connection;
use crate::conversations::lines::Line;
use crate::conversations::trees::Forest;
use crate::observe::observe;
use crate::transaction;

/// The source in `external_ids` when none is given.
const DEFAULT_SOURCE: &str = "openassistant";
/// The longest source that `external_ids` takes.
const MAX_SOURCE: usize = 200;

/// How conversations are imported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// Names where the conversations come from in `external_ids`, 1 to 200 characters; `None`: `openassistant`.
    pub source: Option<String>,
}

/// Imports a file of conversations in a transaction of its own (a savepoint when one is open): all of it, or nothing.
///
/// The file is held in memory. One import of a source runs at a time, by an advisory lock; a second one waits. `progress`
/// is called now and then, from the task that polls this future.
///
/// # Errors
/// [`ConversationError::Read`], [`ConversationError::Line`] for the first line that can't be imported,
/// [`ConversationError::Source`], and [`ConversationError::Database`] for all else. Nothing is written then.
pub async fn import(
    conn: &mut Connection,
    path: impl AsRef<Path>,
    options: &ImportOptions,
    progress: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<ConversationReport, ConversationError> {
    let source = options.source.as_deref().unwrap_or(DEFAULT_SOURCE);
    if !(1..=MAX_SOURCE).contains(&source.chars().count()) {
        return Err(ConversationError::Source { source_name: source.to_owned() });
    }
    progress(Progress { step: "reading conversations", done: 0, total: 1 });
    let path = path.as_ref().to_owned();
    let reading = tokio::task::spawn_blocking(move || {
        let lines = lines::read(&path)?;
        let forest = Forest::of(&lines).map_err(|fault| fault.in_file(&path))?;
        Ok::<_, ConversationError>((lines, forest))
    });
    let (lines, forest) = match reading.await {
        Ok(read) => read?,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(error) => return Err(ConversationError::interrupted(error)),
    };

    observe("conversations::import", write_or_nothing(conn, source, &lines, &forest, progress))
        .await
}

async fn write_or_nothing(
    conn: &mut Connection,
    source: &str,
    lines: &[Line],
    forest: &Forest,
    progress: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<ConversationReport, ConversationError> {
    AnsiTransactionManager::begin_transaction(conn).await?;
    let outcome = write_forest(conn, source, lines, forest, progress).await;
    transaction::end(conn, outcome.map_err(ConversationError::from)).await
}

async fn write_forest(
    conn: &mut Connection,
    source: &str,
    lines: &[Line],
    forest: &Forest,
    progress: &(dyn Fn(Progress<'_>) + Sync),
) -> diesel::QueryResult<ConversationReport> {
    let read = ConversationReport {
        source: source.to_owned(),
        trees: forest.trees as u64,
        orphans: forest.orphans as u64,
        messages: MessageCounts {
            read: lines.len() as u64,
            imported: (lines.len() - forest.left_out) as u64,
            tombstones: forest.tombstones as u64,
            left_out: forest.left_out as u64,
            ..MessageCounts::default()
        },
        ..ConversationReport::default()
    };
    if forest.paths.is_empty() {
        return Ok(read);
    }
    sql_query(include_str!("conversations/lock_source.sql"))
        .bind::<Text, _>(source)
        .execute(conn)
        .await?;
    let (tool_id, tool_created) = write::tool(conn, source).await?;
    let (owners, users) = write::users(conn, source, lines, forest).await?;
    let (chats, rows) =
        write::chats(conn, source, lines, forest, tool_id, &owners, progress).await?;
    let messages = MessageCounts { created: rows.created, copies: rows.copies, ..read.messages };
    Ok(ConversationReport { tool_created, users, chats, messages, ..read })
}
