//! The operators as methods of expressions, and the functions of one path too. Not here: the SQL (`operators`).

use diesel::expression::{AsExpression, Expression};
use diesel::sql_types::Integer;

use super::functions;
use super::operators as infix;
use super::sql_types::{
    LqueriesOrNullable, LqueryOrNullable, LtreeOrNullable, LtreesOrNullable, LtxtqueryOrNullable,
    Side, TextOrNullable,
};

/// The columns of the examples.
macro_rules! example {
    ($left:literal, $method:ident, $right:literal, $operator:literal) => {
        concat!(
            "\n```\n",
            "# diesel::table! {\n",
            "#     groups {\n",
            "#         id -> Integer,\n",
            "#         name -> Text,\n",
            "#         path -> homeroom_ltree::diesel::sql_types::Ltree,\n",
            "#         paths -> Array<homeroom_ltree::diesel::sql_types::Ltree>,\n",
            "#         query -> homeroom_ltree::diesel::sql_types::Lquery,\n",
            "#         queries -> Array<homeroom_ltree::diesel::sql_types::Lquery>,\n",
            "#         text_query -> homeroom_ltree::diesel::sql_types::Ltxtquery,\n",
            "#     }\n",
            "# }\n",
            "# use homeroom_ltree::diesel::*;\n",
            "let condition = groups::",
            $left,
            ".",
            stringify!($method),
            "(groups::",
            $right,
            ");\n",
            "let sql = diesel::debug_query::<diesel::pg::Pg, _>(&condition).to_string();\n",
            "assert!(sql.starts_with(r#\"\"groups\".\"",
            $left,
            "\" ",
            $operator,
            " \"groups\".\"",
            $right,
            "\"\"#));\n",
            "```"
        )
    };
}

