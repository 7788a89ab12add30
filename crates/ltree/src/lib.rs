//! PostgreSQL's `ltree` in Rust.
mod algebra;
mod error;
mod label;
mod label_pattern;
mod letters;
mod lquery;
mod ltxtquery;
mod order;
mod path;
mod rule;
mod slug;
mod text;
mod wire;

#[cfg(feature = "diesel")]
pub mod diesel;
#[cfg(feature = "postgres-types")]
mod postgres_types_impls;
#[cfg(feature = "serde")]
mod serde_impls;

pub use algebra::Ancestors;
pub use error::Error;
pub use label::Label;
pub use label_pattern::LabelPattern;
#[doc(hidden)]
pub use lquery::TemplatePart;
pub use lquery::{Level, Lquery, LqueryBuilder};
pub use ltxtquery::{Ltxtquery, LtxtqueryExpression};
pub use path::{Labels, Ltree};
pub use rule::LabelRule;
pub use slug::{MAX_SLUG, UniqueSlugs, slug};
