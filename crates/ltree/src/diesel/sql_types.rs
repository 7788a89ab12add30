//! The SQL types of the extension, for `diesel::table!` and `#[diesel(sql_type = …)]`.

use diesel::expression::TypedExpressionType;
use diesel::query_builder::QueryId;
use diesel::sql_types::{Array, Integer, Nullable, SingleValue, SqlType, Text};

/// The SQL type `ltree`; its value in Rust is [`Ltree`](crate::Ltree).
///
/// ```
/// diesel::table! {
///     use diesel::sql_types::*;
///     use homeroom_ltree::diesel::sql_types::Ltree;
///
///     groups {
///         id -> Integer,
///         path -> Ltree,
///     }
/// }
/// ```
#[derive(Debug, Clone, Copy, Default, QueryId, SqlType)]
#[diesel(postgres_type(name = "ltree"))]
pub struct Ltree;

/// The SQL type `lquery`; its value in Rust is [`Lquery`](crate::Lquery).
///
/// ```
/// diesel::table! {
///     rules {
///         id -> Integer,
///         query -> Nullable<homeroom_ltree::diesel::sql_types::Lquery>,
///     }
/// }
/// ```
#[derive(Debug, Clone, Copy, Default, QueryId, SqlType)]
#[diesel(postgres_type(name = "lquery"))]
pub struct Lquery;

/// The SQL type `ltxtquery`; its value in Rust is [`Ltxtquery`](crate::Ltxtquery).
///
/// ```
/// diesel::table! {
///     rules {
///         id -> Integer,
///         query -> Nullable<homeroom_ltree::diesel::sql_types::Ltxtquery>,
///     }
/// }
/// ```
#[derive(Debug, Clone, Copy, Default, QueryId, SqlType)]
#[diesel(postgres_type(name = "ltxtquery"))]
pub struct Ltxtquery;

/// What stands on the other side of an operator: the same types, nullable when this side is.
#[doc(hidden)]
pub trait Side: SqlType + SingleValue {
    type Ltree: SqlType + TypedExpressionType;
    type Ltrees: SqlType + TypedExpressionType;
    type Lquery: SqlType + TypedExpressionType;
    type Lqueries: SqlType + TypedExpressionType;
    type Ltxtquery: SqlType + TypedExpressionType;
    type Text: SqlType + TypedExpressionType;
    type Integer: SqlType + TypedExpressionType;
}

macro_rules! families {
    ($($(#[$doc:meta])* $family:ident: $($type:ty),+;)+) => {$(
        $(#[$doc])*
        #[doc = concat!(
            "\n```\n",
            "# #[allow(unused_imports)]\n",
            "use diesel::sql_types::{Array, Nullable, Text};\n",
            "# #[allow(unused_imports)]\n",
            "use homeroom_ltree::diesel::sql_types::*;\n\n",
            "fn accepts<T: ", stringify!($family), ">() {}\n",
            $("accepts::<", stringify!($type), ">();\naccepts::<Nullable<", stringify!($type), ">>();\n",)+
            "```"
        )]
        pub trait $family: Side + TypedExpressionType {}

        $(
            impl $family for $type {}
            impl $family for Nullable<$type> {}

            impl Side for $type {
                type Ltree = Ltree;
                type Ltrees = Array<Ltree>;
                type Lquery = Lquery;
                type Lqueries = Array<Lquery>;
                type Ltxtquery = Ltxtquery;
                type Text = Text;
                type Integer = Integer;
            }

            impl Side for Nullable<$type> {
                type Ltree = Nullable<Ltree>;
                type Ltrees = Nullable<Array<Ltree>>;
                type Lquery = Nullable<Lquery>;
                type Lqueries = Nullable<Array<Lquery>>;
                type Ltxtquery = Nullable<Ltxtquery>;
                type Text = Nullable<Text>;
                type Integer = Nullable<Integer>;
            }
        )+
    )+};
}

families! {
    /// `ltree`, nullable or not.
    LtreeOrNullable: Ltree;
    /// `ltree[]`, nullable or not, with elements that are nullable or not.
    LtreesOrNullable: Array<Ltree>, Array<Nullable<Ltree>>;
    /// `lquery`, nullable or not.
    LqueryOrNullable: Lquery;
    /// `lquery[]`, nullable or not, with elements that are nullable or not.
    LqueriesOrNullable: Array<Lquery>, Array<Nullable<Lquery>>;
    /// `ltxtquery`, nullable or not.
    LtxtqueryOrNullable: Ltxtquery;
    /// `text`, nullable or not.
    TextOrNullable: Text;
}
