//! The advisor on a real PostgreSQL: a module a subject, a test a rule.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod configuration;
mod database;
mod fixtures;
mod migrations;
mod proof;
mod queries;
mod recording;
mod register;
