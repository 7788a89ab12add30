//! The migrator on a real PostgreSQL: a module a subject, a test a rule.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod catalog;
mod concurrency;
mod database;
mod down;
mod embedding;
mod failures;
mod history;
mod interruption;
mod migrations;
mod session;
mod statements;
mod styles;
mod takeover;
mod up;
mod verify;