macro_rules! operators {
    ($left:literal: $family:ident; $(
        $(#[$doc:meta])*
        $method:ident($right_type:ident, $right:literal) -> $operator:ident $sql:literal;
    )+) => {$(
        $(#[$doc])*
        #[doc = example!($left, $method, $right, $sql)]
        fn $method<T>(self, other: T) -> infix::$operator<Self, T::Expression>
        where
            Self::SqlType: $family,
            T: AsExpression<<Self::SqlType as Side>::$right_type>,
        {
            infix::$operator::new(self, other.as_expression())
        }
    )+};
}

/// The operators of `ltree`, and its functions as methods.
///
/// Comparisons (`=`, `<` …) are Diesel's own `ExpressionMethods`.
///
/// ```
/// use homeroom_ltree::diesel::LtreeExpressionMethods as _;
/// # diesel::table! { groups { id -> Integer, path -> homeroom_ltree::diesel::sql_types::Ltree, } }
/// let above = groups::path.contains(homeroom_ltree::Ltree::new());
/// # let _ = above;
/// ```
pub trait LtreeExpressionMethods: Expression + Sized {
    operators! { "path": LtreeOrNullable;
        /// Whether the other path is this one or below it: `ltree @> ltree`.
        contains(Ltree, "path") -> Contains "@>";
        /// Whether this path is the other or below it: `ltree <@ ltree`.
        contained_by(Ltree, "path") -> ContainedBy "<@";
        /// Whether some path of the array is this one or below it: `ltree @> ltree[]`.
        contains_any(Ltrees, "paths") -> Contains "@>";
        /// Whether this path is one of the array or below one: `ltree <@ ltree[]`.
        contained_by_any(Ltrees, "paths") -> ContainedBy "<@";
        /// Whether the path is like the pattern: `ltree ~ lquery`.
        matches(Lquery, "query") -> Matches "~";
        /// Whether the path is like one of the patterns: `ltree ? lquery[]`.
        matches_any(Lqueries, "queries") -> MatchesAny "?";
        /// Whether the path's labels meet the condition: `ltree @ ltxtquery`.
        matches_text(Ltxtquery, "text_query") -> MatchesText "@";
        /// As [`LtreeExpressionMethods::contains`], without an index: `ltree ^@> ltree`.
        contains_unindexed(Ltree, "path") -> ContainsUnindexed "^@>";
        /// As [`LtreeExpressionMethods::contained_by`], without an index: `ltree ^<@ ltree`.
        contained_by_unindexed(Ltree, "path") -> ContainedByUnindexed "^<@";
        /// As [`LtreeExpressionMethods::contains_any`], without an index: `ltree ^@> ltree[]`.
        contains_any_unindexed(Ltrees, "paths") -> ContainsUnindexed "^@>";
        /// As [`LtreeExpressionMethods::contained_by_any`], without an index: `ltree ^<@ ltree[]`.
        contained_by_any_unindexed(Ltrees, "paths") -> ContainedByUnindexed "^<@";
        /// As [`LtreeExpressionMethods::matches`], without an index: `ltree ^~ lquery`.
        matches_unindexed(Lquery, "query") -> MatchesUnindexed "^~";
        /// As [`LtreeExpressionMethods::matches_any`], without an index: `ltree ^? lquery[]`.
        matches_any_unindexed(Lqueries, "queries") -> MatchesAnyUnindexed "^?";
        /// As [`LtreeExpressionMethods::matches_text`], without an index: `ltree ^@ ltxtquery`.
        matches_text_unindexed(Ltxtquery, "text_query") -> MatchesTextUnindexed "^@";
        /// Both paths in one: `ltree || ltree`.
        concat(Ltree, "path") -> Concat "||";
        /// The path and the labels of a text, which the server parses: `ltree || text`.
        concat_text(Text, "name") -> Concat "||";
    }

    /// How many labels the path has: `nlevel(ltree)`.
    ///
    /// ```
    /// # diesel::table! { groups { id -> Integer, path -> homeroom_ltree::diesel::sql_types::Ltree, } }
    /// use homeroom_ltree::diesel::LtreeExpressionMethods as _;
    /// let value = groups::path.nlevel();
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("nlevel(path)"), "{sql}");
    /// ```
    fn nlevel(self) -> functions::nlevel<Self::SqlType, Self>
    where
        Self::SqlType: LtreeOrNullable,
    {
        functions::nlevel(self)
    }

    /// The labels from `start` to before `end`, counted from 0: `subltree(ltree, integer, integer)`.
    ///
    /// ```
    /// # diesel::table! { groups { id -> Integer, path -> homeroom_ltree::diesel::sql_types::Ltree, } }
    /// use homeroom_ltree::diesel::LtreeExpressionMethods as _;
    /// let value = groups::path.subltree(1, 2);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("subltree(path, $1, $2)"), "{sql}");
    /// ```
    fn subltree<I, J>(self, start: I, end: J) -> functions::subltree<Self::SqlType, Self, I, J>
    where
        Self::SqlType: LtreeOrNullable,
        I: AsExpression<Integer>,
        J: AsExpression<Integer>,
    {
        functions::subltree(self, start, end)
    }

    /// `len` labels from `offset` on: `subpath(ltree, integer, integer)`.
    ///
    /// ```
    /// # diesel::table! { groups { id -> Integer, path -> homeroom_ltree::diesel::sql_types::Ltree, } }
    /// use homeroom_ltree::diesel::LtreeExpressionMethods as _;
    /// let value = groups::path.subpath(0, -1);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("subpath(path, $1, $2)"), "{sql}");
    /// ```
    fn subpath<I, J>(self, offset: I, len: J) -> functions::subpath<Self::SqlType, Self, I, J>
    where
        Self::SqlType: LtreeOrNullable,
        I: AsExpression<Integer>,
        J: AsExpression<Integer>,
    {
        functions::subpath(self, offset, len)
    }

    /// All labels from `offset` on: `subpath(ltree, integer)`.
    ///
    /// ```
    /// # diesel::table! { groups { id -> Integer, path -> homeroom_ltree::diesel::sql_types::Ltree, } }
    /// use homeroom_ltree::diesel::LtreeExpressionMethods as _;
    /// let value = groups::path.subpath_from(-2);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("subpath(path, $1)"), "{sql}");
    /// ```
    fn subpath_from<I>(self, offset: I) -> functions::subpath_from<Self::SqlType, Self, I>
    where
        Self::SqlType: LtreeOrNullable,
        I: AsExpression<Integer>,
    {
        functions::subpath_from(self, offset)
    }

    /// Where the other path first occurs in this one, counted from 0, or -1: `index(ltree, ltree)`.
    ///
    /// ```
    /// # diesel::table! { groups { id -> Integer, path -> homeroom_ltree::diesel::sql_types::Ltree, } }
    /// use homeroom_ltree::diesel::LtreeExpressionMethods as _;
    /// let value = groups::path.index(groups::path);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("index(path, path)"), "{sql}");
    /// ```
    fn index<T>(self, other: T) -> functions::index<Self::SqlType, Self, T>
    where
        Self::SqlType: LtreeOrNullable,
        T: AsExpression<<Self::SqlType as Side>::Ltree>,
    {
        functions::index(self, other)
    }

    /// The same from label `offset` on: `index(ltree, ltree, integer)`.
    ///
    /// ```
    /// # diesel::table! { groups { id -> Integer, path -> homeroom_ltree::diesel::sql_types::Ltree, } }
    /// use homeroom_ltree::diesel::LtreeExpressionMethods as _;
    /// let value = groups::path.index_from(groups::path, -4);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("index(path, path, $1)"), "{sql}");
    /// ```
    fn index_from<T, I>(
        self,
        other: T,
        offset: I,
    ) -> functions::index_from<Self::SqlType, Self, T, I>
    where
        Self::SqlType: LtreeOrNullable,
        T: AsExpression<<Self::SqlType as Side>::Ltree>,
        I: AsExpression<Integer>,
    {
        functions::index_from(self, other, offset)
    }

    /// The text of the path: `ltree2text(ltree)`.
    ///
    /// ```
    /// # diesel::table! { groups { id -> Integer, path -> homeroom_ltree::diesel::sql_types::Ltree, } }
    /// use homeroom_ltree::diesel::LtreeExpressionMethods as _;
    /// let value = groups::path.ltree2text();
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("ltree2text(path)"), "{sql}");
    /// ```
    fn ltree2text(self) -> functions::ltree2text<Self::SqlType, Self>
    where
        Self::SqlType: LtreeOrNullable,
    {
        functions::ltree2text(self)
    }
}

