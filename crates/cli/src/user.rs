//! `homeroom user`: people, changes of them, and where they are signed in.

mod show;

use anyhow::Result;
use homeroom::{Database, NewUser, Page, Session, User, UserChanges, UserId, UserStatus};
use serde::Serialize;

use crate::cli::{OutputArguments, PageArguments, UserArguments, UserCommand as Command};
use crate::lookup;
use crate::outcome::Outcome;
use crate::rules::Explained;
use crate::target::with_database;
use crate::terminal::{self, Rows, count, harmless, moment, next_page, shell_word};

pub(crate) async fn run(arguments: UserArguments) -> Result<Outcome> {
    match arguments.command {
        Command::List { page, output } => list(&page, output).await,
        Command::Show { who, output } => show::show(&who, output).await,
        Command::Create { name, email, status, output } => {
            let new = NewUser { email, ..NewUser::named(name).status(status) };
            let create = async |db: &Database| {
                let conn = db.conn().await?;
                let created = User::create(&conn, &new).await;
                created.explained(|| format!("can't create {}", harmless(&new.name)))
            };
            let user = with_database(create).await?;
            terminal::tell(output, &user, || {
                let status = user.status;
                format!("created {}, {status}, id {}\n", harmless(&user.name), user.id)
            })
        }
        Command::Update { who, name, email, no_email, status, output } => {
            let email = if no_email { Some(None) } else { email.map(Some) };
            let changes = UserChanges { name, email, status, ..Default::default() };
            change(&who, &changes, output).await
        }
        Command::Suspend { who, output } => {
            let locked_out = with_database(async |db| suspend(db, &who).await).await?;
            terminal::tell(output, &locked_out, || locked_out.text("suspended"))
        }
        Command::Activate { who, output } => {
            let changes = UserChanges { status: Some(UserStatus::Active), ..Default::default() };
            change(&who, &changes, output).await
        }
        Command::Delete { who, yes, output } => {
            let deleted = with_database(async |db| delete(db, &who, yes).await).await?;
            let Some(deleted) = deleted else { return Ok(Outcome::Failed) };
            terminal::tell(output, &deleted, || {
                let back = format!("`homeroom user restore {}` brings them back", deleted.user.id);
                format!("{}{back}\n", deleted.text("deleted"))
            })
        }
        Command::Restore { id, output } => {
            let restored = with_database(async |db| {
                let conn = db.conn().await?;
                let user = lookup::deleted_person(&conn, &id).await?;
                let failed = || format!("can't restore {}", harmless(&user.name));
                User::restore(&conn, user.id).await.explained(failed)
            })
            .await?;
            terminal::tell(output, &restored, || {
                format!("restored {}, {}\n", harmless(&restored.name), restored.status)
            })
        }
        Command::SignOut { who, output } => {
            let signed_out = with_database(async |db| {
                let conn = db.conn().await?;
                let user = lookup::person(&conn, &who).await?;
                let sessions = Session::delete_all(&conn, user.id).await?;
                Ok(SignedOut { user_id: user.id, sessions, name: user.name })
            })
            .await?;
            terminal::tell(output, &signed_out, || {
                let sessions = count(signed_out.sessions, "session", "sessions");
                format!("signed {} out of {sessions}\n", harmless(&signed_out.name))
            })
        }
        Command::Sessions { who, page, output } => sessions(&who, &page, output).await,
    }
}

async fn list(page: &PageArguments, output: OutputArguments) -> Result<Outcome> {
    let users = with_database(async |db| {
        let conn = db.conn().await?;
        Ok(User::list(&conn, &page.request()).await?)
    })
    .await?;
    terminal::tell(output, &users, || {
        if users.items.is_empty() {
            let none = "there is nobody yet: `homeroom user create NAME`, or `homeroom import roster PATH`\n";
            return if page.after.is_none() { none } else { "there is nobody more\n" }.to_owned();
        }
        let mut rows = Rows::new(&["name", "e-mail", "=status", "=id"]);
        for user in &users.items {
            rows.add([
                user.name.clone(),
                user.email.clone().unwrap_or_else(|| "–".to_owned()),
                user.status.to_string(),
                user.id.to_string(),
            ]);
        }
        rows.text() + &next_page("user list", page, users.next.as_ref())
    })
}

