//! `lca` of two to eight paths: the forms that the server has beside that of an array.
#![expect(clippy::too_many_arguments, reason = "the server's function has up to eight")]

use diesel::pg::Pg;

use super::sql_types::{Ltree, LtreeOrNullable, Side};

#[diesel::declare_sql_function]
#[backends(Pg)]
extern "SQL" {
    /// The longest path above both, or null when one is empty: `lca(ltree, ltree)`.
    ///
    /// ```
    /// # diesel::table! {
    /// #     groups {
    /// #         id -> Integer,
    /// #         name -> Text,
    /// #         path -> homeroom_ltree::diesel::sql_types::Ltree,
    /// #         other -> homeroom_ltree::diesel::sql_types::Ltree,
    /// #         paths -> Array<homeroom_ltree::diesel::sql_types::Ltree>,
    /// #     }
    /// # }
    /// use homeroom_ltree::diesel::functions::lca2;
    /// let value = lca2(groups::path, groups::other);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("lca(path, other)"), "{sql}");
    /// ```
    #[sql_name = "lca"]
    fn lca2<A: LtreeOrNullable>(a: A, b: <A as Side>::Ltree) -> Nullable<Ltree>;

    /// The longest path above all three, or null when one is empty: `lca(ltree, ltree, …)`.
    ///
    /// ```
    /// # diesel::table! {
    /// #     groups {
    /// #         id -> Integer,
    /// #         name -> Text,
    /// #         path -> homeroom_ltree::diesel::sql_types::Ltree,
    /// #         other -> homeroom_ltree::diesel::sql_types::Ltree,
    /// #         paths -> Array<homeroom_ltree::diesel::sql_types::Ltree>,
    /// #     }
    /// # }
    /// use homeroom_ltree::diesel::functions::lca3;
    /// let value = lca3(groups::path, groups::other, groups::path);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("lca(path, other, path)"), "{sql}");
    /// ```
    #[sql_name = "lca"]
    fn lca3<A: LtreeOrNullable>(
        a: A,
        b: <A as Side>::Ltree,
        c: <A as Side>::Ltree,
    ) -> Nullable<Ltree>;

    /// The longest path above all four, or null when one is empty: `lca(ltree, ltree, …)`.
    ///
    /// ```
    /// # diesel::table! {
    /// #     groups {
    /// #         id -> Integer,
    /// #         name -> Text,
    /// #         path -> homeroom_ltree::diesel::sql_types::Ltree,
    /// #         other -> homeroom_ltree::diesel::sql_types::Ltree,
    /// #         paths -> Array<homeroom_ltree::diesel::sql_types::Ltree>,
    /// #     }
    /// # }
    /// use homeroom_ltree::diesel::functions::lca4;
    /// let value = lca4(groups::path, groups::other, groups::path, groups::path);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("lca(path, other, path, path)"), "{sql}");
    /// ```
    #[sql_name = "lca"]
    fn lca4<A: LtreeOrNullable>(
        a: A,
        b: <A as Side>::Ltree,
        c: <A as Side>::Ltree,
        d: <A as Side>::Ltree,
    ) -> Nullable<Ltree>;

    /// The longest path above all five, or null when one is empty: `lca(ltree, ltree, …)`.
    ///
    /// ```
    /// # diesel::table! {
    /// #     groups {
    /// #         id -> Integer,
    /// #         name -> Text,
    /// #         path -> homeroom_ltree::diesel::sql_types::Ltree,
    /// #         other -> homeroom_ltree::diesel::sql_types::Ltree,
    /// #         paths -> Array<homeroom_ltree::diesel::sql_types::Ltree>,
    /// #     }
    /// # }
    /// use homeroom_ltree::diesel::functions::lca5;
    /// let value = lca5(groups::path, groups::other, groups::path, groups::path, groups::path);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("lca(path, other, path, path, path)"), "{sql}");
    /// ```
    #[sql_name = "lca"]
    fn lca5<A: LtreeOrNullable>(
        a: A,
        b: <A as Side>::Ltree,
        c: <A as Side>::Ltree,
        d: <A as Side>::Ltree,
        e: <A as Side>::Ltree,
    ) -> Nullable<Ltree>;

    /// The longest path above all six, or null when one is empty: `lca(ltree, ltree, …)`.
    ///
    /// ```
    /// # diesel::table! {
    /// #     groups {
    /// #         id -> Integer,
    /// #         name -> Text,
    /// #         path -> homeroom_ltree::diesel::sql_types::Ltree,
    /// #         other -> homeroom_ltree::diesel::sql_types::Ltree,
    /// #         paths -> Array<homeroom_ltree::diesel::sql_types::Ltree>,
    /// #     }
    /// # }
    /// use homeroom_ltree::diesel::functions::lca6;
    /// let value = lca6(groups::path, groups::other, groups::path, groups::path, groups::path, groups::path);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("lca(path, other, path, path, path, path)"), "{sql}");
    /// ```
    #[sql_name = "lca"]
    fn lca6<A: LtreeOrNullable>(
        a: A,
        b: <A as Side>::Ltree,
        c: <A as Side>::Ltree,
        d: <A as Side>::Ltree,
        e: <A as Side>::Ltree,
        f: <A as Side>::Ltree,
    ) -> Nullable<Ltree>;

    /// The longest path above all seven, or null when one is empty: `lca(ltree, ltree, …)`.
    ///
    /// ```
    /// # diesel::table! {
    /// #     groups {
    /// #         id -> Integer,
    /// #         name -> Text,
    /// #         path -> homeroom_ltree::diesel::sql_types::Ltree,
    /// #         other -> homeroom_ltree::diesel::sql_types::Ltree,
    /// #         paths -> Array<homeroom_ltree::diesel::sql_types::Ltree>,
    /// #     }
    /// # }
    /// use homeroom_ltree::diesel::functions::lca7;
    /// let value = lca7(groups::path, groups::other, groups::path, groups::path, groups::path, groups::path, groups::path);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("lca(path, other, path, path, path, path, path)"), "{sql}");
    /// ```
    #[sql_name = "lca"]
    fn lca7<A: LtreeOrNullable>(
        a: A,
        b: <A as Side>::Ltree,
        c: <A as Side>::Ltree,
        d: <A as Side>::Ltree,
        e: <A as Side>::Ltree,
        f: <A as Side>::Ltree,
        g: <A as Side>::Ltree,
    ) -> Nullable<Ltree>;

    /// The longest path above all eight, or null when one is empty: `lca(ltree, ltree, …)`.
    ///
    /// ```
    /// # diesel::table! {
    /// #     groups {
    /// #         id -> Integer,
    /// #         name -> Text,
    /// #         path -> homeroom_ltree::diesel::sql_types::Ltree,
    /// #         other -> homeroom_ltree::diesel::sql_types::Ltree,
    /// #         paths -> Array<homeroom_ltree::diesel::sql_types::Ltree>,
    /// #     }
    /// # }
    /// use homeroom_ltree::diesel::functions::lca8;
    /// let value = lca8(groups::path, groups::other, groups::path, groups::path, groups::path, groups::path, groups::path, groups::path);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("lca(path, other, path, path, path, path, path, path)"), "{sql}");
    /// ```
    #[sql_name = "lca"]
    fn lca8<A: LtreeOrNullable>(
        a: A,
        b: <A as Side>::Ltree,
        c: <A as Side>::Ltree,
        d: <A as Side>::Ltree,
        e: <A as Side>::Ltree,
        f: <A as Side>::Ltree,
        g: <A as Side>::Ltree,
        h: <A as Side>::Ltree,
    ) -> Nullable<Ltree>;
}
