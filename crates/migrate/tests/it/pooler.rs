//! Behind PgBouncer in transaction mode, where a session's lock is no protection: it is noticed, told and cleared up.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use homeroom_migrate::{Error, UpOptions};
use tempfile::TempDir;
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage};

use crate::concurrency::wait_until;
use crate::database::{TestDatabase, text};
use crate::migrations::Folder;

/// A PgBouncer before one database, ended with this.
struct PgBouncer {
    process: Child,
    folder: TempDir,
}

/// Each transaction goes to the server's session that was used least recently, as it would if many were at work.
const SETTINGS: &str = "pool_mode = transaction\nserver_round_robin = 1\nauth_type = any\n\
    query_wait_timeout = 10\nlisten_addr =\nlisten_port = 6432\nmin_pool_size = 2\ndefault_pool_size = 2\n";

impl PgBouncer {
    /// `None`, and a line that says so, where it is not installed.
    fn start(database: &TestDatabase) -> Option<Self> {
        let config: Config = database.url().parse().unwrap();
        let Some(Host::Unix(socket)) = config.get_hosts().first() else { panic!("no socket") };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display();
        let ini = format!(
            "[databases]\n* = host={} port={} user={}\n[pgbouncer]\n{SETTINGS}unix_socket_dir = {path}\npidfile = {path}/pid\n",
            socket.display(),
            config.get_ports().first().unwrap(),
            config.get_user().unwrap(),
        );
        let file = folder.path().join("pgbouncer.ini");
        std::fs::write(&file, ini).unwrap();
        let mut command = Command::new("pgbouncer");
        if owner(Path::new("/proc/self")) == "root" {
            // It refuses to be root; the server's own user may reach its socket.
            open(folder.path(), 0o777);
            open(&file, 0o644);
            command.args(["-u", &owner(socket)]);
        }
        let started = command.arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let Ok(process) = started else {
            let required = std::env::var("HOMEROOM_TEST_REQUIRE").unwrap_or_default();
            assert!(required.split(',').all(|required| required != "pgbouncer"), "no pgbouncer");
            println!("skipped: there is no pgbouncer");
            return None;
        };
        Some(Self { process, folder })
    }

    async fn connect(&self, database: &TestDatabase) -> Client {
        let mut config: Config = database.url().parse().unwrap();
        let name = config.get_dbname().unwrap().to_owned();
        config = Config::new();
        config.host_path(self.folder.path()).port(6432).user("postgres").dbname(&name);
        for _ in 0..200 {
            if let Ok((client, connection)) = config.connect(NoTls).await {
                tokio::spawn(connection);
                return client;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("pgbouncer takes no connections");
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The server's process, asked for without a prepared statement, which the next session would not know.
async fn pid(client: &Client) -> String {
    let messages = client.simple_query("SELECT pg_backend_pid()").await.unwrap();
    let row = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    row.unwrap().to_owned()
}

/// The name of a file's user.
fn owner(path: &Path) -> String {
    let output = Command::new("stat").args(["-c", "%U"]).arg(path).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn open(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn a_pooler_that_changes_sessions_is_noticed_and_keeps_no_lock() {
    let database = TestDatabase::create().await;
    let Some(pooler) = PgBouncer::start(&database) else { return };
    let observer = database.connect().await;
    let folder = Folder::of_tables(4);
    let migrator = folder.migrator();
    let mut pooled = pooler.connect(&database).await;
    let sessions = format!(
        "SELECT count(*) >= 2 FROM pg_stat_activity WHERE datname = current_database() AND pid <> {}",
        text(&observer, "pg_backend_pid()").await
    );
    pid(&pooled).await;
    wait_until(&observer, &sessions).await;
    assert_ne!(pid(&pooled).await, pid(&pooled).await, "control: the pooler changes sessions");

    let error = migrator.up(&mut pooled, &UpOptions::default()).await.unwrap_err();
    assert!(matches!(error, Error::LockLost), "{error}");
    assert!(error.to_string().contains("session mode"), "{error}");
    let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    assert_eq!(text(&observer, locks).await, "0", "the pooler's session keeps the lock");

    let mut direct = database.connect().await;
    migrator.up(&mut direct, &UpOptions::default()).await.unwrap();
    assert!(migrator.is_up_to_date(&pooled).await.unwrap(), "reading needs no lock");
}
