//! The operators as types of expressions. Not here: the methods that make them (`methods`).

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::Nullable;

use crate::diesel::sql_types::Ltree;

diesel::infix_operator!(Contains, " @> ", backend: Pg);
diesel::infix_operator!(ContainedBy, " <@ ", backend: Pg);
diesel::infix_operator!(Matches, " ~ ", backend: Pg);
diesel::infix_operator!(MatchesAny, " ? ", backend: Pg);
diesel::infix_operator!(MatchesText, " @ ", backend: Pg);

diesel::infix_operator!(ContainsUnindexed, " ^@> ", backend: Pg);
diesel::infix_operator!(ContainedByUnindexed, " ^<@ ", backend: Pg);
diesel::infix_operator!(MatchesUnindexed, " ^~ ", backend: Pg);
diesel::infix_operator!(MatchesAnyUnindexed, " ^? ", backend: Pg);
diesel::infix_operator!(MatchesTextUnindexed, " ^@ ", backend: Pg);

diesel::infix_operator!(Concat, " || ", Ltree, backend: Pg);

/// Operators whose value can be null though no operand is: nothing may be found.
macro_rules! first_operators {
    ($($name:ident $operator:literal,)+) => {$(
        #[doc(hidden)]
        #[derive(Debug, Clone, Copy, QueryId, ValidGrouping)]
        pub struct $name<T, U> {
            left: T,
            right: U,
        }

        impl<T, U> $name<T, U> {
            pub(crate) fn new(left: T, right: U) -> Self {
                Self { left, right }
            }
        }

        impl<T: Expression, U: Expression> Expression for $name<T, U> {
            type SqlType = Nullable<Ltree>;
        }

        impl<T: QueryFragment<Pg>, U: QueryFragment<Pg>> QueryFragment<Pg> for $name<T, U> {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
                self.left.walk_ast(out.reborrow())?;
                out.push_sql($operator);
                self.right.walk_ast(out.reborrow())
            }
        }

        impl<T, U, Q> AppearsOnTable<Q> for $name<T, U>
        where
            T: AppearsOnTable<Q>,
            U: AppearsOnTable<Q>,
            Self: Expression,
        {
        }

        impl<T, U, Q> SelectableExpression<Q> for $name<T, U>
        where
            T: SelectableExpression<Q>,
            U: SelectableExpression<Q>,
            Self: AppearsOnTable<Q>,
        {
        }
    )+};
}

first_operators! {
    FirstContains " ?@> ",
    FirstContainedBy " ?<@ ",
    FirstMatches " ?~ ",
    FirstMatchesText " ?@ ",
}
