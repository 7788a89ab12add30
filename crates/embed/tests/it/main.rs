//! Private servers for real: their life, their sharing, their faults.

#![expect(clippy::unwrap_used, reason = "a test that meets the unexpected fails")]

mod fault_proxy;
mod faults;
mod life;
mod replica;
mod sharing;
mod test_databases;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use homeroom_embed::{Server, ServerConfig};

/// A folder of this test alone, for a server's data; gone with it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("he").tempdir().unwrap();
        // The server runs as another user when we are root.
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        Self(folder)
    }

    fn data_dir(&self) -> PathBuf {
        self.0.path().join("pg")
    }

    /// A persistent server that does not wait for the disk: the tests kill servers, not machines.
    fn config(&self) -> ServerConfig {
        ServerConfig::persistent(self.data_dir()).setting("fsync", "off")
    }
}

fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    // A zombie is dead, and waits only for its parent.
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

/// Polls until something is so.
#[track_caller]
fn until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < deadline, "not so in time: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Sends a signal, as a shell would.
fn signal(name: &str, pid: u32) {
    let done = std::process::Command::new("kill").args([name, &pid.to_string()]).status().unwrap();
    assert!(done.success());
}

/// Asks a server something through the driver.
fn query(url: &str, sql: &str) -> Result<String, tokio_postgres::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, driver) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        tokio::spawn(driver);
        let rows = client.simple_query(sql).await?;
        Ok(rows
            .iter()
            .find_map(|row| match row {
                tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(ToOwned::to_owned),
                _ => None,
            })
            .unwrap_or_default())
    })
}

/// The processes whose command line names a path.
fn processes_on(path: &Path) -> Vec<u32> {
    let path = path.to_str().unwrap();
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        if pid != std::process::id()
            && String::from_utf8_lossy(&line).contains(path)
            && is_alive(pid)
        {
            found.push(pid);
        }
    }
    found
}

fn start(config: &ServerConfig) -> Server {
    Server::start(config).unwrap()
}