/// The operators of `ltree[]`.
///
/// The server refuses arrays that hold nulls.
///
/// ```
/// use homeroom_ltree::diesel::LtreeArrayExpressionMethods as _;
/// # diesel::table! { groups { id -> Integer, paths -> Array<homeroom_ltree::diesel::sql_types::Ltree>, } }
/// let above = groups::paths.first_contains(homeroom_ltree::Ltree::new());
/// # let _ = above;
/// ```
pub trait LtreeArrayExpressionMethods: Expression + Sized {
    operators! { "paths": LtreesOrNullable;
        /// Whether some path of the array is the other or above it: `ltree[] @> ltree`.
        any_contains(Ltree, "path") -> Contains "@>";
        /// Whether some path of the array is the other or below it: `ltree[] <@ ltree`.
        any_contained_by(Ltree, "path") -> ContainedBy "<@";
        /// Whether some path of the array is like the pattern: `ltree[] ~ lquery`.
        any_matches(Lquery, "query") -> Matches "~";
        /// Whether some path of the array is like one of the patterns: `ltree[] ? lquery[]`.
        any_matches_any(Lqueries, "queries") -> MatchesAny "?";
        /// Whether the labels of some path of the array meet the condition: `ltree[] @ ltxtquery`.
        any_matches_text(Ltxtquery, "text_query") -> MatchesText "@";
        /// As [`LtreeArrayExpressionMethods::any_contains`], without an index: `ltree[] ^@> ltree`.
        any_contains_unindexed(Ltree, "path") -> ContainsUnindexed "^@>";
        /// As [`LtreeArrayExpressionMethods::any_contained_by`], without an index: `ltree[] ^<@ ltree`.
        any_contained_by_unindexed(Ltree, "path") -> ContainedByUnindexed "^<@";
        /// As [`LtreeArrayExpressionMethods::any_matches`], without an index: `ltree[] ^~ lquery`.
        any_matches_unindexed(Lquery, "query") -> MatchesUnindexed "^~";
        /// As [`LtreeArrayExpressionMethods::any_matches_any`], without an index: `ltree[] ^? lquery[]`.
        any_matches_any_unindexed(Lqueries, "queries") -> MatchesAnyUnindexed "^?";
        /// As [`LtreeArrayExpressionMethods::any_matches_text`], without an index: `ltree[] ^@ ltxtquery`.
        any_matches_text_unindexed(Ltxtquery, "text_query") -> MatchesTextUnindexed "^@";
        /// The first path of the array that is the other or above it, or null: `ltree[] ?@> ltree`.
        first_contains(Ltree, "path") -> FirstContains "?@>";
        /// The first path of the array that is the other or below it, or null: `ltree[] ?<@ ltree`.
        first_contained_by(Ltree, "path") -> FirstContainedBy "?<@";
        /// The first path of the array that is like the pattern, or null: `ltree[] ?~ lquery`.
        first_matches(Lquery, "query") -> FirstMatches "?~";
        /// The first path of the array whose labels meet the condition, or null: `ltree[] ?@ ltxtquery`.
        first_matches_text(Ltxtquery, "text_query") -> FirstMatchesText "?@";
    }

