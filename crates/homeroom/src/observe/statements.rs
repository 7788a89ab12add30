//! What is seen of a connection's statements: the running operation is told where they go, and the slow ones are logged.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::operation::Operation;
use super::{Endpoint, query_text};

/// Sees every statement of one connection.
pub(crate) struct Statements {
    endpoint: Arc<Endpoint>,
    /// `None`: no statement is logged.
    slow: Option<Duration>,
}

impl Statements {
    pub(crate) fn new(endpoint: Endpoint, slow: Option<Duration>) -> Self {
        Self { endpoint: Arc::new(endpoint), slow }
    }

    /// A statement is sent. Gives when, where it belongs to no operation.
    pub(crate) fn begins(&self) -> Option<Instant> {
        (!Operation::sends(&self.endpoint)).then(Instant::now)
    }

    /// A statement has been answered that was sent at that time, or by the running operation.
    pub(crate) fn ended(&self, text: &str, sent: Option<Instant>) {
        let Some(slow) = self.slow else { return };
        let waited = match sent {
            Some(sent) => Some((None, sent.elapsed())),
            // Of statements that are pipelined the last one's begin counts: a time may be too short, never too long.
            None => Operation::waited().map(|(name, time)| (Some(name), time)),
        };
        if let Some((operation, took)) = waited
            && took >= slow
        {
            let text = query_text::without_values(text);
            tracing::warn!(
                target: "homeroom::slow_statement",
                {
                    db.operation.name = operation,
                    db.query.text = text,
                    db.namespace = &*self.endpoint.database,
                    server.address = &*self.endpoint.address,
                    seconds = took.as_secs_f64(),
                },
                "a statement took {} ms", took.as_millis()
            );
        }
    }
}
