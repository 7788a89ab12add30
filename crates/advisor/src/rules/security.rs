//! Who may do and see what.

mod create_for_everyone;
mod definer_for_everyone;
mod definer_search_path;
mod extension_in_public;
mod granted_to_public;
mod mutable_search_path;
mod policies_without_row_security;
mod policy_always_true;
mod row_security_for_nobody;
mod row_security_missing;
mod row_security_without_policy;
mod secret_in_clear;
mod view_around_row_security;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &create_for_everyone::RULE,
    &definer_for_everyone::RULE,
    &definer_search_path::RULE,
    &extension_in_public::RULE,
    &granted_to_public::RULE,
    &mutable_search_path::RULE,
    &policies_without_row_security::RULE,
    &policy_always_true::RULE,
    &row_security_for_nobody::RULE,
    &row_security_missing::RULE,
    &row_security_without_policy::RULE,
    &secret_in_clear::RULE,
    &view_around_row_security::RULE,
];
