//! Writes the paths as chats: the tool, the people, then chats and messages in batches.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::sql_query;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryResult, QueryableByName};
use diesel_async::RunQueryDsl;

use crate::codes::MessageRole;
use crate::connection::Connection;
use crate::conversations::Progress;
use crate::conversations::lines::Line;
use crate::conversations::report::{ChatCounts, UserCounts};
use crate::conversations::trees::{Forest, Path};
use crate::ids::{ChatSessionId, ToolId, UserId};
use crate::statement::only_row;

/// How many messages are sent in one statement, or as many more as the last chat has.
const MESSAGES_IN_A_BATCH: usize = 4_000;

/// Whom `external_ids` has when a message has no author.
const NOBODY: &str = "unknown";

const TOOL_DEFINITION: &str = include_str!("tool.yaml");

#[derive(Debug, QueryableByName)]
struct Tool {
    #[diesel(sql_type = SqlUuid)]
    id: ToolId,
    #[diesel(sql_type = Bool)]
    created: bool,
}

#[derive(Debug, QueryableByName)]
struct KnownUser {
    #[diesel(sql_type = Text)]
    external_id: String,
    #[diesel(sql_type = SqlUuid)]
    user_id: UserId,
}

#[derive(Debug, QueryableByName)]
struct KnownChat {
    #[diesel(sql_type = Text)]
    external_id: String,
    #[diesel(sql_type = SqlUuid)]
    chat_session_id: ChatSessionId,
}

#[derive(Debug, QueryableByName)]
struct DifferentChat {
    #[diesel(sql_type = SqlUuid)]
    session_id: ChatSessionId,
}

/// Rows of `messages` that were written.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) created: u64,
    pub(super) copies: u64,
}

/// The tool of the chats, and whether it had to be created.
pub(super) async fn tool(conn: &mut Connection, source: &str) -> QueryResult<(ToolId, bool)> {
    let tool: Tool = sql_query(include_str!("get_tool.sql"))
        .bind::<Text, _>(source)
        .bind::<SqlUuid, _>(ToolId::generate())
        .bind::<Text, _>(TOOL_DEFINITION)
        .load(conn)
        .await
        .and_then(only_row)?;
    Ok((tool.id, tool.created))
}

