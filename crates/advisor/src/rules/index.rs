//! Indexes.

mod bloated_index;
mod btree_on_container;
mod covered_index;
mod duplicate_index;
mod invalid_index;
mod low_cardinality_index;
mod unindexed_expiry;
mod unindexed_foreign_key;
mod unused_index;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &bloated_index::RULE,
    &btree_on_container::RULE,
    &covered_index::RULE,
    &duplicate_index::RULE,
    &invalid_index::RULE,
    &low_cardinality_index::RULE,
    &unindexed_expiry::RULE,
    &unindexed_foreign_key::RULE,
    &unused_index::RULE,
];
