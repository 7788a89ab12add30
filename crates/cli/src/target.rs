//! Which database a command works on: that of DATABASE_URL, or one on a private PostgreSQL.

use anyhow::{Context, Result};
use homeroom::{Database, DatabaseConfig};
use homeroom_embed::{Server, ServerConfig, default_data_dir};
use homeroom_migrate::UpOptions;

use crate::failure::{Refusal, WayOut};
use crate::progress::{Clearing, Progress};

/// The database on the private server.
pub(crate) const DATABASE: &str = "homeroom";

/// What to use where there is no DATABASE_URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Private {
    /// The one whose data stays.
    Persistent,
    /// A new one, gone with its data at the end.
    Throwaway,
}

/// A database, and the private server that it is on, which is stopped when this is dropped unless others use it.
pub(crate) struct Target {
    config: DatabaseConfig,
    server: Option<Server>,
    /// The database's name on the private server.
    name: String,
}

impl Target {
    /// Finds the database, and starts a server where it takes one.
    pub(crate) async fn open(private: Private) -> Result<Self> {
        Self::open_database(private, DATABASE).await
    }

    /// Finds the database, which on a private server is the one of this name, and starts a server where it takes one.
    pub(crate) async fn open_database(private: Private, name: &str) -> Result<Self> {
        let name = name.to_owned();
        if is_named() {
            let config = DatabaseConfig::from_env().map_err(homeroom::Error::from)?;
            return Ok(Self { config, server: None, name });
        }
        // Faults of the other variables come before a server is started in vain.
        config_at("postgresql://postgres@localhost/homeroom")?;
        let created = name.clone();
        let server = blocking(move || {
            let config = match private {
                Private::Persistent => ServerConfig::persistent(default_data_dir("homeroom")?),
                Private::Throwaway => ServerConfig::throwaway(),
            };
            let server = Server::start(&config)?;
            server.create_database(&created)?;
            Ok(server)
        })
        .await?;
        Ok(Self { config: config_at(&server.url(&name))?, server: Some(server), name })
    }

    /// How to reach the database.
    pub(crate) const fn config(&self) -> &DatabaseConfig {
        &self.config
    }

    /// The private server, where there is one.
    pub(crate) const fn server(&self) -> Option<&Server> {
        self.server.as_ref()
    }

    /// The major version of the private server.
    pub(crate) fn version(&self) -> Option<String> {
        homeroom_embed::status(self.server()?.data_dir()).ok()?.version
    }

    /// Where the database is, for people.
    pub(crate) fn description(&self) -> String {
        match &self.server {
            Some(server) if self.name == DATABASE => {
                format!("the private PostgreSQL in {}", server.data_dir().display())
            }
            Some(server) => {
                let folder = server.data_dir().display();
                format!("the database {} on the private PostgreSQL in {folder}", self.name)
            }
            None => self.config.server().to_owned(),
        }
    }

    /// Opens the database with the schema of this program: a private one is migrated, another one has to be.
    pub(crate) async fn database(&self) -> Result<Database> {
        if self.server.is_some() {
            self.migrate().await?;
        } else {
            let client = self.config.connect_client().await?;
            if !homeroom::migrator()?.is_up_to_date(&client).await? {
                let message =
                    format!("the schema of {} is behind this program", self.config.server());
                return Err(Refusal::new(message, "bring it up with `homeroom migrate up`").into());
            }
        }
        self.connect().await
    }

    /// Opens the database as it is.
    pub(crate) async fn connect(&self) -> Result<Database> {
        Ok(Database::connect(self.config.clone()).await?)
    }

    /// Brings the schema up, and returns how many migrations that took.
    pub(crate) async fn migrate(&self) -> Result<usize> {
        let mut client = self.config.connect_client().await?;
        let applied = homeroom::migrator()?.up(&mut client, &UpOptions::default()).await;
        Ok(applied.map_err(of_another_program)?.len())
    }

    /// Stops the private server, and waits until it has.
    pub(crate) async fn close(self) -> Result<()> {
        match self.server {
            Some(server) => blocking(move || server.stop()).await,
            None => Ok(()),
        }
    }
}

/// Tells the way out where our tables can't be made, as others of their names are there.
fn of_another_program(error: homeroom_migrate::Error) -> anyhow::Error {
    use homeroom_migrate::Error::Failed;
    // Duplicate table, object, function.
    let is_there = |code: &str| matches!(code, "42P07" | "42710" | "42723");
    let taken = matches!(&error, Failed(failure) if is_there(&failure.code));
    let error = anyhow::Error::new(error);
    match taken {
        true => error.context(WayOut(
            "this database has tables of another program: name an empty one in DATABASE_URL"
                .to_owned(),
        )),
        false => error,
    }
}

/// Does something with the database of DATABASE_URL, or with that of the private server whose data stays, and closes it.
pub(crate) async fn with_database<T>(work: impl AsyncFnOnce(&Database) -> Result<T>) -> Result<T> {
    let progress = Clearing(Progress::new("connecting"));
    let target = Target::open(Private::Persistent).await?;
    let db = target.database().await?;
    progress.0.end();
    let done = work(&db).await;
    db.close().await;
    let closed = target.close().await;
    // What went wrong first says more.
    let done = done?;
    closed?;
    Ok(done)
}

/// Whether there is a DATABASE_URL. An empty one is none, as the library has it.
pub(crate) fn is_named() -> bool {
    std::env::var_os("DATABASE_URL").is_some_and(|url| !url.is_empty())
}

/// The settings of the environment, for the database at another address.
pub(crate) fn config_at(url: &str) -> Result<DatabaseConfig> {
    let config = DatabaseConfig::from_vars(|name| match name {
        "DATABASE_URL" => Some(url.to_owned()),
        // Those of a server elsewhere: this one is behind a socket.
        "DATABASE_SSLMODE" | "DATABASE_SSLROOTCERT" => None,
        _ => std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()),
    });
    Ok(config.map_err(homeroom::Error::from)?)
}

/// Runs what blocks on a thread for that.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, homeroom_embed::Error> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.context("a thread of the program was lost")??)
}
