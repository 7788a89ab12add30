//! The few statements that this crate sends to a server.

use std::net::SocketAddr;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio_postgres::{Client, NoTls};

use crate::error::Error;

/// What may stand in a URL as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// The address of a database through the socket in a folder, as libpq and its kin understand it.
pub(crate) fn url(socket_dir: &Path, port: u16, database: &str) -> String {
    let host = utf8_percent_encode(&socket_dir.to_string_lossy(), PLAIN).to_string();
    format!("postgresql://postgres@{host}:{port}/{}", utf8_percent_encode(database, PLAIN))
}

/// The address of the same database at another host and port.
pub(crate) fn tcp_url(config: &tokio_postgres::Config, address: SocketAddr) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, PLAIN).to_string();
    let user = config.get_user().unwrap_or("postgres");
    let password = config
        .get_password()
        .map(|password| format!(":{}", percent_encoding::percent_encode(password, PLAIN)));
    format!(
        "postgresql://{}{}@{address}/{}",
        encoded(user),
        password.unwrap_or_default(),
        encoded(config.get_dbname().unwrap_or(user))
    )
}

/// Opens a connection, driven by a task of its own.
pub(crate) async fn connect(url: &str) -> Result<Client, Error> {
    let (client, driver) = tokio_postgres::connect(url, NoTls).await.map_err(Error::Connect)?;
    // The client tells of the driver's errors.
    tokio::spawn(async move { drop(driver.await) });
    Ok(client)
}

/// Runs a statement on a connection of its own.
pub(crate) async fn execute(url: &str, statement: &str) -> Result<(), Error> {
    let client = connect(url).await?;
    client
        .batch_execute(statement)
        .await
        .map_err(|source| Error::Statement { statement: statement.to_owned(), source })
}

/// Runs async work to its end from anywhere, be it inside of an async runtime or not.
pub(crate) fn block_on<T: Send>(
    work: impl Future<Output = Result<T, Error>> + Send,
) -> Result<T, Error> {
    let failed = |source| Error::files("start a thread for", "the private server", source);
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("homeroom-embed".to_owned())
            .spawn_scoped(scope, || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .map_err(failed)?;
                runtime.block_on(work)
            })
            .map_err(failed)?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// An identifier in SQL.
pub(crate) fn quote(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}

/// A string in SQL.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_read_back_by_the_driver() {
        let config: tokio_postgres::Config =
            url(Path::new("/tmp/ä b/@:"), 5433, "x y/z").parse().unwrap();
        assert_eq!(config.get_dbname(), Some("x y/z"));
        assert_eq!(config.get_ports(), [5433]);
        assert_eq!(config.get_user(), Some("postgres"));
        let hosts = config.get_hosts();
        assert_eq!(hosts, [tokio_postgres::config::Host::Unix("/tmp/ä b/@:".into())]);
    }

    #[test]
    fn what_stands_in_sql_is_quoted() {
        assert_eq!(quote(r#"a"b"#), r#""a""b""#);
        assert_eq!(literal("a'b"), "'a''b'");
    }
}
