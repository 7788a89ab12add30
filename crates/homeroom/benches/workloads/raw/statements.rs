//! The statements of hand-written code, each parsed once a connection. Where Homeroom's own is a single statement of a `.sql`
//! file, the best that hand-written code can do is to prepare that one.

use tokio_postgres::types::Type;
use tokio_postgres::{Client, Statement};

pub(super) struct Statements {
    pub(super) user_by_email: Statement,
    pub(super) recent_chats: Statement,
    pub(super) chat: Statement,
    pub(super) messages: Statement,
    pub(super) append: Statement,
    pub(super) count_up: Statement,
    pub(super) copy: Statement,
    pub(super) descendants: Statement,
    pub(super) ancestors: Statement,
    pub(super) signed_in: Statement,
    pub(super) settings: Statement,
    pub(super) roster: Statement,
    pub(super) fork: Statement,
    pub(super) erase: Statement,
}

impl Statements {
    pub(super) async fn prepare(client: &Client) -> Self {
        let prepare = async |sql: &str| client.prepare(sql).await.unwrap();
        let typed =
            async |sql: &str, types: &[Type]| client.prepare_typed(sql, types).await.unwrap();
        Self {
            user_by_email: prepare(
                "SELECT id, email, name, password_hash, status, created_at, updated_at, deleted_at
                 FROM users WHERE lower(email) = lower($1) AND deleted_at IS NULL",
            )
            .await,
            recent_chats: prepare(
                "WITH page AS (
                     SELECT chat.* FROM users JOIN chat_sessions chat ON chat.user_id = users.id
                     WHERE users.id = $1 AND users.deleted_at IS NULL AND chat.deleted_at IS NULL
                     ORDER BY last_activity_at DESC, chat.id DESC LIMIT $2)
                 SELECT page.id, page.user_id, page.tool_id, page.parent_session_id, page.fork_from_seq, page.last_seq,
                     page.state, page.title, page.started_at, page.ended_at, page.last_activity_at, page.deleted_at,
                     tools.id, tools.group_id, tools.type, tools.name, tools.version
                 FROM page JOIN tools ON tools.id = page.tool_id
                 ORDER BY page.last_activity_at DESC, page.id DESC",
            )
            .await,
            chat: prepare(
                "SELECT chat.id, user_id, tool_id, parent_session_id, fork_from_seq, last_seq, state, title, started_at, ended_at,
                     last_activity_at, chat.deleted_at
                 FROM chat_sessions chat JOIN users ON users.id = user_id
                 WHERE chat.id = $1 AND chat.deleted_at IS NULL AND users.deleted_at IS NULL",
            )
            .await,
            messages: prepare(
                "SELECT session_id, seq, role, content, nullif(meta, '{}'), idempotency_key, created_at
                 FROM messages WHERE session_id = $1 ORDER BY seq",
            )
            .await,
            // Typed, as parameters for columns of a domain would have the domain's type.
            append: typed(
                include_str!("../../../src/messages/append.sql"),
                &[Type::UUID, Type::TEXT, Type::TEXT, Type::JSONB],
            )
            .await,
            count_up: prepare(
                "UPDATE chat_sessions SET last_seq = last_seq + $2, last_activity_at = greatest(last_activity_at, now())
                 WHERE id = $1 AND EXISTS (
                     SELECT FROM users WHERE users.id = chat_sessions.user_id AND users.deleted_at IS NULL)
                 RETURNING last_seq, now()",
            )
            .await,
            copy: prepare("COPY messages (session_id, seq, role, content, meta) FROM STDIN BINARY")
                .await,
            descendants: prepare(include_str!("../../../src/groups/descendants.sql")).await,
            ancestors: prepare(include_str!("../../../src/groups/ancestors.sql")).await,
            signed_in: typed(
                include_str!("../../../src/sign_in/authenticate.sql"),
                &[Type::BYTEA, Type::INTERVAL, Type::INTERVAL, Type::INTERVAL, Type::INTERVAL],
            )
            .await,
            settings: typed(
                include_str!("../../../src/settings/effective.sql"),
                &[Type::UUID, Type::UUID],
            )
            .await,
            roster: prepare(
                "SELECT member.class_id, member.user_id, member.role, member.created_at,
                     users.id, users.email, users.name, users.password_hash, users.status, users.created_at,
                     users.updated_at, users.deleted_at
                 FROM class_members member
                 JOIN classes ON classes.id = member.class_id JOIN groups ON groups.id = classes.group_id
                 JOIN users ON users.id = member.user_id
                 WHERE member.class_id = $1 AND classes.deleted_at IS NULL AND groups.deleted_at IS NULL
                     AND users.deleted_at IS NULL
                 ORDER BY member.role DESC, users.name, users.id LIMIT $2",
            )
            .await,
            fork: typed(
                include_str!("../../../src/chats/fork.sql"),
                &[Type::UUID, Type::UUID, Type::INT4, Type::UUID],
            )
            .await,
            erase: typed(include_str!("../../../src/erasure/erase.sql"), &[Type::UUID]).await,
        }
    }
}
