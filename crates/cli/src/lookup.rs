//! From what an operator types to the thing that is meant: people by id or e-mail address, groups by id or path, classes and
//! chats by id. What is not there is told with what is.

use std::str::FromStr;

use anyhow::Result;
use homeroom::ltree::Ltree;
use homeroom::{
    ChatSession, ChatSessionId, Class, ClassId, Connection, Group, GroupId, PageRequest, User,
    UserId,
};

use crate::failure::Refusal;
use crate::terminal::{harmless, moment, shell_word};

/// The live person with this id or e-mail address.
pub(crate) async fn person(conn: &Connection, who: &str) -> Result<User> {
    let everybody = "`homeroom user list` shows everybody";
    if let Ok(id) = who.parse::<UserId>() {
        if let Some(user) = User::find(conn, id).await? {
            return Ok(user);
        }
        return Err(match User::find_with_deleted(conn, id).await? {
            Some(User { name, deleted_at: Some(at), .. }) => Refusal::new(
                format!("{} ({id}) was deleted on {}", harmless(&name), moment(at)),
                format!("`homeroom user restore {id}` brings them back"),
            ),
            _ => Refusal::new(format!("there is no person with the id {id}"), everybody),
        }
        .into());
    }
    if !who.contains('@') {
        let message = format!("{} is neither an id nor an e-mail address", quoted(who));
        return Err(Refusal::new(message, everybody).into());
    }
    User::find_by_email(conn, who).await?.ok_or_else(|| {
        let message = format!("no person has the e-mail address {}", quoted(who));
        Refusal::new(message, everybody).into()
    })
}

/// The person with this id, deleted or not, or the live one with this e-mail address.
pub(crate) async fn anybody(conn: &Connection, who: &str) -> Result<User> {
    if let Ok(id) = who.parse::<UserId>()
        && let Some(user) = User::find_with_deleted(conn, id).await?
    {
        return Ok(user);
    }
    person(conn, who).await
}

/// The live group with this id, or at this path.
pub(crate) async fn group(conn: &Connection, group: &str) -> Result<Group> {
    if let Ok(id) = group.parse::<GroupId>() {
        if let Some(group) = Group::find(conn, id).await? {
            return Ok(group);
        }
        return Err(match Group::find_with_deleted(conn, id).await? {
            Some(group) => archived(&group, id),
            None => Refusal::new(
                format!("there is no group with the id {id}"),
                "`homeroom group tree` shows all groups",
            ),
        }
        .into());
    }
    let path = path(group)?;
    match Group::find_by_path(conn, &path).await? {
        Some(group) => Ok(group),
        None => Err(missing(conn, &path).await?.into()),
    }
}

/// The archived group with this id, or that was at this path.
pub(crate) async fn archived_group(conn: &Connection, group: &str) -> Result<Group> {
    if let Ok(id) = group.parse::<GroupId>() {
        return match Group::find_with_deleted(conn, id).await? {
            Some(group) if group.deleted_at.is_some() => Ok(group),
            Some(group) => Err(not_archived(&group).into()),
            None => Err(Refusal::new(
                format!("there is no group with the id {id}"),
                "an archived group can be named by the path that it had too",
            )
            .into()),
        };
    }
    let path = path(group)?;
    let mut found = Group::list_archived(conn, &path, &PageRequest::default()).await?.items;
    if found.len() > 1 {
        let each = |group: &Group| {
            let at = group.deleted_at.map(moment).unwrap_or_default();
            format!("\n  {} {}, archived on {at}", group.id, harmless(&group.name))
        };
        let several: String = found.iter().map(each).collect();
        let message = format!("several archived groups were at {path}:{several}");
        return Err(Refusal::new(message, "name one by its id").into());
    }
    if let Some(group) = found.pop() {
        return Ok(group);
    }
    Err(match Group::find_by_path(conn, &path).await? {
        Some(group) => not_archived(&group),
        None => missing(conn, &path).await?,
    }
    .into())
}

/// The live class with this id.
pub(crate) async fn class(conn: &Connection, id: &str) -> Result<Class> {
    let id = class_id(id)?;
    if let Some(class) = Class::find(conn, id).await? {
        return Ok(class);
    }
    Err(match Class::find_with_deleted(conn, id).await? {
        Some(Class { name, deleted_at: Some(at), .. }) => Refusal::new(
            format!("the class {} ({id}) was deleted on {}", harmless(&name), moment(at)),
            format!("`homeroom class restore {id}` brings it back"),
        ),
        Some(class) => Refusal::new(
            format!("the group of the class {} ({id}) is archived", harmless(&class.name)),
            format!("`homeroom group restore {}` brings it back", class.group_id),
        ),
        None => no_class(id),
    }
    .into())
}

/// The deleted class with this id.
pub(crate) async fn deleted_class(conn: &Connection, id: &str) -> Result<Class> {
    let id = class_id(id)?;
    match Class::find_with_deleted(conn, id).await? {
        Some(class) if class.deleted_at.is_some() => Ok(class),
        Some(class) => {
            let message = format!("the class {} ({id}) is not deleted", harmless(&class.name));
            Err(Refusal::new(message, format!("`homeroom class show {id}` shows it")).into())
        }
        None => Err(no_class(id).into()),
    }
}

