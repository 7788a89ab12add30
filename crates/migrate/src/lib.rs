//! Up/down SQL migrations.
