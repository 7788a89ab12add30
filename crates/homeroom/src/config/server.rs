//! The server's address: a URL with the TLS words that tokio-postgres does not know.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio_postgres::config::Host;

use super::ConfigFault;

const DEFAULT_PORT: u16 = 5432;

/// How much the connection is protected; libpq's words and meanings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SslMode {
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl FromStr for SslMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "disable" => Ok(Self::Disable),
            "prefer" => Ok(Self::Prefer),
            "require" => Ok(Self::Require),
            "verify-ca" => Ok(Self::VerifyCa),
            "verify-full" => Ok(Self::VerifyFull),
            _ => Err("disable, prefer, require, verify-ca or verify-full".to_owned()),
        }
    }
}

impl fmt::Display for SslMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Disable => "disable",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        })
    }
}

/// Where the database is, and how the connection to it is protected.
#[derive(Clone)]
pub(crate) struct Server {
    config: tokio_postgres::Config,
    ssl_mode: SslMode,
    ssl_root_cert: Option<PathBuf>,
    address: String,
}

impl Server {
    /// Reads a URL. What the variables say beside it wins, as it does with libpq's programs.
    pub(super) fn parse(
        url: &str,
        ssl_mode: Option<SslMode>,
        ssl_root_cert: Option<&str>,
        application_name: Option<&str>,
    ) -> Result<Self, ConfigFault> {
        let fault = |expected: String| ConfigFault {
            name: "DATABASE_URL",
            value: Some(without_password(url)),
            expected,
        };
        if !url.starts_with("postgresql://") && !url.starts_with("postgres://") {
            return Err(fault(
                "a URL that begins with postgresql:// (special characters percent-encoded)"
                    .to_owned(),
            ));
        }
        let (url_without_tls, tls) = split_off_tls(url);
        let mut config: tokio_postgres::Config =
            url_without_tls.parse().map_err(|error: tokio_postgres::Error| {
                // The driver's message quotes no value, so it can't quote the password.
                let reason = std::error::Error::source(&error)
                    .map_or_else(|| error.to_string(), ToString::to_string);
                fault(format!("postgresql://user:password@host:port/database ({reason})"))
            })?;
        if config.get_hosts().is_empty() {
            return Err(fault(
                "an address with a host, or a socket folder as ?host=/path".to_owned(),
            ));
        }
        if config.get_user().is_none() {
            return Err(fault("an address with a user".to_owned()));
        }
        if config.get_application_name().is_none() || application_name.is_some() {
            config.application_name(application_name.unwrap_or("homeroom"));
        }

        let from_url = tls
            .mode
            .map(|mode| mode.parse::<SslMode>())
            .transpose()
            .map_err(|valid| fault(format!("an address whose sslmode is {valid}")))?;
        let local = config.get_hosts().iter().all(is_local);
        let default = if local { SslMode::Prefer } else { SslMode::Require };
        let ssl_mode = ssl_mode.or(from_url).unwrap_or(default);
        let ssl_root_cert = ssl_root_cert.map(ToOwned::to_owned).or(tls.root_cert);
        if ssl_root_cert.is_none() && matches!(ssl_mode, SslMode::VerifyCa | SslMode::VerifyFull) {
            return Err(ConfigFault {
                name: "DATABASE_SSLROOTCERT",
                value: None,
                expected: "the file with the certificates to trust, as verify-ca and verify-full ask for one"
                    .to_owned(),
            });
        }
        // The driver needs to know only whether TLS is tried and whether it may be done without.
        config.ssl_mode(match ssl_mode {
            SslMode::Disable => tokio_postgres::config::SslMode::Disable,
            SslMode::Prefer => tokio_postgres::config::SslMode::Prefer,
            _ => tokio_postgres::config::SslMode::Require,
        });
        notice_silence(&mut config);
        let address = address(&config);
        Ok(Self { config, ssl_mode, ssl_root_cert: ssl_root_cert.map(PathBuf::from), address })
    }

    /// The driver's configuration.
    pub(crate) const fn config(&self) -> &tokio_postgres::Config {
        &self.config
    }

    pub(crate) const fn ssl_mode(&self) -> SslMode {
        self.ssl_mode
    }

    /// The file with the certificates to trust.
    pub(crate) const fn ssl_root_cert(&self) -> Option<&PathBuf> {
        self.ssl_root_cert.as_ref()
    }

    /// `postgresql://user@host:port/database`: for messages, without the password.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address)
    }
}

struct TlsWords {
    mode: Option<String>,
    root_cert: Option<String>,
}

/// Takes `sslmode` and `sslrootcert` out of the query: tokio-postgres refuses their stronger values.
fn split_off_tls(url: &str) -> (String, TlsWords) {
    let mut words = TlsWords { mode: None, root_cert: None };
    let Some((base, query)) = url.split_once('?') else {
        return (url.to_owned(), words);
    };
    let rest: Vec<&str> = query
        .split('&')
        .filter(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let slot = match key {
                "sslmode" => &mut words.mode,
                "sslrootcert" => &mut words.root_cert,
                _ => return true,
            };
            *slot = Some(percent_decode_str(value).decode_utf8_lossy().into_owned());
            false
        })
        .collect();
    let url = if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) };
    (url, words)
}

/// A peer that is gone without a word is given up after a minute, instead of the system's hours. What the URL says is kept.
fn notice_silence(config: &mut tokio_postgres::Config) {
    let systems = Duration::from_secs(2 * 60 * 60);
    if config.get_keepalives_idle() == systems {
        config.keepalives_idle(Duration::from_secs(30));
    }
    if config.get_keepalives_interval().is_none() {
        config.keepalives_interval(Duration::from_secs(10));
    }
    if config.get_keepalives_retries().is_none() {
        config.keepalives_retries(3);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(Duration::from_secs(30));
    }
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

/// An address that can be connected to, but for the password.
fn address(config: &tokio_postgres::Config) -> String {
    let user = config.get_user().unwrap_or_default();
    let database = config.get_dbname().unwrap_or(user);
    let (hosts, ports) = (config.get_hosts(), config.get_ports());
    let port = |index| ports.get(index).or(ports.first()).copied().unwrap_or(DEFAULT_PORT);
    #[cfg(unix)]
    if let [Host::Unix(folder)] = hosts {
        // Easier to read than a host of which every slash is %2F.
        let port = match port(0) {
            DEFAULT_PORT => String::new(),
            port => format!("&port={port}"),
        };
        return format!("postgresql://{user}@/{database}?host={}{port}", folder.display());
    }
    let shown = |(index, host): (usize, &Host)| match host {
        Host::Tcp(name) if name.contains(':') => format!("[{name}]:{}", port(index)),
        Host::Tcp(name) => format!("{name}:{}", port(index)),
        #[cfg(unix)]
        Host::Unix(folder) => {
            format!("{}:{}", folder.display().to_string().replace('/', "%2F"), port(index))
        }
    };
    let hosts: Vec<String> = hosts.iter().enumerate().map(shown).collect();
    format!("postgresql://{user}@{}/{database}", hosts.join(","))
}

/// Hides whatever could be a password, also where the URL is malformed.
fn without_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let hidden = match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user =
                user.split_once(':').map_or(user.to_owned(), |(user, _)| format!("{user}:***"));
            format!("{user}@{host}")
        }
        None => rest.to_owned(),
    };
    let hidden = match hidden.split_once('?') {
        Some((base, query)) if query.contains("password") => format!("{base}?***"),
        _ => hidden,
    };
    if scheme.is_empty() { "***".to_owned() } else { format!("{scheme}://{hidden}") }
}
