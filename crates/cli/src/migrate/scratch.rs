//! Empty databases to try migrations on, on a throw-away server of which nothing stays.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use homeroom::DatabaseConfig;
use homeroom_advisor::ScratchDatabase;
use homeroom_embed::{Installation, Server, ServerConfig};
use homeroom_migrate::PgDump;

use crate::failure::Refusal;
use crate::progress::Progress;
use crate::target::{blocking, config_at};

/// A throw-away server. When it is dropped it is stopped too.
pub(crate) struct Scratch<'a> {
    server: Arc<Server>,
    databases: AtomicUsize,
    progress: &'a Progress,
}

impl<'a> Scratch<'a> {
    /// Starts the server.
    pub(crate) async fn start(progress: &'a Progress) -> Result<Self> {
        progress.doing("starting PostgreSQL");
        let server = blocking(|| {
            let installation = Installation::find_or_fetch()?;
            Server::start(&ServerConfig::throwaway().installation(installation))
        })
        .await?;
        Ok(Self { server: Arc::new(server), databases: AtomicUsize::new(1), progress })
    }

    /// Makes an empty database, and tells how to reach it.
    pub(crate) async fn database(&self) -> Result<DatabaseConfig> {
        let name = format!("scratch_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let url = self.server.url(&name);
        let server = Arc::clone(&self.server);
        blocking(move || server.create_database(&name)).await?;
        config_at(&url)
    }

    /// Stops the server, and waits until it has.
    pub(crate) async fn stop(self) -> Result<()> {
        let Self { server, progress, .. } = self;
        progress.doing("stopping PostgreSQL");
        blocking(move || Arc::into_inner(server).map_or(Ok(()), Server::stop)).await?;
        progress.end();
        Ok(())
    }
}

impl fmt::Debug for Scratch<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Scratch").field("server", &self.server).finish_non_exhaustive()
    }
}

impl homeroom_advisor::Scratch for Scratch<'_> {
    fn database(&self) -> ScratchDatabase<'_> {
        Box::pin(async { Ok(self.database().await?.connect_client().await?) })
    }
}

/// `pg_dump` of the PostgreSQL that is used for private servers too, for this database.
pub(crate) async fn pg_dump(config: &DatabaseConfig) -> Result<PgDump> {
    let installation = blocking(Installation::find_or_fetch).await?;
    let program: PathBuf = installation.program("pg_dump").ok_or_else(|| {
        let folder = installation.bin_dir().display();
        Refusal::new(
            format!("there is no pg_dump in {folder}"),
            "install PostgreSQL's client programs, or name a folder that has them all in HOMEROOM_PG_BIN",
        )
    })?;
    // A PGSERVICE or PGHOSTADDR of the shell would lead to another database.
    let pg_dump = PgDump::new(program).without_inherited();
    let variables = config.libpq_environment();
    Ok(variables.iter().fold(pg_dump, |pg_dump, (name, value)| pg_dump.env(name, value)))
}
