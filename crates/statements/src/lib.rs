//! Records the statements that an application's tests run through Diesel, and where in its code, for `homeroom advise --statements`.
//!
//! One line in the test program is all:
//!
//! ```no_run
//! // Does nothing unless `HOMEROOM_STATEMENTS=target/statements.jsonl` is set.
//! homeroom_statements::record_from_environment();
//! ```
//!
//! then `HOMEROOM_STATEMENTS=target/statements.jsonl cargo test` and `homeroom advise --statements target/statements.jsonl`, which
//! finds queries in loops, slow ones, and those that forget soft-deleted rows. `homeroom::Database` needs nothing else: its
//! connections are Diesel's.
//!
//! This crate is small, as the tests of every application that uses it wait for it to be built. It judges nothing and talks to no
//! database.
//!
//! # Features
//! `diesel` (on by default) is the recording itself. Without it there is only the form of the file, for those who read it.

mod line;
#[cfg(feature = "diesel")]
mod record;

pub use line::{Frame, Line, Repetition};
#[cfg(feature = "diesel")]
pub use record::{Instrument, record, record_from_environment};
