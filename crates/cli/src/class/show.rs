//! What is looked at of classes: those of a group, one with its people.

use anyhow::Result;
use homeroom::{Class, ClassMember, ClassRole, Cursor, Group, User};
use serde::Serialize;

use crate::cli::{OutputArguments, PageArguments};
use crate::lookup;
use crate::outcome::Outcome;
use crate::target::with_database;
use crate::terminal::{self, Rows, details, heading, moment, next_page, shell_word};

pub(super) async fn list(
    group: &str,
    page: &PageArguments,
    output: OutputArguments,
) -> Result<Outcome> {
    let (path, classes) = with_database(async |db| {
        let conn = db.conn().await?;
        let group = lookup::group(&conn, group).await?;
        let classes = Class::list(&conn, group.id, &page.request()).await?;
        Ok((group.path, classes))
    })
    .await?;
    terminal::tell(output, &classes, || {
        if classes.items.is_empty() {
            let more = if page.after.is_some() { "no more" } else { "no" };
            let below = format!("`homeroom group tree {path}` shows where there are some below it");
            return format!("{path} has {more} classes of its own: {below}\n");
        }
        let mut rows = Rows::new(&["class", "=created", "=id"]);
        for class in &classes.items {
            rows.add([class.name.clone(), moment(class.created_at), class.id.to_string()]);
        }
        let command = format!("class list --group {}", shell_word(group));
        rows.text() + &next_page(&command, page, classes.next.as_ref())
    })
}

/// A class with a page of its people.
#[derive(Serialize)]
struct Shown {
    class: Class,
    group: Group,
    members: Members,
}

#[derive(Serialize)]
struct Members {
    items: Vec<Member>,
    next: Option<Cursor>,
}

#[derive(Serialize)]
struct Member {
    role: ClassRole,
    user: User,
}

pub(super) async fn show(
    id: &str,
    page: &PageArguments,
    output: OutputArguments,
) -> Result<Outcome> {
    let shown = with_database(async |db| {
        let conn = db.conn().await?;
        let class = lookup::class(&conn, id).await?;
        let request = page.request();
        // Polled together, they are pipelined.
        let (group, members) = tokio::try_join!(
            Group::get(&conn, class.group_id),
            ClassMember::list(&conn, class.id, &request)
        )?;
        let member = |(member, user): (ClassMember, User)| Member { role: member.role, user };
        let items = members.items.into_iter().map(member).collect();
        Ok(Shown { class, group, members: Members { items, next: members.next } })
    })
    .await?;
    terminal::tell(output, &shown, || text(&shown, page))
}

fn text(shown: &Shown, page: &PageArguments) -> String {
    let Shown { class, group, members } = shown;
    let own = serde_json::to_string(&class.settings).unwrap_or_default();
    let lines = [
        ("id", class.id.to_string()),
        ("of", group.path.to_string()),
        ("own settings", if own == "{}" { "none".to_owned() } else { own }),
        ("created", moment(class.created_at)),
        ("changed", moment(class.updated_at)),
    ];
    let mut text = format!("{}{}", heading(&class.name), details(&lines));
    if members.items.is_empty() {
        let nobody = if page.after.is_some() { "nobody more" } else { "nobody is in it" };
        return format!("{text}\n{nobody}\n");
    }
    let mut people: Vec<&Member> = members.items.iter().collect();
    // Teachers first, as the enum has them.
    people.sort_by_key(|member| member.role);
    let mut rows = Rows::new(&["=role", "name", "e-mail", "=id"]);
    for Member { role, user } in people {
        rows.add([
            role.to_string(),
            user.name.clone(),
            user.email.clone().unwrap_or_else(|| "–".to_owned()),
            user.id.to_string(),
        ]);
    }
    text.push_str(&format!("\n{}{}", heading("People"), rows.text()));
    let command = format!("class show {}", class.id);
    text + &next_page(&command, page, members.next.as_ref())
}
