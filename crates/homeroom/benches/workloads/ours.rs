//! The work through Homeroom's public interface.

use std::sync::Arc;

use homeroom::{
    ChatSession, ChatSessionId, Database, Group, Message, NewMessage, PageRequest, User,
};

use crate::ids::{Ids, pick};
use crate::{CONTENT, Work, text};

/// Homeroom.
#[derive(Clone)]
pub(crate) struct Ours {
    pub(crate) db: Database,
    pub(crate) ids: Arc<Ids>,
}

impl Ours {
    /// Does one piece of work and returns how many rows it had.
    pub(crate) async fn run(&self, work: Work, n: usize) -> usize {
        let ids = &*self.ids;
        let conn = self.db.conn().await.unwrap();
        let whole = async |id: ChatSessionId| {
            ChatSession::get_with_messages(&conn, id).await.unwrap().1.len()
        };
        match work {
            Work::UserByEmail => usize::from(
                User::find_by_email(&conn, pick::<String>(&ids.emails, n)).await.unwrap().is_some(),
            ),
            Work::RecentChats => {
                let user = (*pick(&ids.users, n)).into();
                ChatSession::recent(&conn, user, &PageRequest::first(20)).await.unwrap().items.len()
            }
            Work::ChatOf50 => whole((*pick(&ids.chats, n)).into()).await,
            Work::ChatOf5000 => whole((*pick(&ids.long_chats, n)).into()).await,
            Work::Rows10000 => whole(ids.longest_chat.into()).await,
            Work::Append => {
                let chat = (*pick(&ids.chats, n)).into();
                let message =
                    Message::append(&conn, chat, &NewMessage::user(CONTENT)).await.unwrap();
                usize::from(message.seq > 0)
            }
            Work::Insert10000 => {
                let chat = (*pick(&ids.chats, n)).into();
                let turn: Vec<NewMessage> =
                    (1..=10_000).map(|n| NewMessage::user(text(n))).collect();
                Message::append_turn(&conn, chat, &turn).await.unwrap().len()
            }
            Work::Descendants => {
                Group::descendants(&conn, (*pick(&ids.schools, n)).into()).await.unwrap().len()
            }
            Work::Ancestors => {
                Group::ancestors(&conn, (*pick(&ids.departments, n)).into()).await.unwrap().len()
            }
        }
    }
}
