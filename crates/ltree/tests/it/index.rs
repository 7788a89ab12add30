//! The queries that the Diesel methods make use the GiST index.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Text;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use homeroom_ltree::diesel::LtreeExpressionMethods as _;
use homeroom_ltree::{Ltree, lquery};

use crate::server::url;

diesel::table! {
    indexed_groups (path) {
        path -> homeroom_ltree::diesel::sql_types::Ltree,
    }
}

use indexed_groups::path;

/// `EXPLAIN` before a query.
#[derive(QueryId)]
struct Explain<Q>(Q);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Explain<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("EXPLAIN (COSTS off) ");
        self.0.walk_ast(out.reborrow())
    }
}

impl<Q> Query for Explain<Q> {
    type SqlType = Text;
}

async fn connection() -> AsyncPgConnection {
    let mut conn = AsyncPgConnection::establish(&url().await).await.unwrap();
    conn.batch_execute(
        "CREATE TEMPORARY TABLE indexed_groups (path ltree NOT NULL);
         INSERT INTO indexed_groups
            SELECT format('s%s.district_%s.school_%s.department_%s', i % 50, i % 700, i % 9000, i)::ltree
            FROM generate_series(1, 20000) i;
         CREATE INDEX indexed_groups_path_idx ON indexed_groups USING gist (path);
         ANALYZE indexed_groups;",
    )
    .await
    .unwrap();
    conn
}

macro_rules! plan {
    ($conn:ident, $condition:expr) => {{
        let lines: Vec<String> = Explain(indexed_groups::table.filter($condition).select(path))
            .load(&mut $conn)
            .await
            .unwrap();
        lines.join("\n")
    }};
}

#[tokio::test]
async fn ancestors_descendants_and_patterns_use_the_index() {
    let mut conn = connection().await;
    let district: Ltree = "s7.district_7".parse().unwrap();
    let department: Ltree = "s7.district_7.school_7.department_7".parse().unwrap();
    let pattern = lquery!("{}.*{1}.department_7", district).unwrap();
    let words = "department_7 & district_7".parse::<homeroom_ltree::Ltxtquery>().unwrap();
    for plan in [
        plan!(conn, path.contained_by(&district)),
        plan!(conn, path.contains(&department)),
        plan!(conn, path.matches(&pattern)),
        plan!(conn, path.matches_any(vec![pattern.clone()])),
        plan!(conn, path.matches_text(&words)),
        plan!(conn, path.eq(&department)),
    ] {
        assert!(plan.contains("indexed_groups_path_idx"), "{plan}");
    }
}

#[tokio::test]
async fn the_unindexed_operators_use_none() {
    let mut conn = connection().await;
    let district: Ltree = "s7.district_7".parse().unwrap();
    let plan = plan!(conn, path.contained_by_unindexed(&district));
    assert!(plan.contains("Seq Scan"), "{plan}");
}
