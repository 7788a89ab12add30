//! What the crate promises, held against a live server: a throw-away cluster that the tests share.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod characters;
mod diesel_operators;
mod equality;
mod index;
mod limits;
mod manual;
mod random;
mod serde_text;
mod server;
mod slugs;
mod tokio_postgres_values;
