//! One operation while it runs: its span and its time.

use std::cell::RefCell;
use std::mem;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use metrics::Label;
use tracing::Span;
use tracing::field::Empty;

use super::Endpoint;
use super::endpoint::DURATION;

thread_local! {
    /// The operation that is being polled on this thread.
    static CURRENT: RefCell<Option<Operation>> = const { RefCell::new(None) };
}

/// An operation between its begin and its end.
pub(super) struct Operation {
    name: &'static str,
    begun: Instant,
    span: Span,
    /// Known when the first statement is sent.
    endpoint: Option<Arc<Endpoint>>,
}

impl Operation {
    pub(super) fn begin(name: &'static str) -> Self {
        let span = tracing::info_span!(
            target: "homeroom::operation",
            "operation",
            otel.name = name,
            otel.kind = "client",
            db.system.name = "postgresql",
            db.operation.name = name,
            db.query.summary = name,
            db.namespace = Empty,
            server.address = Empty,
            server.port = Empty,
            error.type = Empty,
            otel.status_code = Empty,
        );
        Self { name, begun: Instant::now(), span, endpoint: None }
    }

    /// Whether an operation is being polled on this thread: what is begun now is a part of it.
    pub(super) fn is_running() -> bool {
        CURRENT.with_borrow(Option::is_some)
    }

    /// Notes that the running operation sends a statement, and gives its name; `None` when there is none.
    pub(super) fn sends(to: &Arc<Endpoint>) -> Option<&'static str> {
        CURRENT.with_borrow_mut(|current| {
            let operation = current.as_mut()?;
            if operation.endpoint.is_none() {
                operation.span.record("db.namespace", &*to.database);
                operation.span.record("server.address", &*to.address);
                if let Some(port) = to.port {
                    operation.span.record("server.port", port);
                }
                operation.endpoint = Some(to.clone());
            }
            Some(operation.name)
        })
    }

    fn end(self, error_type: Option<&'static str>) {
        let took = self.begun.elapsed();
        // Also where nobody listens, which can't be seen from here: it is to be cheap.
        if let (None, Some(endpoint)) = (error_type, &self.endpoint) {
            endpoint.took(self.name, took);
            return;
        }
        let known = self.endpoint.as_ref().map_or(&[][..], |endpoint| &endpoint.labels);
        let mut labels = Vec::with_capacity(known.len() + 2);
        labels.push(Label::from_static_parts("db.operation.name", self.name));
        labels.extend_from_slice(known);
        if let Some(error_type) = error_type {
            self.span.record("error.type", error_type);
            self.span.record("otel.status_code", "ERROR");
            labels.push(Label::from_static_parts("error.type", error_type));
            metrics::counter!("homeroom.operation.errors", labels.clone()).increment(1);
        }
        metrics::histogram!(DURATION, labels).record(took.as_secs_f64());
    }
}

/// Holds an operation between its polls, and ends it as dropped when its future is dropped.
pub(super) struct Running(Option<Operation>);

impl Running {
    pub(super) const fn new(operation: Operation) -> Self {
        Self(Some(operation))
    }

    /// Polls the work with the operation as the one that runs on this thread.
    pub(super) fn poll<T>(&mut self, work: impl FnOnce() -> Poll<T>) -> Poll<T> {
        let span = self.0.as_ref().map_or_else(Span::none, |operation| operation.span.clone());
        let _in_span = span.enter();
        let _running = Swapped::new(&mut self.0);
        work()
    }

    pub(super) fn end(mut self, error_type: Option<&'static str>) {
        if let Some(operation) = self.0.take() {
            operation.end(error_type);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(operation) = self.0.take() {
            operation.end(Some("dropped"));
        }
    }
}

/// Puts an operation into its place on this thread and takes it back, also when the work panics.
struct Swapped<'a>(&'a mut Option<Operation>);

impl<'a> Swapped<'a> {
    fn new(operation: &'a mut Option<Operation>) -> Self {
        CURRENT.with_borrow_mut(|current| mem::swap(current, operation));
        Self(operation)
    }
}

impl Drop for Swapped<'_> {
    fn drop(&mut self) {
        CURRENT.with_borrow_mut(|current| mem::swap(current, self.0));
    }
}
