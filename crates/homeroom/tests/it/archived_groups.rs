//! Which archived groups were at a path.

use homeroom::testing::TestDatabase;
use homeroom::{Group, GroupType, PageRequest};

use crate::group;

#[tokio::test]
async fn the_archived_groups_of_a_path_are_listed_the_last_archived_first() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let mut archived = Vec::new();
    for _ in 0..3 {
        let school = group(&conn, GroupType::School, district, "S").await;
        group(&conn, GroupType::Department, school.id, "Maths").await;
        Group::archive(&conn, school.id).await.unwrap();
        archived.insert(0, school.id);
    }
    let live = group(&conn, GroupType::School, district, "S").await;

    let mut found = Vec::new();
    let mut page = PageRequest::first(2);
    loop {
        let read = Group::list_archived(&conn, &live.path, &page).await.unwrap();
        found.extend(read.items.iter().map(|group| group.id));
        let Some(next) = read.next else { break };
        page = PageRequest::after(next, 2);
    }
    assert_eq!(found, archived);
}

#[tokio::test]
async fn what_was_archived_at_one_time_is_listed_whole() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await;
    let mut same = Vec::new();
    for _ in 0..3 {
        let school = group(&conn, GroupType::School, district.id, "S").await;
        Group::archive(&conn, school.id).await.unwrap();
        same.push(school);
    }
    let at = same[2].path.clone();
    crate::sql(&conn, "UPDATE groups SET deleted_at = '2026-01-01Z' WHERE deleted_at IS NOT NULL")
        .await
        .unwrap();
    let mut found = Vec::new();
    let mut page = PageRequest::first(1);
    while found.len() < 10 {
        let read = Group::list_archived(&conn, &at, &page).await.unwrap();
        found.extend(read.items.iter().map(|group| group.id));
        let Some(next) = read.next else { break };
        page = PageRequest::after(next, 1);
    }
    assert_eq!(found, same.iter().rev().map(|group| group.id).collect::<Vec<_>>());
}
