//! How fast Homeroom is, beside hand-written tokio-postgres on its own schema and beside straightforward code on the earlier
//! system's schema: `cargo bench -p homeroom --bench workloads -- [--scale 0.1 | 1 | 10] [--json FILE] [--plot FILE]`.
//!
//! One private server, one process, the three in alternating rounds, so that what else the machine does falls on all. Each
//! figure is the median of the rounds. CPU is what the kernel has counted for the threads of this process and for the server's.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark that meets the unexpected ends"
)]

mod earlier;
mod ids;
mod measure;
mod ours;
mod plot;
mod raw;
mod report;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use homeroom::{Database, DatabaseConfig};
use homeroom_embed::{Server, ServerConfig};
use homeroom_migrate::UpOptions;

use self::earlier::Earlier;
use self::ids::Ids;
use self::measure::{Round, round};
use self::ours::Ours;
use self::raw::Raw;
use self::report::{Figures, Report, Row};
use self::wire::Wire;

const CONNECTIONS: usize = 10;
const TASKS: usize = 16;
/// A message of 400 characters.
const CONTENT: &str = "0123456789abcdefghijklmnopqrstuvwxyz, 0123456789abcdefghijklmnopqrstuvwxyz, \
    0123456789abcdefghijklmnopqrstuvwxyz, 0123456789abcdefghijklmnopqrstuvwxyz, 0123456789abcdefghijklmnopqrstuvwxyz, \
    0123456789abcdefghijklmnopqrstuvwxyz, 0123456789abcdefghijklmnopqrstuvwxyz, 0123456789abcdefghijklmnopqrstuvwxyz, \
    0123456789abcdefghijklmnopqrstuvwxyz, 0123456789abcdefghijklmnopqrstuvwxyz, 0123456789abcdefghi";

/// A message of 400 characters with a number in it.
fn text(n: i32) -> String {
    let mut text = format!("{n:010} ");
    text.push_str(&CONTENT[11..]);
    text
}

/// A piece of work that an application does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    UserByEmail,
    RecentChats,
    ChatOf50,
    ChatOf5000,
    Append,
    Insert10000,
    Descendants,
    Ancestors,
    Rows10000,
}

impl Work {
    const ALL: [Self; 9] = [
        Self::UserByEmail,
        Self::RecentChats,
        Self::ChatOf50,
        Self::ChatOf5000,
        Self::Append,
        Self::Insert10000,
        Self::Descendants,
        Self::Ancestors,
        Self::Rows10000,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::UserByEmail => "W1 a user by e-mail",
            Self::RecentChats => "W2 20 recent chats with their tool",
            Self::ChatOf50 => "W3 a chat with its 50 messages",
            Self::ChatOf5000 => "W3L a chat with its 5,000 messages",
            Self::Append => "W4 append a message",
            Self::Insert10000 => "W5 insert 10,000 messages",
            Self::Descendants => "W6 descendants",
            Self::Ancestors => "W6 ancestors",
            Self::Rows10000 => "W7 10,000 rows decoded",
        }
    }

    /// How many times faster than the earlier system the specification wants it to be.
    const fn target_over_earlier(self) -> f64 {
        match self {
            Self::UserByEmail => 0.97,
            Self::RecentChats => 1.1,
            Self::ChatOf50 => 1.2,
            Self::ChatOf5000 | Self::Rows10000 => 1.3,
            Self::Append => 2.3,
            // At most 0.75 of its time.
            Self::Insert10000 => 1.0 / 0.75,
            Self::Descendants | Self::Ancestors => 1.0,
        }
    }

    /// Whether each run leaves so much behind that a few must do.
    const fn is_heavy(self) -> bool {
        matches!(self, Self::Insert10000)
    }
}

struct Options {
    scale: f64,
    rounds: usize,
    time: Duration,
    only: Option<String>,
    json: Option<String>,
    plot: Option<String>,
}

