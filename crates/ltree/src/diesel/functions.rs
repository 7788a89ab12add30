//! The server's functions. A function of a nullable argument is nullable itself.

use diesel::pg::Pg;
use diesel::sql_types::Integer;

pub use super::lca_functions::{lca2, lca3, lca4, lca5, lca6, lca7, lca8};
use super::sql_types::{Ltree, LtreeOrNullable, LtreesOrNullable, Side, TextOrNullable};

#[diesel::declare_sql_function]
#[backends(Pg)]
extern "SQL" {
    /// How many labels the path has: `nlevel(ltree)`.
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
    /// use homeroom_ltree::diesel::functions::nlevel;
    /// let value = nlevel(groups::path);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("nlevel(path)"), "{sql}");
    /// ```
    fn nlevel<P: LtreeOrNullable>(path: P) -> P::Integer;

    /// The labels from `start` to before `end`, counted from 0: `subltree(ltree, integer, integer)`. The server fails with
    /// `invalid positions` when they do not lie within the path.
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
    /// use homeroom_ltree::diesel::functions::subltree;
    /// let value = subltree(groups::path, 1, 2);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("subltree(path, $1, $2)"), "{sql}");
    /// ```
    fn subltree<P: LtreeOrNullable>(path: P, start: Integer, end: Integer) -> P::Ltree;

    /// `len` labels from `offset` on, each counted from the end when negative: `subpath(ltree, integer, integer)`. The
    /// server fails with `invalid positions` when they do not lie within the path.
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
    /// use homeroom_ltree::diesel::functions::subpath;
    /// let value = subpath(groups::path, 0, -1);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("subpath(path, $1, $2)"), "{sql}");
    /// ```
    fn subpath<P: LtreeOrNullable>(path: P, offset: Integer, len: Integer) -> P::Ltree;

    /// All labels from `offset` on: `subpath(ltree, integer)`.
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
    /// use homeroom_ltree::diesel::functions::subpath_from;
    /// let value = subpath_from(groups::path, -2);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("subpath(path, $1)"), "{sql}");
    /// ```
    #[sql_name = "subpath"]
    fn subpath_from<P: LtreeOrNullable>(path: P, offset: Integer) -> P::Ltree;

    /// Where the other path first occurs in this one, counted from 0, or -1: `index(ltree, ltree)`.
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
    /// use homeroom_ltree::diesel::functions::index;
    /// let value = index(groups::path, groups::other);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("index(path, other)"), "{sql}");
    /// ```
    fn index<P: LtreeOrNullable>(path: P, other: <P as Side>::Ltree) -> P::Integer;

    /// The same from label `offset` on, counted from the end when negative: `index(ltree, ltree, integer)`.
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
    /// use homeroom_ltree::diesel::functions::index_from;
    /// let value = index_from(groups::path, groups::other, -4);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("index(path, other, $1)"), "{sql}");
    /// ```
    #[sql_name = "index"]
    fn index_from<P: LtreeOrNullable>(
        path: P,
        other: <P as Side>::Ltree,
        offset: Integer,
    ) -> P::Integer;

    /// The path that a text spells: `text2ltree(text)`. The server fails when it spells none.
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
    /// use homeroom_ltree::diesel::functions::text2ltree;
    /// let value = text2ltree(groups::name);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("text2ltree(name)"), "{sql}");
    /// ```
    fn text2ltree<T: TextOrNullable>(text: T) -> T::Ltree;

    /// The text of a path: `ltree2text(ltree)`.
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
    /// use homeroom_ltree::diesel::functions::ltree2text;
    /// let value = ltree2text(groups::path);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("ltree2text(path)"), "{sql}");
    /// ```
    fn ltree2text<P: LtreeOrNullable>(path: P) -> P::Text;

    /// The longest path above all paths of the array, or null when it or one of its paths is empty: `lca(ltree[])`.
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
    /// use homeroom_ltree::diesel::functions::lca;
    /// let value = lca(groups::paths);
    /// # let sql = diesel::debug_query::<diesel::pg::Pg, _>(&value).to_string();
    /// # let sql = sql.replace("\"groups\".", "").replace('"', "");
    /// # assert!(sql.starts_with("lca(paths)"), "{sql}");
    /// ```
    fn lca<A: LtreesOrNullable>(paths: A) -> Nullable<Ltree>;
}
