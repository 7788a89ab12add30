use std::collections::HashMap;

use super::*;

const URL: &str = "postgresql://app:s3cret@db.example.org:6432/homeroom";

fn config(variables: &[(&str, &str)]) -> Result<DatabaseConfig, ConfigError> {
    let variables: HashMap<_, _> = variables.iter().copied().collect();
    DatabaseConfig::from_vars(|name| variables.get(name).map(ToString::to_string))
}

fn faults(variables: &[(&str, &str)]) -> String {
    config(variables).unwrap_err().to_string()
}

#[test]
fn the_defaults_are_those_of_the_table() {
    let config = config(&[("DATABASE_URL", URL)]).unwrap();
    let of_the_table = Settings {
        pool_min: 2,
        pool_max: 10,
        idle_timeout: Duration::from_secs(30),
        max_lifetime: Duration::from_secs(30 * 60),
        acquire_timeout: Duration::from_secs(5),
        connect_timeout: Duration::from_secs(2),
        replica_wait: Duration::from_millis(100),
        statement_timeout: Duration::from_secs(30),
        lock_timeout: Duration::from_secs(5),
        idle_in_transaction_timeout: Duration::from_secs(60),
        slow_statement: Duration::from_secs(1),
        prepared_statements: true,
        pooler: PoolerMode::Auto,
    };
    assert_eq!(config.settings, of_the_table);
    assert_eq!((config.pool_min(), config.pool_max()), (2, 10));
    assert_eq!(config.server(), "postgresql://app@db.example.org:6432/homeroom");
    assert_eq!(config.server.config().get_application_name(), Some("homeroom"));
}

#[test]
fn nothing_that_is_set_is_ignored() {
    let config = config(&[
        ("DATABASE_URL", URL),
        ("DATABASE_REPLICA_URLS", "postgresql://u@r1,r4/d?options=a,b, postgresql://u@r2:1,r3:2/d"),
        ("DATABASE_REPLICA_WAIT", "50ms"),
        ("DATABASE_SSLMODE", "disable"),
        ("DATABASE_APPLICATION_NAME", "grader"),
        ("DATABASE_POOL_MIN", "1"),
        ("DATABASE_POOL_MAX", "3"),
        ("DATABASE_POOL_IDLE_TIMEOUT", "1m"),
        ("DATABASE_POOL_MAX_LIFETIME", "2h"),
        ("DATABASE_POOL_ACQUIRE_TIMEOUT", "4"),
        ("DATABASE_CONNECT_TIMEOUT", "500ms"),
        ("DATABASE_STATEMENT_TIMEOUT", "0"),
        ("DATABASE_LOCK_TIMEOUT", "6s"),
        ("DATABASE_IDLE_IN_TRANSACTION_TIMEOUT", "7s"),
        ("DATABASE_SLOW_STATEMENT", "250ms"),
        ("DATABASE_PREPARED_STATEMENTS", "off"),
        ("DATABASE_POOLER", "session"),
    ])
    .unwrap();
    assert_eq!(
        config.settings,
        Settings {
            pool_min: 1,
            pool_max: 3,
            idle_timeout: Duration::from_secs(60),
            max_lifetime: Duration::from_secs(7_200),
            acquire_timeout: Duration::from_secs(4),
            connect_timeout: Duration::from_millis(500),
            replica_wait: Duration::from_millis(50),
            statement_timeout: Duration::ZERO,
            lock_timeout: Duration::from_secs(6),
            idle_in_transaction_timeout: Duration::from_secs(7),
            slow_statement: Duration::from_millis(250),
            prepared_statements: false,
            pooler: PoolerMode::Session,
        }
    );
    assert_eq!(config.server.ssl_mode(), SslMode::Disable);
    let replicas: Vec<_> = config.replicas().map(|replica| replica.server().to_owned()).collect();
    assert_eq!(replicas, ["postgresql://u@r1:5432,r4:5432/d", "postgresql://u@r2:1,r3:2/d"]);
    assert!(config.replicas().all(|replica| replica.server.ssl_mode() == SslMode::Disable));
    assert_eq!(config.server.config().get_application_name(), Some("grader"));
}

