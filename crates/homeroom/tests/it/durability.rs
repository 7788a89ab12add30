//! What is acknowledged is committed.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use homeroom::schema::users;
use homeroom::testing::TestDatabase;
use homeroom::{Group, GroupType, Message, NewGroup, NewMessage, NewUser, User};

use crate::{chat, sql, user};

/// Makes every commit of a change of a table fail, when its row is on the way to the client already: as a server does that dies or
/// is shut down in the commit.
async fn fail_in_commits(conn: &homeroom::Connection, table: &str) {
    let trigger = format!(
        "CREATE CONSTRAINT TRIGGER fails AFTER INSERT OR UPDATE ON {table} DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW EXECUTE FUNCTION fail_in_commit()"
    );
    sql(conn, &trigger).await.unwrap();
}

#[tokio::test]
async fn nothing_is_acknowledged_that_fails_in_its_commit() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let ana = user(&conn, "Ana").await;
    let chat = chat(&conn, ana.id).await.id;
    let district = NewGroup::new(GroupType::District, None, "Aberdeen");
    let school = NewGroup::new(GroupType::School, district.id, "Miller");
    Group::create(&conn, &district).await.unwrap();
    let function = "CREATE FUNCTION fail_in_commit() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN RAISE 'the commit fails'; END $$";
    sql(&conn, function).await.unwrap();
    for table in ["users", "groups", "messages"] {
        fail_in_commits(&conn, table).await;
    }

    let new = NewUser::named("Ben");
    User::create(&conn, &new).await.unwrap_err();
    Group::create(&conn, &school).await.unwrap_err();
    Group::rename(&conn, district.id, "Elma", "elma").await.unwrap_err();
    let said = NewMessage::user("What is a fraction?");
    Message::append(&conn, chat, &said).await.unwrap_err();
    Message::append(&conn, chat, &said.clone().idempotency_key("key")).await.unwrap_err();
    Message::append_turn(&conn, chat, &[said.clone(), said]).await.unwrap_err();

    // The naive control: Diesel's `get_result` is ready with the row, and does not wait for the commit.
    let acknowledged: User = diesel::insert_into(users::table)
        .values(&new)
        .returning(User::as_returning())
        .get_result(&mut &*conn)
        .await
        .unwrap();
    assert_eq!(User::find(&conn, acknowledged.id).await.unwrap(), None);
}
