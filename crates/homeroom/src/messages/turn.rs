//! Appends a whole turn of a chat: what the person said and what the tool answered, in one statement.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use homeroom_operations::operations;

use crate::codes::MessageRole;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::ids::ChatSessionId;
use crate::messages::{Message, MessageColumns, MessageMeta, NewMessage};
use crate::statement::{only_row, statement};

statement! {
    AppendTurn<'a>, "append_turn.sql",
    binds {
        session_id: ChatSessionId => sql_types::Uuid,
        messages: i32 => sql_types::Integer,
        roles: Vec<MessageRole> => sql_types::Array<sql_types::Text>,
        contents: Vec<&'a str> => sql_types::Array<sql_types::Text>,
        metas: Vec<&'a MessageMeta> => sql_types::Array<sql_types::Jsonb>,
    },
    returns (sql_types::Integer, sql_types::Timestamptz,)
}

statement! {
    AppendTurnOnce<'a>, "append_turn_once.sql",
    binds {
        session_id: ChatSessionId => sql_types::Uuid,
        idempotency_keys: Vec<&'a str> => sql_types::Array<sql_types::Text>,
        roles: Vec<MessageRole> => sql_types::Array<sql_types::Text>,
        contents: Vec<&'a str> => sql_types::Array<sql_types::Text>,
        metas: Vec<&'a MessageMeta> => sql_types::Array<sql_types::Jsonb>,
    },
    returns (MessageColumns,)
}

#[operations]
impl Message {
    /// Appends messages to an active chat, side by side whoever else appends: one statement (`messages/append_turn.sql`, with
    /// keys `append_turn_once.sql`), one round trip, all of them or none. Returns them in the order of `turn`; an empty turn asks nobody.
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
        mut conn: &Connection,
        session_id: ChatSessionId,
        turn: &[NewMessage],
    ) -> Result<Vec<Self>> {
        if turn.is_empty() {
            return Ok(Vec::new());
        }
        turn.iter().try_for_each(NewMessage::require_storable)?;
        let idempotency_keys = keys(turn)?;
        let roles = turn.iter().map(|new| new.role).collect();
        let contents = turn.iter().map(|new| new.content.as_str()).collect();
        let metas = turn.iter().map(|new| &new.meta).collect();
        let not_found = || Error::not_found("chat", session_id);
        if idempotency_keys.is_empty() {
            let messages = i32::try_from(turn.len())
                .map_err(|_| Error::invalid("turn", "it has more messages than a chat can have"))?;
            let append = AppendTurn { session_id, messages, roles, contents, metas };
            let row: Option<(i32, DateTime<Utc>)> =
                diesel_async::RunQueryDsl::load(append, &mut conn)
                    .await
                    .and_then(only_row)
                    .optional()?;
            let (seq_before, created_at) = row.ok_or_else(not_found)?;
            let places = turn.iter().zip(seq_before + 1..);
            return Ok(places.map(|(new, seq)| new.at(session_id, seq, created_at)).collect());
        }
        let append = AppendTurnOnce { session_id, idempotency_keys, roles, contents, metas };
        let rows: Vec<(Self,)> = diesel_async::RunQueryDsl::load(append, &mut conn).await?;
        if rows.is_empty() {
            return Err(not_found());
        }
        Ok(rows.into_iter().map(|(message,)| message).collect())
    }
}

/// The idempotency keys: none, or one of its own for each message.
fn keys(turn: &[NewMessage]) -> Result<Vec<&str>> {
    let keys: Vec<&str> = turn.iter().filter_map(|new| new.idempotency_key.as_deref()).collect();
    let mut seen = HashSet::new();
    if let Some(key) = keys.iter().find(|key| !seen.insert(**key)) {
        return Err(Error::invalid("idempotency_key", format!("{key:?} stands twice in one turn")));
    }
    if !keys.is_empty() && keys.len() < turn.len() {
        let (some, all) = (keys.len(), turn.len());
        let reason =
            format!("{some} of {all} messages of the turn have one: give it to all or none");
        return Err(Error::invalid("idempotency_key", reason));
    }
    Ok(keys)
}
