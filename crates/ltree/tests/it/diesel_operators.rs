//! Every operator and function of the Diesel support, run with diesel-async: each is equal to what the types do here.

use diesel::dsl::select;
use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use homeroom_ltree::diesel::{
    LqueryArrayExpressionMethods as _, LqueryExpressionMethods as _,
    LtreeArrayExpressionMethods as _, LtreeExpressionMethods as _, LtxtqueryExpressionMethods as _,
    TextLtreeExpressionMethods as _,
};
use homeroom_ltree::diesel::{functions, sql_types};
use homeroom_ltree::{Lquery, Ltree, Ltxtquery};

use crate::server::url;

diesel::table! {
    use diesel::sql_types::*;
    use homeroom_ltree::diesel::sql_types::{Lquery, Ltree, Ltxtquery};

    diesel_groups (id) {
        id -> Integer,
        name -> Text,
        path -> Ltree,
        parent -> Nullable<Ltree>,
        paths -> Array<Ltree>,
        nullable_paths -> Nullable<Array<Nullable<Ltree>>>,
        query -> Lquery,
        nullable_query -> Nullable<Lquery>,
        queries -> Array<Lquery>,
        text_query -> Ltxtquery,
        nullable_text_query -> Nullable<Ltxtquery>,
    }
}

use diesel_groups as groups;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = diesel_groups)]
struct Group {
    id: i32,
    name: String,
    path: Ltree,
    parent: Option<Ltree>,
    paths: Vec<Ltree>,
    nullable_paths: Option<Vec<Option<Ltree>>>,
    query: Lquery,
    nullable_query: Option<Lquery>,
    queries: Vec<Lquery>,
    text_query: Ltxtquery,
    nullable_text_query: Option<Ltxtquery>,
}

fn path(text: &str) -> Ltree {
    text.parse().unwrap()
}

fn science() -> Group {
    Group {
        id: 1,
        name: "Top".to_owned(),
        path: path("Top.Science"),
        parent: Some(path("Top")),
        paths: vec![path("Top.Arts"), path("Top"), path("Top.Science.Astronomy")],
        nullable_paths: Some(vec![Some(path("Top.Science"))]),
        query: "Top.*{1}".parse().unwrap(),
        nullable_query: Some("*.Arts".parse().unwrap()),
        queries: vec!["*.Arts".parse().unwrap(), "*.Science".parse().unwrap()],
        text_query: "Science & !Arts".parse().unwrap(),
        nullable_text_query: Some("arts@".parse().unwrap()),
    }
}

fn empty() -> Group {
    Group {
        id: 2,
        path: Ltree::new(),
        parent: None,
        paths: vec![],
        nullable_paths: None,
        nullable_query: None,
        queries: vec![],
        nullable_text_query: None,
        ..science()
    }
}

/// A connection whose transaction, never committed, holds the two rows.
async fn connection() -> AsyncPgConnection {
    let mut conn = AsyncPgConnection::establish(&url().await).await.unwrap();
    conn.begin_test_transaction().await.unwrap();
    diesel::sql_query(
        "CREATE TEMPORARY TABLE diesel_groups (
            id integer PRIMARY KEY, name text NOT NULL, path ltree NOT NULL, parent ltree,
            paths ltree[] NOT NULL, nullable_paths ltree[], query lquery NOT NULL, nullable_query lquery,
            queries lquery[] NOT NULL, text_query ltxtquery NOT NULL, nullable_text_query ltxtquery
        )",
    )
    .execute(&mut conn)
    .await
    .unwrap();
    let rows = [science(), empty()];
    diesel::insert_into(groups::table).values(rows.to_vec()).execute(&mut conn).await.unwrap();
    conn
}

#[tokio::test]
async fn rows_come_back_as_they_went() {
    let mut conn = connection().await;
    let rows: Vec<Group> =
        groups::table.order(groups::id).select(Group::as_select()).load(&mut conn).await.unwrap();
    assert_eq!(rows, [science(), empty()]);
}

fn same_type<T>(_: &T, value: QueryResult<T>) -> QueryResult<T> {
    value
}

