//! What is seen of a connection's statements: the running operation is told where they go, and the slow ones are logged.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::operation::Operation;
use super::{Endpoint, query_text};

/// A statement that is under way.
#[derive(Clone, Copy)]
pub(crate) struct Sent {
    operation: Option<&'static str>,
    /// `None` where no statement is slow.
    at: Option<Instant>,
}

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

    /// A statement is sent.
    pub(crate) fn begins(&self) -> Sent {
        let name = Operation::sends(&self.endpoint);
        Sent { operation: name, at: self.slow.map(|_| Instant::now()) }
    }

    /// A statement was answered at that time.
    pub(crate) fn ended(&self, text: &str, sent: Sent, answered: Instant) {
        let (Some(slow), Sent { operation, at: Some(at) }) = (self.slow, sent) else { return };
        let took = answered.saturating_duration_since(at);
        if took >= slow {
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
