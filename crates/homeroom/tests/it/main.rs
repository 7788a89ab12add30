//! The data layer on a real PostgreSQL: each test has a migrated database of its own.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets the unexpected fails"
)]

mod application_role;
mod archived_groups;
mod borrowers;
mod cancellation;
mod chat_turns;
mod chats;
mod clocks;
mod concurrency;
mod connection;
mod conversations;
mod durability;
mod entities;
mod faults;
mod forked_chats;
mod forks;
mod group_overview;
mod group_tree;
mod groups;
mod last_admin;
mod memberships;
mod migrations;
mod observability;
mod personal_data;
mod plans;
mod pool;
mod pool_faults;
mod pooler;
mod prepared;
mod replicas;
mod roles;
mod roster;
mod rosters;
mod schema;
mod secrets;
mod serializable;
mod settings;
mod sign_in;
mod sqlstates;
mod statistics;
mod storage;
mod tls;
mod tools;

use diesel_async::SimpleAsyncConnection;
use homeroom::{
    ChatSession, Connection, Error, Group, GroupId, GroupType, NewChatSession, NewGroup, NewTool,
    NewUser, Tool, ToolDefinition, ToolType, ToolVersion, User, UserId, UserStatus,
};

async fn user(conn: &Connection, name: &str) -> User {
    User::create(conn, &NewUser::named(name).status(UserStatus::Active)).await.unwrap()
}

async fn group(
    conn: &Connection,
    kind: GroupType,
    parent: impl Into<Option<GroupId>>,
    name: &str,
) -> Group {
    Group::create(conn, &NewGroup::new(kind, parent, name)).await.unwrap()
}

fn new_tool(group_id: Option<GroupId>, name: &str, version: &str) -> NewTool {
    NewTool {
        id: homeroom::ToolId::generate(),
        group_id,
        kind: ToolType::Chat,
        name: name.to_owned(),
        version: version.parse::<ToolVersion>().unwrap(),
        definition: ToolDefinition::parse("prompt: Explain it.").unwrap(),
        created_by: None,
    }
}

async fn chat(conn: &Connection, user_id: UserId) -> ChatSession {
    let tool =
        Tool::create(conn, &new_tool(None, &format!("tool of {user_id}"), "1.0.0")).await.unwrap();
    ChatSession::create(conn, &NewChatSession::new(user_id, tool.id)).await.unwrap()
}

/// How many operations a test of concurrency does: few for every day, `HOMEROOM_TEST_OPERATIONS=10000` for the full size.
fn operations() -> usize {
    let asked = std::env::var("HOMEROOM_TEST_OPERATIONS").ok();
    asked.map_or(1_000, |asked| asked.parse().expect("HOMEROOM_TEST_OPERATIONS is a number"))
}

/// Leaves a test out that this machine can't do, unless `HOMEROOM_TEST_REQUIRE` names what lacks.
#[track_caller]
fn leave_out(lacks: &str) {
    let required = std::env::var("HOMEROOM_TEST_REQUIRE").unwrap_or_default();
    assert!(required.split(',').all(|required| required != lacks), "there is no {lacks}");
    println!("skipped: there is no {lacks}");
}

/// Runs plain SQL, as somebody would who does not use the library.
async fn sql(mut conn: &Connection, sql: &str) -> homeroom::Result<()> {
    conn.batch_execute(sql).await.map_err(Error::from)
}

/// The rule that refused something.
#[track_caller]
fn refused_by<T: std::fmt::Debug>(result: homeroom::Result<T>) -> String {
    let error = result.expect_err("it is refused");
    error.rule().unwrap_or_else(|| panic!("no rule in {error:?}")).to_owned()
}
