//! An application as one would write it, with a loop too many.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

diesel::table! {
    lessons (id) {
        id -> BigInt,
        title -> Text,
        views -> Integer,
    }
}

/// Reads each title with a query of its own.
pub(super) async fn titles_one_by_one(conn: &AsyncPgConnection, ids: &[i64]) -> Vec<String> {
    let mut titles = Vec::new();
    for id in ids {
        titles.push(title(conn, *id).await);
    }
    titles
}

async fn title(mut conn: &AsyncPgConnection, id: i64) -> String {
    lessons::table.find(id).select(lessons::title).first(&mut conn).await.unwrap()
}

/// Reads them all at once.
pub(super) async fn titles(mut conn: &AsyncPgConnection, ids: &[i64]) -> Vec<String> {
    lessons::table
        .filter(lessons::id.eq_any(ids))
        .select(lessons::title)
        .load(&mut conn)
        .await
        .unwrap()
}

/// Counts a view of each lesson with a statement of its own.
pub(super) async fn count_views(mut conn: &AsyncPgConnection, ids: &[i64]) {
    for id in ids {
        diesel::update(lessons::table.find(id))
            .set(lessons::views.eq(lessons::views + 1))
            .execute(&mut conn)
            .await
            .unwrap();
    }
}

/// Whether there is a lesson with this title.
pub(super) async fn is_title(mut conn: &AsyncPgConnection, title: &str) -> bool {
    let found =
        lessons::table.filter(lessons::title.eq(title)).count().get_result::<i64>(&mut conn);
    found.await.unwrap() > 0
}
