//! `homeroom import conversations`: trees in OpenAssistant's JSONL form.

use std::path::Path;

use anyhow::{Context, Result};
use homeroom::Database;
use homeroom::conversations::{
    self, ConversationError, ConversationReport, ImportOptions, Progress as At,
};

use crate::progress::Progress;
use crate::terminal::{Rows, heading};

const FAILED: &str = "can't import the conversations";

/// Checks that a file can be read.
pub(crate) fn check(path: &Path) -> Result<()> {
    let opened = std::fs::File::open(path)
        .map_err(|source| ConversationError::Read { path: path.display().to_string(), source });
    opened.map(drop).context(FAILED)
}

/// Imports trees: all of them or none.
pub(crate) async fn import(
    db: &Database,
    path: &Path,
    progress: &Progress,
) -> Result<ConversationReport> {
    let mut conn = db.conn().await?;
    let show = |at: At<'_>| progress.at(at.step, at.done, Some(at.total));
    let options = ImportOptions::default();
    conversations::import(&mut conn, path, &options, &show).await.context(FAILED)
}

/// The report as people read it.
pub(crate) fn text(report: &ConversationReport) -> String {
    let (users, chats, messages) = (&report.users, &report.chats, &report.messages);
    let mut read = Rows::new(&["read", ">number"]);
    for (what, number) in [
        ("conversations", report.trees),
        ("messages", messages.read),
        ("of these in a chat", messages.imported),
        ("of these deleted, kept in their place without text", messages.tombstones),
        ("deleted at an end, left out", messages.left_out),
        ("without their parent, each the beginning of a conversation", report.orphans),
    ] {
        read.add([what.to_owned(), number.to_string()]);
    }
    let mut written = Rows::new(&["written", ">new", ">there before", ">different, kept"]);
    let none = || "–".to_owned();
    for (what, new, before, different) in [
        ("chats", chats.created, chats.unchanged.to_string(), chats.different.to_string()),
        ("of these forks", chats.forks, none(), none()),
        ("messages", messages.created, none(), none()),
        ("of these copies in forks", messages.copies, none(), none()),
        ("people", users.created, users.unchanged.to_string(), none()),
    ] {
        written.add([what.to_owned(), new.to_string(), before, different]);
    }
    let end = match (messages.read, report.is_unchanged()) {
        (0, _) => "nothing imported: there is no message in the file",
        (_, true) => "nothing changed: all of it was here",
        (_, false) => "imported",
    };
    let title = format!("Conversations of {}", report.source);
    format!("{}{}\n{}\n{end}\n", heading(&title), read.text(), written.text())
}