#[test]
fn all_faults_are_told_at_once_with_name_value_and_what_is_valid() {
    insta::assert_snapshot!(
        faults(&[
            ("DATABASE_REPLICA_URLS", "postgresql://u:s3cret@r1/d,r2:2,postgresql://u:s3cret@"),
            ("DATABASE_REPLICA_WAIT", "0"),
            ("DATABASE_SSLMODE", "maybe"),
            ("DATABASE_APPLICATION_NAME", "café"),
            ("DATABASE_POOL_MIN", "-1"),
            ("DATABASE_POOL_MAX", "0"),
            ("DATABASE_POOL_IDLE_TIMEOUT", "0"),
            ("DATABASE_CONNECT_TIMEOUT", "soon"),
            ("DATABASE_STATEMENT_TIMEOUT", "99999999999999999999"),
            ("DATABASE_LOCK_TIMEOUT", "25d"),
            ("DATABASE_SLOW_STATEMENT", "-1s"),
            ("DATABASE_PREPARED_STATEMENTS", "perhaps"),
            ("DATABASE_POOLER", "bouncy"),
        ]),
        @r#"
    the database configuration has 15 faults:
      DATABASE_REPLICA_WAIT is "0", but should be a time from 1ms to 24d, such as 500ms, 30s, 5m or 1h
      DATABASE_SSLMODE is "maybe", but should be disable, prefer, require, verify-ca or verify-full
      DATABASE_APPLICATION_NAME is "café", but should be at most 63 printable ASCII characters
      DATABASE_POOL_MIN is "-1", but should be a whole number from 0 to 10000
      DATABASE_POOL_MAX is "0", but should be a whole number from 1 to 10000
      DATABASE_POOL_IDLE_TIMEOUT is "0", but should be a time from 1ms to 24d, such as 500ms, 30s, 5m or 1h
      DATABASE_CONNECT_TIMEOUT is "soon", but should be a time from 1ms to 24d, such as 500ms, 30s, 5m or 1h
      DATABASE_STATEMENT_TIMEOUT is "99999999999999999999", but should be a time of at most 24d, such as 500ms, 30s, 5m or 1h, or 0 for never
      DATABASE_LOCK_TIMEOUT is "25d", but should be a time of at most 24d, such as 500ms, 30s, 5m or 1h, or 0 for never
      DATABASE_SLOW_STATEMENT is "-1s", but should be a time of at most 24d, such as 500ms, 30s, 5m or 1h, or 0 for never
      DATABASE_PREPARED_STATEMENTS is "perhaps", but should be on or off
      DATABASE_POOLER is "bouncy", but should be auto, session or transaction
      DATABASE_URL is not set, but should be an address such as postgresql://user:password@host:5432/database
      DATABASE_REPLICA_URLS is "***", but should be a URL that begins with postgresql:// (special characters percent-encoded)
      DATABASE_REPLICA_URLS is "postgresql://u:***@", but should be an address with a host, or a socket folder as ?host=/path
    "#
    );
}

#[test]
fn a_minimum_above_the_maximum_is_refused() {
    insta::assert_snapshot!(
        faults(&[("DATABASE_URL", URL), ("DATABASE_POOL_MIN", "11")]),
        @r#"the database configuration is not valid: DATABASE_POOL_MIN is "11", but should be at most DATABASE_POOL_MAX, which is 10"#
    );
}

#[test]
fn an_address_is_read_as_libpq_reads_it() {
    let read = [
        ("postgres://u@h/d", "postgresql://u@h:5432/d"),
        ("postgresql://u@h", "postgresql://u@h:5432/u"),
        ("postgresql://u%40x:p%2Fw@h/d", "postgresql://u@x@h:5432/d"),
        ("postgresql://u@/d?host=/run/pg", "postgresql://u@/d?host=/run/pg"),
        ("postgresql://u@%2Frun%2Fpg/d", "postgresql://u@/d?host=/run/pg"),
        ("postgresql://u@%2Frun%2Fpg:5433/d", "postgresql://u@/d?host=/run/pg&port=5433"),
        ("postgresql://u@%2Frun%2Fpg,h:5433/d", "postgresql://u@%2Frun%2Fpg:5432,h:5433/d"),
        ("postgresql://u@a:1,b:2/d?target_session_attrs=read-write", "postgresql://u@a:1,b:2/d"),
        ("postgresql://u@[::1]:99/d?options=-c%20geqo%3Doff", "postgresql://u@[::1]:99/d"),
    ];
    for (url, address) in read {
        assert_eq!(config(&[("DATABASE_URL", url)]).unwrap().server(), address, "{url}");
    }
}

