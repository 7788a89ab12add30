//! `homeroom migrate repair`, `baseline` and `adopt`: what writes the history and runs nothing.

use anyhow::Result;
use homeroom_migrate::{Tool, Version};
use serde::Serialize;

use super::report::{Header, migrations};
use super::status::outcome;
use super::work::Work;
use crate::cli::{FromTool, OutputArguments};
use crate::outcome::Outcome;
use crate::terminal::{self, Rows};

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    header: Header,
    /// Whose versions were taken over.
    #[serde(skip_serializing_if = "Option::is_none")]
    tool: Option<Tool>,
    /// Those whose rows of the history were written.
    versions: &'a [Version],
}

pub(super) async fn repair(work: &Work<'_>, output: OutputArguments) -> Result<Outcome> {
    let mut client = work.target.config().connect_client().await?;
    let versions = work.migrator.repair(&mut client).await?;
    let status = work.migrator.status(&client).await?;
    tell(work, None, &versions, "accepted as edited", output)?;
    if outcome(&status) != Outcome::Drift {
        return Ok(Outcome::Done);
    }
    if !output.json {
        let status = work.command("status");
        terminal::print(&format!("it has drifted in other ways: {status} says where\n"))?;
    }
    Ok(Outcome::Drift)
}

pub(super) async fn baseline(
    work: &Work<'_>,
    version: Version,
    output: OutputArguments,
) -> Result<Outcome> {
    let mut client = work.target.config().connect_client().await?;
    let versions = work.migrator.baseline(&mut client, version).await?;
    tell(work, None, &versions, "recorded as applied", output)
}

pub(super) async fn adopt(
    work: &Work<'_>,
    from: Option<FromTool>,
    output: OutputArguments,
) -> Result<Outcome> {
    let mut client = work.target.config().connect_client().await?;
    let adopted = work.migrator.adopt(&mut client, from.map(Tool::from)).await?;
    let word = format!("taken over from {}", adopted.tool);
    tell(work, Some(adopted.tool), &adopted.versions, &word, output)
}

fn tell(
    work: &Work<'_>,
    tool: Option<Tool>,
    versions: &[Version],
    word: &str,
    output: OutputArguments,
) -> Result<Outcome> {
    work.progress.end();
    if output.json {
        terminal::print_json(&Report { header: Header::of(work), tool, versions })?;
        return Ok(Outcome::Done);
    }
    let database = work.target.description();
    if versions.is_empty() {
        terminal::print(&format!("nothing to do: no migration was {word} in {database}\n"))?;
        return Ok(Outcome::Done);
    }
    let mut rows = Rows::new(&[">version", "name"]);
    let known = work.migrator.migrations();
    for one in known.iter().filter(|one| versions.contains(&one.version())) {
        rows.add([one.version().to_string(), one.name().to_owned()]);
    }
    let number = migrations(versions.len());
    terminal::print(&format!("{}\n{number} {word} in {database}; nothing was run\n", rows.text()))?;
    Ok(Outcome::Done)
}

impl From<FromTool> for Tool {
    fn from(tool: FromTool) -> Self {
        match tool {
            FromTool::Diesel => Self::Diesel,
            FromTool::Sqlx => Self::Sqlx,
            FromTool::GolangMigrate => Self::GolangMigrate,
            FromTool::Dbmate => Self::Dbmate,
            FromTool::SqlMigrate => Self::SqlMigrate,
        }
    }
}
