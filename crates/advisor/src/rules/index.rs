//! Indexes.

mod duplicate_index;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[&duplicate_index::RULE];