#[test]
fn what_is_percent_encoded_in_an_address_arrives_decoded() {
    let read = [
        ("postgresql://u%40x:p%2Fw%25@h/d%20b", ("u@x", "p/w%", "d b")),
        ("postgresql://%C3%BC:%C3%A4%3A%40@h/%C3%B6", ("ü", "ä:@", "ö")),
        ("postgresql://h/d?user=u&password=p%26q%3Dr", ("u", "p&q=r", "d")),
        ("postgresql://u:p%20w@%2Frun%2Fp%20g/d", ("u", "p w", "d")),
    ];
    for (url, (user, password, database)) in read {
        let config = config(&[("DATABASE_URL", url)]).unwrap();
        let driver = config.server.config();
        let decoded = (driver.get_user(), driver.get_password(), driver.get_dbname());
        assert_eq!(decoded, (Some(user), Some(password.as_bytes()), Some(database)), "{url}");
    }
}

#[test]
fn what_an_address_says_for_the_driver_is_kept() {
    let url = "postgresql://u@a:1,b:2,%2Frun%2Fpg/d?options=-c%20geqo%3Doff&target_session_attrs=read-only\
        &load_balance_hosts=random&connect_timeout=3&keepalives_idle=7&tcp_user_timeout=9&channel_binding=require\
        &application_name=theirs&sslmode=disable";
    let config = config(&[("DATABASE_URL", url)]).unwrap();
    let driver = config.server.config();
    assert_eq!((driver.get_hosts().len(), driver.get_ports()), (3, &[1, 2, 5432][..]));
    assert_eq!(driver.get_options(), Some("-c geqo=off"));
    assert_eq!(driver.get_application_name(), Some("theirs"));
    assert_eq!(driver.get_connect_timeout(), Some(&Duration::from_secs(3)));
    assert_eq!(driver.get_keepalives_idle(), Duration::from_secs(7));
    assert_eq!(driver.get_tcp_user_timeout(), Some(&Duration::from_secs(9)));
    use tokio_postgres::config::{ChannelBinding, LoadBalanceHosts, TargetSessionAttrs};
    assert_eq!(driver.get_target_session_attrs(), TargetSessionAttrs::ReadOnly);
    assert_eq!(driver.get_load_balance_hosts(), LoadBalanceHosts::Random);
    assert_eq!(driver.get_channel_binding(), ChannelBinding::Require);
    assert_eq!(config.server.ssl_mode(), SslMode::Disable);
}

#[test]
fn a_silent_peer_is_given_up_after_a_minute_where_the_address_says_nothing() {
    let config = config(&[("DATABASE_URL", "postgresql://u@h/d")]).unwrap();
    let driver = config.server.config();
    assert!(driver.get_keepalives());
    let (idle, interval) = (driver.get_keepalives_idle(), driver.get_keepalives_interval());
    let silence = idle + interval.unwrap() * driver.get_keepalives_retries().unwrap();
    assert_eq!(silence, Duration::from_secs(60));
    assert_eq!(driver.get_tcp_user_timeout(), Some(&Duration::from_secs(30)));
}

