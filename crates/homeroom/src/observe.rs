//! What operators see of the work: a span and a latency an operation, the pool's figures, slow statements. The names are
//! OpenTelemetry's for databases; `docs/OBSERVABILITY.md` lists them.
//!
//! An operation is a public method of an entity: `#[operations]` on its `impl` puts [`observe`] around each. The connection,
//! which sees statements and not what they are for, adds what it knows: it is called while the operation that sends the statement is
//! polled, so that operations which are pipelined on one connection are told apart.
//!
//! No value that is bound, no address with a password and no text of a message or an error may reach a span, a log or a metric.

mod endpoint;
mod operation;
mod pool;
mod query_text;
mod statements;

use std::future::poll_fn;
use std::pin::pin;

use tracing::Instrument;

pub(crate) use self::endpoint::Endpoint;
use self::operation::{Operation, Running};
pub(crate) use self::pool::{PoolMetrics, ReplicaMetrics};
pub(crate) use self::statements::{Sent, Statements};
use crate::error::Error;

/// Makes a piece of work of your own, such as Diesel queries, an operation that operators see beside those of this library: with a
/// span, in the latency by operation, and by name where a statement of it is slow.
///
/// The name is a constant that says what is done, such as `Reports::weekly`. What runs within, also the library's own operations,
/// belongs to it and is not counted once more.
///
/// ```no_run
/// use diesel::prelude::*;
/// use diesel_async::RunQueryDsl;
/// use homeroom::schema::messages;
///
/// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
/// let conn = db.conn().await?;
/// let count: i64 = homeroom::observe("Reports::messages", async {
///     messages::table.count().get_result(&mut &*conn).await
/// })
/// .await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Those of the work.
pub async fn observe<T, E>(
    operation: &'static str,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E>
where
    E: std::error::Error + 'static,
{
    if Operation::is_running() {
        return work.await;
    }
    let mut work = pin!(work);
    let mut running = Running::new(Operation::begin(operation));
    let outcome = poll_fn(|context| running.poll(|| work.as_mut().poll(context))).await;
    running.end(outcome.as_ref().err().map(error_type));
    outcome
}

/// A span around a transaction: the operations within it are its children.
pub(crate) fn transaction<F: Future>(work: F) -> impl Future<Output = F::Output> {
    work.instrument(tracing::info_span!(target: "homeroom::transaction", "transaction"))
}

/// Counts a transaction that lost against another one and is run once more.
pub(crate) fn transaction_runs_again() {
    metrics::counter!("homeroom.transaction.retries").increment(1);
}

/// What kind of failure it is, never what it says.
fn error_type<E: std::error::Error + 'static>(error: &E) -> &'static str {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<Error>() {
            return error.kind();
        }
        cause = error.source();
    }
    std::any::type_name::<E>()
}
