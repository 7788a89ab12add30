//! Opening a connection: which host, TLS, the session's settings, a pooler before the server, and the cause when it fails.

use std::borrow::Cow;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::CacheSize;
use diesel_async::AsyncConnection;
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::backend::{Backend, drive};
use crate::cancel::Cancel;
use crate::config::{DatabaseConfig, Settings};
use crate::connection::Connection;
use crate::dial::{self, Socket, Target};
use crate::error::{Cause, Error, Result};
use crate::observe::{Endpoint, Statements};
use crate::pooler::{self, Pooler};
use crate::tls;
use crate::wire::Wire;

const RESET: &str = include_str!("reset.sql");

/// A connection for Diesel with what is known of its server's side.
pub(crate) struct Opened {
    pub(crate) connection: Connection,
    pub(crate) backend: Arc<Backend>,
    /// Whether a pooler in transaction mode stands before the server: nothing may be kept in the session then.
    pub(crate) pooled: bool,
    /// What brings an altered session in order.
    pub(crate) reset: Cow<'static, str>,
}

/// Opens a connection for the pool, with the session's settings made.
pub(crate) async fn open(config: &DatabaseConfig, pooler: &Pooler) -> Result<Opened> {
    let plain = config.server.config();
    let mut took_settings = pooler.takes_options();
    let (client, backend) = if took_settings {
        match connect(config, &with_settings(plain, &config.settings)).await {
            Err(error) if pooler::refuses_options(&error) => {
                took_settings = false;
                connect(config, plain).await?
            }
            outcome => outcome?,
        }
    } else {
        connect(config, plain).await?
    };
    let lost = |error: Cause| Error::Unavailable {
        what: format!("the connection to {} was lost while it was opened", config.server()),
        source: Some(error),
    };
    let limit = config.settings.connect_timeout;
    let ready = tokio::time::timeout(limit, async {
        let pooled = pooler.recognise(&client, &backend, took_settings, config.server()).await?;
        let mut reset = Cow::from(RESET);
        if !took_settings && !pooled {
            // A pooler that keeps sessions, and takes the settings as statements alone.
            let settings = settings_as_statements(&config.settings);
            client.batch_execute(&settings).await.map_err(|error| lost(Cause::new(error)))?;
            reset.to_mut().push_str(&settings);
        }
        if pooled {
            // The one setting that a pooler keeps for each of its clients.
            let utc = client.batch_execute("SET TimeZone = 'UTC'").await;
            utc.map_err(|error| lost(Cause::new(error)))?;
        }
        Ok((pooled, reset))
    });
    let (pooled, reset) =
        ready.await.unwrap_or_else(|_| Err(lost(Cause::new(no_answer(limit)))))?;
    let slow = Some(config.settings.slow_statement).filter(|time| !time.is_zero());
    let statements = Statements::new(Endpoint::of(config), slow);
    let mut connection = Connection::new(client, backend.clone(), statements);
    if !config.settings.prepared_statements {
        connection.set_prepared_statement_cache_size(CacheSize::Disabled);
    }
    backend.mark_in_order();
    Ok(Opened { connection, backend, pooled, reset })
}

impl DatabaseConfig {
    /// Opens a connection of its own, outside any pool and without Diesel: for migrations and `COPY`. (Notifications are
    /// not handed on: `LISTEN` wants a connection of tokio-postgres's own.)
    ///
    /// The timeouts of the settings are not made on it; the connection is driven by a task of its own, and ends when the
    /// client is dropped.
    ///
    /// # Errors
    /// [`Error::Refused`] and [`Error::Unavailable`] with the cause.
    pub async fn connect_client(&self) -> Result<Client> {
        Ok(connect(self, self.server.config()).await?.0)
    }
}

/// Tries the hosts in order, each address for as long as the connect timeout. A server that refuses us ends it: the next one would
/// too.
async fn connect(config: &DatabaseConfig, driver: &Config) -> Result<(Client, Arc<Backend>)> {
    // The URL may have one as well: both hold.
    let limit = config.settings.connect_timeout;
    let limit = driver.get_connect_timeout().map_or(limit, |theirs| limit.min(*theirs));
    let unavailable = |cause: Cause| Error::Unavailable {
        what: format!("can't connect to {}", config.server()),
        source: Some(cause),
    };
    let targets = tokio::time::timeout(limit, dial::targets(driver)).await;
    let targets = targets.map_err(|_| unavailable(Cause::new(no_answer(limit))))?;
    let alone = targets.len() == 1;
    let mut failures = Vec::new();
    for target in targets {
        let address = target.as_ref().map_or_else(|_| String::new(), ToString::to_string);
        let attempt = async {
            let target = target.map_err(|error| unavailable(Cause::new(error)))?;
            try_target(config, driver, target).await
        };
        let attempt = tokio::time::timeout(limit, attempt).await;
        let error = match attempt.unwrap_or_else(|_| Err(unavailable(Cause::new(no_answer(limit)))))
        {
            Ok(connected) => return Ok(connected),
            Err(error) if alone || is_final(&error) => return Err(error),
            Err(error) => error,
        };
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        failures.push(if address.is_empty() { cause } else { format!("{address}: {cause}") });
    }
    Err(unavailable(Cause::new(match failures.as_slice() {
        [] => "none of its hosts has an address".to_owned(),
        failures => failures.join("; "),
    })))
}

