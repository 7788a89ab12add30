//! The server that is hurt: its processes, its death and its return.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use homeroom::DatabaseConfig;
use homeroom_embed::{Server, ServerConfig};
use homeroom_migrate::UpOptions;

use crate::disk::Disk;

const DATABASE: &str = "homeroom";

/// A server on a folder of its own, which goes with it.
pub(crate) struct Victim {
    config: ServerConfig,
    folder: PathBuf,
    disk: Option<Disk>,
    server: Option<Server>,
}

impl Victim {
    /// Starts it and brings up the schema. One that does not wait for its log loses what it promised when it is killed.
    pub(crate) async fn start(durable: bool) -> Self {
        let folder = std::env::temp_dir().join(format!("homeroom-chaos-{}", std::process::id()));
        let disk = Disk::mount(&folder);
        let mut config = ServerConfig::persistent(folder.join("server"))
            .setting("shared_buffers", "32MB")
            .setting("max_wal_size", "128MB");
        if !durable {
            let settings = [
                ("synchronous_commit", "off"),
                ("wal_writer_delay", "10s"),
                ("wal_writer_flush_after", "1GB"),
                ("wal_buffers", "64MB"),
            ];
            for (name, value) in settings {
                config = config.setting(name, value);
            }
        }
        let mut victim = Self { config, folder, disk, server: None };
        victim.restart().await;
        victim.server().create_database(DATABASE).unwrap();
        let config = DatabaseConfig::builder(&victim.url()).build().unwrap();
        let mut client = config.connect_client().await.unwrap();
        homeroom::migrator().unwrap().up(&mut client, &UpOptions::default()).await.unwrap();
        victim
    }

    fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    /// The address that no fault stands before.
    pub(crate) fn url(&self) -> String {
        self.server().url(DATABASE)
    }

    /// Starts it again behind its death.
    async fn restart(&mut self) {
        let (config, dead) = (self.config.clone(), self.server.take());
        let start = tokio::task::spawn_blocking(move || {
            // What belongs to the dead one is cleared away first.
            drop(dead);
            Server::start(&config).unwrap()
        });
        self.server = Some(start.await.unwrap());
    }

    /// `kill -9` of the server itself, and a new start on what is on the disk.
    pub(crate) async fn kill(&mut self) {
        if let Some(pid) = self.server().pid() {
            signal("KILL", &[pid]);
        }
        self.restart().await;
    }

    /// Whether its disk can be filled.
    pub(crate) const fn has_disk(&self) -> bool {
        self.disk.is_some()
    }

    /// Leaves no room on the disk for a while. With `log` the server's log goes on into files that find no room either, which it does
    /// not survive.
    pub(crate) async fn fill_disk(&mut self, time: Duration, log: bool) {
        let Some(disk) = &self.disk else { return };
        disk.fill();
        let full = Instant::now();
        if log {
            // Until it is dead, or the files that it had in store are used up.
            let _ = tokio::time::timeout(time, self.switch_log()).await;
        }
        tokio::time::sleep(time.saturating_sub(full.elapsed())).await;
        disk.free();
        // It comes back by itself, unless it found no room for that.
        let deadline = Instant::now() + Duration::from_secs(10);
        while !self.takes_connections().await && Instant::now() < deadline {
            if self.server().pid().is_none() {
                self.restart().await;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn switch_log(&self) -> homeroom::Result<()> {
        let config = DatabaseConfig::builder(&self.url()).build().unwrap();
        let client = config.connect_client().await?;
        while client.batch_execute("SELECT pg_switch_wal()").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    async fn takes_connections(&self) -> bool {
        let config = DatabaseConfig::builder(&self.url()).build().unwrap();
        config.connect_client().await.is_ok()
    }

    /// The process of the server and all its children.
    pub(crate) fn processes(&self) -> Vec<u32> {
        let Some(server) = self.server().pid() else { return Vec::new() };
        let mut processes = children(server);
        processes.push(server);
        processes
    }

    /// The processes that serve a client.
    pub(crate) fn backends(&self) -> Vec<u32> {
        let is_backend = |pid: &u32| {
            let title = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&title).starts_with("postgres: postgres homeroom ")
        };
        let children = self.server().pid().map(children).unwrap_or_default();
        children.into_iter().filter(is_backend).collect()
    }

    /// Waits until no process serves a client any more.
    pub(crate) async fn until_nobody_is_served(&self) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while !self.backends().is_empty() && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        drop(self.server.take());
        let _ = homeroom_embed::destroy(&self.folder.join("server"));
        drop(self.disk.take());
        let _ = std::fs::remove_dir(&self.folder);
    }
}

fn children(parent: u32) -> Vec<u32> {
    let path = format!("/proc/{parent}/task/{parent}/children");
    let list = std::fs::read_to_string(path).unwrap_or_default();
    list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

/// Sends a signal to processes, of which some may be gone already.
pub(crate) fn signal(name: &str, processes: &[u32]) {
    let pids = processes.iter().map(ToString::to_string);
    let kill = Command::new("kill").arg(format!("-{name}")).args(pids).output();
    kill.unwrap();
}
