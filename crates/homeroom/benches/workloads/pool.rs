//! What a connection of the pool costs, and whether tasks get their share of too few.

use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::task::JoinSet;

use crate::compare::Comparison;
use crate::ids::pick;
use crate::measure::median;
use crate::table::{Table, time};

/// Borrowing a connection and giving it back, by one task.
#[derive(Debug, Serialize)]
pub(crate) struct Checkout {
    pub(crate) side: &'static str,
    pub(crate) seconds: f64,
    /// On the wire; a ping would be one.
    pub(crate) round_trips: Option<u64>,
}

/// Point reads of many tasks over few connections, each borrowing for one read.
#[derive(Debug, Serialize)]
pub(crate) struct Fairness {
    pub(crate) side: &'static str,
    pub(crate) tasks: usize,
    pub(crate) reads_a_second: f64,
    /// How long a task waits for a connection, in seconds.
    pub(crate) median_wait: f64,
    pub(crate) p99_wait: f64,
    pub(crate) longest_wait: f64,
    /// Reads of the task that got the fewest, by those of the one that got the most.
    pub(crate) least_by_most: f64,
}

impl Checkout {
    pub(crate) async fn measure(sides: &Comparison) -> Vec<Self> {
        const TIMES: u32 = 20_000;
        let (mut ours, mut raw) = (Vec::new(), Vec::new());
        for _ in 0..sides.rounds {
            let start = Instant::now();
            for _ in 0..TIMES {
                drop(sides.ours.db.conn().await.unwrap());
            }
            ours.push((start.elapsed() / TIMES).as_secs_f64());
            let start = Instant::now();
            for _ in 0..TIMES {
                drop(sides.raw.connection().await);
            }
            raw.push((start.elapsed() / TIMES).as_secs_f64());
        }
        drop(sides.watched.db.conn().await.unwrap());
        sides.wire.take();
        drop(sides.watched.db.conn().await.unwrap());
        let round_trips = Some(sides.wire.take());
        vec![
            Self { side: "Homeroom", seconds: median(ours), round_trips },
            Self { side: "bare deadpool", seconds: median(raw), round_trips: None },
        ]
    }

    pub(crate) fn table(checkouts: &[Self]) -> Table {
        let mut table = Table::new(&["borrowing and giving back", "time", "trips"]);
        for it in checkouts {
            let round_trips = it.round_trips.map_or_else(String::new, |trips| trips.to_string());
            table.row([it.side.to_owned(), time(it.seconds), round_trips]);
        }
        table
    }
}

impl Fairness {
    pub(crate) async fn measure(sides: &Comparison, tasks: usize, during: Duration) -> [Self; 2] {
        let ours = sides.ours.clone();
        let ours = share(tasks, during, move |n| {
            let side = ours.clone();
            async move {
                let start = Instant::now();
                let conn = side.db.conn().await.unwrap();
                let waited = start.elapsed();
                let email = pick::<String>(&side.ids.emails, n);
                homeroom::User::find_by_email(&conn, email).await.unwrap();
                waited
            }
        })
        .await;
        let (raw, ids) = (sides.raw.clone(), sides.ours.ids.clone());
        let raw = share(tasks, during, move |n| {
            let (side, ids) = (raw.clone(), ids.clone());
            async move {
                let start = Instant::now();
                let connection = side.connection().await;
                let waited = start.elapsed();
                connection.user_by_email(pick::<String>(&ids.emails, n)).await;
                waited
            }
        })
        .await;
        [Self::of("Homeroom", during, ours), Self::of("bare deadpool", during, raw)]
    }

    fn of(side: &'static str, during: Duration, waits: Vec<Vec<Duration>>) -> Self {
        let reads = waits.iter().map(Vec::len);
        let (least, most) = (reads.clone().min().unwrap_or(0), reads.max().unwrap_or(0));
        let tasks = waits.len();
        let mut waits: Vec<Duration> = waits.into_iter().flatten().collect();
        waits.sort_unstable();
        let at = |part: f64| waits[((waits.len() - 1) as f64 * part) as usize].as_secs_f64();
        Self {
            side,
            tasks,
            reads_a_second: waits.len() as f64 / during.as_secs_f64(),
            median_wait: at(0.5),
            p99_wait: at(0.99),
            longest_wait: at(1.0),
            least_by_most: least as f64 / most as f64,
        }
    }

    pub(crate) fn table(rows: &[Self]) -> Table {
        let mut table = Table::new(&[
            "tasks over 10 connections",
            "pool",
            "reads/s",
            "median wait",
            "99 %",
            "longest",
            "least / most served",
        ]);
        for row in rows {
            table.row([
                row.tasks.to_string(),
                row.side.to_owned(),
                format!("{:.0}", row.reads_a_second),
                time(row.median_wait),
                time(row.p99_wait),
                time(row.longest_wait),
                format!("{:.2}", row.least_by_most),
            ]);
        }
        table
    }
}

/// How long each task has waited each time.
async fn share<F, O>(tasks: usize, during: Duration, read: F) -> Vec<Vec<Duration>>
where
    F: Fn(usize) -> O + Clone + Send + 'static,
    O: Future<Output = Duration> + Send,
{
    let start = Instant::now();
    let mut running = JoinSet::new();
    for task in 0..tasks {
        let read = read.clone();
        running.spawn(async move {
            let mut waits = Vec::new();
            while start.elapsed() < during {
                waits.push(read(task + tasks * waits.len()).await);
            }
            waits
        });
    }
    running.join_all().await
}
