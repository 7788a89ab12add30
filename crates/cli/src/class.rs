//! `homeroom class`: classes, and who teaches and attends them.

mod show;

use anyhow::Result;
use homeroom::{
    Class, ClassId, ClassMember, ClassRole, Database, Error, NewClass, PageRequest, UserId,
};
use serde::Serialize;

use crate::cli::{ClassArguments, ClassCommand as Command};
use crate::failure::Refusal;
use crate::lookup;
use crate::outcome::Outcome;
use crate::rules::Explained;
use crate::target::with_database;
use crate::terminal::{self, count, harmless};

/// Up to how many people are counted for a question.
const COUNTED: u32 = 200;

pub(crate) async fn run(arguments: ClassArguments) -> Result<Outcome> {
    match arguments.command {
        Command::List { group, page, output } => show::list(&group, &page, output).await,
        Command::Show { id, page, output } => show::show(&id, &page, output).await,
        Command::Create { name, group, output } => {
            let created = with_database(async |db| {
                let conn = db.conn().await?;
                let group = lookup::group(&conn, &group).await?;
                let class = Class::create(&conn, &NewClass::new(group.id, name.as_str())).await;
                let failed = || format!("can't create the class {}", harmless(&name));
                Ok((class.explained(failed)?, group.path))
            })
            .await?;
            let (class, path) = created;
            terminal::tell(output, &class, || {
                format!("created the class {} of {path}, id {}\n", harmless(&class.name), class.id)
            })
        }
        Command::Enrol { id, who, role, output } => {
            let enrolled = with_database(async |db| enrol(db, &id, &who, role).await).await?;
            terminal::tell(output, &enrolled.member, || enrolled.text())
        }
        Command::Remove { id, who, output } => {
            let removed = with_database(async |db| remove(db, &id, &who).await).await?;
            terminal::tell(output, &removed, || removed.text())
        }
        Command::Delete { id, yes, output } => {
            let deleted = with_database(async |db| delete(db, &id, yes).await).await?;
            let Some(class) = deleted else { return Ok(Outcome::Failed) };
            terminal::tell(output, &class, || {
                let back = format!("`homeroom class restore {}` brings it back", class.id);
                format!("deleted the class {}\n{back}\n", harmless(&class.name))
            })
        }
        Command::Restore { id, output } => {
            let restored = with_database(async |db| {
                let conn = db.conn().await?;
                let class = lookup::deleted_class(&conn, &id).await?;
                let failed = || format!("can't restore the class {}", harmless(&class.name));
                Class::restore(&conn, class.id).await.explained(failed)
            })
            .await?;
            terminal::tell(output, &restored, || {
                format!("restored the class {}\n", harmless(&restored.name))
            })
        }
    }
}

/// A place in a class that was set.
struct Enrolled {
    member: ClassMember,
    before: Option<ClassRole>,
    name: String,
    class: Class,
}

impl Enrolled {
    fn text(&self) -> String {
        let (name, class) = (harmless(&self.name), harmless(&self.class.name));
        let role = self.member.role;
        match self.before {
            Some(before) if before == role => format!("{name} is {role} of {class} already\n"),
            Some(before) => format!("{name} is {role} of {class} now, and was {before}\n"),
            None => format!("{name} is {role} of {class} now\n"),
        }
    }
}

async fn enrol(db: &Database, id: &str, who: &str, role: ClassRole) -> Result<Enrolled> {
    let conn = db.conn().await?;
    let class = lookup::class(&conn, id).await?;
    let user = lookup::person(&conn, who).await?;
    let before = ClassMember::find(&conn, class.id, user.id).await?.map(|member| member.role);
    let failed = || {
        let (name, class) = (harmless(&user.name), harmless(&class.name));
        format!("can't make {name} {role} of {class}")
    };
    let member = ClassMember::enrol(&conn, class.id, user.id, role).await.explained(failed)?;
    Ok(Enrolled { member, before, name: user.name, class })
}

/// A place in a class that is no more.
#[derive(Serialize)]
struct Removed {
    class_id: ClassId,
    user_id: UserId,
    #[serde(skip)]
    name: String,
    #[serde(skip)]
    class: String,
}

impl Removed {
    fn text(&self) -> String {
        format!("{} is no longer in {}\n", harmless(&self.name), harmless(&self.class))
    }
}

async fn remove(db: &Database, id: &str, who: &str) -> Result<Removed> {
    let conn = db.conn().await?;
    let class = lookup::class(&conn, id).await?;
    let user = lookup::person(&conn, who).await?;
    match ClassMember::delete(&conn, class.id, user.id).await {
        Ok(()) => {
            Ok(Removed { class_id: class.id, user_id: user.id, name: user.name, class: class.name })
        }
        Err(Error::NotFound { .. }) => {
            let (name, class) = (harmless(&user.name), harmless(&class.name));
            let help = format!("`homeroom user show {}` shows their classes", user.id);
            Err(Refusal::new(format!("{name} is not in {class}"), help).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Deletes a class, and returns it as it is then; nothing when the answer is no.
async fn delete(db: &Database, id: &str, yes: bool) -> Result<Option<Class>> {
    let conn = db.conn().await?;
    let class = lookup::class(&conn, id).await?;
    // Without a question nobody needs the count.
    if !yes {
        let members = ClassMember::list(&conn, class.id, &PageRequest::first(COUNTED)).await?;
        let people = match members.next {
            Some(_) => format!("more than {COUNTED} people"),
            None => count(members.items.len(), "person", "people"),
        };
        let name = harmless(&class.name);
        let question = format!("delete the class {name} with {people} ({})?", class.id);
        if !terminal::may_go_ahead(yes, &question).await? {
            return Ok(None);
        }
    }
    Class::soft_delete(&conn, class.id).await?;
    Ok(Class::find_with_deleted(&conn, class.id).await?)
}