#[test]
fn an_address_that_cannot_be_read_is_told_with_what_is_wrong() {
    let told = [
        ("mysql://u@h/d", "begins with postgresql://"),
        ("h/d", "begins with postgresql://"),
        ("postgresql://u@h:port/d", "invalid value for option `port`"),
        ("postgresql://u@h:99999/d", "invalid value for option `port`"),
        ("postgresql://u@h/d?colour=red", "unknown option `colour`"),
        ("postgresql://u@h/d?target_session_attrs=any-way", "target_session_attrs"),
        ("postgresql://u@h/d?sslmode=always", "sslmode is disable, prefer"),
        ("postgresql://u@/d", "a host, or a socket folder"),
        ("postgresql:///d?user=u", "a host, or a socket folder"),
        ("postgresql://h/d", "with a user"),
    ];
    for (url, word) in told {
        let fault = faults(&[("DATABASE_URL", url)]);
        assert!(fault.contains(word) && fault.contains("DATABASE_URL is"), "{url}: {fault}");
    }
}

#[test]
fn a_server_elsewhere_is_reached_through_tls_unless_told_otherwise() {
    let modes = [
        ("postgresql://u@db.example.org/d", SslMode::Require),
        ("postgresql://u@db.example.org/d?sslmode=prefer", SslMode::Prefer),
        ("postgresql://u@localhost/d", SslMode::Prefer),
        ("postgresql://u@127.0.0.1,db.example.org/d", SslMode::Require),
        ("postgresql://u@h/d?sslmode=verify-full&sslrootcert=%2Fca.pem", SslMode::VerifyFull),
    ];
    for (url, mode) in modes {
        assert_eq!(config(&[("DATABASE_URL", url)]).unwrap().server.ssl_mode(), mode, "{url}");
    }
}

#[test]
fn a_mode_that_verifies_needs_certificates_to_trust() {
    insta::assert_snapshot!(
        faults(&[("DATABASE_URL", "postgresql://u@h/d?sslmode=verify-ca")]),
        @"the database configuration is not valid: DATABASE_SSLROOTCERT is not set, but should be the file with the certificates to trust, as verify-ca and verify-full ask for one"
    );
}

#[test]
fn a_password_is_in_no_message() {
    let urls = [
        "postgresql://app:s3cret@host:port/d",
        "postgresql://app:s3cret@h/d?sslmode=never",
        "postgresql://app:s3cr@s3cret@h:x/d",
        "app:s3cret@h/d",
        "host=h password=s3cret",
        "postgresql://u@/d?password=s3cret",
        "postgresql:///d?user=u&password=s3cret&x=y",
    ];
    for url in urls {
        let Err(error) = config(&[("DATABASE_URL", url)]) else { panic!("{url} was accepted") };
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
    }
    let config = config(&[("DATABASE_URL", URL)]).unwrap();
    assert!(!format!("{config:?} {:?} {}", config.server, config.server()).contains("s3cret"));
}

#[test]
fn programs_of_postgresql_are_told_the_same_address() {
    let environment = |variables: &[(&str, &str)]| {
        let variables = config(variables).unwrap().libpq_environment();
        let lines: Vec<_> =
            variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
        lines.join("\n")
    };
    insta::assert_snapshot!(environment(&[("DATABASE_URL", "postgresql://u@%2Frun%2Fpg")]), @"
    PGHOST=/run/pg
    PGPORT=5432
    PGUSER=u
    PGDATABASE=u
    PGSSLMODE=prefer
    ");
    let url = "postgresql://u:p%40ss@a:1,b:2/d?target_session_attrs=read-write&options=-c%20geqo%3Doff&hostaddr=10.0.0.1,10.0.0.2";
    let variables = [
        ("DATABASE_URL", url),
        ("DATABASE_SSLMODE", "verify-full"),
        ("DATABASE_SSLROOTCERT", "/ca.pem"),
    ];
    insta::assert_snapshot!(environment(&variables), @"
    PGHOST=a,b
    PGPORT=1,2
    PGUSER=u
    PGDATABASE=d
    PGSSLMODE=verify-full
    PGPASSWORD=p@ss
    PGSSLROOTCERT=/ca.pem
    PGHOSTADDR=10.0.0.1,10.0.0.2
    PGOPTIONS=-c geqo=off
    PGTARGETSESSIONATTRS=read-write
    ");
    for mode in ["disable", "prefer", "require", "verify-ca", "verify-full"] {
        assert_eq!(mode.parse::<SslMode>().unwrap().to_string(), mode);
    }
}
