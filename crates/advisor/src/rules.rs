//! The rules, a list a family.

mod configuration;
mod index;
mod migrations;
mod queries;
mod schema;
mod security;

use crate::rule::Rule;

/// All rules, family by family.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    let families = [
        index::RULES,
        schema::RULES,
        migrations::RULES,
        queries::RULES,
        configuration::RULES,
        security::RULES,
    ];
    families.into_iter().flatten().copied()
}

/// The rule with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}
