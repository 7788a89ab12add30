//! The server and its settings.

mod autovacuum_off;
mod cache_hit_ratio;
mod connection_limit;
mod connections_in_clear;
mod dead_rows;
mod missing_timeouts;
mod replication_slot_behind;
mod stale_statistics;
mod superuser_application;
mod table_without_autovacuum;
mod trust_authentication;
mod unsafe_writes;
mod weak_password_hashes;
mod wraparound;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &autovacuum_off::RULE,
    &cache_hit_ratio::RULE,
    &connection_limit::RULE,
    &connections_in_clear::RULE,
    &dead_rows::RULE,
    &missing_timeouts::RULE,
    &replication_slot_behind::RULE,
    &stale_statistics::RULE,
    &superuser_application::RULE,
    &table_without_autovacuum::RULE,
    &trust_authentication::RULE,
    &unsafe_writes::RULE,
    &weak_password_hashes::RULE,
    &wraparound::RULE,
];
