//! How much of everything there is.

use homeroom::testing::TestDatabase;
use homeroom::{
    ChatSession, Class, ClassMember, ClassRole, File, Group, GroupMember, GroupRole, GroupType,
    Message, NewClass, NewFile, NewMessage, NewSession, NewUser, Session, SessionContext,
    Statistics, StorageBackend, Tool, User, UserStatus,
};

use crate::{chat, group, new_tool, sql, user};

#[tokio::test]
async fn an_empty_database_has_nothing_but_its_tables() {
    let db = TestDatabase::create().await;
    let statistics = Statistics::read(&db.conn().await.unwrap()).await.unwrap();
    assert_eq!(
        (statistics.users.active, statistics.files.live_bytes, statistics.messages),
        (0, 0, 0)
    );
    assert_eq!(statistics.largest_tables.len(), 10);
    assert!(statistics.database_bytes > 0);
}

#[tokio::test]
async fn everything_is_counted_by_its_state() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let person = user(&conn, "Person").await.id;
    for status in [UserStatus::Suspended, UserStatus::PendingVerification] {
        User::create(&conn, &NewUser::named("Other").status(status)).await.unwrap();
    }
    let removed = user(&conn, "Removed").await.id;
    User::soft_delete(&conn, removed).await.unwrap();

    let district = group(&conn, GroupType::District, None, "D").await.id;
    let school = group(&conn, GroupType::School, district, "S").await.id;
    let maths = group(&conn, GroupType::Department, school, "Maths").await.id;
    group(&conn, GroupType::Department, maths, "Algebra").await;
    GroupMember::set_role(&conn, school, person, GroupRole::Teacher).await.unwrap();
    let class = Class::create(&conn, &NewClass::new(school, "Choir")).await.unwrap().id;
    ClassMember::enrol(&conn, class, person, ClassRole::Teacher).await.unwrap();
    let gone = Class::create(&conn, &NewClass::new(maths, "Latin")).await.unwrap().id;
    ClassMember::enrol(&conn, gone, person, ClassRole::Student).await.unwrap();
    Class::soft_delete(&conn, gone).await.unwrap();
    Group::archive(&conn, maths).await.unwrap();

    let talk = chat(&conn, person).await.id;
    Message::append(&conn, talk, &NewMessage::user("One")).await.unwrap();
    Message::append(&conn, talk, &NewMessage::user("Two")).await.unwrap();
    let fork = ChatSession::fork(&conn, talk, 1, person).await.unwrap().id;
    ChatSession::complete(&conn, talk).await.unwrap();
    let gone = ChatSession::fork(&conn, fork, 1, person).await.unwrap().id;
    ChatSession::soft_delete(&conn, gone).await.unwrap();
    let tool = Tool::create(&conn, &new_tool(None, "Other", "1.0.0")).await.unwrap().id;
    Tool::soft_delete(&conn, tool).await.unwrap();

    for _ in 0..2 {
        let (session, _) = NewSession::new(person, SessionContext::Personal, NewSession::LIFETIME);
        Session::create(&conn, &session).await.unwrap();
    }
    sql(
        &conn,
        "UPDATE sessions SET created_at = now() - interval '2 days', last_activity_at = now() - interval '2 days',
            expires_at = now() - interval '1 day'
        WHERE id = (SELECT max(id::text)::uuid FROM sessions)",
    )
    .await
    .unwrap();
    let file = |key: &str, size_bytes| NewFile {
        id: homeroom::FileId::generate(),
        original_name: key.to_owned(),
        mime_type: "image/png".to_owned(),
        size_bytes,
        storage_backend: StorageBackend::Local,
        storage_key: key.to_owned(),
        uploaded_by: person,
        group_id: None,
        purpose: "general".to_owned(),
    };
    let room = homeroom::NewUserStorageLimit {
        user_id: person,
        max_file_size_bytes: Some(6_000_000_000),
        storage_quota_bytes: Some(6_000_000_000),
        set_by: None,
        reason: None,
    };
    homeroom::UserStorageLimit::set(&conn, &room).await.unwrap();
    File::create(&conn, &file("kept", 5_000_000_000)).await.unwrap();
    let gone = File::create(&conn, &file("gone", 7)).await.unwrap().id;
    File::soft_delete(&conn, gone).await.unwrap();

    let mut statistics = Statistics::read(&conn).await.unwrap();
    assert!(statistics.largest_tables.is_sorted_by(|a, b| a.bytes >= b.bytes));
    // What PostgreSQL takes is its own matter.
    statistics.largest_tables.clear();
    statistics.database_bytes = 0;
    let json = serde_json::to_value(&statistics).unwrap();
    let lines: Vec<_> =
        json.as_object().unwrap().iter().map(|(key, value)| format!("{key} {value}")).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    blobs_to_delete 0
    chats {"active":1,"completed":1,"deleted":1,"forks":1}
    class_members {"students":1,"teachers":1}
    classes {"deleted":1,"live":1}
    database_bytes 0
    files {"deleted":1,"deleted_bytes":7,"live":1,"live_bytes":5000000000}
    group_members 1
    groups {"archived":2,"departments":0,"districts":1,"schools":1}
    largest_tables []
    messages 4
    sessions {"expired":1,"live":1}
    tools {"deleted":1,"live":1}
    users {"active":1,"deleted":1,"pending_verification":1,"suspended":1}
    "#);
}

#[tokio::test]
async fn the_largest_table_is_named_with_its_schema_and_comes_first() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    sql(
        &conn,
        "CREATE SCHEMA reports;
         CREATE TABLE reports.large AS SELECT n, repeat('x', 500) FROM generate_series(1, 2000) n;
         CREATE TEMPORARY TABLE passing AS SELECT n, repeat('x', 500) FROM generate_series(1, 4000) n",
    )
    .await
    .unwrap();
    let statistics = Statistics::read(&conn).await.unwrap();
    assert_eq!(statistics.largest_tables[0].name, "reports.large");
    assert!(statistics.largest_tables[0].bytes > 1_000_000);
}
