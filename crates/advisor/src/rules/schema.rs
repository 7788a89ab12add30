//! Tables, columns, constraints and triggers.

mod cascade_from_soft_deleted;
mod cascade_meets_restrict;
mod cascade_orphans_blobs;
mod case_variant_email;
mod char_column;
mod disabled_trigger;
mod duplicate_constraint;
mod float_money;
mod foreign_key_type_mismatch;
mod free_text_code;
mod frozen_default;
mod json_column;
mod json_not_object;
mod may_be_negative;
mod missing_foreign_key;
mod money_column;
mod no_primary_key;
mod not_valid_constraint;
mod null_scope_in_unique;
mod path_may_be_orphaned;
mod path_may_repeat;
mod range_may_be_backwards;
mod sequence_overflow;
mod serial_column;
mod set_null_on_not_null;
mod soft_delete_blocks_reuse;
mod status_out_of_step;
mod time_in_text;
mod time_with_time_zone;
mod timestamp_without_time_zone;
mod tree_may_have_cycles;
mod updated_at_stands_still;
mod uuid_in_text;
mod varchar_limit;

use crate::rule::Rule;

/// The SQL of a rule behind the tables, columns, checks and triggers that all of them look at.
macro_rules! with_tables {
    ($file:literal) => {
        concat!(include_str!("tables.sql"), include_str!($file))
    };
}
use with_tables;

pub(super) const RULES: &[&Rule] = &[
    &cascade_from_soft_deleted::RULE,
    &cascade_meets_restrict::RULE,
    &cascade_orphans_blobs::RULE,
    &case_variant_email::RULE,
    &char_column::RULE,
    &disabled_trigger::RULE,
    &duplicate_constraint::RULE,
    &float_money::RULE,
    &foreign_key_type_mismatch::RULE,
    &free_text_code::RULE,
    &frozen_default::RULE,
    &json_column::RULE,
    &json_not_object::RULE,
    &may_be_negative::RULE,
    &missing_foreign_key::RULE,
    &money_column::RULE,
    &no_primary_key::RULE,
    &not_valid_constraint::RULE,
    &null_scope_in_unique::RULE,
    &path_may_be_orphaned::RULE,
    &path_may_repeat::RULE,
    &range_may_be_backwards::RULE,
    &sequence_overflow::RULE,
    &serial_column::RULE,
    &set_null_on_not_null::RULE,
    &soft_delete_blocks_reuse::RULE,
    &status_out_of_step::RULE,
    &time_in_text::RULE,
    &time_with_time_zone::RULE,
    &timestamp_without_time_zone::RULE,
    &tree_may_have_cycles::RULE,
    &updated_at_stands_still::RULE,
    &uuid_in_text::RULE,
    &varchar_limit::RULE,
];
