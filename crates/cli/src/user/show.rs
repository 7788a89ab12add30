//! `homeroom user show`: a person with all that an operator is asked about them.

use anyhow::Result;
use homeroom::ltree::Ltree;
use homeroom::{
    ChatSession, ClassMember, GroupId, GroupMember, GroupRole, LimitSource, PageRequest,
    ScheduledClass, StorageLimits, User,
};
use serde::Serialize;

use crate::cli::OutputArguments;
use crate::lookup;
use crate::outcome::Outcome;
use crate::target::with_database;
use crate::terminal::{self, Rows, aside, bytes, details, heading, moment, one_line};

/// How many groups, and how many classes, are shown; few people have more.
const PLACES: u32 = 200;
const CHATS: u32 = 5;

#[derive(Serialize)]
struct Shown {
    user: User,
    groups: Vec<InGroup>,
    classes: Vec<ScheduledClass>,
    /// Whether there are more groups or classes than are listed.
    more: bool,
    /// The last active ones.
    chats: Vec<ChatSession>,
    /// The limits in force for them, and what they store.
    storage: StorageLimits,
}

#[derive(Serialize)]
struct InGroup {
    role: GroupRole,
    group_id: GroupId,
    name: String,
    path: Ltree,
}

pub(super) async fn show(who: &str, output: OutputArguments) -> Result<Outcome> {
    let shown = with_database(async |db| {
        let conn = db.conn().await?;
        let user = lookup::person(&conn, who).await?;
        let (places, last) = (PageRequest::first(PLACES), PageRequest::first(CHATS));
        // Polled together, they are pipelined.
        let (groups, classes, chats, storage) = tokio::try_join!(
            GroupMember::list_of_user(&conn, user.id, &places),
            ClassMember::schedule(&conn, user.id, &places),
            ChatSession::list(&conn, user.id, &last),
            StorageLimits::of_user(&conn, user.id)
        )?;
        let more = groups.next.is_some() || classes.next.is_some();
        let groups = groups.items.into_iter().map(|(member, group)| InGroup {
            role: member.role,
            group_id: group.id,
            name: group.name,
            path: group.path,
        });
        let groups = groups.collect();
        Ok(Shown { user, groups, classes: classes.items, more, chats: chats.items, storage })
    })
    .await?;
    terminal::tell(output, &shown, || text(&shown))
}

fn text(shown: &Shown) -> String {
    let user = &shown.user;
    let password = if user.password_hash.is_some() { "set" } else { "none" };
    let lines = [
        ("e-mail", user.email.clone().unwrap_or_else(|| "–".to_owned())),
        ("id", user.id.to_string()),
        ("status", user.status.to_string()),
        ("password", password.to_owned()),
        ("stores", stored(&shown.storage)),
        ("created", moment(user.created_at)),
        ("changed", moment(user.updated_at)),
    ];
    let mut text = format!("{}{}", heading(&one_line(&user.name)), details(&lines));
    if !shown.groups.is_empty() {
        let mut rows = Rows::new(&["=role", "group", "=path"]);
        for group in &shown.groups {
            rows.add([group.role.to_string(), group.name.clone(), group.path.to_string()]);
        }
        text.push_str(&format!("\n{}{}", heading("Groups"), rows.text()));
    }
    if !shown.classes.is_empty() {
        let mut rows = Rows::new(&["=role", "class", "of", "=id"]);
        for class in &shown.classes {
            let (role, id) = (class.role.to_string(), class.class_id.to_string());
            rows.add([role, class.name.clone(), class.group_path.to_string(), id]);
        }
        text.push_str(&format!("\n{}{}", heading("Classes"), rows.text()));
    }
    if shown.more {
        text.push_str(&aside(&format!("… and more: {PLACES} of each are shown")));
    }
    if !shown.chats.is_empty() {
        let mut rows = Rows::new(&["chat", "=state", ">messages", "=last message", "=id"]);
        for chat in &shown.chats {
            rows.add([
                chat.title.as_deref().map_or_else(|| "(untitled)".to_owned(), one_line),
                chat.state.to_string(),
                chat.last_seq.to_string(),
                moment(chat.last_activity_at),
                chat.id.to_string(),
            ]);
        }
        text.push_str(&format!("\n{}{}", heading("Last chats"), rows.text()));
    }
    text
}

fn stored(storage: &StorageLimits) -> String {
    let amount = |number: i64| bytes(u64::try_from(number).unwrap_or(0));
    let set_by = match &storage.quota.source {
        LimitSource::User => "their own limit".to_owned(),
        LimitSource::Group { path, role: None, .. } => format!("set by {path}"),
        LimitSource::Group { path, role: Some(role), .. } => format!("set by {path} for a {role}"),
        LimitSource::System => "the system's default".to_owned(),
    };
    format!("{} of {}, {set_by}", amount(storage.used_bytes), amount(storage.quota.bytes))
}
