//! Opening a connection: TLS, the session's settings, and the cause when it fails.

use std::time::Duration;

use diesel::connection::CacheSize;
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use tokio_postgres::NoTls;

use crate::config::{DatabaseConfig, Settings};
use crate::error::{Cause, Error, Result};
use crate::observe::{Endpoint, Statements};
use crate::tls;

/// Opens a connection for the pool, with the session's settings made.
pub(crate) async fn open(config: &DatabaseConfig) -> Result<AsyncPgConnection> {
    within(config, async {
        let mut connection = match tls::connector(&config.server)? {
            Some(tls) => {
                let opened = config.server.config().connect(tls).await;
                let (client, driver) = opened.map_err(|error| cannot_connect(config, error))?;
                AsyncPgConnection::try_from_client_and_connection(client, driver).await
            }
            None => {
                let opened = config.server.config().connect(NoTls).await;
                let (client, driver) = opened.map_err(|error| cannot_connect(config, error))?;
                AsyncPgConnection::try_from_client_and_connection(client, driver).await
            }
        }
        .map_err(|error| lost_while_connecting(config, error))?;
        let slow = Some(config.settings.slow_statement).filter(|time| !time.is_zero());
        connection.set_instrumentation(Statements::new(Endpoint::of(config), slow));
        if !config.settings.prepared_statements {
            connection.set_prepared_statement_cache_size(CacheSize::Disabled);
        }
        connection
            .batch_execute(&session_settings(&config.settings))
            .await
            .map_err(|error| lost_while_connecting(config, error))?;
        Ok(connection)
    })
    .await
}

impl DatabaseConfig {
    /// Opens a connection of its own, outside any pool and without Diesel: for migrations, `COPY` and `LISTEN`.
    ///
    /// The timeouts of the settings are not made on it; the connection is driven by a task of its own, and ends when the
    /// client is dropped.
    ///
    /// # Errors
    /// [`Error::Refused`] and [`Error::Unavailable`] with the cause.
    pub async fn connect_client(&self) -> Result<tokio_postgres::Client> {
        within(self, async {
            match tls::connector(&self.server)? {
                Some(tls) => {
                    let opened = self.server.config().connect(tls).await;
                    let (client, driver) = opened.map_err(|error| cannot_connect(self, error))?;
                    // The client reports the driver's errors; there is nobody else to tell.
                    tokio::spawn(async move { drop(driver.await) });
                    Ok(client)
                }
                None => {
                    let opened = self.server.config().connect(NoTls).await;
                    let (client, driver) = opened.map_err(|error| cannot_connect(self, error))?;
                    tokio::spawn(async move { drop(driver.await) });
                    Ok(client)
                }
            }
        })
        .await
    }
}

async fn within<T>(config: &DatabaseConfig, opening: impl Future<Output = Result<T>>) -> Result<T> {
    let limit = config.settings.connect_timeout;
    tokio::time::timeout(limit, opening).await.unwrap_or_else(|_| {
        Err(Error::Unavailable {
            what: format!("can't connect to {}", config.server()),
            source: Some(Cause::new(format!("no answer within {limit:?}"))),
        })
    })
}

fn cannot_connect(config: &DatabaseConfig, error: tokio_postgres::Error) -> Error {
    Error::from_connect(config.server().to_owned(), error)
}

fn lost_while_connecting(
    config: &DatabaseConfig,
    error: impl std::error::Error + Send + Sync + 'static,
) -> Error {
    Error::Unavailable {
        what: format!("the connection to {} was lost while it was opened", config.server()),
        source: Some(Cause::new(error)),
    }
}

/// The timeouts, whose defaults on the server are 0: never. And no compilation of queries: ours are short, and where the planner
/// overestimates a recursive one, compiling it takes a third of a second at every call.
fn session_settings(settings: &Settings) -> String {
    let milliseconds = |time: Duration| time.as_millis();
    format!(
        "SET statement_timeout = {}; SET lock_timeout = {}; SET idle_in_transaction_session_timeout = {}; \
         SET jit = off",
        milliseconds(settings.statement_timeout),
        milliseconds(settings.lock_timeout),
        milliseconds(settings.idle_in_transaction_timeout),
    )
}
