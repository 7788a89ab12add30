//! The server and its settings.

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[];