/// Whether another host would say the same.
fn is_final(error: &Error) -> bool {
    !matches!(error, Error::Unavailable { .. }) || pooler::refuses_options(error)
}

fn no_answer(limit: Duration) -> String {
    format!("no answer within {limit:?}")
}

async fn try_target(
    config: &DatabaseConfig,
    driver: &Config,
    target: Target,
) -> Result<(Client, Arc<Backend>)> {
    let failed = |error| Error::from_connect(config.server().to_owned(), error);
    let unavailable = |cause: Cause| Error::Unavailable {
        what: format!("can't connect to {}", config.server()),
        source: Some(cause),
    };
    let backend = Arc::<Backend>::default();
    let socket = target.open(driver).await.map_err(|error| unavailable(Cause::new(error)))?;
    let wire = Wire::new(socket, backend.clone());
    let server = config.server.clone();
    let client = match tls::connector(&config.server)? {
        Some(mut tls) => {
            let tls = MakeTlsConnect::<Socket>::make_tls_connect(&mut tls, &target.host);
            let tls = Encrypted(tls.map_err(|error| unavailable(Cause::new(error)))?);
            let (client, connection) = driver.connect_raw(wire, tls).await.map_err(failed)?;
            let cancel = Cancel { server, target, token: client.cancel_token() };
            tokio::spawn(drive(connection, backend.clone(), cancel));
            client
        }
        None => {
            let (client, connection) = driver.connect_raw(wire, NoTls).await.map_err(failed)?;
            let cancel = Cancel { server, target, token: client.cancel_token() };
            tokio::spawn(drive(connection, backend.clone(), cancel));
            client
        }
    };
    if let Some(unfit) = unfit(&client, driver.get_target_session_attrs()).await.map_err(failed)? {
        return Err(unavailable(Cause::new(unfit)));
    }
    Ok((client, backend))
}

/// Why a server is not the one that `target_session_attrs` asks for.
async fn unfit(
    client: &Client,
    wanted: TargetSessionAttrs,
) -> Result<Option<&'static str>, tokio_postgres::Error> {
    if wanted == TargetSessionAttrs::Any {
        return Ok(None);
    }
    let said = client.simple_query("SHOW transaction_read_only").await?;
    let read_only = said
        .iter()
        .any(|message| matches!(message, SimpleQueryMessage::Row(row) if row.get(0) == Some("on")));
    Ok(match (wanted, read_only) {
        (TargetSessionAttrs::ReadWrite, true) => {
            Some("it takes no writes, and target_session_attrs asks for a server that does")
        }
        (TargetSessionAttrs::ReadOnly, false) => {
            Some("it takes writes, and target_session_attrs asks for a server that does not")
        }
        _ => None,
    })
}

type Rustls = <MakeRustlsConnect as MakeTlsConnect<Socket>>::TlsConnect;
type RustlsSocket = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;

/// Encrypts what lies below the wire: what is read along has to be plain.
struct Encrypted(Rustls);

impl TlsConnect<Wire<Socket>> for Encrypted {
    type Stream = Wire<RustlsSocket>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Stream>> + Send>>;

    fn connect(self, wire: Wire<Socket>) -> Self::Future {
        let (socket, backend) = wire.into_inner();
        Box::pin(async move { Ok(Wire::new(self.0.connect(socket).await?, backend)) })
    }
}

/// The settings of a session: the timeouts, whose defaults on the server are 0: never; UTC. And no compilation of queries: ours are
/// short, and where the planner overestimates a recursive one, compiling it takes a third of a second at every call.
fn settings(settings: &Settings) -> [(&'static str, String); 5] {
    let milliseconds = |time: Duration| time.as_millis().to_string();
    [
        ("statement_timeout", milliseconds(settings.statement_timeout)),
        ("lock_timeout", milliseconds(settings.lock_timeout)),
        ("idle_in_transaction_session_timeout", milliseconds(settings.idle_in_transaction_timeout)),
        ("jit", "off".to_owned()),
        ("TimeZone", "UTC".to_owned()),
    ]
}

/// As a part of the connection's start they need no round trip, and are what a RESET goes back to. Those of the URL come last, and win.
fn with_settings(driver: &Config, of: &Settings) -> Config {
    let ours = settings(of).map(|(name, value)| format!("-c {name}={value}")).join(" ");
    let options = match driver.get_options() {
        // But for the zone: times are read as UTC.
        Some(theirs) => format!("{ours} {theirs} -c TimeZone=UTC"),
        None => ours,
    };
    let mut driver = driver.clone();
    driver.options(options);
    driver
}

fn settings_as_statements(of: &Settings) -> String {
    settings(of).map(|(name, value)| format!("SET {name} = '{value}'")).join("; ")
}

/// What begins a transaction behind a pooler, where the timeouts can't be the session's.
pub(crate) fn begin_with_timeouts(of: &Settings, begin: &str) -> String {
    let [statement, lock, idle, ..] = settings(of);
    let timeouts =
        [statement, lock, idle].map(|(name, value)| format!("SET LOCAL {name} = '{value}'"));
    format!("{begin}; {}", timeouts.join("; "))
}