/// Asserts what the expressions are for the first row, one query each.
macro_rules! assert_science {
    ($conn:ident; $($expression:expr => $expected:expr,)+) => {$(
        let expected = $expected;
        let value = same_type(
            &expected,
            groups::table.filter(groups::id.eq(1)).select($expression).get_result(&mut $conn).await,
        );
        assert_eq!(value, Ok(expected), "{}", stringify!($expression));
    )+};
}

#[tokio::test]
async fn operators_of_paths() {
    let mut conn = connection().await;
    let query: Lquery = "*.Science".parse().unwrap();
    let text_query: Ltxtquery = "Arts".parse().unwrap();
    let below = path("Top.Science.Astronomy");
    assert_science! { conn;
        groups::path.eq(path("Top.Science")) => true,
        groups::path.gt(path("Top.A")) => true,
        groups::path.contains(&below) => true,
        groups::path.contains(groups::path) => true,
        groups::path.contained_by(&below) => false,
        groups::path.contained_by(Ltree::new()) => true,
        groups::path.contains_any(groups::paths) => true,
        groups::path.contained_by_any(vec![path("Top"), path("Other")]) => true,
        groups::path.matches(&query) => true,
        groups::path.matches(groups::query) => true,
        groups::path.matches_any(groups::queries) => true,
        groups::path.matches_any(vec![query.clone()]) => true,
        groups::path.matches_text(&text_query) => false,
        groups::path.matches_text(groups::text_query) => true,
        groups::path.contains_unindexed(&below) => true,
        groups::path.contained_by_unindexed(&below) => false,
        groups::path.contains_any_unindexed(groups::paths) => true,
        groups::path.contained_by_any_unindexed(groups::paths) => true,
        groups::path.matches_unindexed(&query) => true,
        groups::path.matches_any_unindexed(groups::queries) => true,
        groups::path.matches_text_unindexed(&text_query) => false,
        groups::path.concat(&below) => path("Top.Science.Top.Science.Astronomy"),
        groups::path.concat_text("a.b") => path("Top.Science.a.b"),
        groups::name.concat_ltree(groups::path) => path("Top.Top.Science"),
    }
}

#[tokio::test]
async fn operators_of_arrays_and_patterns() {
    let mut conn = connection().await;
    let below = path("Top.Science.Astronomy");
    assert_science! { conn;
        groups::paths.any_contains(groups::path) => true,
        groups::paths.any_contained_by(groups::path) => true,
        groups::paths.any_matches(groups::query) => true,
        groups::paths.any_matches_any(groups::queries) => true,
        groups::paths.any_matches_text(groups::text_query) => true,
        groups::paths.any_contains_unindexed(groups::path) => true,
        groups::paths.any_contained_by_unindexed(groups::path) => true,
        groups::paths.any_matches_unindexed(groups::query) => true,
        groups::paths.any_matches_any_unindexed(groups::queries) => true,
        groups::paths.any_matches_text_unindexed(groups::text_query) => true,
        groups::paths.first_contains(groups::path) => Some(path("Top")),
        groups::paths.first_contains(path("Other")) => None::<Ltree>,
        groups::paths.first_contained_by(groups::path) => Some(below.clone()),
        groups::paths.first_matches(groups::query) => Some(path("Top.Arts")),
        groups::paths.first_matches_text(groups::text_query) => Some(below.clone()),
        groups::query.matches(groups::path) => true,
        groups::query.matches_any(groups::paths) => true,
        groups::query.matches_unindexed(groups::path) => true,
        groups::query.matches_any_unindexed(groups::paths) => true,
        groups::queries.any_matches(groups::path) => true,
        groups::queries.any_matches_any(groups::paths) => true,
        groups::queries.any_matches_unindexed(groups::path) => true,
        groups::queries.any_matches_any_unindexed(groups::paths) => true,
        groups::text_query.matches(groups::path) => true,
        groups::text_query.matches_any(groups::paths) => true,
        groups::text_query.matches_unindexed(groups::path) => true,
        groups::text_query.matches_any_unindexed(groups::paths) => true,
    }
}

