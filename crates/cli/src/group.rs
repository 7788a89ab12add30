//! `homeroom group`: the tree of groups, changes of it, and who belongs to them.

mod show;

use anyhow::Result;
use homeroom::{
    Database, Error, Group, GroupChanges, GroupMember, GroupOverview, GroupRole, NewGroup,
};
use serde::Serialize;

use crate::cli::{GroupArguments, GroupCommand as Command};
use crate::failure::Refusal;
use crate::lookup;
use crate::outcome::Outcome;
use crate::rules::Explained;
use crate::target::with_database;
use crate::terminal::{self, count, harmless};

pub(crate) async fn run(arguments: GroupArguments) -> Result<Outcome> {
    match arguments.command {
        Command::Tree { group, depth, output } => show::tree(group.as_deref(), depth, output).await,
        Command::Show { group, output } => show::show(&group, output).await,
        Command::Settings { group, output } => show::settings(&group, output).await,
        Command::Members { group, page, output } => show::members(&group, &page, output).await,
        Command::Create { name, kind, parent, slug, output } => {
            let create = async |db: &Database| {
                let conn = db.conn().await?;
                let parent = match &parent {
                    Some(parent) => Some(lookup::group(&conn, parent).await?.id),
                    None => None,
                };
                let new = NewGroup::new(kind, parent, name);
                let new = match slug {
                    Some(slug) => new.slug(slug),
                    None => new,
                };
                let failed = || format!("can't create the {kind} {}", harmless(&new.name));
                Group::create(&conn, &new).await.explained(failed)
            };
            let group = with_database(create).await?;
            terminal::tell(output, &group, || {
                format!("{}, id {}\n", told(&group, "created"), group.id)
            })
        }
        Command::Move { group, to, to_root: _, output } => {
            let moved = with_database(async |db| {
                let conn = db.conn().await?;
                let group = lookup::group(&conn, &group).await?;
                let parent = match &to {
                    Some(parent) => Some(lookup::group(&conn, parent).await?.id),
                    None => None,
                };
                let failed = || format!("can't move {}", group.path);
                Group::move_to(&conn, group.id, parent).await.explained(failed)
            })
            .await?;
            terminal::tell(output, &moved, || format!("{}\n", told(&moved, "moved")))
        }
        Command::Rename { group, name, slug, output } => {
            let renamed = with_database(async |db| {
                let conn = db.conn().await?;
                let group = lookup::group(&conn, &group).await?;
                let done = match &slug {
                    Some(slug) => Group::rename(&conn, group.id, &name, slug).await,
                    None => {
                        let changes = GroupChanges { name: Some(name), ..Default::default() };
                        Group::update(&conn, group.id, &changes).await
                    }
                };
                done.explained(|| format!("can't rename {}", group.path))
            })
            .await?;
            terminal::tell(output, &renamed, || format!("{}\n", told(&renamed, "renamed")))
        }
        Command::Archive { group, yes, output } => {
            let archived = with_database(async |db| archive(db, &group, yes).await).await?;
            let Some(group) = archived else { return Ok(Outcome::Failed) };
            terminal::tell(output, &group, || {
                let back = format!("`homeroom group restore {}` brings it back", group.id);
                format!("{}; {back}\n", told(&group, "archived"))
            })
        }
        Command::Restore { group, output } => {
            let restored = with_database(async |db| {
                let conn = db.conn().await?;
                let group = lookup::archived_group(&conn, &group).await?;
                let failed = || format!("can't restore {}", group.path);
                Group::restore(&conn, group.id).await.explained(failed)
            })
            .await?;
            terminal::tell(output, &restored, || format!("{}\n", told(&restored, "restored")))
        }
        Command::Add { group, who, role, output } => {
            let added = with_database(async |db| add(db, &group, &who, role).await).await?;
            terminal::tell(output, &added.member, || added.text())
        }
        Command::Remove { group, who, output } => {
            let removed = with_database(async |db| remove(db, &group, &who).await).await?;
            terminal::tell(output, &removed, || removed.text())
        }
    }
}