/// The live chat with this id.
pub(crate) async fn chat(conn: &Connection, id: &str) -> Result<ChatSession> {
    let id = chat_id(id)?;
    if let Some(chat) = ChatSession::find(conn, id).await? {
        return Ok(chat);
    }
    Err(match ChatSession::find_with_deleted(conn, id).await? {
        Some(ChatSession { deleted_at: Some(at), .. }) => Refusal::new(
            format!("the chat {id} was deleted on {}", moment(at)),
            format!("`homeroom chat restore {id}` brings it back"),
        ),
        Some(chat) => Refusal::new(
            format!("the person of the chat {id} is deleted"),
            format!("`homeroom user restore {}` brings them back", chat.user_id),
        ),
        None => no_chat(id),
    }
    .into())
}

/// The deleted chat with this id.
pub(crate) async fn deleted_chat(conn: &Connection, id: &str) -> Result<ChatSession> {
    let id = chat_id(id)?;
    match ChatSession::find_with_deleted(conn, id).await? {
        Some(chat) if chat.deleted_at.is_some() => Ok(chat),
        Some(_) => {
            let message = format!("the chat {id} is not deleted");
            Err(Refusal::new(message, format!("`homeroom chat show {id}` shows it")).into())
        }
        None => Err(no_chat(id).into()),
    }
}

/// The deleted person with this id.
pub(crate) async fn deleted_person(conn: &Connection, id: &str) -> Result<User> {
    let id: UserId = parsed(
        id,
        "a person",
        "a deleted person is named by the id alone, as `homeroom user delete` prints it",
    )?;
    match User::find_with_deleted(conn, id).await? {
        Some(user) if user.deleted_at.is_some() => Ok(user),
        Some(user) => {
            let message = format!("{} ({id}) is not deleted", harmless(&user.name));
            Err(Refusal::new(message, format!("`homeroom user show {id}` shows them")).into())
        }
        None => {
            let help = "`homeroom user delete` prints the id of whom it deletes";
            Err(Refusal::new(format!("there is no person with the id {id}"), help).into())
        }
    }
}

/// A path of labels with dots, or of slugs with slashes.
fn path(text: &str) -> Result<Ltree> {
    let labels = text.trim_matches('/').replace('/', ".").replace('-', "_");
    let parsed = match labels.is_empty() {
        // The path of no label at all is no group.
        true => None,
        false => labels.parse().ok(),
    };
    parsed.ok_or_else(|| {
        Refusal::new(
            format!("{} is neither the id nor the path of a group", quoted(text)),
            "a path is like aberdeen.miller_junior_high or aberdeen/miller-junior-high; `homeroom group tree` shows all groups",
        )
        .into()
    })
}

/// Tells of a path at which no group is what is there.
async fn missing(conn: &Connection, path: &Ltree) -> Result<Refusal> {
    let page = PageRequest::first(1);
    if let Some(group) = Group::list_archived(conn, path, &page).await?.items.first() {
        return Ok(archived(group, path));
    }
    for above in path.ancestors().skip(1) {
        if let Some(group) = Group::find_by_path(conn, &above).await? {
            let missing = path.labels().nth(above.labels().count());
            let missing = missing.as_ref().map(ToString::to_string).unwrap_or_default();
            return Ok(Refusal::new(
                format!("there is no group {path}: {} is there, and has no {missing}", group.path),
                format!("`homeroom group tree {}` shows what is below it", group.path),
            ));
        }
    }
    let root = path.ancestors().next_back().unwrap_or_default();
    let message = match root == *path {
        true => format!("there is no group {path} at the root"),
        false => format!("there is no group {path}: not even {root} is there"),
    };
    Ok(Refusal::new(message, "`homeroom group tree` shows all groups"))
}

fn archived(group: &Group, named: impl std::fmt::Display) -> Refusal {
    let at = group.deleted_at.map(moment).unwrap_or_default();
    Refusal::new(
        format!("the group {} was archived on {at}", group.path),
        format!("`homeroom group restore {named}` brings it back"),
    )
}

fn not_archived(group: &Group) -> Refusal {
    Refusal::new(
        format!("the group {} is not archived", group.path),
        format!("`homeroom group show {}` shows it", group.path),
    )
}

fn class_id(text: &str) -> Result<ClassId> {
    parsed(text, "a class", "`homeroom class list --group GROUP` shows the ids")
}

fn no_class(id: ClassId) -> Refusal {
    Refusal::new(
        format!("there is no class with the id {id}"),
        "`homeroom class list --group GROUP` shows those of a group",
    )
}

fn chat_id(text: &str) -> Result<ChatSessionId> {
    parsed(text, "a chat", "`homeroom chat list --user WHO` shows the ids")
}

fn no_chat(id: ChatSessionId) -> Refusal {
    Refusal::new(
        format!("there is no chat with the id {id}"),
        "`homeroom chat list --user WHO` shows those of a person",
    )
}

fn parsed<T: FromStr>(text: &str, what: &str, help: &str) -> Result<T> {
    text.parse()
        .map_err(|_| Refusal::new(format!("{} is not the id of {what}", quoted(text)), help).into())
}

fn quoted(text: &str) -> String {
    shell_word(&harmless(text)).into_owned()
}