async fn change(who: &str, changes: &UserChanges, output: OutputArguments) -> Result<Outcome> {
    let user = with_database(async |db| {
        let conn = db.conn().await?;
        let user = lookup::person(&conn, who).await?;
        let failed = || format!("can't change {}", harmless(&user.name));
        User::update(&conn, user.id, changes).await.explained(failed)
    })
    .await?;
    terminal::tell(output, &user, || {
        let email = user.email.as_deref().unwrap_or("no e-mail address");
        format!("{} is {} now, {}\n", harmless(&user.name), user.status, harmless(email))
    })
}

/// A person who can no longer sign in, and how many sign-ins ended by that.
#[derive(Serialize)]
struct LockedOut {
    #[serde(flatten)]
    user: User,
    signed_out: usize,
}

impl LockedOut {
    fn text(&self, done: &str) -> String {
        let sessions = count(self.signed_out, "session", "sessions");
        format!("{done} {}, signed out of {sessions}\n", harmless(&self.user.name))
    }
}

/// Suspends a person. The sessions go too: they would be good again with the next activation.
async fn suspend(db: &Database, who: &str) -> Result<LockedOut> {
    let user = lookup::person(&*db.conn().await?, who).await?;
    let changes = UserChanges { status: Some(UserStatus::Suspended), ..Default::default() };
    let suspended = db.transaction(async |conn| {
        let user = User::update(conn, user.id, &changes).await?;
        let signed_out = Session::delete_all(conn, user.id).await?;
        Ok::<_, homeroom::Error>(LockedOut { user, signed_out })
    });
    suspended.await.explained(|| format!("can't suspend {}", harmless(&user.name)))
}

/// Deletes a person, and returns them as they are then; nothing when the answer is no.
async fn delete(db: &Database, who: &str, yes: bool) -> Result<Option<LockedOut>> {
    let user = lookup::person(&*db.conn().await?, who).await?;
    let email = user.email.as_deref().unwrap_or("no e-mail address");
    let question = format!("delete {} ({}, {})?", harmless(&user.name), harmless(email), user.id);
    if !terminal::may_go_ahead(yes, &question).await? {
        return Ok(None);
    }
    let deleted = db.transaction(async |conn| {
        User::soft_delete(conn, user.id).await?;
        let signed_out = Session::delete_all(conn, user.id).await?;
        let user = User::find_with_deleted(conn, user.id).await?;
        Ok::<_, homeroom::Error>(user.map(|user| LockedOut { user, signed_out }))
    });
    deleted.await.explained(|| format!("can't delete {}", harmless(&user.name)))
}

/// How many sign-ins of a person ended.
#[derive(Serialize)]
struct SignedOut {
    user_id: UserId,
    sessions: usize,
    #[serde(skip)]
    name: String,
}

async fn sessions(who: &str, page: &PageArguments, output: OutputArguments) -> Result<Outcome> {
    let (user, sessions): (User, Page<Session>) = with_database(async |db| {
        let conn = db.conn().await?;
        let user = lookup::person(&conn, who).await?;
        let sessions = Session::list(&conn, user.id, &page.request()).await?;
        Ok((user, sessions))
    })
    .await?;
    terminal::tell(output, &sessions, || {
        if sessions.items.is_empty() {
            return format!("{} is signed in nowhere\n", harmless(&user.name));
        }
        let mut rows = Rows::new(&["context", "signed in", "last used", "lasts until"]);
        for session in &sessions.items {
            rows.add([
                session.context.to_string(),
                moment(session.created_at),
                moment(session.last_activity_at),
                moment(session.expires_at),
            ]);
        }
        let command = format!("user sessions {}", shell_word(who));
        rows.text() + &next_page(&command, page, sessions.next.as_ref())
    })
}
