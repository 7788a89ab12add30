//! Appends a whole turn of a chat: what the person said and what the tool answered, in one statement.

use std::collections::HashSet;

use diesel::sql_types;
use diesel_async::AsyncPgConnection;

use crate::codes::MessageRole;
use crate::error::{Error, Result};
use crate::ids::ChatSessionId;
use crate::messages::{Message, MessageColumns, MessageMeta, NewMessage};
use crate::statement::statement;

statement! {
    AppendTurn<'a>, "append_turn.sql",
    binds {
        session_id: ChatSessionId => sql_types::Uuid,
        idempotency_keys: Vec<Option<&'a str>> => sql_types::Array<sql_types::Nullable<sql_types::Text>>,
        roles: Vec<MessageRole> => sql_types::Array<sql_types::Text>,
        contents: Vec<&'a str> => sql_types::Array<sql_types::Text>,
        metas: Vec<&'a MessageMeta> => sql_types::Array<sql_types::Jsonb>,
    },
    returns (MessageColumns,)
}

impl Message {
    /// Appends messages to an active chat, side by side whoever else appends: one statement (`messages/append_turn.sql`), one
    /// round trip, all of them or none. Returns them in the order of `turn`; an empty turn asks nobody.
    ///
    /// Locks the chat's row until the transaction ends. A message with an idempotency key that the chat has already is not
    /// written again, and its first row is returned in its place: a turn whose messages all have keys can be repeated.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSessionId, Message, NewMessage};
    /// # async fn example(db: &homeroom::Database, chat_id: ChatSessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let turn = [
    ///     NewMessage::user("What is a third of 12?").idempotency_key("turn 1: question"),
    ///     NewMessage::assistant("4").idempotency_key("turn 1: answer"),
    /// ];
    /// let written = Message::append_turn(&conn, chat_id, &turn).await?;
    /// assert_eq!(Message::append_turn(&conn, chat_id, &turn).await?, written);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Message::append`]; [`Error::Invalid`] when only some of the messages have a key, as the others would be appended
    /// twice when the turn is repeated, or when a key stands twice.
    pub async fn append_turn(
        mut conn: &AsyncPgConnection,
        session_id: ChatSessionId,
        turn: &[NewMessage],
    ) -> Result<Vec<Self>> {
        if turn.is_empty() {
            return Ok(Vec::new());
        }
        turn.iter().try_for_each(NewMessage::require_storable)?;
        require_repeatable(turn)?;
        let append = AppendTurn {
            session_id,
            idempotency_keys: turn.iter().map(|new| new.idempotency_key.as_deref()).collect(),
            roles: turn.iter().map(|new| new.role).collect(),
            contents: turn.iter().map(|new| new.content.as_str()).collect(),
            metas: turn.iter().map(|new| &new.meta).collect(),
        };
        let rows: Vec<(Self,)> = diesel_async::RunQueryDsl::load(append, &mut conn).await?;
        if rows.is_empty() {
            return Err(Error::not_found("chat", session_id));
        }
        Ok(rows.into_iter().map(|(message,)| message).collect())
    }
}

/// Either no message has an idempotency key, or each has one of its own.
fn require_repeatable(turn: &[NewMessage]) -> Result<()> {
    let mut keys = HashSet::new();
    for key in turn.iter().filter_map(|new| new.idempotency_key.as_deref()) {
        if !keys.insert(key) {
            let reason = format!("{key:?} stands twice in one turn");
            return Err(Error::invalid("idempotency_key", reason));
        }
    }
    if keys.is_empty() || keys.len() == turn.len() {
        return Ok(());
    }
    let reason = format!(
        "{} of {} messages of the turn have one: give it to all or none",
        keys.len(),
        turn.len()
    );
    Err(Error::invalid("idempotency_key", reason))
}
