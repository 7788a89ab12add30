//! How fast Homeroom is: beside hand-written tokio-postgres on its own schema, beside straightforward code on the earlier
//! system's schema, and by itself. `cargo xtask bench` (`options::USAGE` has the options), docs/PERFORMANCE.md the results.
//!
//! One private server, one process, the sides in alternating rounds, so that what else the machine does falls on all. Each
//! figure is the median of the rounds. CPU is what the kernel has counted for the threads of this process and for the server's.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark that meets the unexpected ends"
)]

mod compare;
mod document;
mod earlier;
mod flat;
mod ids;
mod import;
mod measure;
mod options;
mod ours;
mod plot;
mod pool;
mod raw;
mod report;
mod table;
mod wire;
mod work;
mod writes;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use homeroom::{Database, DatabaseConfig};
use homeroom_embed::{Installation, Server, ServerConfig};
use homeroom_migrate::UpOptions;

use self::compare::Comparison;
use self::earlier::Earlier;
use self::ids::Ids;
use self::import::Import;
use self::options::Options;
use self::ours::Ours;
use self::pool::{Checkout, Fairness};
use self::raw::Raw;
use self::report::{Machine, Report};
use self::wire::Wire;
use self::work::Work;
use self::writes::Writes;

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

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let options = Options::parse(std::env::args().skip(1)).unwrap_or_else(|error| {
        eprintln!("{error}");
        std::process::exit(2);
    });
    // Cargo runs a benchmark in its package's folder; names of files are those of the workspace.
    std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).unwrap();
    let mut report = Report::default();
    if ["workloads", "writes", "pool", "import"].iter().any(|part| options.wants(part)) {
        measure_on_one_server(&options, &mut report).await;
    }
    if options.wants("flat") {
        report.flat = flat::measure(options.scale, options.rounds, options.time).await;
    }
    report.machine = Machine::look(&options);
    for (_, section) in report.sections() {
        println!("\n{section}");
    }
    if let Some(path) = &options.json {
        std::fs::write(path, report.json()).unwrap();
    }
    if let Some(path) = &options.plot {
        std::fs::write(path, plot::svg(&report)).unwrap();
    }
    if let Some(path) = &options.document {
        document::update(Path::new(path), &report);
    }
}

async fn measure_on_one_server(options: &Options, report: &mut Report) {
    // As a server in use is set up, but for the commits, which don't wait for the disk.
    let config = ServerConfig::throwaway()
        // Both schemas at full size have room in it.
        .setting("shared_buffers", "2GB")
        .setting("synchronous_commit", "off")
        .setting("full_page_writes", "on")
        .setting("wal_level", "replica")
        .setting("max_wal_size", "4GB")
        .listen("host all all 127.0.0.1/32 trust")
        .unwrap();
    let server = Server::start(&config).unwrap();
    let address = |port: u16, database: &str| {
        format!("postgresql://postgres@127.0.0.1:{port}/{database}?sslmode=disable")
    };
    if options.wants("import") {
        server.create_database("import").unwrap();
        report.import = Import::measure(&address(server.port().unwrap(), "import")).await;
    }
    let filled = async |database: &str| {
        server.create_database(database).unwrap();
        let url = address(server.port().unwrap(), database);
        fill(&url, options.scale, &[include_str!("fill.sql"), include_str!("earlier.sql")]).await;
        let admin = client(&url).await;
        let ids = Arc::new(Ids::read(&admin, "public").await);
        let earlier_ids = Arc::new(Ids::read(&admin, "earlier").await);
        let earlier = Earlier::new(url.parse().unwrap(), CONNECTIONS, earlier_ids);
        (url, admin, ids, earlier)
    };
    // A database of its own, as it leaves chats of other lengths.
    if options.wants("writes") {
        let (url, admin, ids, earlier) = filled("writes").await;
        report.writes = Some(Writes::measure(&admin, &url, &ids, &earlier).await);
    }
    if !["workloads", "pool"].iter().any(|part| options.wants(part)) {
        server.stop().unwrap();
        return;
    }
    let database = "workloads";
    let (url, admin, ids, earlier) = filled(database).await;
    let wire = Wire::new(server.port().unwrap()).await;
    let handle = async |url: &str, min: usize, max: usize| {
        let config = DatabaseConfig::builder(url).pool_min(min).pool_max(max).build().unwrap();
        Ours { db: Database::connect(config).await.unwrap(), ids: Arc::clone(&ids) }
    };
    let sides = Comparison {
        ours: handle(&url, CONNECTIONS, CONNECTIONS).await,
        raw: Raw::new(url.parse().unwrap(), CONNECTIONS, Arc::clone(&ids)),
        earlier,
        watched: handle(&address(wire.port(), database), 0, 1).await,
        wire,
        admin,
        pid: server.pid().unwrap(),
        rounds: options.rounds,
        time: options.time,
    };
    if options.wants("pool") {
        report.checkouts = Checkout::measure(&sides).await;
        for tasks in [16, 64, 200] {
            report.fairness.extend(Fairness::measure(&sides, tasks, Duration::from_secs(1)).await);
        }
    }
    if options.wants("workloads") {
        for work in Work::ALL.into_iter().filter(|work| options.includes(work.name())) {
            for row in sides.measure(work, &[1, TASKS]).await {
                println!("{}", row.cells().join(" | "));
                report.rows.push(row);
            }
        }
    }
    drop(sides);
    server.stop().unwrap();
}

impl Machine {
    fn look(options: &Options) -> Self {
        let run = |program: PathBuf, argument: &str| {
            let output = std::process::Command::new(program).arg(argument).output().unwrap();
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        };
        let memory = std::fs::read_to_string("/proc/meminfo").unwrap();
        let kib: u64 = memory.split_whitespace().nth(1).unwrap().parse().unwrap();
        let postgres = Installation::find_or_fetch().unwrap().program("postgres").unwrap();
        let version = run(postgres, "--version");
        Self {
            cores: std::thread::available_parallelism().unwrap().get(),
            memory_gib: kib.div_ceil(1 << 20),
            // "postgres (PostgreSQL) 15.8 (…)"
            postgres: version.split(' ').nth(2).unwrap_or_default().to_owned(),
            day: chrono::Local::now().format("%Y-%m-%d").to_string(),
            scale: options.scale,
        }
    }
}

async fn client(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Makes the schema and runs the scripts.
async fn fill(url: &str, scale: f64, scripts: &[&str]) {
    let start = Instant::now();
    let config = DatabaseConfig::builder(url).build().unwrap();
    let mut migrating = config.connect_client().await.unwrap();
    homeroom::migrator().unwrap().up(&mut migrating, &UpOptions::default()).await.unwrap();
    let client = client(url).await;
    for script in scripts {
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
