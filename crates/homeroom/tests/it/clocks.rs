//! The clocks of clients jump and differ: what is stored follows the server's.

use std::path::Path;

use homeroom::testing::TestDatabase;
use homeroom::{
    ChatSession, ChatSessionId, Connection, Message, NewChatSession, NewMessage, NewUser,
    PageRequest, Session, SessionContext, SessionPolicy, Tool, User, UserId,
};
use uuid::{NoContext, Timestamp, Uuid};

use crate::{new_tool, user};

/// An id as a client makes it whose clock stands so many hours after some noon; each is made by a clock that jumped back.
fn id_at(hours: u64) -> Uuid {
    Uuid::new_v7(Timestamp::from_unix(NoContext, 1_800_000_000 + hours * 3_600, 0))
}

async fn chats_by_a_clock_that_jumps_back(conn: &Connection, person: UserId) -> Vec<ChatSessionId> {
    let tool = Tool::create(conn, &new_tool(None, "Tutor", "1.0.0")).await.unwrap().id;
    let mut chats = Vec::new();
    for hours in [40, 30, 35, 20, 10] {
        let id = ChatSessionId::from(id_at(hours));
        let new = NewChatSession { id, ..NewChatSession::new(person, tool) };
        chats.push(ChatSession::create(conn, &new).await.unwrap().id);
    }
    chats
}

#[tokio::test]
async fn chats_stand_in_the_order_in_which_they_were_used_whatever_clock_made_their_ids() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let person = user(&conn, "A").await.id;
    let mut chats = chats_by_a_clock_that_jumps_back(&conn, person).await;
    chats.reverse();
    let page = PageRequest::first(2);
    let listed = ChatSession::list(&conn, person, &page).await.unwrap();
    let ids: Vec<_> = listed.items.iter().map(|chat| chat.id).collect();
    assert_eq!(ids, chats[..2]);
    let recent = ChatSession::recent(&conn, person, &PageRequest::first(20)).await.unwrap();
    let ids: Vec<_> = recent.items.iter().map(|(chat, _)| chat.id).collect();
    assert_eq!(ids, chats);
}

#[tokio::test]
async fn messages_stand_in_the_order_in_which_they_were_said() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let person = user(&conn, "A").await.id;
    for chat in chats_by_a_clock_that_jumps_back(&conn, person).await {
        for n in 1..=3 {
            let said = Message::append(&conn, chat, &NewMessage::user(n.to_string())).await;
            assert_eq!(said.unwrap().seq, n, "the database counts, no clock does");
        }
    }
}

#[tokio::test]
async fn pages_miss_nobody_whose_id_was_made_by_a_clock_that_jumped_back() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let mut made = Vec::new();
    for hours in [9, 3, 7, 1, 5, 2] {
        let id = UserId::from(id_at(hours));
        User::create(&conn, &NewUser { id, ..NewUser::named("A") }).await.unwrap();
        made.push(id);
    }
    let (mut page, mut listed) = (PageRequest::first(2), Vec::new());
    loop {
        let found = User::list(&conn, &page).await.unwrap();
        listed.extend(found.items.iter().map(|person| person.id));
        let Some(next) = found.next else { break };
        page = PageRequest { after: Some(next), ..page };
    }
    made.sort();
    assert_eq!(listed, made);
}

#[tokio::test]
async fn ids_of_one_process_never_go_back() {
    let ids: Vec<_> = (0..10_000).map(|_| ChatSessionId::generate()).collect();
    assert!(ids.is_sorted());
}

#[tokio::test]
async fn how_long_a_session_lives_is_the_servers_to_count() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let person = user(&conn, "A").await.id;
    let policy = SessionPolicy::default();
    let started = Session::start(&conn, person, SessionContext::Personal, &policy).await;
    let session = started.unwrap().unwrap().0.session;
    let (created, expires) = (session.created_at, session.expires_at);
    // To the microsecond: both are the server's now().
    assert_eq!((expires - created).num_microseconds().unwrap() % 60_000_000, 0);
}

#[test]
fn the_clock_of_the_client_is_asked_where_it_decides_nothing() {
    let mut asked = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut asked);
    asked.sort();
    // When an export was made; when a session ends that is made without sign-in, which says so; ids, of which no order is asked.
    assert_eq!(asked, ["export.rs", "ids.rs", "roster/rows.rs", "roster/rows.rs", "sessions.rs"]);
}

fn collect(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = std::fs::read_to_string(&path).unwrap();
            let name = path.to_str().unwrap().rsplit_once("/src/").unwrap().1;
            for clock in ["Utc::now()", "Local::now()", "SystemTime::now()", "now_v7()"] {
                found.extend(source.matches(clock).map(|_| name.to_owned()));
            }
        }
    }
}
