//! The migrator on a real PostgreSQL: a module a subject, a test a rule.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod ahead;
mod catalog;
#[cfg(feature = "check")]
mod check;
mod concurrency;
mod database;
mod down;
mod dump;
mod embedding;
mod failures;
mod history;
mod interruption;
mod migrations;
mod pooler;
mod session;
mod statements;
mod styles;
mod takeover;
mod trace;
mod up;
mod verify;
