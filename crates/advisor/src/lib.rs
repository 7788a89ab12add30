//! Finds what should be improved in a PostgreSQL database and in a folder of migrations, and keeps the register of it true.
//!
//! [`advise`] runs the rules of [`rules::all`] in one read-only transaction and returns a [`Report`]. It needs no superuser, writes
//! nothing and shows no value of any row unless [`Options::sample_values`] allows it.
//!
//! This crate knows nobody's tables.

mod advise;
mod context;
mod error;
mod finding;
mod fix;
mod found;
mod markdown;
mod migrations;
mod proof;
mod register;
mod report;
mod rule;
pub mod rules;
mod scratch;
pub mod statements;

pub use advise::{Check, Options, advise};
pub use context::{Context, Server};
pub use error::{Error, RuleError};
pub use finding::{Finding, Fingerprint, Location, Object, ObjectKind, Standing, Suggestion};
pub use fix::{FixError, write_migration};
pub use found::Found;
pub use proof::{Proof, ProveError, Prover, SchemaCopy};
pub use register::{
    Acceptance, Change, Entry, GIT_ATTRIBUTES, ImportError, Imported, NewEntry, Register,
    RegisterError, State, UpdateError,
};
pub use report::{CheckResult, Report, RuleFailure, SkippedRule};
pub use rule::{
    Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Need, Priority, Rule, RunRule,
};
pub use scratch::{Scratch, ScratchDatabase};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
