//! Every `sslmode` against servers with TLS on and off, with a wrong authority and a wrong name.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use homeroom::{Database, DatabaseConfig, Error};
use homeroom_embed::ServerConfig;
use homeroom_embed::testing::TestCluster;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::sql;

/// A server whose certificate is for `localhost`, and certificates to trust or not to trust.
struct Secured {
    cluster: TestCluster,
    folder: TempDir,
}

impl Secured {
    async fn start() -> Self {
        let rules = "host all all 127.0.0.1/32 trust";
        let config = ServerConfig::throwaway().listen(rules).unwrap();
        let cluster = TestCluster::start(&config).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let authority = authority(&folder.path().join("ca.pem"));
        authority_of_others(&folder.path().join("other.pem"));
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = certificate.signed_by(&key, &authority).unwrap();
        // The server's user alone may read its key.
        let data = cluster.server().data_dir().join("data");
        let owner = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(&data).unwrap());
        for (name, pem) in [("server.crt", certificate.pem()), ("server.key", key.serialize_pem())]
        {
            let path = data.join(name);
            std::fs::write(&path, pem).unwrap();
            std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
                .unwrap();
            std::os::unix::fs::chown(&path, Some(owner), None).unwrap();
        }
        let secured = Self { cluster, folder };
        let db = connect(&secured.cluster.server().url("postgres")).await.unwrap();
        let conn = db.conn().await.unwrap();
        sql(&conn, "ALTER SYSTEM SET ssl = on").await.unwrap();
        sql(&conn, "SELECT pg_reload_conf()").await.unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        while encrypted(&secured.url("localhost", "require", None)).await.is_err() {
            assert!(Instant::now() < deadline, "the server does not turn to TLS");
        }
        secured
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn url(&self, host: &str, mode: &str, root: Option<&str>) -> String {
        url(host, self.cluster.server().port().unwrap(), mode, root.map(|name| self.file(name)))
    }
}

fn url(host: &str, port: u16, mode: &str, root: Option<PathBuf>) -> String {
    let root = root.map(|path| format!("&sslrootcert={}", path.display())).unwrap_or_default();
    format!("postgresql://postgres@{host}:{port}/postgres?sslmode={mode}{root}")
}

/// A new authority, whose certificate is written to a file.
fn authority(file: &Path) -> Issuer<'static, KeyPair> {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, file.display().to_string());
    std::fs::write(file, params.self_signed(&key).unwrap().pem()).unwrap();
    Issuer::new(params, key)
}

fn authority_of_others(file: &Path) {
    drop(authority(file));
}

async fn connect(url: &str) -> homeroom::Result<Database> {
    Database::connect(DatabaseConfig::builder(url).pool_min(0).build().unwrap()).await
}

/// Whether the connection is encrypted, as the server sees it.
async fn encrypted(url: &str) -> homeroom::Result<bool> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        ssl: bool,
    }
    let db = connect(url).await?;
    let conn = db.conn().await?;
    let query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let row: Row = diesel::sql_query(query).get_result(&mut &*conn).await?;
    Ok(row.ssl)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Encrypted,
    Plain,
    /// With a word of the cause.
    Refused(&'static str),
}