    /// The longest path above all of the array, or null when it or one of its paths is empty: `lca(ltree[])`.
    ///
    /// ```
    /// # diesel::table! { groups { id -> Integer, paths -> Array<homeroom_ltree::diesel::sql_types::Ltree>, } }
    /// use homeroom_ltree::diesel::LtreeArrayExpressionMethods as _;
    /// let value = groups::paths.lca();
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # assert!(sql.starts_with("lca("), "{sql}");
    /// ```
    fn lca(self) -> functions::lca<Self::SqlType, Self>
    where
        Self::SqlType: LtreesOrNullable,
    {
        functions::lca(self)
    }
}

/// The operators of `lquery`.
///
/// ```
/// use homeroom_ltree::diesel::LqueryExpressionMethods as _;
/// # diesel::table! { rules { id -> Integer, query -> homeroom_ltree::diesel::sql_types::Lquery, } }
/// let applies = rules::query.matches("Top.Science".parse::<homeroom_ltree::Ltree>()?);
/// # let _ = applies;
/// # Ok::<(), homeroom_ltree::Error>(())
/// ```
pub trait LqueryExpressionMethods: Expression + Sized {
    operators! { "query": LqueryOrNullable;
        /// Whether the path is like the pattern: `lquery ~ ltree`.
        matches(Ltree, "path") -> Matches "~";
        /// Whether some path of the array is like the pattern: `lquery ~ ltree[]`.
        matches_any(Ltrees, "paths") -> Matches "~";
        /// As [`LqueryExpressionMethods::matches`], without an index: `lquery ^~ ltree`.
        matches_unindexed(Ltree, "path") -> MatchesUnindexed "^~";
        /// As [`LqueryExpressionMethods::matches_any`], without an index: `lquery ^~ ltree[]`.
        matches_any_unindexed(Ltrees, "paths") -> MatchesUnindexed "^~";
    }
}