/// The people who own the chats, by their id in the file.
pub(super) async fn users<'a>(
    conn: &mut Connection,
    source: &str,
    lines: &'a [Line],
    forest: &Forest,
) -> QueryResult<(HashMap<&'a str, UserId>, UserCounts)> {
    let mut seen = HashSet::new();
    let authors = forest.paths.iter().map(|path| author(path, lines));
    let authors: Vec<&str> = authors.filter(|author| seen.insert(*author)).collect();
    let known: Vec<KnownUser> = sql_query(include_str!("known_users.sql"))
        .bind::<Text, _>(source)
        .bind::<Array<Text>, _>(&authors)
        .load(conn)
        .await?;
    let known: HashMap<&str, UserId> =
        known.iter().map(|known| (known.external_id.as_str(), known.user_id)).collect();

    let mut owners = HashMap::new();
    let (mut new, mut ids, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for author in authors {
        let id = known.get(author).copied().unwrap_or_else(|| {
            let id = UserId::generate();
            new.push(author);
            ids.push(id);
            names.push(format!("OpenAssistant {}", author.chars().take(8).collect::<String>()));
            id
        });
        owners.insert(author, id);
    }
    let counts =
        UserCounts { created: new.len() as u64, unchanged: (owners.len() - new.len()) as u64 };
    if !new.is_empty() {
        sql_query(include_str!("create_users.sql"))
            .bind::<Text, _>(source)
            .bind::<Array<Text>, _>(new)
            .bind::<Array<SqlUuid>, _>(ids)
            .bind::<Array<Text>, _>(names)
            .execute(conn)
            .await?;
    }
    Ok((owners, counts))
}

/// Writes the chats that are not here yet, with their messages, and compares the others with the file.
pub(super) async fn chats(
    conn: &mut Connection,
    source: &str,
    lines: &[Line],
    forest: &Forest,
    tool_id: ToolId,
    owners: &HashMap<&str, UserId>,
    progress: &(dyn Fn(Progress<'_>) + Sync),
) -> QueryResult<(ChatCounts, Rows)> {
    let leaves: Vec<&str> = forest.paths.iter().map(|path| leaf(path, lines)).collect();
    let known: Vec<KnownChat> = sql_query(include_str!("known_chats.sql"))
        .bind::<Text, _>(source)
        .bind::<Array<Text>, _>(&leaves)
        .load(conn)
        .await?;
    let known: HashMap<&str, ChatSessionId> =
        known.iter().map(|known| (known.external_id.as_str(), known.chat_session_id)).collect();
    let ids: Vec<ChatSessionId> = leaves
        .iter()
        .map(|leaf| known.get(leaf).copied().unwrap_or_else(ChatSessionId::generate))
        .collect();

    let (mut counts, mut rows) = (ChatCounts::default(), Rows::default());
    let (mut new, mut present) = (Batch::default(), Batch::default());
    let total = forest.paths.len() as u64;
    for (done, ((path, id), leaf)) in (1..).zip(forest.paths.iter().zip(&ids).zip(&leaves)) {
        let is_known = known.contains_key(leaf);
        let batch = if is_known { &mut present } else { &mut new };
        if is_known {
            counts.unchanged += 1;
        } else {
            counts.created += 1;
            counts.forks += u64::from(path.fork.is_some());
            rows.created += path.messages.len() as u64;
            rows.copies += path.fork.map_or(0, |(_, shared)| shared as u64);
        }
        batch.push(path, *id, leaf, owners, &ids, lines, &forest.is_orphan);
        if batch.sequence.len() >= MESSAGES_IN_A_BATCH || done == total {
            let different = std::mem::take(&mut present).compare(conn).await?;
            counts.unchanged -= different;
            counts.different += different;
            std::mem::take(&mut new).insert(conn, source, tool_id).await?;
            progress(Progress { step: "writing chats", done, total });
        }
    }
    Ok((counts, rows))
}

/// Chats and their messages, a vector a column.
#[derive(Debug, Default)]
struct Batch<'a> {
    leaves: Vec<&'a str>,
    chats: Vec<ChatSessionId>,
    owners: Vec<Option<UserId>>,
    parents: Vec<Option<ChatSessionId>>,
    forks_from: Vec<Option<i32>>,
    lengths: Vec<i32>,
    titles: Vec<Option<String>>,
    started: Vec<DateTime<Utc>>,
    active: Vec<DateTime<Utc>>,

    sessions: Vec<ChatSessionId>,
    sequence: Vec<i32>,
    roles: Vec<MessageRole>,
    contents: Vec<&'a str>,
    metas: Vec<String>,
    created: Vec<DateTime<Utc>>,
    /// Who said what the chat's own person did not.
    origins: Vec<Option<UserId>>,
}

impl<'a> Batch<'a> {
    #[expect(clippy::too_many_arguments, reason = "a row of a table has as many parts")]
    fn push(
        &mut self,
        path: &Path,
        id: ChatSessionId,
        leaf: &'a str,
        owners: &HashMap<&str, UserId>,
        ids: &[ChatSessionId],
        lines: &'a [Line],
        is_orphan: &[bool],
    ) {
        let owner = owners.get(author(path, lines)).copied();
        let mut times: Option<(DateTime<Utc>, DateTime<Utc>)> = None;
        for (seq, place) in (1..).zip(&path.messages) {
            let Some(line) = lines.get(*place) else { continue };
            let (first, last) = times.unwrap_or((line.created_at, line.created_at));
            times = Some((first, last.max(line.created_at)));
            self.sessions.push(id);
            self.sequence.push(seq);
            self.roles.push(line.role);
            self.contents.push(line.content());
            self.metas
                .push(line.meta(is_orphan.get(*place).copied().unwrap_or_default()).to_string());
            self.created.push(line.created_at);
            let said_by = line.author.as_deref().and_then(|author| owners.get(author)).copied();
            let is_persons = line.role == MessageRole::User;
            self.origins.push(said_by.filter(|said_by| is_persons && Some(*said_by) != owner));
        }
        let (started, active) = times.unwrap_or_default();
        self.leaves.push(leaf);
        self.chats.push(id);
        self.owners.push(owner);
        self.parents.push(path.fork.and_then(|(parent, _)| ids.get(parent).copied()));
        self.forks_from.push(path.fork.and_then(|(_, shared)| i32::try_from(shared).ok()));
        self.lengths.push(i32::try_from(path.messages.len()).unwrap_or(i32::MAX));
        self.titles.push(Forest::title(path, lines));
        self.started.push(started);
        self.active.push(active);
    }

    async fn insert(self, conn: &mut Connection, source: &str, tool_id: ToolId) -> QueryResult<()> {
        if self.chats.is_empty() {
            return Ok(());
        }
        sql_query(include_str!("create_chats.sql"))
            .bind::<Text, _>(source)
            .bind::<SqlUuid, _>(tool_id)
            .bind::<Array<Text>, _>(self.leaves)
            .bind::<Array<SqlUuid>, _>(self.chats)
            .bind::<Array<Nullable<SqlUuid>>, _>(self.owners)
            .bind::<Array<Nullable<SqlUuid>>, _>(self.parents)
            .bind::<Array<Nullable<Integer>>, _>(self.forks_from)
            .bind::<Array<Integer>, _>(self.lengths)
            .bind::<Array<Nullable<Text>>, _>(self.titles)
            .bind::<Array<Timestamptz>, _>(self.started)
            .bind::<Array<Timestamptz>, _>(self.active)
            .execute(conn)
            .await?;
        sql_query(include_str!("create_messages.sql"))
            .bind::<Array<SqlUuid>, _>(self.sessions)
            .bind::<Array<Integer>, _>(self.sequence)
            .bind::<Array<Text>, _>(self.roles)
            .bind::<Array<Text>, _>(self.contents)
            .bind::<Array<Text>, _>(self.metas)
            .bind::<Array<Timestamptz>, _>(self.created)
            .bind::<Array<Nullable<SqlUuid>>, _>(self.origins)
            .execute(conn)
            .await
            .map(drop)
    }

    /// How many of the chats have other messages than the file; what was appended since does not count.
    async fn compare(self, conn: &mut Connection) -> QueryResult<u64> {
        if self.chats.is_empty() {
            return Ok(0);
        }
        let different: Vec<DifferentChat> = sql_query(include_str!("different_chats.sql"))
            .bind::<Array<SqlUuid>, _>(self.sessions)
            .bind::<Array<Integer>, _>(self.sequence)
            .bind::<Array<Text>, _>(self.roles)
            .bind::<Array<Text>, _>(self.contents)
            .load(conn)
            .await?;
        tracing::debug!(chats = ?different.iter().map(|chat| chat.session_id).collect::<Vec<_>>(), "not as in the file");
        Ok(different.len() as u64)
    }
}

fn author<'a>(path: &Path, lines: &'a [Line]) -> &'a str {
    lines.get(path.owner).and_then(|line| line.author.as_deref()).unwrap_or(NOBODY)
}

fn leaf<'a>(path: &Path, lines: &'a [Line]) -> &'a str {
    path.messages.last().and_then(|place| lines.get(*place)).map_or("", |line| &line.message_id)
}
