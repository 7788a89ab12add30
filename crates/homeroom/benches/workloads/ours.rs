//! The work through Homeroom's public interface.

use std::sync::Arc;

use homeroom::{
    ChatSession, ChatSessionId, Class, Database, EffectiveSettings, Group, Message, NewMessage,
    PageRequest, Session, SessionPolicy, SessionToken, User,
};

use crate::ids::{Ids, LEAVING, pick};
use crate::work::Work;
use crate::{CONTENT, text};

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
        let fork = async |id: ChatSessionId, seq| {
            let owner = ids.owners[&id.as_uuid()].into();
            ChatSession::fork(&conn, id, seq, owner).await.unwrap().last_seq as usize
        };
        match work {
            Work::UserByEmail => usize::from(
                User::find_by_email(&conn, pick::<String>(&ids.emails, n)).await.unwrap().is_some(),
            ),
            Work::RecentChats => {
                let user = (*pick(&ids.talkers, n)).into();
                ChatSession::recent(&conn, user, &PageRequest::first(20)).await.unwrap().items.len()
            }
            Work::ChatOf50 => whole((*pick(&ids.chats, n)).into()).await,
            Work::ChatOf5000 => whole((*pick(&ids.long_chats, n)).into()).await,
            Work::Rows10000 => whole(ids.longest_chat.into()).await,
            Work::Append => {
                let chat = (*pick(&ids.chats, n)).into();
                let new = NewMessage::user(CONTENT);
                usize::from(Message::append(&conn, chat, &new).await.unwrap().seq > 0)
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
            Work::SignedIn => {
                let token: SessionToken = pick(&ids.tokens, n).parse().unwrap();
                let policy = SessionPolicy::default();
                let signed_in = Session::authenticate(&conn, &token, &policy).await.unwrap();
                signed_in.map_or(0, |signed_in| signed_in.roles.len())
            }
            Work::EffectiveSettings => {
                let group = (*pick(&ids.departments, n)).into();
                let effective = EffectiveSettings::of_group(&conn, group).await.unwrap();
                let settings = &effective.settings;
                let keys = settings.other.len() + usize::from(settings.storage.is_some());
                effective.provenance.len() + effective.locked.len() + keys
            }
            Work::RosterPage => {
                let class = ids.large_class.unwrap().into();
                Class::roster(&conn, class, &PageRequest::first(50)).await.unwrap().items.len()
            }
            Work::ForkOf50 => fork((*pick(&ids.chats, n)).into(), 50).await,
            Work::ForkOf5000 => fork((*pick(&ids.long_chats, n)).into(), 5_000).await,
            Work::Erasure => User::erase(&conn, LEAVING.into()).await.unwrap().messages as usize,
        }
    }
}
