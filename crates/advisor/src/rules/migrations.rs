//! A folder of migrations.

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[];
