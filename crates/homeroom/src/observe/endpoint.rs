//! How spans and metrics name the server that a connection goes to.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use metrics::{Key, Label, Level, Metadata};
use tokio_postgres::config::Host;

use crate::config::DatabaseConfig;

/// How long operations took.
pub(super) const DURATION: &str = "db.client.operation.duration";
static METADATA: Metadata<'static> =
    Metadata::new("homeroom::observe", Level::INFO, Some(module_path!()));

/// The server and database behind a connection: no user, no password.
#[derive(Debug)]
pub(crate) struct Endpoint {
    /// The host or the socket's folder; of several hosts all, as the driver does not tell which one it took.
    pub(crate) address: Arc<str>,
    /// The port, where there is one host.
    pub(crate) port: Option<u16>,
    pub(crate) database: Arc<str>,
    /// How the pool is named in metrics: `host:port/database`.
    pub(crate) pool: Arc<str>,
    /// The labels of its operations, made once.
    pub(crate) labels: Vec<Label>,
    /// The keys of the durations of operations that succeeded, by where their names are: made once, as they are used at every call.
    durations: RwLock<BTreeMap<(usize, usize), Key>>,
}

impl Endpoint {
    pub(crate) fn of(config: &DatabaseConfig) -> Self {
        let config = config.server.config();
        let hosts: Vec<String> = config.get_hosts().iter().map(name).collect();
        let port = match (config.get_hosts(), config.get_ports()) {
            ([Host::Tcp(_)], ports) => Some(ports.first().copied().unwrap_or(5432)),
            _ => None,
        };
        let address: Arc<str> = hosts.join(",").into();
        let database: Arc<str> =
            config.get_dbname().or(config.get_user()).unwrap_or_default().into();
        let pool = match port {
            Some(port) => format!("{address}:{port}/{database}"),
            None => format!("{address}/{database}"),
        };
        let mut labels = vec![
            Label::from_static_parts("db.system.name", "postgresql"),
            Label::new("db.namespace", database.clone()),
            Label::new("server.address", address.clone()),
        ];
        labels.extend(port.map(|port| Label::new("server.port", port.to_string())));
        Self { address, port, database, pool: pool.into(), labels, durations: RwLock::default() }
    }
}

impl Endpoint {
    /// Records how long an operation took that succeeded.
    pub(super) fn took(&self, operation: &'static str, time: Duration) {
        let record = |key: &Key| {
            metrics::with_recorder(|recorder| {
                recorder.register_histogram(key, &METADATA).record(time.as_secs_f64());
            });
        };
        let place = (operation.as_ptr().addr(), operation.len());
        if let Some(key) = self.durations.read().unwrap_or_else(PoisonError::into_inner).get(&place)
        {
            return record(key);
        }
        let mut labels = vec![Label::from_static_parts("db.operation.name", operation)];
        labels.extend_from_slice(&self.labels);
        let key = Key::from_parts(DURATION, labels);
        record(&key);
        self.durations.write().unwrap_or_else(PoisonError::into_inner).insert(place, key);
    }
}

fn name(host: &Host) -> String {
    match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(folder) => folder.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_named_without_a_person() {
        let named = |url| {
            let Endpoint { address, port, database, pool, .. } =
                Endpoint::of(&DatabaseConfig::builder(url).build().unwrap());
            format!("{address} {port:?} {database} {pool}")
        };
        let url = "postgresql://app:s3cret@db.example.org:6432/homeroom";
        assert_eq!(named(url), "db.example.org Some(6432) homeroom db.example.org:6432/homeroom");
        let socket = "postgresql://app:s3cret@%2Frun%2Fpg";
        assert_eq!(named(socket), "/run/pg None app /run/pg/app");
        let several = "postgresql://app:s3cret@a:1,b:2/d";
        assert_eq!(named(several), "a,b None d a,b/d");
    }
}
