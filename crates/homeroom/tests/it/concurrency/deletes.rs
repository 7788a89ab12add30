//! Nothing live comes to stand in what is removed meanwhile.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use homeroom::testing::TestDatabase;
use homeroom::{
    ChatSession, Error, Group, GroupId, GroupType, Message, NewChatSession, NewGroup, NewMessage,
};

use super::{CONTROLS, Dice, WRITERS, faults_of_tree, on_many_connections};
use crate::{chat, group, operations, sql, user};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_live_stays_below_a_group_that_is_archived_meanwhile() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let mut schools = Vec::new();
    for n in 0..operations().div_ceil(100) {
        schools.push(group(&conn, GroupType::School, district, &format!("School {n}")).await.id);
    }
    let mut acknowledged: HashSet<GroupId> = schools.iter().copied().chain([district]).collect();
    let schools: Arc<[GroupId]> = schools.into();
    let each = operations().div_ceil(WRITERS);
    let outcomes = on_many_connections(&db, |writer, conn| {
        let schools = schools.clone();
        async move {
            let mut dice = Dice::new(writer);
            let (mut created, mut refused, mut archived) = (Vec::new(), 0, 0);
            for n in 0..each {
                let school = schools[dice.below(schools.len())];
                let done = match dice.below(8) {
                    0 => Group::archive(&conn, school).await.map(|()| archived += 1),
                    1 | 2 => Group::restore(&conn, school).await.map(|_| ()),
                    _ => {
                        let parent = match created.is_empty() || dice.below(2) == 0 {
                            true => school,
                            false => created[dice.below(created.len())],
                        };
                        let new =
                            NewGroup::new(GroupType::Department, parent, format!("{writer} {n}"));
                        Group::create(&conn, &new).await.map(|group| created.push(group.id))
                    }
                };
                // Below an archived one; archived or restored already. Anything else, such as a deadlock, is wrong.
                match done {
                    Ok(()) => {}
                    Err(Error::ForbiddenState { .. } | Error::NotFound { .. }) => refused += 1,
                    Err(error) => panic!("{error:?}"),
                }
            }
            (created, refused, archived)
        }
    })
    .await;
    let refused: usize = outcomes.iter().map(|outcome| outcome.1).sum();
    let archived: usize = outcomes.iter().map(|outcome| outcome.2).sum();
    acknowledged.extend(outcomes.iter().flat_map(|outcome| &outcome.0));
    assert!(refused > 0 && archived > 0);
    let faults = faults_of_tree(&db, &acknowledged).await;
    assert!(faults.is_empty(), "{faults:#?}");
    println!("{} operations, {archived} archivings, {refused} refused", each * WRITERS);
}

#[derive(QueryableByName)]
struct Live {
    #[diesel(sql_type = Bool)]
    live: bool,
}

/// As [`nothing_live_stays_below_a_group_that_is_archived_meanwhile`], by looking first and inserting then.
#[tokio::test(flavor = "multi_thread")]
async fn the_control_that_looks_first_leaves_live_groups_below_an_archived_one() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let mut acknowledged = HashSet::from([district]);
    for round in 0..CONTROLS {
        sql(&conn, "ALTER TABLE groups ENABLE TRIGGER USER").await.unwrap();
        let school = group(&conn, GroupType::School, district, &format!("S{round}")).await.id;
        sql(&conn, "ALTER TABLE groups DISABLE TRIGGER USER").await.unwrap();
        acknowledged.insert(school);
        let writers = on_many_connections(&db, |writer, conn| async move {
            let mut created = Vec::new();
            for n in 0..10 {
                if (writer, n) == (0, 5) {
                    let archive = format!(
                        "UPDATE groups SET deleted_at = now() WHERE path <@ 'd.s{round}'"
                    );
                    sql(&conn, &archive).await.unwrap();
                }
                let look = format!("SELECT deleted_at IS NULL AS live FROM groups WHERE id = '{school}'");
                let parent: Live = diesel::sql_query(look).get_result(&mut &*conn).await.unwrap();
                if !parent.live {
                    break;
                }
                let (id, label) = (GroupId::generate(), format!("{writer}x{n}"));
                let insert = format!(
                    "INSERT INTO groups (id, parent_id, name, slug, type, path)
                     VALUES ('{id}', '{school}', 'x', '{label}', 'department', 'd.s{round}.{label}')"
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

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_takes_no_message_once_its_removal_or_completion_is_acknowledged() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let owner = user(&conn, "A").await.id;
    let tool_id = chat(&conn, owner).await.tool_id;
    let rounds = operations().div_ceil(10 * WRITERS);
    for round in 0..rounds {
        let new = NewChatSession::new(owner, tool_id);
        let chat = ChatSession::create(&conn, &new).await.unwrap().id;
        let closed = Arc::new(AtomicBool::new(false));
        let written = on_many_connections(&db, |writer, conn| {
            let closed = closed.clone();
            async move {
                let mut written = Vec::new();
                for n in 0..10 {
                    if (writer, n) == (0, 5) {
                        match round % 2 {
                            0 => ChatSession::soft_delete(&conn, chat).await.unwrap(),
                            _ => drop(ChatSession::complete(&conn, chat).await.unwrap()),
                        }
                        closed.store(true, Ordering::SeqCst);
                    }
                    let was_closed = AtomicBool::load(&closed, Ordering::SeqCst);
                    match Message::append(&conn, chat, &NewMessage::user("x")).await {
                        Ok(message) => {
                            assert!(!was_closed, "nothing is appended behind the end");
                            written.push(message.seq);
                        }
                        Err(error) => {
                            assert!(matches!(error, Error::ForbiddenState { .. }), "{error:?}");
                        }
                    }
                }
                written
            }
        })
        .await;
        // All that was acknowledged is there, and nothing else.
        let mut written = written.concat();
        written.sort_unstable();
        if round % 2 == 0 {
            ChatSession::restore(&conn, chat).await.unwrap();
        }
        let (_, messages) = ChatSession::get_with_messages(&conn, chat).await.unwrap();
        assert!(messages.iter().map(|message| message.seq).eq(written));
    }
}
