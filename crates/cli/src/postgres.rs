//! `homeroom postgres`: the private server itself.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use anyhow::{Context, Result};
use homeroom_embed::{Installation, Server, ServerConfig, Status, default_data_dir};
use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::{OutputArguments, PostgresArguments, PostgresCommand};
use crate::failure::{self, Refusal};
use crate::outcome::Outcome;
use crate::progress::{Clearing, Progress};
use crate::target::{DATABASE, blocking};
use crate::terminal::{self, bytes};

pub(crate) async fn run(arguments: PostgresArguments) -> Result<Outcome> {
    match arguments.command {
        PostgresCommand::Start { output } => start(output).await,
        PostgresCommand::Status { output } => status(output).await,
        PostgresCommand::Stop { output } => stop(output).await,
        PostgresCommand::Url => url().await,
        PostgresCommand::Psql { arguments } => psql(arguments).await,
        PostgresCommand::Destroy { yes, output } => destroy(yes, output).await,
    }
}

/// The server's state, with the address that goes into DATABASE_URL.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    status: &'a Status,
    url: Option<String>,
}

/// What a command did.
#[derive(Serialize)]
struct Done {
    data_dir: PathBuf,
    /// False: there was nothing to do.
    done: bool,
}

async fn start(output: OutputArguments) -> Result<Outcome> {
    let progress = Clearing(Progress::new("starting PostgreSQL"));
    let status = blocking(|| {
        let config = ServerConfig::persistent(default_data_dir("homeroom")?);
        let status = Server::start_detached(&config)?;
        // Joins the one that was started.
        let server = Server::start(&config)?;
        server.create_database(DATABASE)?;
        server.stop()?;
        Ok(status)
    })
    .await?;
    progress.0.end();
    if output.json {
        terminal::print_json(&Report { url: status.url(DATABASE), status: &status })?;
        return Ok(Outcome::Done);
    }
    let text = format!(
        "{}\nnext:\n  homeroom migrate up\n  export DATABASE_URL=\"$(homeroom postgres url)\"\n  homeroom postgres stop\n",
        description(&status)
    );
    terminal::print(&text)?;
    Ok(Outcome::Done)
}

async fn status(output: OutputArguments) -> Result<Outcome> {
    let status = read_status().await?;
    if output.json {
        terminal::print_json(&Report { url: status.url(DATABASE), status: &status })?;
    } else {
        terminal::print(&description(&status))?;
    }
    Ok(Outcome::Done)
}

async fn stop(output: OutputArguments) -> Result<Outcome> {
    let progress = Clearing(Progress::new("stopping PostgreSQL"));
    let data_dir = blocking(|| default_data_dir("homeroom")).await?;
    let done = blocking({
        let data_dir = data_dir.clone();
        move || homeroom_embed::stop(&data_dir)
    })
    .await?;
    progress.0.end();
    tell(&Done { data_dir, done }, "stopped", "does not run", output)
}

async fn destroy(yes: bool, output: OutputArguments) -> Result<Outcome> {
    let status = read_status().await?;
    let data_dir = status.data_dir.clone();
    if status.running {
        return Err(homeroom_embed::Error::Running { data_dir }.into());
    }
    if !yes && status.version.is_some() {
        let question = format!(
            "delete the data in {} ({}) for good?",
            data_dir.display(),
            bytes(status.size_bytes)
        );
        if !terminal::confirm(&question).await? {
            failure::tell("nothing was deleted");
            return Ok(Outcome::Failed);
        }
    }
    let done = blocking({
        let data_dir = data_dir.clone();
        move || homeroom_embed::destroy(&data_dir)
    })
    .await?;
    tell(&Done { data_dir, done }, "deleted", "has no data", output)
}

fn tell(done: &Done, what: &str, nothing: &str, output: OutputArguments) -> Result<Outcome> {
    if output.json {
        terminal::print_json(done)?;
    } else {
        let word = if done.done { what } else { nothing };
        terminal::print(&format!(
            "the private PostgreSQL in {} {word}\n",
            done.data_dir.display()
        ))?;
    }
    Ok(Outcome::Done)
}

async fn url() -> Result<Outcome> {
    let status = read_status().await?;
    let url = status.url(DATABASE).ok_or_else(|| {
        let message =
            format!("the private PostgreSQL in {} does not run", status.data_dir.display());
        Refusal::new(message, "start it with `homeroom postgres start`")
    })?;
    terminal::print(&format!("{url}\n"))?;
    Ok(Outcome::Done)
}

async fn psql(arguments: Vec<OsString>) -> Result<Outcome> {
    // Ctrl-C is for psql, which cancels a query by it. Listening keeps it from ending us.
    let _ours = signal(SignalKind::interrupt()).context("can't listen to signals")?;
    let progress = Clearing(Progress::new("starting PostgreSQL"));
    let (server, psql) = blocking(|| {
        let psql = Installation::find_or_fetch()?.program("psql");
        let server = Server::start(&ServerConfig::persistent(default_data_dir("homeroom")?))?;
        server.create_database(DATABASE)?;
        Ok((server, psql))
    })
    .await?;
    progress.0.end();
    let url = server.url(DATABASE);
    let psql = psql.ok_or_else(|| {
        Refusal::new(
            "this PostgreSQL comes without psql",
            "`homeroom postgres start`, then use any client with the address of `homeroom postgres url`",
        )
    })?;
    let status = tokio::task::spawn_blocking(move || {
        let mut command = Command::new(&psql);
        // It would choose another server or another way to it.
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("PG") && name != "PGOPTIONS" && name != "PGTZ" {
                command.env_remove(name);
            }
        }
        let status = command.arg("--dbname").arg(&url).args(arguments).status();
        status.with_context(|| format!("can't run {}", psql.display()))
    })
    .await
    .context("a thread of the program was lost")??;
    blocking(move || server.stop()).await?;
    ended(status)
}

fn ended(status: ExitStatus) -> Result<Outcome> {
    // psql has told its errors itself.
    Ok(if status.success() { Outcome::Done } else { Outcome::Failed })
}

async fn read_status() -> Result<Status> {
    blocking(|| homeroom_embed::status(&default_data_dir("homeroom")?)).await
}

fn description(status: &Status) -> String {
    let mut lines = vec![("data", status.data_dir.display().to_string())];
    match &status.version {
        Some(version) => {
            lines.push(("version", format!("PostgreSQL {version}")));
            lines.push(("size", bytes(status.size_bytes)));
        }
        None => lines.push(("version", "no data yet".to_owned())),
    }
    lines.push(match status.pid {
        Some(pid) => ("running", format!("yes, process {pid}")),
        None => ("running", "no".to_owned()),
    });
    lines.extend(status.url(DATABASE).map(|url| ("address", url)));
    lines.iter().map(|(name, value)| format!("{name:<8} {value}\n")).collect()
}
