//! Statements that stand in `.sql` files and are as fast as Diesel's own: typed, and parsed once a connection.

/// Where the placeholders `$1` to `$N` of a statement stand: from the dollar sign to behind the number. Evaluated by the
/// compiler, which refuses a statement that has others, or has them in another order.
#[expect(clippy::indexing_slicing, reason = "a fault would end the compilation, not the program")]
pub(crate) const fn placeholders<const N: usize>(sql: &str) -> [(usize, usize); N] {
    let text = sql.as_bytes();
    let mut found = [(0, 0); N];
    let (mut at, mut count) = (0, 0);
    while at + 1 < text.len() {
        if text[at] == b'-' && text[at + 1] == b'-' {
            while at < text.len() && text[at] != b'\n' {
                at += 1;
            }
        } else if text[at] == b'$' && text[at + 1].is_ascii_digit() {
            let start = at;
            let mut number = 0;
            at += 1;
            while at < text.len() && text[at].is_ascii_digit() {
                number = 10 * number + (text[at] - b'0') as usize;
                at += 1;
            }
            count += 1;
            assert!(
                number == count,
                "placeholders are $1, $2 and so on, each once and in this order"
            );
            assert!(number <= N, "the statement has more placeholders than binds");
            found[count - 1] = (start, at);
        } else {
            at += 1;
        }
    }
    assert!(count == N, "the statement has fewer placeholders than binds");
    found
}

/// Declares a statement of a `.sql` file: its binds in the order of `$1`, `$2` …, each used once (a value that is needed
/// twice goes through a CTE), and the SQL types of the columns that it returns.
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
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> diesel::QueryResult<()> {
                const SQL: &str = include_str!($file);
                const BINDS: usize = <[&str]>::len(&[$(stringify!($field)),*]);
                const PLACEHOLDERS: [(usize, usize); BINDS] = $crate::statement::placeholders(SQL);
                // Runs at every call, for the binds alone: nothing is searched for or copied here.
                let (places, done): (&[(usize, usize)], usize) = (&PLACEHOLDERS, 0);
                $(
                    let (&(start, end), places) = places.split_first().unwrap_or((&(0, 0), &[]));
                    out.push_sql(SQL.get(done..start).unwrap_or_default());
                    out.push_bind_param::<$bind, _>(&self.$field)?;
                    let done = end;
                )*
                let _ = places;
                out.push_sql(SQL.get(done..).unwrap_or_default());
                Ok(())
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

/// The first row of a statement that is done.
///
/// Diesel's `get_result` is ready with the first row, before the server has said that the statement is done: a server that dies or
/// refuses in the commit may have sent the row already, and a write that never was would be acknowledged. `load` waits for the end.
pub(crate) fn only_row<T>(rows: Vec<T>) -> diesel::QueryResult<T> {
    rows.into_iter().next().ok_or(diesel::result::Error::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_found_where_they_stand_and_not_in_comments() {
        let sql = "-- Of $1.\nSELECT $1, 'a - b', $2::text -- $2, not $7\n";
        let found = placeholders::<2>(sql).map(|(start, end)| &sql[start..end]);
        assert_eq!(found, ["$1", "$2"]);
        assert_eq!(placeholders::<0>("SELECT 1"), []);
    }

    #[test]
    #[should_panic(expected = "each once and in this order")]
    fn a_placeholder_that_stands_twice_is_refused() {
        placeholders::<2>("SELECT $1, $1");
    }

    #[test]
    #[should_panic(expected = "fewer placeholders than binds")]
    fn a_bind_without_a_placeholder_is_refused() {
        placeholders::<2>("SELECT $1");
    }
}
