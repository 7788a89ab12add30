//! Diesel's instrumentation of a connection: it tells the running operation where its statements go, and logs the slow ones.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent};

use super::operation::Operation;
use super::{Endpoint, query_text};
use crate::backend::Backend;

/// Hears of every statement of one connection.
pub(crate) struct Statements {
    /// What the program has set for all of Diesel's connections, which hears of everything too.
    default: Option<Box<dyn Instrumentation>>,
    backend: Arc<Backend>,
    endpoint: Arc<Endpoint>,
    /// `None`: no statement is logged.
    slow: Option<Duration>,
    /// When the last statement was sent that belongs to no operation.
    sent: Option<Instant>,
}

impl Statements {
    pub(crate) fn new(backend: Arc<Backend>, endpoint: Endpoint, slow: Option<Duration>) -> Self {
        let default = diesel::connection::get_default_instrumentation();
        Self { default, backend, endpoint: Arc::new(endpoint), slow, sent: None }
    }

    fn finished(&self, query: &dyn diesel::connection::DebugQuery) {
        let Some(slow) = self.slow else { return };
        // Of statements that are pipelined the last one's begin counts: a time may be too short, never too long.
        let waited = Operation::waited().map(|(name, time)| (Some(name), time));
        let waited = waited.or_else(|| self.sent.map(|sent| (None, sent.elapsed())));
        if let Some((operation, took)) = waited
            && took >= slow
        {
            let text = query_text::without_values(&query.to_string());
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

impl Drop for Statements {
    fn drop(&mut self) {
        self.backend.count_no_more();
    }
}

impl Instrumentation for Statements {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match &event {
            // Its query would print the binds: it is not looked at.
            InstrumentationEvent::StartQuery { .. } => {
                self.backend.begins();
                self.sent = (!Operation::sends(&self.endpoint)).then(Instant::now);
            }
            // Its query is the text alone.
            InstrumentationEvent::FinishQuery { query, .. } => {
                self.backend.ends();
                self.finished(*query);
            }
            // Among them the connection's address, with its password.
            _ => {}
        }
        if let Some(default) = &mut self.default {
            default.on_connection_event(event);
        }
    }
}
