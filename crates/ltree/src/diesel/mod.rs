//! Diesel: SQL types, values in the binary format, operators as methods and the server's functions. Works with
//! synchronous connections and with diesel-async alike.
//!
//! ```
//! use diesel::prelude::*;
//! use homeroom_ltree::diesel::LtreeExpressionMethods as _;
//! use homeroom_ltree::{Ltree, lquery};
//!
//! diesel::table! {
//!     use diesel::sql_types::*;
//!     use homeroom_ltree::diesel::sql_types::Ltree;
//!
//!     groups {
//!         id -> Integer,
//!         path -> Ltree,
//!     }
//! }
//!
//! #[derive(Queryable, Selectable)]
//! # #[allow(dead_code)]
//! struct Group {
//!     id: i32,
//!     path: Ltree,
//! }
//!
//! let district: Ltree = "wa.aberdeen".parse()?;
//! let below = groups::table
//!     .filter(groups::path.contained_by(&district))
//!     .filter(groups::path.matches(lquery!("*.Science")?))
//!     .order(groups::path)
//!     .select(Group::as_select());
//! let sql = diesel::debug_query::<diesel::pg::Pg, _>(&below).to_string();
//! assert!(sql.contains(r#""groups"."path" <@ $1"#));
//! # Ok::<(), homeroom_ltree::Error>(())
//! ```
//!
//! The schema of the extension must be in the search path, as for every type that Diesel looks up by its name alone.
//!
//! # Indexes
//! `<@` and `@>` with one path, `~`, `?` and `@` use a GiST index on the column (`CREATE INDEX … USING gist (path)`),
//! comparisons that or a B-tree index. With an array of paths on the right, `<@` and `@>` use none: a comparison with each
//! does. The methods that end in `_unindexed` stand for the operators with `^`, which never use one.
//!
//! # Null
//! The methods exist for nullable expressions too and are then nullable themselves. Where only one side is nullable,
//! `.nullable()` on the other makes them alike.

pub mod functions;
mod lca_functions;
mod methods;
mod operators;
pub mod sql_types;
mod values;

pub use methods::{
    LqueryArrayExpressionMethods, LqueryExpressionMethods, LtreeArrayExpressionMethods,
    LtreeExpressionMethods, LtxtqueryExpressionMethods, TextLtreeExpressionMethods,
};
pub use operators::{
    Concat, ContainedBy, ContainedByUnindexed, Contains, ContainsUnindexed, FirstContainedBy,
    FirstContains, FirstMatches, FirstMatchesText, Matches, MatchesAny, MatchesAnyUnindexed,
    MatchesText, MatchesTextUnindexed, MatchesUnindexed,
};
