//! What the demo shows: read back from the database, as data.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures_util::future::try_join_all;
use homeroom::conversations::ConversationReport;
use homeroom::roster::RosterReport;
use homeroom::{
    ChatSession, ChatSessionId, Class, ClassId, ClassMember, ClassRole, Connection,
    EffectiveSettings, GroupId, GroupOverview, GroupType, Message, PageRequest, User,
};
use serde::Serialize;

/// All that a demo made and found; the document of `--json`.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(super) database: DatabaseReport,
    pub(super) data: Data,
    pub(super) groups: Vec<GroupOverview>,
    pub(super) class: Option<ShownClass>,
    pub(super) chat: Option<Vec<ShownChat>>,
    pub(super) settings: Option<ShownSettings>,
    pub(super) timings: Vec<Step>,
    pub(super) total_ms: f64,
    pub(super) next: Vec<Next>,
}

#[derive(Serialize)]
pub(super) struct DatabaseReport {
    pub(super) address: String,
    /// Whether it was made for the demo and is gone by now.
    pub(super) throwaway: bool,
    /// The major version of a private server.
    pub(super) postgresql: Option<String>,
}

/// What was put into the database.
#[derive(Default, Serialize)]
pub(super) struct Data {
    /// Set for a made district.
    pub(super) seed: Option<u64>,
    /// What the made or imported organisations are called.
    pub(super) name: String,
    pub(super) roster: Option<RosterReport>,
    pub(super) conversations: Option<ConversationReport>,
}

#[derive(Serialize)]
pub(super) struct ShownClass {
    pub(super) class: Class,
    pub(super) people: Vec<ShownPerson>,
}

#[derive(Serialize)]
pub(super) struct ShownPerson {
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) role: ClassRole,
}

/// A chat of the tree; each stands before its forks.
#[derive(Serialize)]
pub(super) struct ShownChat {
    pub(super) id: ChatSessionId,
    pub(super) title: Option<String>,
    pub(super) depth: i32,
    /// The message behind which it left the chat above.
    pub(super) fork_from_seq: Option<i32>,
    pub(super) messages: i32,
    pub(super) person: String,
    pub(super) last_message: Option<String>,
}

#[derive(Serialize)]
pub(super) struct ShownSettings {
    pub(super) group_id: GroupId,
    #[serde(flatten)]
    pub(super) effective: EffectiveSettings,
}

/// A step of the demo and how long it took.
#[derive(Serialize)]
pub(super) struct Step {
    pub(super) step: String,
    pub(super) ms: f64,
}

/// A command to go on with.
#[derive(Serialize)]
pub(super) struct Next {
    pub(super) command: String,
    pub(super) why: String,
}

/// Notes how long the steps take.
pub(super) struct Clock {
    start: Instant,
    step: Instant,
    steps: Vec<Step>,
}

impl Clock {
    pub(super) fn start() -> Self {
        let now = Instant::now();
        Self { start: now, step: now, steps: Vec::new() }
    }

    /// Ends a step; the next one begins.
    pub(super) fn ended(&mut self, step: impl Into<String>) {
        let now = Instant::now();
        self.steps.push(Step { step: step.into(), ms: milliseconds(now - self.step) });
        self.step = now;
    }

    pub(super) fn stop(self) -> (Vec<Step>, f64) {
        (self.steps, milliseconds(self.start.elapsed()))
    }
}

fn milliseconds(time: Duration) -> f64 {
    // To microseconds: more digits say nothing.
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// Which of the things in the database are to be shown.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Choice {
    /// The tree below it; `None`: all trees.
    pub(super) root: Option<GroupId>,
    pub(super) class: Option<ClassId>,
    pub(super) department: Option<GroupId>,
    pub(super) chat: Option<ChatSessionId>,
}

/// What was chosen, as the database has it.
pub(super) struct Shown {
    pub(super) groups: Vec<GroupOverview>,
    pub(super) class: Option<ShownClass>,
    pub(super) chat: Option<Vec<ShownChat>>,
    pub(super) settings: Option<ShownSettings>,
}

/// Reads what is to be shown; what is not chosen is looked for in the tree.
pub(super) async fn read(conn: &Connection, choice: Choice) -> Result<Shown> {
    let groups = GroupOverview::of_tree(conn, choice.root).await?;
    let class_id = match choice.class {
        Some(class) => Some(class),
        None => find_class(conn, &groups).await?,
    };
    let department = choice.department.or_else(|| find_department(&groups));
    // Polled together, they are pipelined.
    let (class, chat, settings) = tokio::try_join!(
        read_class(conn, class_id),
        read_chats(conn, choice.chat),
        read_settings(conn, department)
    )?;
    Ok(Shown { groups, class, chat, settings })
}

/// A class of the first group that has classes of its own.
async fn find_class(conn: &Connection, groups: &[GroupOverview]) -> Result<Option<ClassId>> {
    let has_below = |group: &GroupOverview| {
        groups.iter().any(|below| below.parent_id == Some(group.id) && below.classes > 0)
    };
    let Some(group) = groups.iter().find(|group| group.classes > 0 && !has_below(group)) else {
        return Ok(None);
    };
    Ok(Class::list(conn, group.id, &PageRequest::first(1))
        .await?
        .items
        .first()
        .map(|class| class.id))
}

/// The deepest kind of group that there is.
fn find_department(groups: &[GroupOverview]) -> Option<GroupId> {
    let depth = |group: &&GroupOverview| match group.kind {
        GroupType::Department => 2,
        GroupType::School => 1,
        GroupType::District => 0,
    };
    // The first of the deepest: max_by_key would take the last.
    groups.iter().rev().max_by_key(depth).map(|group| group.id)
}

async fn read_class(conn: &Connection, id: Option<ClassId>) -> Result<Option<ShownClass>> {
    let Some(id) = id else { return Ok(None) };
    let everybody = PageRequest::first(PageRequest::MAX_LIMIT);
    let (class, members) =
        tokio::try_join!(Class::get(conn, id), ClassMember::list(conn, id, &everybody))?;
    let mut people: Vec<ShownPerson> = members
        .items
        .into_iter()
        .map(|(member, user)| ShownPerson { name: user.name, email: user.email, role: member.role })
        .collect();
    // Teachers first, as the enum has them.
    people.sort_by_key(|person| person.role);
    Ok(Some(ShownClass { class, people }))
}

async fn read_chats(
    conn: &Connection,
    root: Option<ChatSessionId>,
) -> Result<Option<Vec<ShownChat>>> {
    let Some(root) = root else { return Ok(None) };
    let tree = ChatSession::fork_tree(conn, root).await?;
    let chats = try_join_all(tree.into_iter().map(async |node| {
        let (person, last) = tokio::try_join!(
            User::get(conn, node.chat.user_id),
            Message::last(conn, node.chat.id, 1)
        )?;
        Ok::<_, homeroom::Error>(ShownChat {
            id: node.chat.id,
            title: node.chat.title,
            depth: node.depth,
            fork_from_seq: node.chat.fork_from_seq,
            messages: node.chat.last_seq,
            person: person.name,
            last_message: last.into_iter().next().map(|message| message.content),
        })
    }))
    .await?;
    Ok(Some(chats))
}

async fn read_settings(conn: &Connection, id: Option<GroupId>) -> Result<Option<ShownSettings>> {
    let Some(group_id) = id else { return Ok(None) };
    let effective = EffectiveSettings::of_group(conn, group_id).await?;
    Ok(Some(ShownSettings { group_id, effective }))
}
