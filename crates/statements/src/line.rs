//! The lines of a recording: a JSON object each, so that any number of programs can add to one file.

use serde::{Deserialize, Serialize};

/// A place in the application's code.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Frame {
    /// The function, as far as the debug information names it.
    pub function: String,
    /// Its file, relative to the root of the workspace where it is in it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

/// What a line of the file says: what one program saw of a statement since its line before.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// As it was sent. Values that were bound to it are no part of it.
    pub statement: String,
    /// How often it was called.
    pub calls: u64,
    /// How long that took in all.
    pub microseconds: u64,
    /// How long the longest call took.
    pub longest_microseconds: u64,
    /// Where it was called, the innermost place first: the slowest call that was looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub at: Vec<Frame>,
    /// Where it was called again and again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repeated: Vec<Repetition>,
}

/// The same statement again and again on one connection, with hardly another one between.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repetition {
    /// How often in a row, at the most.
    pub times: u32,
    /// The place, the innermost function first.
    pub at: Vec<Frame>,
}
