//! Statements that cost the client little: those of `.sql` files, typed and parsed once a connection as Diesel's own are
//! ([`statement!`]), and Diesel's own of which it is known that they have one text ([`kept`]).

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::{QueryResult, RunQueryDsl};

/// Makes sure that the placeholders of a statement are `$1` to `$N`, each once or more. Evaluated by the compiler.
#[expect(clippy::indexing_slicing, reason = "a fault would end the compilation, not the program")]
pub(crate) const fn check_placeholders<const N: usize>(sql: &str) {
    let text = sql.as_bytes();
    let mut found = [false; N];
    let mut at = 0;
    while at + 1 < text.len() {
        if text[at] == b'-' && text[at + 1] == b'-' {
            while at < text.len() && text[at] != b'\n' {
                at += 1;
            }
        } else if text[at] == b'$' && text[at + 1].is_ascii_digit() {
            let mut number = 0;
            at += 1;
            while at < text.len() && text[at].is_ascii_digit() {
                number = 10 * number + (text[at] - b'0') as usize;
                at += 1;
            }
            assert!(number >= 1 && number <= N, "the statement has more placeholders than binds");
            found[number - 1] = true;
        } else {
            at += 1;
        }
    }
    let mut number = 0;
    while number < N {
        assert!(found[number], "the statement has fewer placeholders than binds");
        number += 1;
    }
}

/// Declares a statement of a `.sql` file: its binds in the order of `$1`, `$2` …, and the SQL types of the columns that it
/// returns.
///
/// Diesel keeps `sql_query` out of its statement cache, so that the server would parse the text at every call. A
/// `QueryFragment` with a `QueryId` of its own is kept.
macro_rules! statement {
    (
        $(#[$doc:meta])*
        $name:ident $(<$life:lifetime>)?, $file:literal,
        binds { $($field:ident: $value:ty => $bind:ty,)* },
        returns ($($column:ty,)*)
    ) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name $(<$life>)? {
            $(pub(crate) $field: $value,)*
        }

        impl $(<$life>)? diesel::query_builder::QueryFragment<diesel::pg::Pg> for $name $(<$life>)? {
            // Runs at every call, for the binds alone.
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> diesel::QueryResult<()> {
                $(out.push_bind_param::<$bind, _>(&self.$field)?;)*
                // There may be no binds at all.
                let _ = &mut out;
                Ok(())
            }

            fn to_sql(
                &self,
                out: &mut diesel::pg::PgQueryBuilder,
                _: &diesel::pg::Pg,
            ) -> diesel::QueryResult<()> {
                const SQL: &str = include_str!($file);
                const BINDS: usize = <[&str]>::len(&[$(stringify!($field)),*]);
                const { $crate::statement::check_placeholders::<BINDS>(SQL) };
                diesel::query_builder::QueryBuilder::push_sql(out, SQL);
                Ok(())
            }

            fn is_safe_to_cache_prepared(&self, _: &diesel::pg::Pg) -> diesel::QueryResult<bool> {
                Ok(true)
            }
        }

        const _: () = {
            /// Stands for the statement, whatever the lifetime of its binds.
            #[derive(Debug)]
            pub(crate) struct Id;

            impl $(<$life>)? diesel::query_builder::QueryId for $name $(<$life>)? {
                type QueryId = Id;
                const HAS_STATIC_QUERY_ID: bool = true;
            }
        };

        impl $(<$life>)? diesel::query_builder::Query for $name $(<$life>)? {
            type SqlType = ($($column,)*);
        }

        impl<$($life,)? C> diesel::query_dsl::RunQueryDsl<C> for $name $(<$life>)? {}
    };
}
pub(crate) use statement;

/// A query of Diesel's that has one text whatever its values, for queries that run often: Diesel asks each at every call.
pub(crate) const fn kept<Q>(query: Q) -> Kept<Q> {
    Kept(query)
}

/// See [`kept`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept<Q>(Q);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Kept<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, backend: &Pg) -> QueryResult<bool> {
        debug_assert_eq!(self.0.is_safe_to_cache_prepared(backend), Ok(true), "its text varies");
        Ok(true)
    }
}

impl<Q: QueryId> QueryId for Kept<Q> {
    type QueryId = Q::QueryId;
    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q: Query> Query for Kept<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, C> RunQueryDsl<C> for Kept<Q> {}

/// The first row of a statement that is done.
///
/// Diesel's `get_result` is ready with the first row, before the server has said that the statement is done: a server that dies or
/// refuses in the commit may have sent the row already, and a write that never was would be acknowledged. `load` waits for the end.
pub(crate) fn only_row<T>(rows: Vec<T>) -> diesel::QueryResult<T> {
    rows.into_iter().next().ok_or(diesel::result::Error::NotFound)
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;

    use super::*;
    use crate::schema::users;

    #[test]
    fn placeholders_may_stand_twice_and_are_none_in_comments() {
        check_placeholders::<2>("-- Of $7.\nSELECT $2, 'a - b', $1::text, $2 -- $3\n");
        check_placeholders::<0>("SELECT 1");
    }

    #[test]
    #[should_panic(expected = "more placeholders than binds")]
    fn a_placeholder_without_a_bind_is_refused() {
        check_placeholders::<1>("SELECT $1, $2");
    }

    #[test]
    #[should_panic(expected = "fewer placeholders than binds")]
    fn a_bind_without_a_placeholder_is_refused() {
        check_placeholders::<2>("SELECT $2");
    }

    #[test]
    fn a_kept_query_has_the_text_and_the_binds_of_its_own() {
        for name in ["Ana", "Ben"] {
            let query = || users::table.filter(users::name.eq(name)).select(users::id);
            let own = diesel::debug_query::<Pg, _>(&query()).to_string();
            let kept = kept(query());
            assert_eq!(diesel::debug_query::<Pg, _>(&kept).to_string(), own);
        }
    }
}