#[tokio::test]
async fn functions_of_paths() {
    let mut conn = connection().await;
    assert_science! { conn;
        groups::path.nlevel() => 2,
        groups::path.subltree(1, 2) => path("Science"),
        groups::path.subpath(0, -1) => path("Top"),
        groups::path.subpath_from(-1) => path("Science"),
        groups::path.index(path("Science")) => 1,
        groups::path.index_from(path("Science"), -1) => 1,
        groups::path.ltree2text() => "Top.Science".to_owned(),
        functions::text2ltree(groups::name) => path("Top"),
        groups::paths.lca() => Some(Ltree::new()),
        functions::lca2(groups::path, groups::path) => Some(path("Top")),
        functions::lca2(groups::path.nullable(), groups::parent) => Some(Ltree::new()),
        functions::lca3(groups::path, groups::path, Ltree::new()) => None::<Ltree>,
        functions::lca8(
            groups::path, groups::path, groups::path, groups::path, groups::path, groups::path, groups::path,
            groups::path.concat_text("a")
        ) => Some(path("Top")),
    }
    let nothing: Option<Ltree> =
        select(functions::lca(Vec::<Ltree>::new().into_sql::<Array<sql_types::Ltree>>()))
            .get_result(&mut conn)
            .await
            .unwrap();
    assert_eq!(nothing, None);
}

#[tokio::test]
async fn nullable_expressions_give_nullable_values() {
    let mut conn = connection().await;
    let below = path("Top.Science");
    assert_science! { conn;
        groups::parent.contains(&below) => Some(true),
        groups::parent.contains(groups::parent) => Some(true),
        groups::path.nullable().contains(groups::parent) => Some(false),
        groups::path.nullable().contained_by(groups::parent) => Some(true),
        groups::parent.contained_by_any(vec![path("Top")]) => Some(true),
        groups::parent.matches("Top".parse::<Lquery>().unwrap()) => Some(true),
        groups::parent.matches(groups::nullable_query) => Some(false),
        groups::parent.matches_any(groups::queries.nullable()) => Some(false),
        groups::parent.matches_text(groups::nullable_text_query) => Some(false),
        groups::parent.concat(groups::parent) => Some(path("Top.Top")),
        groups::parent.nlevel() => Some(1),
        groups::parent.subpath(0, 1) => Some(path("Top")),
        groups::parent.index(groups::parent) => Some(0),
        groups::parent.ltree2text() => Some("Top".to_owned()),
        groups::nullable_paths.any_contains(groups::path.nullable()) => Some(true),
        groups::nullable_paths.first_contains(&below) => Some(below.clone()),
        groups::nullable_paths.lca() => Some(path("Top")),
        groups::nullable_query.matches(groups::parent) => Some(false),
        groups::nullable_text_query.matches(groups::parent) => Some(false),
        None::<Ltree>.into_sql::<Nullable<sql_types::Ltree>>().nlevel() => None::<i32>,
    }
    let nulls: (Option<bool>, Option<i32>, Option<Ltree>) = groups::table
        .filter(groups::id.eq(2))
        .select((
            groups::parent.contains(&below),
            groups::parent.nlevel(),
            groups::nullable_paths.first_contains(&below),
        ))
        .get_result(&mut conn)
        .await
        .unwrap();
    assert_eq!(nulls, (None, None, None));
}

#[tokio::test]
async fn a_subtree_is_moved_in_one_statement() {
    let mut conn = connection().await;
    let (from, to) = (path("Top.Science"), path("Library"));
    let level = i32::try_from(from.nlevel()).unwrap() - 1;
    diesel::update(groups::table.filter(groups::path.contained_by(&from)))
        .set(
            groups::path
                .eq(to.into_sql::<sql_types::Ltree>().concat(groups::path.subpath_from(level))),
        )
        .execute(&mut conn)
        .await
        .unwrap();
    let moved: Ltree =
        groups::table.filter(groups::id.eq(1)).select(groups::path).first(&mut conn).await.unwrap();
    assert_eq!(moved, "Library.Science");
}
