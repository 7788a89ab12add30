//! The advisor on a real PostgreSQL: a module a subject, a test a rule.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod corpus;
mod database;
mod everywhere;
mod fixtures;
mod statistics;
mod suggestions;