/// The operators of `lquery[]`.
///
/// ```
/// use homeroom_ltree::diesel::LqueryArrayExpressionMethods as _;
/// # diesel::table! { rules { id -> Integer, queries -> Array<homeroom_ltree::diesel::sql_types::Lquery>, } }
/// let applies = rules::queries.any_matches("Top.Science".parse::<homeroom_ltree::Ltree>()?);
/// # let _ = applies;
/// # Ok::<(), homeroom_ltree::Error>(())
/// ```
pub trait LqueryArrayExpressionMethods: Expression + Sized {
    operators! { "queries": LqueriesOrNullable;
        /// Whether the path is like one of the patterns: `lquery[] ? ltree`.
        any_matches(Ltree, "path") -> MatchesAny "?";
        /// Whether some path of the array is like one of the patterns: `lquery[] ? ltree[]`.
        any_matches_any(Ltrees, "paths") -> MatchesAny "?";
        /// As [`LqueryArrayExpressionMethods::any_matches`], without an index: `lquery[] ^? ltree`.
        any_matches_unindexed(Ltree, "path") -> MatchesAnyUnindexed "^?";
        /// As [`LqueryArrayExpressionMethods::any_matches_any`], without an index: `lquery[] ^? ltree[]`.
        any_matches_any_unindexed(Ltrees, "paths") -> MatchesAnyUnindexed "^?";
    }
}

/// The operators of `ltxtquery`.
///
/// ```
/// use homeroom_ltree::diesel::LtxtqueryExpressionMethods as _;
/// # diesel::table! { rules { id -> Integer, text_query -> homeroom_ltree::diesel::sql_types::Ltxtquery, } }
/// let applies = rules::text_query.matches("Top.Science".parse::<homeroom_ltree::Ltree>()?);
/// # let _ = applies;
/// # Ok::<(), homeroom_ltree::Error>(())
/// ```
pub trait LtxtqueryExpressionMethods: Expression + Sized {
    operators! { "text_query": LtxtqueryOrNullable;
        /// Whether the path's labels meet the condition: `ltxtquery @ ltree`.
        matches(Ltree, "path") -> MatchesText "@";
        /// Whether the labels of some path of the array meet the condition: `ltxtquery @ ltree[]`.
        matches_any(Ltrees, "paths") -> MatchesText "@";
        /// As [`LtxtqueryExpressionMethods::matches`], without an index: `ltxtquery ^@ ltree`.
        matches_unindexed(Ltree, "path") -> MatchesTextUnindexed "^@";
        /// As [`LtxtqueryExpressionMethods::matches_any`], without an index: `ltxtquery ^@ ltree[]`.
        matches_any_unindexed(Ltrees, "paths") -> MatchesTextUnindexed "^@";
    }
}

/// The operator of `text` with a path.
///
/// ```
/// use homeroom_ltree::diesel::TextLtreeExpressionMethods as _;
/// # diesel::table! { groups { id -> Integer, name -> Text, } }
/// let path = groups::name.concat_ltree("Science".parse::<homeroom_ltree::Ltree>()?);
/// # let _ = path;
/// # Ok::<(), homeroom_ltree::Error>(())
/// ```
pub trait TextLtreeExpressionMethods: Expression + Sized {
    operators! { "name": TextOrNullable;
        /// The labels of a text, which the server parses, and the path: `text || ltree`.
        concat_ltree(Ltree, "path") -> Concat "||";
    }
}

macro_rules! for_expressions {
    ($($methods:ident: $family:ident,)+) => {$(
        impl<E> $methods for E
        where
            E: Expression,
            E::SqlType: $family,
        {
        }
    )+};
}

for_expressions! {
    LtreeExpressionMethods: LtreeOrNullable,
    LtreeArrayExpressionMethods: LtreesOrNullable,
    LqueryExpressionMethods: LqueryOrNullable,
    LqueryArrayExpressionMethods: LqueriesOrNullable,
    LtxtqueryExpressionMethods: LtxtqueryOrNullable,
    TextLtreeExpressionMethods: TextOrNullable,
}
