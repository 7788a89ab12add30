//! PostgreSQL's `ltree` in Rust.