impl Options {
    fn parse() -> Self {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let value = |name: &str| {
            let at = arguments.iter().position(|argument| argument == name)?;
            Some(arguments.get(at + 1).unwrap_or_else(|| panic!("{name} takes a value")).clone())
        };
        let number =
            |name: &str, default: f64| value(name).map_or(default, |text| text.parse().unwrap());
        Self {
            scale: number("--scale", 1.0),
            rounds: number("--rounds", 9.0) as usize,
            time: Duration::from_millis(number("--milliseconds", 250.0) as u64),
            only: value("--only"),
            json: value("--json"),
            plot: value("--plot"),
        }
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let options = Options::parse();
    // As a server in use is set up, but for the commits, which don't wait for the disk.
    let config = ServerConfig::throwaway()
        .setting("shared_buffers", "1GB")
        .setting("synchronous_commit", "off")
        .setting("full_page_writes", "on")
        .setting("wal_level", "replica")
        .setting("max_wal_size", "4GB")
        .listen("host all all 127.0.0.1/32 trust")
        .unwrap();
    let server = Server::start(&config).unwrap();
    let database = "workloads";
    server.create_database(database).unwrap();
    let address =
        |port: u16| format!("postgresql://postgres@127.0.0.1:{port}/{database}?sslmode=disable");
    let url = address(server.port().unwrap());
    fill(&url, options.scale).await;

    let admin = client(&url).await;
    let ids = Arc::new(Ids::read(&admin, "public").await);
    let earlier_ids = Arc::new(Ids::read(&admin, "earlier").await);
    let pool = |url: &str| {
        DatabaseConfig::builder(url).pool_min(CONNECTIONS).pool_max(CONNECTIONS).build().unwrap()
    };
    let ours = Ours { db: Database::connect(pool(&url)).await.unwrap(), ids: Arc::clone(&ids) };
    let raw = Raw::new(url.parse().unwrap(), CONNECTIONS, Arc::clone(&ids));
    let earlier = Earlier::new(url.parse().unwrap(), CONNECTIONS, earlier_ids);

    // A second handle, whose every byte goes past the counter.
    let wire = Wire::new(server.port().unwrap()).await;
    let watched = address(wire.port());
    let watched = DatabaseConfig::builder(&watched).pool_min(0).pool_max(1).build().unwrap();
    let watched = Ours { db: Database::connect(watched).await.unwrap(), ids };

    let pid = server.pid().unwrap();
    let mut report = Report::default();
    for work in Work::ALL {
        if options.only.as_ref().is_some_and(|only| !work.name().contains(only.as_str())) {
            continue;
        }
        // Warm, and the same result on all sides.
        let rows = ours.run(work, 1).await;
        assert_eq!(rows, raw.run(work, 1).await, "{}", work.name());
        assert_eq!(rows, earlier.run(work, 1).await, "{}", work.name());
        watched.run(work, 2).await;
        wire.take();
        watched.run(work, 3).await;
        let round_trips = wire.take();
        for tasks in [1, TASKS] {
            if work.is_heavy() && tasks > 1 {
                continue;
            }
            let time = if work.is_heavy() { Duration::ZERO } else { options.time };
            let mut sides: [Vec<Round>; 3] = Default::default();
            for _ in 0..options.rounds {
                let (ours, raw, earlier) = (ours.clone(), raw.clone(), earlier.clone());
                sides[0].push(
                    round(pid, tasks, time, move |n| {
                        let side = ours.clone();
                        async move { side.run(work, n).await }
                    })
                    .await,
                );
                sides[1].push(
                    round(pid, tasks, time, move |n| {
                        let side = raw.clone();
                        async move { side.run(work, n).await }
                    })
                    .await,
                );
                sides[2].push(
                    round(pid, tasks, time, move |n| {
                        let side = earlier.clone();
                        async move { side.run(work, n).await }
                    })
                    .await,
                );
            }
            let row = Row {
                work: work.name(),
                tasks,
                round_trips,
                ours: Figures::of(&sides[0]),
                raw: Figures::of(&sides[1]),
                earlier: Figures::of(&sides[2]),
                target_over_earlier: work.target_over_earlier(),
            };
            println!("{}", row.line());
            report.rows.push(row);
        }
    }
    println!("\n{}", report.table());
    if let Some(path) = options.json {
        std::fs::write(path, report.json()).unwrap();
    }
    if let Some(path) = options.plot {
        std::fs::write(path, plot::svg(&report)).unwrap();
    }
    server.stop().unwrap();
}

async fn client(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn fill(url: &str, scale: f64) {
    let start = std::time::Instant::now();
    let config = DatabaseConfig::builder(url).build().unwrap();
    let mut migrating = config.connect_client().await.unwrap();
    homeroom::migrator().unwrap().up(&mut migrating, &UpOptions::default()).await.unwrap();
    let client = client(url).await;
    for script in [include_str!("fill.sql"), include_str!("earlier.sql")] {
        // A statement a message: VACUUM can't run with others.
        for statement in script.replace(":scale", &scale.to_string()).split_inclusive(";\n") {
            client
                .batch_execute(statement)
                .await
                .unwrap_or_else(|error| panic!("{error:?} in {statement}"));
        }
    }
    println!("filled at scale {scale} in {:.0} s", start.elapsed().as_secs_f64());
}
