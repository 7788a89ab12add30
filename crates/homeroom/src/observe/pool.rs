//! The pool's figures as metrics. Their names are the conventions' `db.client.connection.*`, labelled by the pool.

use std::time::{Duration, Instant};

use metrics::{Key, Label, Level, Metadata, Unit};

use super::Endpoint;
use crate::error::Error;
use crate::pool::PoolStatus;

const POOL: &str = "db.client.connection.pool.name";
const STATE: &str = "db.client.connection.state";
static METADATA: Metadata<'static> =
    Metadata::new("homeroom::pool", Level::INFO, Some(module_path!()));

/// The metrics of one pool: their keys are made once, as they are used at every checkout.
#[derive(Debug)]
pub(crate) struct PoolMetrics {
    create_time: Key,
    wait_time: Key,
    use_time: Key,
    timeouts: Key,
    idle: Key,
    used: Key,
    max: Key,
    pending: Key,
    endpoint: Endpoint,
}

impl PoolMetrics {
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        describe();
        let pool = Label::new(POOL, endpoint.pool.clone());
        let key = |name: &'static str| Key::from_parts(name, vec![pool.clone()]);
        let count = |state: &'static str| {
            let labels = vec![pool.clone(), Label::from_static_parts(STATE, state)];
            Key::from_parts("db.client.connection.count", labels)
        };
        Self {
            create_time: key("db.client.connection.create_time"),
            wait_time: key("db.client.connection.wait_time"),
            use_time: key("db.client.connection.use_time"),
            timeouts: key("db.client.connection.timeouts"),
            idle: count("idle"),
            used: count("used"),
            max: key("db.client.connection.max"),
            pending: key("db.client.connection.pending_requests"),
            endpoint,
        }
    }

    /// Counts a connection that was opened, or was not.
    pub(crate) fn opened<T>(&self, begun: Instant, outcome: &Result<T, Error>) {
        match outcome {
            Ok(_) => record(&self.create_time, begun.elapsed()),
            Err(error) => {
                let labels = vec![
                    Label::new(POOL, self.endpoint.pool.clone()),
                    Label::from_static_parts("error.type", error.kind()),
                ];
                metrics::counter!("homeroom.connection.errors", labels).increment(1);
            }
        }
    }

    /// Counts how long a task waited for its connection.
    pub(crate) fn handed_out(&self, waited: Duration) {
        record(&self.wait_time, waited);
    }

    /// Counts a task that got none.
    pub(crate) fn timed_out(&self) {
        metrics::with_recorder(|recorder| {
            recorder.register_counter(&self.timeouts, &METADATA).increment(1);
        });
    }

    /// Counts how long a connection was out.
    pub(crate) fn given_back(&self, out: Duration) {
        record(&self.use_time, out);
    }

    /// Sets the gauges.
    #[expect(clippy::cast_precision_loss, reason = "there are not so many connections")]
    pub(crate) fn sizes(&self, status: PoolStatus) {
        metrics::with_recorder(|recorder| {
            let set = |key, count: usize| recorder.register_gauge(key, &METADATA).set(count as f64);
            set(&self.idle, status.idle);
            set(&self.used, status.open.saturating_sub(status.idle));
            set(&self.max, status.max);
            set(&self.pending, status.waiting);
        });
    }
}

/// The metrics of one replica.
#[derive(Debug)]
pub(crate) struct ReplicaMetrics {
    pool: Label,
    lag: Key,
}

impl ReplicaMetrics {
    pub(crate) fn new(endpoint: &Endpoint) -> Self {
        let pool = Label::new(POOL, endpoint.pool.clone());
        Self { lag: Key::from_parts("homeroom.replica.lag", vec![pool.clone()]), pool }
    }

    /// Counts a read that had to be done elsewhere.
    pub(crate) fn passed_over(&self, reason: &'static str) {
        let labels = vec![self.pool.clone(), Label::from_static_parts("error.type", reason)];
        metrics::counter!("homeroom.replica.passed_over", labels).increment(1);
    }

    /// Sets the gauge.
    #[expect(clippy::cast_precision_loss, reason = "a lag of petabytes needs no last digit")]
    pub(crate) fn lag(&self, bytes: u64) {
        metrics::with_recorder(|recorder| {
            recorder.register_gauge(&self.lag, &METADATA).set(bytes as f64);
        });
    }
}

fn record(key: &Key, time: Duration) {
    metrics::with_recorder(|recorder| {
        recorder.register_histogram(key, &METADATA).record(time.as_secs_f64());
    });
}

/// Tells the recorder the units.
fn describe() {
    let histograms = [
        ("db.client.operation.duration", "How long operations took"),
        ("db.client.connection.create_time", "How long opening a connection took"),
        ("db.client.connection.wait_time", "How long tasks waited for a connection"),
        ("db.client.connection.use_time", "How long connections were out"),
    ];
    for (name, text) in histograms {
        metrics::describe_histogram!(name, Unit::Seconds, text);
    }
    let gauges = [
        ("db.client.connection.count", "Connections that are open, by state"),
        ("db.client.connection.max", "Connections at the most"),
        ("db.client.connection.pending_requests", "Tasks that wait for a connection"),
    ];
    for (name, text) in gauges {
        metrics::describe_gauge!(name, Unit::Count, text);
    }
    metrics::describe_gauge!(
        "homeroom.replica.lag",
        Unit::Bytes,
        "What a replica has not replayed of the primary's log"
    );
    let counters = [
        ("homeroom.replica.passed_over", "Reads that a replica could not do, by reason"),
        ("db.client.connection.timeouts", "Tasks that got no connection in time"),
        ("homeroom.connection.errors", "Connections that could not be opened, by kind"),
        ("homeroom.operation.errors", "Operations that failed, by kind"),
        (
            "homeroom.transaction.retries",
            "Transactions that lost against another one and were run again",
        ),
    ];
    for (name, text) in counters {
        metrics::describe_counter!(name, Unit::Count, text);
    }
}
