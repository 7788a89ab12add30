//! The address in the words of libpq, for PostgreSQL's own programs.

use tokio_postgres::config::{Host, TargetSessionAttrs};

use super::DatabaseConfig;

impl DatabaseConfig {
    /// The variables with which a program of PostgreSQL, such as `pg_dump`, reaches this database: `PGHOST`, `PGPORT`, `PGUSER`,
    /// `PGDATABASE`, `PGSSLMODE`, and where they are set `PGPASSWORD`, `PGSSLROOTCERT`, `PGHOSTADDR`, `PGOPTIONS` and
    /// `PGTARGETSESSIONATTRS`. They go into the environment of the program: everybody can read its arguments.
    ///
    /// The program must not inherit others of libpq's variables: a `PGSERVICE` comes before all of these.
    ///
    /// ```
    /// use homeroom::DatabaseConfig;
    ///
    /// let config = DatabaseConfig::builder("postgresql://app:secret@db.example.org/homeroom").build()?;
    /// let variables = config.libpq_environment();
    /// assert!(variables.contains(&("PGHOST", "db.example.org".to_owned())));
    /// # Ok::<(), homeroom::ConfigError>(())
    /// ```
    #[must_use]
    pub fn libpq_environment(&self) -> Vec<(&'static str, String)> {
        let config = self.server.config();
        let hosts = config.get_hosts().iter().map(|host| match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(folder) => folder.display().to_string(),
        });
        let user = config.get_user().unwrap_or_default();
        let ports = match config.get_ports() {
            [] => "5432".to_owned(),
            ports => list(ports),
        };
        let mut variables = vec![
            ("PGHOST", list(hosts)),
            ("PGPORT", ports),
            ("PGUSER", user.to_owned()),
            ("PGDATABASE", config.get_dbname().unwrap_or(user).to_owned()),
            ("PGSSLMODE", self.server.ssl_mode().to_string()),
        ];
        let session = match config.get_target_session_attrs() {
            TargetSessionAttrs::ReadWrite => Some("read-write".to_owned()),
            TargetSessionAttrs::ReadOnly => Some("read-only".to_owned()),
            _ => None,
        };
        let addresses = config.get_hostaddrs();
        let optional = [
            ("PGPASSWORD", config.get_password().map(|it| String::from_utf8_lossy(it).into())),
            ("PGSSLROOTCERT", self.server.ssl_root_cert().map(|path| path.display().to_string())),
            ("PGHOSTADDR", (!addresses.is_empty()).then(|| list(addresses))),
            ("PGOPTIONS", config.get_options().map(ToOwned::to_owned)),
            ("PGTARGETSESSIONATTRS", session),
        ];
        variables.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
        variables
    }
}

/// What stands between commas.
fn list(parts: impl IntoIterator<Item = impl ToString>) -> String {
    let parts: Vec<String> = parts.into_iter().map(|part| part.to_string()).collect();
    parts.join(",")
}
