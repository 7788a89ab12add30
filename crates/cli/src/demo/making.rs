//! Writing the demo's district: one transaction, its statements pipelined.

use anyhow::Result;
use futures_util::future::try_join_all;
use homeroom::{
    ChatSession, ChatSessionChanges, ChatSessionId, Class, ClassMember, Connection, Database,
    Error, Group, GroupMember, Message, NewChatSession, Tool, User,
};

use super::district::District;
use super::scripts::{Script, TREES, With};

/// A district that stands in the database.
pub(super) struct Made {
    pub(super) district: District,
    /// The chat whose tree is shown.
    pub(super) chat: Option<ChatSessionId>,
}

/// Makes the district of a seed under the first number that is free. What others have is not touched.
pub(super) async fn make(db: &Database, seed: u64) -> Result<Made> {
    let mut number = 1;
    loop {
        let district = District::new(seed, number);
        match db.transaction(async |conn| write(conn, &district).await).await {
            Ok(chat) => return Ok(Made { district, chat }),
            // Of an earlier demo; the people of one whose district was archived have their addresses still.
            Err(error) if matches!(error.rule(), Some("groups_path_key" | "users_email_key")) => {
                number += 1;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

async fn write(conn: &Connection, district: &District) -> Result<Option<ChatSessionId>, Error> {
    // One after the other: a group's path is made of its parent's.
    for group in &district.groups {
        Group::create(conn, group).await?;
    }
    try_join_all(district.people.iter().map(|person| User::create(conn, &person.user))).await?;
    try_join_all(
        district.people.iter().map(|person| {
            GroupMember::set_role(conn, person.group_id, person.user.id, person.role)
        }),
    )
    .await?;
    try_join_all(district.classes.iter().map(|class| Class::create(conn, class))).await?;
    try_join_all(
        district
            .enrolments
            .iter()
            .map(|(class_id, people)| ClassMember::enrol_all(conn, *class_id, people)),
    )
    .await?;
    try_join_all(district.tools.iter().map(|tool| Tool::create(conn, tool))).await?;
    let roots = try_join_all(TREES.iter().map(|tree| write_chats(conn, district, tree))).await?;
    Ok(roots.into_iter().flatten().next())
}

/// Writes the chats of a tree and returns its root.
async fn write_chats(
    conn: &Connection,
    district: &District,
    tree: &[Script],
) -> Result<Option<ChatSessionId>, Error> {
    let mut chats: Vec<ChatSessionId> = Vec::with_capacity(tree.len());
    for script in tree {
        let people = &district.class_people;
        let Some(person) = people.get(script.by).or(people.first()).copied() else { continue };
        let parent = script.leaves.and_then(|(place, seq)| Some((*chats.get(place)?, seq)));
        let title = Some(script.title.to_owned());
        let chat = match parent {
            Some((parent, seq)) => {
                let fork = ChatSession::fork(conn, parent, seq, person).await?;
                let changes = ChatSessionChanges { title: Some(title) };
                ChatSession::update(conn, fork.id, &changes).await?.id
            }
            None => {
                let tool = match script.with {
                    With::Tutor => district.tutor,
                    With::Studio => district.studio,
                };
                let new = NewChatSession { title, ..NewChatSession::new(person, tool) };
                ChatSession::create(conn, &new).await?.id
            }
        };
        for said in script.said {
            Message::append(conn, chat, &said.message()).await?;
        }
        chats.push(chat);
    }
    Ok(chats.first().copied())
}
