//! The advisor on a real PostgreSQL: a module a subject, a test a rule.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod configuration;
mod corpus;
mod database;
mod everywhere;
mod fixtures;
mod json_schema;
mod migrations;
mod proof;
mod queries;
mod recording;
mod register;
mod report;
mod statistics;
mod suggestions;