#[tokio::test]
async fn each_mode_does_what_it_says_and_none_falls_back() {
    use Outcome::{Encrypted, Plain, Refused};
    let secured = Secured::start().await;
    let without = TestCluster::start(
        &ServerConfig::throwaway().listen("host all all 127.0.0.1/32 trust").unwrap(),
    )
    .unwrap();
    let plain = without.server().port().unwrap();
    let (right, wrong) = (Some("ca.pem"), Some("other.pem"));
    let expected = [
        // mode, authority, at its name, at another name, at a server without TLS
        ("disable", None, Plain, Plain, Plain),
        ("prefer", None, Encrypted, Encrypted, Plain),
        ("require", None, Encrypted, Encrypted, Refused("TLS")),
        ("require", right, Encrypted, Encrypted, Refused("TLS")),
        ("require", wrong, Refused("UnknownIssuer"), Refused("UnknownIssuer"), Refused("TLS")),
        ("verify-ca", right, Encrypted, Encrypted, Refused("TLS")),
        ("verify-ca", wrong, Refused("UnknownIssuer"), Refused("UnknownIssuer"), Refused("TLS")),
        ("verify-full", right, Encrypted, Refused("not valid for name"), Refused("TLS")),
        ("verify-full", wrong, Refused("UnknownIssuer"), Refused("UnknownIssuer"), Refused("TLS")),
    ];
    for (mode, root, at_name, at_other, at_plain) in expected {
        for (url, expected) in [
            (secured.url("localhost", mode, root), at_name),
            (secured.url("127.0.0.1", mode, root), at_other),
            (url("localhost", plain, mode, root.map(|name| secured.file(name))), at_plain),
        ] {
            match (encrypted(&url).await, expected) {
                (Ok(true), Encrypted) | (Ok(false), Plain) => {}
                (Err(error @ Error::Unavailable { .. }), Refused(word)) => {
                    let cause = std::error::Error::source(&error).unwrap().to_string();
                    assert!(cause.contains(word), "{url}: {cause}");
                }
                (outcome, _) => panic!("{url}: {outcome:?}, not {expected:?}"),
            }
        }
    }
    let (unreadable, nothing) = (secured.file("none.pem"), secured.file("empty.pem"));
    std::fs::write(&nothing, "no certificate").unwrap();
    for file in [unreadable, nothing] {
        let url = url("localhost", plain, "verify-full", Some(file.clone()));
        let error = connect(&url).await.unwrap_err().to_string();
        assert!(
            error.contains("DATABASE_SSLROOTCERT") && error.contains(file.to_str().unwrap()),
            "{error}"
        );
    }
}

/// What the first eight bytes of each connection say.
async fn listen_in(port: u16) -> (u16, Arc<Mutex<Vec<u32>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap().port();
    let heard = Arc::<Mutex<Vec<u32>>>::default();
    tokio::spawn({
        let heard = heard.clone();
        async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let heard = heard.clone();
                tokio::spawn(async move {
                    let mut first = [0; 8];
                    client.read_exact(&mut first).await.unwrap();
                    heard.lock().unwrap().push(u32::from_be_bytes(first[4..].try_into().unwrap()));
                    let mut server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                    server.write_all(&first).await.unwrap();
                    drop(tokio::io::copy_bidirectional(&mut client, &mut server).await);
                });
            }
        }
    });
    (at, heard)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_request_is_as_encrypted_as_its_connection() {
    const ASKS_FOR_TLS: u32 = 80_877_103;
    let secured = Secured::start().await;
    let (port, heard) = listen_in(secured.cluster.server().port().unwrap()).await;
    let db = connect(&url("localhost", port, "verify-full", Some(secured.file("ca.pem"))))
        .await
        .unwrap();
    {
        let conn = db.conn().await.unwrap();
        let long = sql(&conn, "SELECT pg_sleep(55)");
        assert!(tokio::time::timeout(Duration::from_millis(100), long).await.is_err());
    }
    let dropped = Instant::now();
    let observer = connect(&secured.cluster.server().url("postgres")).await.unwrap();
    let idle = "DO $$ BEGIN IF EXISTS (SELECT FROM pg_stat_activity WHERE state = 'active' \
        AND query LIKE '%pg_sleep(55)%' AND pid <> pg_backend_pid()) THEN RAISE 'busy'; END IF; END $$";
    while sql(&observer.conn().await.unwrap(), idle).await.is_err() {
        assert!(dropped.elapsed() < Duration::from_secs(2), "it still runs");
    }
    // The request came over a connection of its own, and nothing that was said there was plain.
    let heard = heard.lock().unwrap().clone();
    assert!(heard.len() >= 2 && heard.iter().all(|code| *code == ASKS_FOR_TLS), "{heard:?}");
}
