//! `homeroom chat export`: a chat as JSON Lines, of any length in little memory.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use homeroom::{AsyncPgConnection, ChatSession, ChatSessionId, Message, PageRequest};
use serde::Serialize;

use crate::cli::OutputArguments;
use crate::failure::{Refusal, WayOut};
use crate::lookup;
use crate::outcome::Outcome;
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
            let mut stdout = Counted { inner: BufWriter::new(std::io::stdout()), bytes: 0 };
            write(&conn, &chat, &mut stdout, &cannot_write).await
        })
        .await?;
        return Ok(Outcome::Done);
    };
    let report = with_database(async |db| {
        let conn = db.conn().await?;
        let chat = lookup::chat(&conn, id).await?;
        let unfinished = Unfinished::create(file)?;
        let mut writer = Counted { inner: BufWriter::new(&unfinished.file), bytes: 0 };
        write(&conn, &chat, &mut writer, &|error| unfinished.failed(error)).await?;
        let written = writer.bytes;
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
    conn: &AsyncPgConnection,
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

/// Counts what is written.
struct Counted<W> {
    inner: W,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

/// A file that stands beside its place until it is whole, and is deleted when it never is.
struct Unfinished<'a> {
    file: File,
    /// Where it stands now; none once it is in its place.
    beside: Option<PathBuf>,
    place: &'a Path,
}

impl<'a> Unfinished<'a> {
    fn create(place: &'a Path) -> Result<Self> {
        // A device or a pipe is written to where it is.
        let is_special =
            std::fs::metadata(place).is_ok_and(|what| !what.is_file() && !what.is_dir());
        let beside = match is_special {
            true => None,
            false => {
                let mut name = place.file_name().unwrap_or_default().to_owned();
                name.push(format!(".{}.unfinished", std::process::id()));
                Some(place.with_file_name(name))
            }
        };
        let opened = match (&beside, place.is_dir()) {
            (_, true) => Err(std::io::ErrorKind::IsADirectory.into()),
            (Some(beside), _) => File::create_new(beside),
            (None, _) => File::options().write(true).open(place),
        };
        let file = opened.map_err(|error| cannot_write_file(place, error))?;
        Ok(Self { file, beside, place })
    }

    fn failed(&self, error: std::io::Error) -> anyhow::Error {
        cannot_write_file(self.place, error)
    }

    fn finish(mut self) -> Result<()> {
        if let Some(beside) = &self.beside {
            let moved = self.file.sync_all().and_then(|()| std::fs::rename(beside, self.place));
            moved.map_err(|error| self.failed(error))?;
        }
        self.beside = None;
        Ok(())
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if let Some(beside) = &self.beside {
            // What can't be deleted is told by its name.
            let _ = std::fs::remove_file(beside);
        }
    }
}

fn cannot_write_file(file: &Path, error: std::io::Error) -> anyhow::Error {
    anyhow::Error::new(error)
        .context(format!("can't write {}", file.display()))
        .context(WayOut("name a file that you can write to with --output".to_owned()))
}
