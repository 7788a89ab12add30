//! Statements that were run: what a server's `pg_stat_statements` and a recording of an application's tests say of them.

mod gathered;
mod plan;
mod recording;
mod shape;
mod snapshot;
mod source_code;

pub(crate) use gathered::{Statement, gather};
pub use homeroom_statements::{Frame, Repetition};
pub(crate) use plan::{Plan, Scan, explain};
pub use recording::{ReadRecordingError, Recorded, Recording};
pub(crate) use shape::{Shape, Token, Verb};
pub use snapshot::{Counted, Snapshot, SnapshotError};
pub(crate) use source_code::{Found as Source, is_test_file, loop_around};
