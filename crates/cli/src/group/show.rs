//! What is looked at of groups: the tree, one of them, its settings, its people.

use anyhow::Result;
use homeroom::{
    Cursor, EffectiveSettings, Group, GroupMember, GroupOverview, GroupRole, Page, User,
};
use serde::Serialize;

use crate::cli::{OutputArguments, PageArguments};
use crate::lookup;
use crate::outcome::Outcome;
use crate::settings;
use crate::target::with_database;
use crate::terminal::{
    self, Rows, count, details, heading, moment, next_page, shell_word, tree_lines,
};

pub(super) async fn tree(
    group: Option<&str>,
    depth: Option<usize>,
    output: OutputArguments,
) -> Result<Outcome> {
    let mut groups = with_database(async |db| {
        let conn = db.conn().await?;
        let top = match group {
            Some(group) => Some(lookup::group(&conn, group).await?.id),
            None => None,
        };
        Ok(GroupOverview::of_tree(&conn, top).await?)
    })
    .await?;
    let all = groups.len();
    let top = groups.iter().map(level).min().unwrap_or(0);
    if let Some(depth) = depth {
        groups.retain(|group| level(group) - top <= depth);
    }
    terminal::tell(output, &groups, || {
        if groups.is_empty() {
            return "there are no groups yet: `homeroom group create --type district NAME`, or `homeroom import roster PATH`\n".to_owned();
        }
        let text = table(&groups);
        match all - groups.len() {
            0 => text,
            deeper => {
                text + &terminal::aside(&format!(
                    "… and {} below",
                    count(deeper, "group", "groups")
                ))
            }
        }
    })
}

fn level(group: &GroupOverview) -> usize {
    group.path.labels().count()
}

fn table(groups: &[GroupOverview]) -> String {
    let top = groups.iter().map(level).min().unwrap_or(0);
    let depths: Vec<usize> = groups.iter().map(|group| level(group) - top).collect();
    let mut rows = Rows::new(&["=group", "name", "=type", ">classes", ">teachers", ">students"]);
    for (line, group) in tree_lines(&depths).into_iter().zip(groups) {
        // A label is the slug with _ for -, and a slug has no _.
        let slug = group.path.last().map(|label| label.as_str().replace('_', "-"));
        rows.add([
            format!("{line}{}", slug.unwrap_or_default()),
            group.name.clone(),
            group.kind.to_string(),
            group.classes.to_string(),
            group.teachers.to_string(),
            group.students.to_string(),
        ]);
    }
    rows.text()
}

/// A group with what is in it.
#[derive(Serialize)]
struct Shown {
    group: Group,
    /// How many groups are below it, at any depth.
    groups_below: usize,
    classes: i64,
    teachers: i64,
    students: i64,
    /// The groups right below it.
    children: Vec<GroupOverview>,
}

pub(super) async fn show(group: &str, output: OutputArguments) -> Result<Outcome> {
    let shown = with_database(async |db| {
        let conn = db.conn().await?;
        let group = lookup::group(&conn, group).await?;
        let tree = GroupOverview::of_tree(&conn, Some(group.id)).await?;
        let (mut classes, mut teachers, mut students) = (0, 0, 0);
        if let Some(here) = tree.first() {
            (classes, teachers, students) = (here.classes, here.teachers, here.students);
        }
        let groups_below = tree.len().saturating_sub(1);
        let children = tree.into_iter().filter(|one| one.parent_id == Some(group.id)).collect();
        Ok(Shown { group, groups_below, classes, teachers, students, children })
    })
    .await?;
    terminal::tell(output, &shown, || text(&shown))
}

fn text(shown: &Shown) -> String {
    let Shown { group, .. } = shown;
    let own = serde_json::to_string(&group.settings).unwrap_or_default();
    let lines = [
        ("path", group.path.to_string()),
        ("id", group.id.to_string()),
        ("type", group.kind.to_string()),
        ("below it", count(shown.groups_below, "group", "groups")),
        ("classes", shown.classes.to_string()),
        ("teachers", shown.teachers.to_string()),
        ("students", shown.students.to_string()),
        ("own settings", if own == "{}" { "none".to_owned() } else { own }),
        ("created", moment(group.created_at)),
        ("changed", moment(group.updated_at)),
    ];
    let mut text = format!("{}{}", heading(&group.name), details(&lines));
    if !shown.children.is_empty() {
        text.push_str(&format!("\n{}{}", heading("Right below it"), table(&shown.children)));
    }
    text
}

pub(super) async fn settings(group: &str, output: OutputArguments) -> Result<Outcome> {
    let (above, effective) = with_database(async |db| {
        let conn = db.conn().await?;
        let group = lookup::group(&conn, group).await?;
        Ok(tokio::try_join!(
            Group::ancestors(&conn, group.id),
            EffectiveSettings::of_group(&conn, group.id)
        )?)
    })
    .await?;
    terminal::tell(output, &effective, || {
        let path = above.last().map(|group| group.path.to_string()).unwrap_or_default();
        let table = settings::table(&effective, |from| {
            let group = above.iter().find(|group| Some(group.id) == from.group_id)?;
            Some(format!("{} {}", group.kind, group.name))
        });
        format!("{}{table}", heading(&format!("Settings in force at {path}")))
    })
}

/// A page of people, each with their role.
#[derive(Serialize)]
struct Members {
    items: Vec<Member>,
    next: Option<Cursor>,
}

#[derive(Serialize)]
struct Member {
    role: GroupRole,
    user: User,
}

pub(super) async fn members(
    group: &str,
    page: &PageArguments,
    output: OutputArguments,
) -> Result<Outcome> {
    let Page { items, next } = with_database(async |db| {
        let conn = db.conn().await?;
        let group = lookup::group(&conn, group).await?;
        Ok(GroupMember::list(&conn, group.id, &page.request()).await?)
    })
    .await?;
    let items = items.into_iter().map(|(member, user)| Member { role: member.role, user });
    let members = Members { items: items.collect(), next };
    terminal::tell(output, &members, || {
        let mut rows = Rows::new(&["=role", "name", "e-mail", "=id"]);
        for Member { role, user } in &members.items {
            rows.add([
                role.to_string(),
                user.name.clone(),
                user.email.clone().unwrap_or_else(|| "–".to_owned()),
                user.id.to_string(),
            ]);
        }
        if members.items.is_empty() {
            return "nobody belongs to this group itself\n".to_owned();
        }
        let command = format!("group members {}", shell_word(group));
        rows.text() + &next_page(&command, page, members.next.as_ref())
    })
}