/// `archived the school Miller Junior High, aberdeen.miller_junior_high`.
fn told(group: &Group, done: &str) -> String {
    format!("{done} the {} {}, {}", group.kind, harmless(&group.name), group.path)
}

/// Archives a group, and returns it as it is then; nothing when the answer is no.
async fn archive(db: &Database, group: &str, yes: bool) -> Result<Option<Group>> {
    let conn = db.conn().await?;
    let group = lookup::group(&conn, group).await?;
    // Without a question nobody needs the counts.
    if !yes {
        let tree = GroupOverview::of_tree(&conn, Some(group.id)).await?;
        if !terminal::may_go_ahead(yes, &question(&group, &tree)).await? {
            return Ok(None);
        }
    }
    Group::archive(&conn, group.id).await.explained(|| format!("can't archive {}", group.path))?;
    Ok(Group::find_with_deleted(&conn, group.id).await?)
}

fn question(group: &Group, tree: &[GroupOverview]) -> String {
    let below = count(tree.len().saturating_sub(1), "group", "groups");
    let here = tree.iter().find(|one| one.id == group.id);
    let number = |number: Option<i64>| usize::try_from(number.unwrap_or(0)).unwrap_or(0);
    format!(
        "archive the {} {} ({}) with {below} below it, {}, {} and {}?",
        group.kind,
        harmless(&group.name),
        group.path,
        count(number(here.map(|one| one.classes)), "class", "classes"),
        count(number(here.map(|one| one.teachers)), "teacher", "teachers"),
        count(number(here.map(|one| one.students)), "student", "students"),
    )
}

/// A membership that was set.
struct Added {
    member: GroupMember,
    before: Option<GroupRole>,
    name: String,
    group: Group,
}

impl Added {
    fn text(&self) -> String {
        let (name, path, role) = (harmless(&self.name), &self.group.path, self.member.role);
        match self.before {
            Some(before) if before == role => format!("{name} is {role} of {path} already\n"),
            Some(before) => format!("{name} is {role} of {path} now, and was {before}\n"),
            None => format!("{name} is {role} of {path} now\n"),
        }
    }
}

async fn add(db: &Database, group: &str, who: &str, role: GroupRole) -> Result<Added> {
    let conn = db.conn().await?;
    let group = lookup::group(&conn, group).await?;
    let user = lookup::person(&conn, who).await?;
    let before = GroupMember::find(&conn, group.id, user.id).await?.map(|member| member.role);
    let failed = || format!("can't make {} {role} of {}", harmless(&user.name), group.path);
    let member = GroupMember::set_role(&conn, group.id, user.id, role).await.explained(failed)?;
    Ok(Added { member, before, name: user.name, group })
}

/// A membership that is no more.
#[derive(Serialize)]
struct Removed {
    group_id: homeroom::GroupId,
    user_id: homeroom::UserId,
    #[serde(skip)]
    name: String,
    #[serde(skip)]
    group: Group,
}

impl Removed {
    fn text(&self) -> String {
        format!("{} is no longer a member of {}\n", harmless(&self.name), self.group.path)
    }
}

async fn remove(db: &Database, group: &str, who: &str) -> Result<Removed> {
    let conn = db.conn().await?;
    let group = lookup::group(&conn, group).await?;
    let user = lookup::person(&conn, who).await?;
    match GroupMember::delete(&conn, group.id, user.id).await {
        Err(Error::NotFound { .. }) => {
            let message = format!("{} is no member of {}", harmless(&user.name), group.path);
            let help = format!("`homeroom user show {}` shows where they belong", user.id);
            Err(Refusal::new(message, help).into())
        }
        failed => {
            let told = || format!("can't take {} out of {}", harmless(&user.name), group.path);
            failed.explained(told)?;
            Ok(Removed { group_id: group.id, user_id: user.id, name: user.name, group })
        }
    }
}
