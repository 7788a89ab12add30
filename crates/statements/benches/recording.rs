//! What recording statements costs a test: point reads over a socket, on connections that are not recorded, that could be and are
//! not, and that are.
//!
//! ```sh
//! cargo bench -p homeroom-statements
//! ```

#![expect(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark fails by panicking, and nobody calls its table"
)]

use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel_async::{
    AsyncConnection as _, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _,
};
use homeroom_embed::{Server, ServerConfig};

const ROUNDS: usize = 200;
const READS: i64 = 50;

diesel::table! {
    lessons (id) {
        id -> BigInt,
        title -> Text,
    }
}

fn main() {
    let server = Server::start(&ServerConfig::throwaway()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(measure(&server.url("postgres")));
}

async fn measure(url: &str) {
    let mut plain = AsyncPgConnection::establish(url).await.unwrap();
    plain
        .batch_execute(
            "CREATE TABLE lessons (id bigint PRIMARY KEY, title text NOT NULL);
            INSERT INTO lessons SELECT n, 'lesson ' || n FROM generate_series(1, 1000) AS n; ANALYZE",
        )
        .await
        .unwrap();
    // The variable is not set: nothing is installed.
    homeroom_statements::record_from_environment();
    let mut off = AsyncPgConnection::establish(url).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    assert!(homeroom_statements::record(folder.path().join("statements.jsonl")));
    let mut on = AsyncPgConnection::establish(url).await.unwrap();

    let mut times = [const { Vec::new() }; 3];
    for round in 0..ROUNDS {
        // In turns, so that what disturbs one disturbs the others.
        for index in 0..3 {
            let index = (index + round) % 3;
            let connection = [&mut plain, &mut off, &mut on].into_iter().nth(index).unwrap();
            let time = reads(connection).await;
            times.get_mut(index).unwrap().push(time);
        }
    }
    let [plain, off, on] = times.map(median);
    println!("a point read: {plain:.1?} without, {off:.1?} off, {on:.1?} on");
    let more = |time: Duration| 100.0 * (time.as_secs_f64() / plain.as_secs_f64() - 1.0);
    println!("off costs {:+.1} %, on {:+.1} %", more(off), more(on));
}

/// The time of one read.
async fn reads(connection: &mut AsyncPgConnection) -> Duration {
    let started = Instant::now();
    for id in 1..=READS {
        let title: String =
            lessons::table.find(id).select(lessons::title).first(connection).await.unwrap();
        assert!(!title.is_empty());
    }
    started.elapsed() / u32::try_from(READS).unwrap()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
