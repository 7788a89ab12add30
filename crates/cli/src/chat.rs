//! `homeroom chat`: chats and their messages, forks, exports, and changes of their state.

mod export;
mod show;

use anyhow::Result;
use homeroom::{ChatSession, ChatState, Database, Error};

use crate::cli::{ChatArguments, ChatCommand as Command, OutputArguments};
use crate::failure::Refusal;
use crate::lookup;
use crate::outcome::Outcome;
use crate::rules::Explained;
use crate::target::with_database;
use crate::terminal::{self, count, harmless, one_line};

pub(crate) async fn run(arguments: ChatArguments) -> Result<Outcome> {
    match arguments.command {
        Command::List { user, page, output } => show::list(&user, &page, output).await,
        Command::Show { id, last, output } => show::show(&id, last, output).await,
        Command::ForkTree { id, output } => show::fork_tree(&id, output).await,
        Command::Export { id, file, json } => {
            export::run(&id, file.as_deref(), OutputArguments { json }).await
        }
        Command::Complete { id, output } => {
            let completed = with_database(async |db| complete(db, &id).await).await?;
            terminal::tell(output, &completed, || told(&completed, "completed"))
        }
        Command::Delete { id, yes, output } => {
            let deleted = with_database(async |db| delete(db, &id, yes).await).await?;
            let Some(chat) = deleted else { return Ok(Outcome::Failed) };
            terminal::tell(output, &chat, || {
                let back = format!("`homeroom chat restore {}` brings it back", chat.id);
                format!("{}{back}\n", told(&chat, "deleted"))
            })
        }
        Command::Restore { id, output } => {
            let restored = with_database(async |db| {
                let conn = db.conn().await?;
                let chat = lookup::deleted_chat(&conn, &id).await?;
                let failed = || format!("can't restore the chat {}", chat.id);
                ChatSession::restore(&conn, chat.id).await.explained(failed)
            })
            .await?;
            terminal::tell(output, &restored, || told(&restored, "restored"))
        }
    }
}

/// The title as people read it, on one line.
fn title(chat: &ChatSession) -> String {
    let title = chat.title.as_deref().map(one_line);
    title.map_or_else(|| "(untitled)".to_owned(), |title| harmless(&title).into_owned())
}

fn told(chat: &ChatSession, done: &str) -> String {
    let messages = usize::try_from(chat.last_seq).unwrap_or(0);
    format!("{done} {}, {}\n", title(chat), count(messages, "message", "messages"))
}

async fn complete(db: &Database, id: &str) -> Result<ChatSession> {
    let conn = db.conn().await?;
    let chat = lookup::chat(&conn, id).await?;
    let is_completed = || {
        let at = chat.ended_at.map(terminal::moment).unwrap_or_default();
        let message = format!("the chat {} was completed on {at} already", chat.id);
        Refusal::new(message, "there is nothing to do: it takes no more messages")
    };
    if chat.state == ChatState::Completed {
        return Err(is_completed().into());
    }
    match ChatSession::complete(&conn, chat.id).await {
        // Somebody else was faster.
        Err(Error::NotFound { .. }) => {
            let message = format!("the chat {} was completed or deleted meanwhile", chat.id);
            Err(Refusal::new(message, format!("`homeroom chat show {}`", chat.id)).into())
        }
        completed => Ok(completed?),
    }
}

/// Deletes a chat, and returns it as it is then; nothing when the answer is no.
async fn delete(db: &Database, id: &str, yes: bool) -> Result<Option<ChatSession>> {
    let conn = db.conn().await?;
    let chat = lookup::chat(&conn, id).await?;
    let messages = count(usize::try_from(chat.last_seq).unwrap_or(0), "message", "messages");
    let question = format!("delete the chat {} ({messages}, {})?", title(&chat), chat.id);
    if !terminal::may_go_ahead(yes, &question).await? {
        return Ok(None);
    }
    ChatSession::soft_delete(&conn, chat.id).await?;
    Ok(ChatSession::find_with_deleted(&conn, chat.id).await?)
}
