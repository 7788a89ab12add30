//! Tables, columns, constraints and triggers.

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[];
