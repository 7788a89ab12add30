//! Statements that were run.

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[];
