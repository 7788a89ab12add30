//! Statements that were run: what a server's `pg_stat_statements` and a recording of an application's tests say of them.

mod gathered;
mod plan;
mod recording;
mod shape;
mod snapshot;
mod source_code;

pub use homeroom_statements::{Frame, Repetition};
pub use recording::{ReadRecordingError, Recorded, Recording};
pub use snapshot::{Counted, Snapshot, SnapshotError};
pub(crate) use gathered::{Statement, gather};
pub(crate) use plan::{Plan, Scan, explain};
pub(crate) use shape::{Shape, Token, Verb};
pub(crate) use source_code::{Found as Source, is_test_file, loop_around};
