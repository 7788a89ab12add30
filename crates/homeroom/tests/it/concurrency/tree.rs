//! A subtree is moved whole, whoever inserts below it meanwhile.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use homeroom::testing::TestDatabase;
use homeroom::{Group, GroupChanges, GroupId, GroupType, NewGroup};
use tokio::task::JoinSet;

use super::{CONTROLS, Dice, WRITERS, faults_of_tree, on_many_connections};
use crate::{group, operations, sql};

#[tokio::test(flavor = "multi_thread")]
async fn a_moving_subtree_takes_along_what_is_inserted_below_it() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let mut districts = Vec::new();
    for name in ["North", "East", "South", "West"] {
        districts.push(group(&conn, GroupType::District, None, name).await.id);
    }
    // Some hundred groups a school: a move carries all of them.
    let mut schools = Vec::new();
    for n in 0..operations().div_ceil(250) {
        schools
            .push(group(&conn, GroupType::School, districts[0], &format!("School {n}")).await.id);
    }
    let mut acknowledged: HashSet<GroupId> = districts.iter().chain(&schools).copied().collect();
    let (districts, schools): (Arc<[_]>, Arc<[_]>) = (districts.into(), schools.into());

    let done = Arc::new(AtomicBool::new(false));
    let mut movers = JoinSet::new();
    for mover in 0..2 {
        let (conn, done) = (db.conn().await.unwrap(), done.clone());
        let (districts, schools) = (districts.clone(), schools.clone());
        movers.spawn(async move {
            let mut dice = Dice::new(100 + mover);
            let mut moves = 0;
            while !AtomicBool::load(&done, Ordering::Relaxed) {
                let school = schools[dice.below(schools.len())];
                if dice.below(3) == 0 {
                    let slug = format!("school-{mover}-{moves}");
                    Group::rename(&conn, school, "Renamed", &slug).await.unwrap();
                } else {
                    let district = districts[dice.below(districts.len())];
                    Group::move_to(&conn, school, Some(district)).await.unwrap();
                }
                moves += 1;
            }
            moves
        });
    }
    let each = operations().div_ceil(WRITERS);
    let created = on_many_connections(&db, |writer, conn| {
        let schools = schools.clone();
        async move {
            let mut dice = Dice::new(writer);
            let mut created: Vec<GroupId> = Vec::new();
            for n in 0..each {
                // Below a school, or deeper below what is there already.
                let parent = match created.is_empty() || dice.below(2) == 0 {
                    true => schools[dice.below(schools.len())],
                    false => created[dice.below(created.len())],
                };
                let new = NewGroup::new(GroupType::Department, parent, format!("{writer} {n}"));
                created.push(Group::create(&conn, &new).await.unwrap().id);
            }
            created
        }
    })
    .await;
    done.store(true, Ordering::Relaxed);
    let moves: usize = movers.join_all().await.into_iter().sum();
    assert!(moves > 0);
    acknowledged.extend(created.iter().flatten());
    let faults = faults_of_tree(&db, &acknowledged).await;
    assert!(faults.is_empty(), "{faults:#?}");
    println!("{} groups inserted during {moves} moves and renames", each * WRITERS);
}

#[derive(QueryableByName)]
struct Path {
    #[diesel(sql_type = Text)]
    path: String,
}

/// As [`a_moving_subtree_takes_along_what_is_inserted_below_it`], with paths that the writers read and put together.
#[tokio::test(flavor = "multi_thread")]
async fn the_control_without_locks_leaves_groups_behind_a_move() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let school = group(&conn, GroupType::School, district, "S0").await.id;
    sql(&conn, "ALTER TABLE groups DISABLE TRIGGER USER").await.unwrap();
    let mut acknowledged = HashSet::from([district, school]);
    for round in 0..CONTROLS {
        let writers = on_many_connections(&db, |writer, conn| async move {
            let mut created = Vec::new();
            for n in 0..20 {
                if writer == 0 {
                    // Always on to a new place: what is left behind is not picked up by the next move.
                    let (from, to) = (round * 20 + n, round * 20 + n + 1);
                    let rename = format!(
                        "UPDATE groups SET slug = CASE id WHEN '{school}' THEN 's{to}' ELSE slug END,
                            path = CASE id WHEN '{school}' THEN 'd.s{to}' ELSE 'd.s{to}' || subpath(path, 2) END
                         WHERE path <@ 'd.s{from}'"
                    );
                    sql(&conn, &rename).await.unwrap();
                    continue;
                }
                let read = format!("SELECT path::text FROM groups WHERE id = '{school}'");
                let above: Path = diesel::sql_query(read).get_result(&mut &*conn).await.unwrap();
                let (id, label) = (GroupId::generate(), format!("{round}x{writer}x{n}"));
                let insert = format!(
                    "INSERT INTO groups (id, parent_id, name, slug, type, path)
                     VALUES ('{id}', '{school}', 'x', '{label}', 'department', '{}.{label}')",
                    above.path
                );
                sql(&conn, &insert).await.unwrap();
                created.push(id);
            }
            created
        })
        .await;
        acknowledged.extend(writers.into_iter().flatten());
        if !faults_of_tree(&db, &acknowledged).await.is_empty() {
            return;
        }
    }
    panic!("the naive way is seen to fail");
}

#[tokio::test]
async fn a_change_in_place_does_not_wait_for_an_insert() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let inserter = db.conn().await.unwrap();
    sql(&inserter, "BEGIN").await.unwrap();
    group(&inserter, GroupType::District, None, "E").await;

    sql(&conn, "SET lock_timeout = '50ms'").await.unwrap();
    let changes = GroupChanges { name: Some("F".to_owned()), settings: None };
    Group::update(&conn, district, &changes).await.unwrap();
    // The control: a rename does wait.
    assert!(Group::rename(&conn, district, "G", "g").await.is_err());
    sql(&inserter, "ROLLBACK").await.unwrap();
}
