//! What the operations are run with.

use std::path::PathBuf;

use homeroom::ltree::Ltree;
use homeroom::roster::Package;
use homeroom::{
    ChatSession, ChatSessionId, Class, ClassId, Connection, File, FileId, Group, GroupId,
    GroupMember, GroupRole, GroupType, Message, NewChatSession, NewClass, NewFile, NewMessage,
    Session, SessionContext, SessionPolicy, SessionToken, StorageBackend, Tool, ToolId, UserId,
};

use crate::{conversations, group, new_tool, roster, user};

/// Of each thing this many, so that operations meet at them.
const EACH: usize = 8;

pub(crate) struct World {
    pub(crate) token: SessionToken,
    people: Vec<UserId>,
    groups: Vec<Group>,
    spare_groups: Vec<GroupId>,
    classes: Vec<ClassId>,
    tools: Vec<ToolId>,
    files: Vec<FileId>,
    chats: Vec<ChatSessionId>,
    spare_chats: Vec<ChatSessionId>,
    roster: (roster::Made, Package),
    conversations: conversations::Made,
}

fn pick<T: Clone>(of: &[T], n: usize) -> T {
    of[n % of.len()].clone()
}

impl World {
    pub(crate) async fn create(conn: &Connection) -> Self {
        let first = user(conn, "First").await.id;
        let policy = SessionPolicy::default();
        let started = Session::start(conn, first, SessionContext::Personal, &policy).await;
        let package = roster::Made::v1_1();
        let opened = Package::open(package.path()).unwrap();
        let mut world = Self {
            token: started.unwrap().unwrap().1,
            people: Vec::new(),
            groups: Vec::new(),
            spare_groups: Vec::new(),
            classes: Vec::new(),
            tools: Vec::new(),
            files: Vec::new(),
            chats: Vec::new(),
            spare_chats: Vec::new(),
            roster: (package, opened),
            conversations: conversations::Made::small(),
        };
        let district = group(conn, GroupType::District, None, "D").await.id;
        for n in 0..EACH {
            let person = user(conn, &format!("Person {n}")).await.id;
            let school = group(conn, GroupType::School, district, &format!("School {n}")).await;
            let spare = group(conn, GroupType::School, district, &format!("Spare {n}")).await;
            GroupMember::set_role(conn, school.id, person, GroupRole::Teacher).await.unwrap();
            let class = Class::create(conn, &NewClass::new(school.id, "7b")).await.unwrap().id;
            let tool = new_tool(None, &format!("world's tool {n}"), "1.0.0");
            let tool = Tool::create(conn, &tool).await.unwrap().id;
            let file = NewFile {
                id: FileId::generate(),
                original_name: "essay.txt".to_owned(),
                mime_type: "text/plain".to_owned(),
                size_bytes: 10,
                storage_backend: StorageBackend::Local,
                storage_key: format!("world's key {n}"),
                uploaded_by: person,
                group_id: None,
                purpose: "homework".to_owned(),
            };
            world.files.push(File::create(conn, &file).await.unwrap().id);
            for chats in [&mut world.chats, &mut world.spare_chats] {
                let chat = ChatSession::create(conn, &NewChatSession::new(person, tool)).await;
                let chat = chat.unwrap().id;
                Message::append(conn, chat, &NewMessage::user("first")).await.unwrap();
                chats.push(chat);
            }
            world.people.push(person);
            world.groups.push(school);
            world.spare_groups.push(spare.id);
            world.classes.push(class);
            world.tools.push(tool);
        }
        world
    }

    pub(crate) fn person(&self, n: usize) -> UserId {
        pick(&self.people, n)
    }

    pub(crate) fn group(&self, n: usize) -> GroupId {
        pick(&self.groups, n).id
    }

    pub(crate) fn path(&self, n: usize) -> Ltree {
        pick(&self.groups, n).path
    }

    /// One that may be moved and archived.
    pub(crate) fn spare_group(&self, n: usize) -> GroupId {
        pick(&self.spare_groups, n)
    }

    pub(crate) fn class(&self, n: usize) -> ClassId {
        pick(&self.classes, n)
    }

    pub(crate) fn tool(&self, n: usize) -> ToolId {
        pick(&self.tools, n)
    }

    pub(crate) fn file(&self, n: usize) -> FileId {
        pick(&self.files, n)
    }

    pub(crate) fn chat(&self, n: usize) -> ChatSessionId {
        pick(&self.chats, n)
    }

    /// One that may be completed and deleted.
    pub(crate) fn spare_chat(&self, n: usize) -> ChatSessionId {
        pick(&self.spare_chats, n)
    }

    /// A small district.
    pub(crate) fn roster(&self) -> &Package {
        &self.roster.1
    }

    /// A file with two small conversations.
    pub(crate) fn conversations(&self) -> PathBuf {
        self.conversations.path()
    }

    pub(crate) fn chats(&self) -> &[ChatSessionId] {
        &self.chats
    }
}
