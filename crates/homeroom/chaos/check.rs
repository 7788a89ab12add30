//! The checker: replays what was acknowledged and compares it with what is there, and looks at every invariant.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use homeroom::ltree::Ltree;
use homeroom::schema::{class_members, files, groups, messages};
use homeroom::{
    ChatSessionId, ClassId, Database, DatabaseConfig, FileId, GroupId, PageRequest,
    PooledConnection, StorageLimits, UserId,
};

use crate::plan::{DISTRICTS, Plan, SCHOOLS, Step, WRITERS};

/// What the writers were told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Acknowledged {
    /// How many steps of each writer.
    pub(crate) done: [u64; WRITERS],
    /// The place of the first message of a step that said something.
    pub(crate) said: HashMap<(usize, u64), i32>,
}

impl Acknowledged {
    pub(crate) fn total(&self) -> u64 {
        self.done.iter().sum()
    }
}

/// What is wrong.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Acknowledged, and not there.
    pub(crate) lost: Vec<String>,
    /// There, and against a rule.
    pub(crate) broken: Vec<String>,
}

/// What has to be there.
#[derive(Default)]
struct Expected {
    /// By key: the chat and the place.
    messages: BTreeMap<String, (ChatSessionId, i32)>,
    enrolled: BTreeSet<(ClassId, UserId)>,
    groups: HashMap<GroupId, (GroupId, String)>,
    /// Whether it was removed.
    files: HashMap<FileId, bool>,
}

impl Expected {
    fn new(plan: Plan, acknowledged: &Acknowledged) -> Self {
        let mut expected = Self::default();
        for (writer, done) in acknowledged.done.iter().enumerate() {
            if writer % 4 == 2 {
                for n in 0..SCHOOLS {
                    let place = (plan.district(n % DISTRICTS), school_slug(writer, n));
                    expected.groups.insert(plan.school(writer, n), place);
                }
            }
            for n in 1..=*done {
                let first = acknowledged.said.get(&(writer, n)).copied().unwrap_or_default();
                expected.replay(plan.step(writer, n), first);
            }
        }
        expected
    }

    fn replay(&mut self, step: Step, first: i32) {
        match step {
            Step::Say { chat, keys } => {
                for (key, seq) in keys.into_iter().zip(first..) {
                    self.messages.insert(key, (chat, seq));
                }
            }
            Step::Enrol { class, student } => drop(self.enrolled.insert((class, student))),
            Step::Leave { class, student } => drop(self.enrolled.remove(&(class, student))),
            Step::Create { group, parent, slug } => drop(self.groups.insert(group, (parent, slug))),
            Step::Move { group, to } => {
                if let Some((parent, _)) = self.groups.get_mut(&group) {
                    *parent = to;
                }
            }
            Step::Rename { group, slug: new } => {
                if let Some((_, slug)) = self.groups.get_mut(&group) {
                    *slug = new;
                }
            }
            Step::Upload { file, .. } => drop(self.files.insert(file, false)),
            Step::Remove { file } => drop(self.files.insert(file, true)),
        }
    }
}

/// The slug that a school begins with.
pub(crate) fn school_slug(writer: usize, n: usize) -> String {
    format!("school-{writer}-{n}")
}

/// Reads all that is there, and tells what is wrong.
pub(crate) async fn check(url: &str, plan: Plan, acknowledged: &Acknowledged) -> Findings {
    let config = DatabaseConfig::builder(url).pool_min(0).build().unwrap();
    let db = Database::connect(config).await.unwrap();
    let conn = db.conn().await.unwrap();
    let expected = Expected::new(plan, acknowledged);
    let mut findings = Findings::default();
    messages(&conn, &expected, &mut findings).await;
    enrolments(&conn, &expected, &mut findings).await;
    tree(&conn, &expected, &mut findings).await;
    storage(&conn, &expected, &mut findings).await;
    findings
}

