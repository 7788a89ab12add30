//! `homeroom chat export`: a chat as JSON Lines, of any length in little memory.

use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use homeroom::{ChatSession, ChatSessionId, Connection, Message, PageRequest};
use serde::Serialize;

use crate::cli::OutputArguments;
use crate::failure::Refusal;
use crate::lookup;
use crate::outcome::Outcome;
use crate::output_file::{Counted, Unfinished};
use crate::target::with_database;
use crate::terminal::{self, bytes, cannot_write, count};

/// How many messages are in memory at once; a message can have any length.
const PAGE: u32 = 100;

/// What was written.
#[derive(Serialize)]
struct Report<'a> {
    id: ChatSessionId,
    messages: i32,
    bytes: u64,
    file: &'a Path,
}

pub(super) async fn run(id: &str, file: Option<&Path>, output: OutputArguments) -> Result<Outcome> {
    let Some(file) = file else {
        with_database(async |db| {
            let conn = db.conn().await?;
            let chat = lookup::chat(&conn, id).await?;
            let mut stdout = Counted::new(BufWriter::new(std::io::stdout()));
            write(&conn, &chat, &mut stdout, &cannot_write).await
        })
        .await?;
        return Ok(Outcome::Done);
    };
    let report = with_database(async |db| {
        let conn = db.conn().await?;
        let chat = lookup::chat(&conn, id).await?;
        let unfinished = Unfinished::create_private(file)?;
        let mut writer = Counted::new(BufWriter::new(unfinished.file()));
        write(&conn, &chat, &mut writer, &|error| unfinished.failed(error)).await?;
        let written = writer.bytes();
        drop(writer);
        unfinished.finish()?;
        Ok(Report { id: chat.id, messages: chat.last_seq, bytes: written, file })
    })
    .await?;
    terminal::tell(output, &report, || {
        let messages = count(usize::try_from(report.messages).unwrap_or(0), "message", "messages");
        format!("wrote {messages} to {}, {}\n", file.display(), bytes(report.bytes))
    })
}

/// Writes the chat, and all messages that it has by its row.
async fn write(
    conn: &Connection,
    chat: &ChatSession,
    out: &mut impl Write,
    failed: &impl Fn(std::io::Error) -> anyhow::Error,
) -> Result<()> {
    line(out, chat, failed)?;
    let mut page = PageRequest::first(PAGE);
    let mut written = 0;
    while written < chat.last_seq {
        let messages = Message::list(conn, chat.id, &page).await?;
        for message in messages.items.iter().filter(|message| message.seq <= chat.last_seq) {
            line(out, message, failed)?;
            written += 1;
        }
        let Some(next) = messages.next else { break };
        page = PageRequest::after(next, PAGE);
    }
    if written < chat.last_seq {
        // There is no gap in a live chat: it was deleted under our hands, and that is told.
        let chat = lookup::chat(conn, &chat.id.to_string()).await?;
        let message = format!(
            "only {written} of the {} messages of the chat {} are there",
            chat.last_seq, chat.id
        );
        let help = format!("`homeroom chat show {}` shows them", chat.id);
        return Err(Refusal::new(message, help).into());
    }
    out.flush().map_err(failed)
}

fn line(
    out: &mut impl Write,
    value: &impl Serialize,
    failed: &impl Fn(std::io::Error) -> anyhow::Error,
) -> Result<()> {
    let mut line = serde_json::to_vec(value).context("can't write the JSON")?;
    line.push(b'\n');
    out.write_all(&line).map_err(failed)
}
