//! Statements that stand in `.sql` files and are as fast as Diesel's own: typed, and parsed once a connection.

/// Takes the text before the placeholder `$n`, and the text behind it.
pub(crate) fn split_at_placeholder(sql: &str, n: usize) -> (&str, &str) {
    let placeholder = format!("${n}");
    let found = sql.find(&placeholder).map(|at| sql.split_at(at));
    debug_assert!(found.is_some(), "the statement has no {placeholder} behind the one before");
    let (before, rest) = found.unwrap_or((sql, ""));
    (before, rest.get(placeholder.len()..).unwrap_or_default())
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
                let rest = include_str!($file);
                let bound = 0;
                $(
                    let bound = bound + 1;
                    let (before, rest) = $crate::statement::split_at_placeholder(rest, bound);
                    out.push_sql(before);
                    out.push_bind_param::<$bind, _>(&self.$field)?;
                )*
                let _ = bound;
                out.push_sql(rest);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_cut_at_its_placeholders() {
        assert_eq!(split_at_placeholder("SELECT $1, $2", 1), ("SELECT ", ", $2"));
        assert_eq!(split_at_placeholder(", $2", 2), (", ", ""));
    }
}
