//! Rows as hand-written code has them: the same columns as Homeroom's, each decoded, without its types.

#![expect(dead_code, reason = "decoded as Homeroom's rows are, and not looked at")]

use chrono::{DateTime, Utc};
use homeroom::MessageMeta;
use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::Json;
use uuid::Uuid;

pub(super) struct User {
    id: Uuid,
    pub(super) email: Option<String>,
    name: String,
    password_hash: Option<String>,
    status: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    deleted_at: Option<DateTime<Utc>>,
}

pub(super) struct Chat {
    id: Uuid,
    user_id: Uuid,
    tool_id: Uuid,
    parent_session_id: Option<Uuid>,
    fork_from_seq: Option<i32>,
    pub(super) last_seq: i32,
    state: String,
    title: Option<String>,
    started_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    last_activity_at: DateTime<Utc>,
    deleted_at: Option<DateTime<Utc>>,
}

pub(super) struct Tool {
    id: Uuid,
    group_id: Option<Uuid>,
    kind: String,
    name: String,
    version: String,
}

pub(super) struct Message {
    session_id: Uuid,
    seq: i32,
    role: String,
    pub(super) content: String,
    meta: MessageMeta,
    idempotency_key: Option<String>,
    created_at: DateTime<Utc>,
}

pub(super) struct Group {
    id: Uuid,
    parent_id: Option<Uuid>,
    name: String,
    slug: String,
    kind: String,
    path: String,
    settings: Value,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    deleted_at: Option<DateTime<Utc>>,
}

pub(super) fn user(row: &Row, first: usize) -> User {
    User {
        id: row.get(first),
        email: row.get(first + 1),
        name: row.get(first + 2),
        password_hash: row.get(first + 3),
        status: row.get(first + 4),
        created_at: row.get(first + 5),
        updated_at: row.get(first + 6),
        deleted_at: row.get(first + 7),
    }
}

pub(super) fn chat(row: &Row) -> Chat {
    Chat {
        id: row.get(0),
        user_id: row.get(1),
        tool_id: row.get(2),
        parent_session_id: row.get(3),
        fork_from_seq: row.get(4),
        last_seq: row.get(5),
        state: row.get(6),
        title: row.get(7),
        started_at: row.get(8),
        ended_at: row.get(9),
        last_activity_at: row.get(10),
        deleted_at: row.get(11),
    }
}

pub(super) fn tool(row: &Row) -> Tool {
    Tool {
        id: row.get(12),
        group_id: row.get(13),
        kind: row.get(14),
        name: row.get(15),
        version: row.get(16),
    }
}

pub(super) fn message(row: &Row) -> Message {
    Message {
        session_id: row.get(0),
        seq: row.get(1),
        role: row.get(2),
        content: row.get(3),
        meta: row
            .get::<_, Option<Json<MessageMeta>>>(4)
            .map_or_else(MessageMeta::default, |meta| meta.0),
        idempotency_key: row.get(5),
        created_at: row.get(6),
    }
}

pub(super) fn appended(
    session_id: Uuid,
    seq: i32,
    content: String,
    created_at: DateTime<Utc>,
) -> Message {
    let (role, meta) = ("user".to_owned(), MessageMeta::default());
    Message { session_id, seq, role, content, meta, idempotency_key: None, created_at }
}

pub(super) fn group(row: &Row) -> Group {
    Group {
        id: row.get(0),
        parent_id: row.get(1),
        name: row.get(2),
        slug: row.get(3),
        kind: row.get(4),
        path: row.get(5),
        settings: row.get(6),
        created_at: row.get(7),
        updated_at: row.get(8),
        deleted_at: row.get(9),
    }
}

pub(super) struct Session {
    id: Uuid,
    user_id: Uuid,
    pub(super) token_hash: Vec<u8>,
    context: String,
    created_at: DateTime<Utc>,
    last_activity_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

pub(super) fn session(row: &Row) -> Session {
    Session {
        id: row.get(0),
        user_id: row.get(1),
        token_hash: row.get(2),
        context: row.get(3),
        created_at: row.get(4),
        last_activity_at: row.get(5),
        expires_at: row.get(6),
    }
}

/// A role of a person who is signed in: the group, its path, the role.
pub(super) type Role = (Uuid, String, String);

/// Behind the session and the user; there is a row without one for who has none.
pub(super) fn role(row: &Row) -> Option<Role> {
    let (group_id, path, role): (Option<Uuid>, Option<String>, Option<String>) =
        (row.get(15), row.get(16), row.get(17));
    Some((group_id?, path?, role?))
}

pub(super) struct ClassMember {
    class_id: Uuid,
    user_id: Uuid,
    role: String,
    created_at: DateTime<Utc>,
}

pub(super) fn class_member(row: &Row) -> ClassMember {
    ClassMember {
        class_id: row.get(0),
        user_id: row.get(1),
        role: row.get(2),
        created_at: row.get(3),
    }
}
