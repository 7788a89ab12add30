//! A chat with all that was said in it.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures_util::future;
use homeroom_operations::operations;

use crate::chats::ChatSession;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::ids::ChatSessionId;
use crate::messages::Message;
use crate::schema::messages;
use crate::statement::kept;

#[operations]
impl ChatSession {
    /// A live chat of a live person with all its messages, in their order: two statements that are sent together, so one round
    /// trip. What is appended meanwhile is in both or in neither.
    ///
    /// However long the chat is: a page of a very long one is [`Message::list`] or [`Message::list_back`].
    ///
    /// [`ChatSession::find`], and `SELECT … FROM messages WHERE session_id = $1 ORDER BY seq`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, ChatSessionId};
    /// # async fn example(db: &homeroom::Database, chat_id: ChatSessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// if let Some((chat, messages)) = ChatSession::find_with_messages(&conn, chat_id).await? {
    ///     println!("{:?}: {} messages", chat.title, messages.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find_with_messages(
        conn: &Connection,
        id: ChatSessionId,
    ) -> Result<Option<(Self, Vec<Message>)>> {
        let (chat, mut messages) =
            future::try_join(Self::find(conn, id), load_messages(conn, id)).await?;
        let Some(chat) = chat else { return Ok(None) };
        // The second statement may have seen more than the first, but never other messages: they don't change.
        messages.retain(|message| message.seq <= chat.last_seq);
        // Fewer: the chat was deleted for good in between.
        let whole = i32::try_from(messages.len()).is_ok_and(|count| count == chat.last_seq);
        Ok(whole.then_some((chat, messages)))
    }

    /// As [`ChatSession::find_with_messages`].
    ///
    /// ```no_run
    /// # use homeroom::{ChatSession, ChatSessionId};
    /// # async fn example(db: &homeroom::Database, chat_id: ChatSessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let (chat, messages) = ChatSession::get_with_messages(&conn, chat_id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn get_with_messages(
        conn: &Connection,
        id: ChatSessionId,
    ) -> Result<(Self, Vec<Message>)> {
        Self::find_with_messages(conn, id).await?.ok_or_else(|| Error::not_found("chat", id))
    }
}

/// Whether the chat is live is known from the chat's own row.
async fn load_messages(mut conn: &Connection, id: ChatSessionId) -> Result<Vec<Message>> {
    let query = messages::table
        .filter(messages::session_id.eq(id))
        .order(messages::seq)
        .select(Message::as_select());
    kept(query).load(&mut conn).await.map_err(Error::from)
}
