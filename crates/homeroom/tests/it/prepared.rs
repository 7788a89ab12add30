//! What runs often is parsed once a connection, and from then on only bound: the server itself tells what is prepared and how
//! often it was executed.

use diesel::QueryableByName;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use homeroom::testing::TestDatabase;
use homeroom::{
    ChatSession, Class, ClassMember, ClassRole, Connection, EffectiveRole, EffectiveSettings,
    Group, GroupMember, GroupRole, GroupType, Message, NewChatSession, NewClass, NewMessage,
    PageRequest, Session, SessionContext, SessionPolicy, Tool, User, UserId,
};

use crate::{chat, group, user};

/// The statements that a connection has prepared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
struct Prepared {
    #[diesel(sql_type = BigInt)]
    statements: i64,
    #[diesel(sql_type = BigInt)]
    executions: i64,
}

/// All but those by which the driver and Diesel look up types, and this very one.
async fn prepared(mut conn: &Connection) -> Prepared {
    let sql = "SELECT count(*) AS statements, coalesce(sum(generic_plans + custom_plans), 0)::bigint AS executions
        FROM pg_prepared_statements WHERE statement !~ 'pg_type|pg_prepared_statements'";
    diesel::sql_query(sql).get_result(&mut conn).await.unwrap()
}

/// Whether calls, of which the first may prepare, are executed from so many statements and no others.
async fn is_from(conn: &Connection, statements: i64, work: &impl AsyncFn(&Connection)) -> bool {
    work(conn).await;
    let before = prepared(conn).await;
    work(conn).await;
    work(conn).await;
    let after = prepared(conn).await;
    after.statements == before.statements && after.executions - before.executions == 2 * statements
}

#[tokio::test]
async fn a_hot_statement_is_parsed_once_a_connection() {
    let db = TestDatabase::create().await;
    let conn = &*db.conn().await.unwrap();
    let district = group(conn, GroupType::District, None, "District").await;
    let school = group(conn, GroupType::School, district.id, "School").await;
    let ana = user(conn, "Ana").await;
    GroupMember::set_role(conn, school.id, ana.id, GroupRole::Teacher).await.unwrap();
    let class = Class::create(conn, &NewClass::new(school.id, "Class")).await.unwrap();
    ClassMember::enrol(conn, class.id, ana.id, ClassRole::Teacher).await.unwrap();
    let chat = chat(conn, ana.id).await;
    Message::append(conn, chat.id, &NewMessage::user("Hello.")).await.unwrap();
    let policy = SessionPolicy::default();
    let started = Session::start(conn, ana.id, SessionContext::Personal, &policy).await.unwrap();
    let (_, token) = started.unwrap();
    let page = &PageRequest::first(20);
    let key = || format!("{}", UserId::generate());

    macro_rules! is_parsed_once {
        ($statements:literal, $($call:expr;)*) => {$(
            let work = async |conn: &Connection| {
                let work = $call;
                let _ = work(conn).await.unwrap();
            };
            assert!(is_from(conn, $statements, &work).await, "parsed again and again: {}", stringify!($call));
        )*};
    }
    // Requests of people who are signed in.
    is_parsed_once! { 1,
        async |conn| Session::authenticate(conn, &token, &policy).await;
        async |conn| Session::start(conn, ana.id, SessionContext::Personal, &policy).await;
        async |conn| User::find(conn, ana.id).await;
        async |conn| User::find_by_email(conn, "ana@example.org").await;
        async |conn| EffectiveRole::find_at_group(conn, ana.id, school.id).await;
        async |conn| EffectiveRole::find_at_class(conn, ana.id, class.id).await;
        async |conn| EffectiveSettings::of_group(conn, school.id).await;
        async |conn| EffectiveSettings::of_class(conn, class.id).await;
    }
    // The tree, classes and tools.
    is_parsed_once! { 1,
        async |conn| Group::find(conn, school.id).await;
        async |conn| Group::find_by_path(conn, &school.path).await;
        async |conn| Group::ancestors(conn, school.id).await;
        async |conn| Group::descendants(conn, district.id).await;
        async |conn| Group::list_descendants(conn, district.id, None, page).await;
        async |conn| Group::children(conn, district.id, page).await;
        async |conn| Group::siblings(conn, school.id, page).await;
        async |conn| Class::find(conn, class.id).await;
        async |conn| Class::roster(conn, class.id, page).await;
        async |conn| ClassMember::schedule(conn, ana.id, page).await;
        async |conn| Tool::find(conn, chat.tool_id).await;
        async |conn| Tool::visible(conn, ana.id, school.id, page).await;
    }
    // Chats.
    is_parsed_once! { 1,
        async |conn| ChatSession::create(conn, &NewChatSession::new(ana.id, chat.tool_id)).await;
        async |conn| ChatSession::find(conn, chat.id).await;
        async |conn| ChatSession::list(conn, ana.id, page).await;
        async |conn| ChatSession::recent(conn, ana.id, page).await;
        async |conn| ChatSession::fork(conn, chat.id, 1, ana.id).await;
        async |conn| Message::append(conn, chat.id, &NewMessage::user("Hello.")).await;
        async |conn| Message::append(conn, chat.id, &NewMessage::user("Hello.").idempotency_key(key())).await;
        async |conn| Message::append_turn(conn, chat.id, &[NewMessage::user("Hello.")]).await;
        async |conn| Message::append_turn(conn, chat.id, &[NewMessage::user("Hello.").idempotency_key(key())]).await;
        async |conn| Message::list(conn, chat.id, page).await;
        async |conn| Message::list_back(conn, chat.id, page).await;
        async |conn| Message::last(conn, chat.id, 20).await;
    }
    is_parsed_once! { 2,
        async |conn| ChatSession::get_with_messages(conn, chat.id).await;
    }

    // The control: what Diesel does not keep is not found among what is prepared.
    let parsed_at_every_call = async |mut conn: &Connection| {
        diesel::sql_query("SELECT 1").execute(&mut conn).await.unwrap();
    };
    assert!(!is_from(conn, 1, &parsed_at_every_call).await);
}
