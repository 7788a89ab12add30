//! Rounds of work, and what they cost: time, the client's CPU, the server's CPU.

use std::future::Future;
use std::time::{Duration, Instant};

use serde::Serialize;

/// What a round took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Round {
    pub(crate) operations: u64,
    pub(crate) elapsed: Duration,
    pub(crate) client_cpu: Duration,
    pub(crate) server_cpu: Duration,
}

impl Round {
    /// Seconds an operation.
    pub(crate) fn seconds(&self) -> f64 {
        self.elapsed.as_secs_f64() / self.operations as f64
    }

    pub(crate) fn client(&self) -> f64 {
        self.client_cpu.as_secs_f64() / self.operations as f64
    }

    pub(crate) fn server(&self) -> f64 {
        self.server_cpu.as_secs_f64() / self.operations as f64
    }
}

/// Medians of rounds, in seconds an operation.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Figures {
    pub(crate) seconds: f64,
    pub(crate) client_cpu: f64,
    pub(crate) server_cpu: f64,
}

impl Figures {
    pub(crate) fn of(rounds: &[Round]) -> Self {
        let median_of = |figure: fn(&Round) -> f64| median(rounds.iter().map(figure).collect());
        Self {
            seconds: median_of(Round::seconds),
            client_cpu: median_of(Round::client),
            server_cpu: median_of(Round::server),
        }
    }
}

/// Runs operations one after the other in so many tasks, until the time is over.
pub(crate) async fn round<F, O>(server: u32, tasks: usize, time: Duration, operation: F) -> Round
where
    F: Fn(usize) -> O + Clone + Send + 'static,
    O: Future<Output = usize> + Send,
{
    let (client_before, server_before) = (client_cpu(), server_cpu(server));
    let start = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for task in 0..tasks {
        let operation = operation.clone();
        running.spawn(async move {
            let mut done = 0;
            while start.elapsed() < time || done == 0 {
                std::hint::black_box(operation(task + tasks * done).await);
                done += 1;
            }
            done as u64
        });
    }
    let operations = running.join_all().await.into_iter().sum();
    let elapsed = start.elapsed();
    let (client_after, server_after) = (client_cpu(), server_cpu(server));
    Round {
        operations,
        elapsed,
        client_cpu: client_after.saturating_sub(client_before),
        server_cpu: server_after.saturating_sub(server_before),
    }
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}

/// The CPU time of this process: that of its threads, which the kernel counts in nanoseconds.
fn client_cpu() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").unwrap();
    threads.filter_map(|thread| on_cpu(&thread.ok()?.path().join("schedstat"))).sum()
}

/// The CPU time of the server's processes, of those that live.
fn server_cpu(server: u32) -> Duration {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let path = entry.ok()?.path();
        path.file_name()?.to_str()?.parse::<u32>().ok()?;
        let stat = std::fs::read_to_string(path.join("stat")).ok()?;
        // Behind the name, which is in brackets: the state, and the parent.
        let parent: u32 = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
        (parent == server).then(|| on_cpu(&path.join("schedstat")))?
    });
    processes.sum()
}

fn on_cpu(schedstat: &std::path::Path) -> Option<Duration> {
    let text = std::fs::read_to_string(schedstat).ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}