async fn messages(conn: &PooledConnection, expected: &Expected, findings: &mut Findings) {
    type Row = (ChatSessionId, i32, String, Option<String>);
    let rows: Vec<Row> = messages::table
        .select((messages::session_id, messages::seq, messages::content, messages::idempotency_key))
        .order((messages::session_id, messages::seq))
        .load(&mut &**conn)
        .await
        .unwrap();
    let mut last: HashMap<ChatSessionId, i32> = HashMap::new();
    let mut there: BTreeMap<&str, (ChatSessionId, i32)> = BTreeMap::new();
    for (chat, seq, content, key) in &rows {
        let last = last.entry(*chat).or_default();
        if *seq != *last + 1 {
            findings.broken.push(format!("message {seq} of {chat} stands behind {last}"));
        }
        *last = *seq;
        let key = key.as_deref().unwrap_or_default();
        if key != content || there.insert(key, (*chat, *seq)).is_some() {
            findings.broken.push(format!("message {seq} of {chat} is not the one of its key"));
        }
        if !expected.messages.contains_key(key) {
            findings.broken.push(format!("nobody was told of message {key}"));
        }
    }
    for (key, place) in &expected.messages {
        match there.get(key.as_str()) {
            None => findings.lost.push(format!("message {key}")),
            Some(found) if found != place => {
                findings
                    .broken
                    .push(format!("message {key} was told to be {place:?}, is {found:?}"));
            }
            Some(_) => {}
        }
    }
}

async fn enrolments(conn: &PooledConnection, expected: &Expected, findings: &mut Findings) {
    let rows: Vec<(ClassId, UserId)> = class_members::table
        .select((class_members::class_id, class_members::user_id))
        .load(&mut &**conn)
        .await
        .unwrap();
    let there: BTreeSet<_> = rows.into_iter().collect();
    for (class, student) in expected.enrolled.difference(&there) {
        findings.lost.push(format!("the enrolment of {student} in {class}"));
    }
    for (class, student) in there.difference(&expected.enrolled) {
        findings.lost.push(format!("that {student} left {class}"));
    }
}

async fn tree(conn: &PooledConnection, expected: &Expected, findings: &mut Findings) {
    type Row = (GroupId, Option<GroupId>, String, Ltree);
    let rows: Vec<Row> = groups::table
        .select((groups::id, groups::parent_id, groups::slug, groups::path))
        .load(&mut &**conn)
        .await
        .unwrap();
    let there: HashMap<GroupId, &Row> = rows.iter().map(|row| (row.0, row)).collect();
    for (id, _, _, path) in &rows {
        let mut above = there.get(id);
        let mut labels = Vec::new();
        while let Some((_, parent, slug, _)) = above {
            labels.push(slug.replace('-', "_"));
            above = parent.and_then(|parent| there.get(&parent));
        }
        labels.reverse();
        if path.to_string() != labels.join(".") {
            findings.broken.push(format!("{path} stands at {}", labels.join(".")));
        }
    }
    for (group, place) in &expected.groups {
        match there.get(group) {
            None => findings.lost.push(format!("group {group}")),
            Some((_, parent, slug, path)) if (*parent, slug) != (Some(place.0), &place.1) => {
                findings.lost.push(format!("a change of {path}, which was told to be {}", place.1));
            }
            Some(_) => {}
        }
    }
    let districts = rows.iter().filter(|row| row.1.is_none()).count();
    if rows.len() != expected.groups.len() + districts {
        findings.broken.push(format!(
            "{} groups are there, {} were told",
            rows.len() - districts,
            expected.groups.len()
        ));
    }
}

async fn storage(conn: &PooledConnection, expected: &Expected, findings: &mut Findings) {
    let rows: Vec<(FileId, bool)> = files::table
        .select((files::id, files::deleted_at.is_not_null()))
        .load(&mut &**conn)
        .await
        .unwrap();
    let there: HashMap<_, _> = rows.into_iter().collect();
    for (file, removed) in &expected.files {
        match there.get(file) {
            None => findings.lost.push(format!("file {file}")),
            Some(is_removed) if is_removed != removed => {
                findings.lost.push(format!("the removal of file {file}"));
            }
            Some(_) => {}
        }
    }
    for file in there.keys().filter(|file| !expected.files.contains_key(file)) {
        findings.broken.push(format!("nobody was told of file {file}"));
    }
    let drifted = StorageLimits::drifted(conn, &PageRequest::default()).await.unwrap();
    for (person, bytes) in drifted.items {
        findings.broken.push(format!("{bytes} bytes of {person} are not counted"));
    }
}
