#![doc = include_str!("../README.md")]

mod algebra;
mod ancestors;
#[cfg(feature = "diesel")]
pub mod diesel;
mod error;
mod label;
mod label_pattern;
mod letters;
mod lquery;
mod ltxtquery;
mod order;
mod path;
#[cfg(feature = "postgres-types")]
mod postgres_types_values;
mod rule;
mod scan;
#[cfg(feature = "serde")]
mod serde_values;
mod slug;
mod text;
#[cfg(any(feature = "diesel", feature = "postgres-types"))]
mod wire;

pub use ancestors::Ancestors;
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
