//! `homeroom export` and `homeroom erase`: everything of a person, out or away.

use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Result, anyhow};
use futures_util::TryStreamExt;
use homeroom::{Connection, ErasureReceipt, ExportLine, ExportManifest, User};
use serde::Serialize;

use crate::cli::{EraseArguments, ExportArguments, OutputArguments};
use crate::lookup;
use crate::outcome::Outcome;
use crate::output_file::{Counted, Unfinished};
use crate::target::with_database;
use crate::terminal::{self, Rows, bytes, cannot_write, count, harmless};

/// What was written to a file.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    manifest: ExportManifest,
    bytes: u64,
    file: &'a Path,
    #[serde(skip)]
    name: String,
}

pub(crate) async fn export(arguments: &ExportArguments) -> Result<Outcome> {
    let Some(file) = arguments.file.as_deref() else {
        with_database(async |db| {
            let conn = db.conn().await?;
            let user = lookup::anybody(&conn, &arguments.who).await?;
            let mut stdout = BufWriter::new(std::io::stdout());
            write(&conn, &user, &mut stdout, &cannot_write).await
        })
        .await?;
        return Ok(Outcome::Done);
    };
    let report = with_database(async |db| {
        let conn = db.conn().await?;
        let user = lookup::anybody(&conn, &arguments.who).await?;
        let unfinished = Unfinished::create_private(file)?;
        let mut writer = Counted::new(BufWriter::new(unfinished.file()));
        let manifest = write(&conn, &user, &mut writer, &|error| unfinished.failed(error)).await?;
        let bytes = writer.bytes();
        drop(writer);
        unfinished.finish()?;
        Ok(Report { manifest, bytes, file, name: user.name })
    })
    .await?;
    terminal::tell(OutputArguments { json: arguments.json }, &report, || {
        let mut rows = Rows::new(&["table", ">rows"]);
        for (table, number) in &report.manifest.rows {
            rows.add([table.clone(), number.to_string()]);
        }
        let name = harmless(&report.name);
        let written = bytes(report.bytes);
        format!("{}\nwrote all of {name} to {}, {written}\n", rows.text(), file.display())
    })
}

/// Writes every line, and returns the manifest, which is the last.
async fn write(
    conn: &Connection,
    user: &User,
    out: &mut impl Write,
    failed: &impl Fn(std::io::Error) -> anyhow::Error,
) -> Result<ExportManifest> {
    let mut lines = User::export(conn, user.id).await?;
    let mut last = None;
    while let Some(line) = lines.try_next().await? {
        writeln!(out, "{}", line.to_json()).map_err(failed)?;
        if let ExportLine::Manifest(manifest) = line {
            last = Some(manifest);
        }
    }
    out.flush().map_err(failed)?;
    last.ok_or_else(|| anyhow!("the export of {} ended without its manifest", user.id))
}

pub(crate) async fn erase(arguments: &EraseArguments) -> Result<Outcome> {
    let erased = with_database(async |db| {
        let conn = db.conn().await?;
        let user = lookup::anybody(&conn, &arguments.who).await?;
        let email = user.email.as_deref().unwrap_or("no e-mail address");
        let (name, email) = (harmless(&user.name), harmless(email));
        let question =
            format!("erase {name} ({email}, {}) with everything of theirs, for good?", user.id);
        if !terminal::may_go_ahead(arguments.yes, &question).await? {
            return Ok(None);
        }
        Ok(Some(User::erase(&conn, user.id).await?))
    })
    .await?;
    let Some(receipt) = erased else { return Ok(Outcome::Failed) };
    terminal::tell(arguments.output, &receipt, || text(&receipt))
}

/// The receipt does not name the person any more.
fn text(receipt: &ErasureReceipt) -> String {
    let mut rows = Rows::new(&["erased", ">number"]);
    for (what, number) in [
        ("sessions", receipt.sessions),
        ("memberships of groups", receipt.group_members),
        ("memberships of classes", receipt.class_members),
        ("chats", receipt.chats),
        ("messages in these", receipt.messages),
        ("messages in chats of others", receipt.tombstones),
        ("files", receipt.files),
        ("uploads under way", receipt.storage_reservations),
        ("names in other systems", receipt.external_ids),
    ] {
        rows.add([what.to_owned(), number.to_string()]);
    }
    let kept = |number: i64, one: &str, several: &str| {
        count(usize::try_from(number).unwrap_or_default(), one, several)
    };
    format!(
        "{}\nerased {}; {} stay without an author, {} without a parent\n",
        rows.text(),
        receipt.user_id,
        kept(receipt.kept_tools, "tool", "tools"),
        kept(receipt.orphaned_forks, "fork of others", "forks of others"),
    )
}
