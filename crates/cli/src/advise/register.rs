//! `homeroom advise register`.

use std::path::Path;

use anyhow::{Context, Result};
use homeroom_advisor::{Change, Entry, NewEntry, Priority, State};
use serde::Serialize;
use serde_json::json;

use super::file::{File, Saved};
use super::look::{self, Wanted};
use super::today;
use crate::cli::{AddArguments, Impact, LookArguments, OutputArguments, RegisterCommand};
use crate::failure::{self, Refusal, WayOut};
use crate::outcome::Outcome;
use crate::terminal::{self, Rows, count, harmless, heading, labelled};

#[derive(Serialize)]
struct Entered<'a> {
    #[serde(flatten)]
    entry: &'a Entry,
    state: State,
}

pub(super) async fn run(command: RegisterCommand) -> Result<Outcome> {
    match command {
        RegisterCommand::Update { look, check, register, output } => {
            update(&look, check, &register.path, output).await
        }
        RegisterCommand::Add(arguments) => add(arguments),
        RegisterCommand::Accept { id, reason, until, register, output } => {
            if until < today() {
                let message = format!("{until} is over");
                return Err(Refusal::new(message, "name a day to come with --until").into());
            }
            change(&register.path, output, |file| {
                Ok(file.register.accept(&id, &reason, until)?.clone())
            })
        }
        RegisterCommand::Set { id, tracking, priority, not_accepted, register, output } => {
            change(&register.path, output, |file| {
                if let Some(tracking) = &tracking {
                    file.register.track(&id, tracking)?;
                }
                if let Some(priority) = priority {
                    file.register.prioritize(&id, priority)?;
                }
                if not_accepted {
                    file.register.refuse(&id)?;
                }
                Ok(file.register.get(&id)?.clone())
            })
        }
        RegisterCommand::Complete { id, proof, register, output } => {
            change(&register.path, output, |file| {
                Ok(file.register.complete(&id, &proof, today())?.clone())
            })
        }
        RegisterCommand::Show { id, register, output } => {
            show(id.as_deref(), &register.path, output)
        }
        RegisterCommand::Import { page, register, output } => import(&page, &register.path, output),
        RegisterCommand::Export { register } => export(&register.path),
    }
}

async fn update(
    look: &LookArguments,
    check: bool,
    path: &Path,
    output: OutputArguments,
) -> Result<Outcome> {
    let mut file = File::open(path)?;
    let page_is_behind = file.page_is_behind();
    let wanted = Wanted { checks: file.register.checks(), ..Wanted::default() };
    let report = look::look(look, wanted).await?;
    let changes = file.register.update(&report, today())?;
    notes(&file);
    for check in &report.checks {
        if let Some(why) = &check.failed {
            failure::tell(&format!("the query of {} failed: {}", check.id, harmless(why)));
        }
    }
    // The date of a look at which nothing has changed is no change for those who only ask.
    let is_behind = page_is_behind || !changes.is_empty() || !file.register.notes().is_empty();
    let outcome = if check && is_behind { Outcome::Pending } else { Outcome::Done };
    if !check {
        saved(&file.save()?);
    }
    let document = json!({ "register": file.shown(), "written": !check, "changes": changes });
    let told: Vec<(String, String)> = changes.iter().map(told).collect();
    terminal::tell(output, &document, || {
        let mut text = labelled(0, &told);
        if changes.is_empty() {
            text.push_str("nothing has changed\n");
        }
        text + &counts(&file)
    })?;
    Ok(outcome)
}

fn told(change: &Change) -> (String, String) {
    let (what, title) = match change {
        Change::Added { title, .. } => ("new".to_owned(), title),
        Change::Completed { title, .. } => ("completed".to_owned(), title),
        Change::Reopened { title, completed, .. } => {
            (format!("is back, was completed on {completed}"), title)
        }
        Change::Expired { title, until, .. } => {
            (format!("was accepted until {until}, and counts again"), title)
        }
        Change::Changed { title, .. } => ("says something else now".to_owned(), title),
        _ => return (change.id().to_owned(), String::new()),
    };
    (change.id().to_owned(), format!("{what}: {title}"))
}

fn counts(file: &File) -> String {
    let of = |state| {
        file.register.entries().iter().filter(|entry| entry.state(today()) == state).count()
    };
    format!(
        "{}: {} active, {} accepted, {} completed\n",
        file.shown(),
        of(State::Active),
        of(State::Accepted),
        of(State::Completed)
    )
}

fn add(arguments: AddArguments) -> Result<Outcome> {
    let AddArguments { title, kind, priority, effort, impact, register, output, .. } = arguments;
    if title.trim().is_empty() {
        return Err(Refusal::new("the title is empty", "say in one line what it is").into());
    }
    let impact = impact.map_or(
        match priority {
            Priority::Critical | Priority::High => "High",
            Priority::Medium => "Medium",
            Priority::Low => "Low",
        },
        |impact| match impact {
            Impact::High => "High",
            Impact::Medium => "Medium",
            Impact::Low => "Low",
        },
    );
    let new = NewEntry {
        issue: kind.word().to_owned(),
        priority: priority.word().to_owned(),
        title,
        impact: impact.to_owned(),
        effort: effort.word().to_owned(),
        tracking: arguments.tracking,
        source: arguments.source,
        description: arguments.description,
        effect: arguments.effect,
        mitigation: arguments.mitigation,
        blocking: arguments.blocking,
        check: arguments.check,
    };
    let mut file = File::open(&register.path)?;
    let id = file.register.add(new, today());
    finish(&file, &id, output)
}

/// Changes one entry.
fn change(
    path: &Path,
    output: OutputArguments,
    change: impl FnOnce(&mut File) -> Result<Entry>,
) -> Result<Outcome> {
    let mut file = File::get(path)?;
    let entry = change(&mut file)?;
    finish(&file, &entry.id, output)
}

fn finish(file: &File, id: &str, output: OutputArguments) -> Result<Outcome> {
    notes(file);
    saved(&file.save()?);
    let entry = file.register.get(id)?;
    terminal::tell(output, &Entered { entry, state: entry.state(today()) }, || one(entry))
}

fn show(id: Option<&str>, path: &Path, output: OutputArguments) -> Result<Outcome> {
    let file = File::get(path)?;
    notes(&file);
    let entered = |entry| Entered { entry, state: Entry::state(entry, today()) };
    let Some(id) = id else {
        let entries: Vec<Entered<'_>> = file.register.entries().iter().map(entered).collect();
        return terminal::tell(output, &entries, || {
            let mut rows = Rows::new(&["=ID", "issue", "priority", "state", "tracking", "title"]);
            for Entered { entry, state } in &entries {
                let tracking = entry.tracking.as_deref().unwrap_or("–");
                let state = named(*state);
                rows.add([&entry.id, &entry.issue, &entry.priority, state, tracking, &entry.title]);
            }
            format!("{}\n{}", rows.text(), counts(&file))
        });
    };
    let entry = file.register.get(id)?;
    terminal::tell(output, &entered(entry), || one(entry))
}

const fn named(state: State) -> &'static str {
    match state {
        State::Active => "active",
        State::Accepted => "accepted",
        State::Completed => "completed",
    }
}

fn one(entry: &Entry) -> String {
    let mut lines: Vec<(String, String)> = Vec::new();
    let mut add = |label: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            lines.push((label.to_owned(), value.to_owned()));
        }
    };
    add("state", Some(named(entry.state(today()))));
    add("issue", Some(&entry.issue));
    add("priority", Some(&entry.priority));
    add("impact", Some(&entry.impact));
    add("effort", Some(&entry.effort));
    add("tracking", entry.tracking.as_deref());
    add("object", entry.object.as_deref());
    add("source", entry.source.as_deref());
    add("what", entry.description.as_deref());
    add("why", entry.effect.as_deref());
    add("help", entry.mitigation.as_deref());
    add("blocking", entry.blocking.as_deref());
    add("suggested", entry.suggestion.as_deref());
    add("up", entry.up.as_deref());
    add("down", entry.down.as_deref());
    add("evidence", entry.evidence.as_deref());
    add("check", entry.check.as_deref());
    for (label, value) in entry.details.iter().chain(&entry.cells) {
        add(label, Some(value));
    }
    let accepted = entry.accepted.as_ref();
    add("accepted", accepted.map(|it| format!("until {}: {}", it.until, it.reason)).as_deref());
    add("formerly", Some(&entry.formerly.join(", ")));
    add("first seen", Some(&entry.added));
    add("completed", Some(&entry.completed.join(", ")));
    add("reopened", Some(&entry.reopened.join(", ")));
    add("proof", entry.proof.as_deref());
    heading(&format!("{}: {}", entry.id, entry.title)) + &labelled(0, &lines)
}

fn import(page: &Path, path: &Path, output: OutputArguments) -> Result<Outcome> {
    let readable = || WayOut("name a page that you can read".to_owned());
    let bytes = std::fs::read(page)
        .with_context(|| format!("can't read {}", page.display()))
        .with_context(readable)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let message = format!("{} is not UTF-8: byte {at} begins no character", page.display());
        Refusal::new(message, "save it as UTF-8, or correct that character")
    })?;
    let mut file = File::open(path)?;
    let imported = file
        .register
        .import(&text, today())
        .with_context(|| format!("{} can't be taken over", page.display()))?;
    notes(&file);
    saved(&file.save()?);
    let document = json!({ "ids": imported.ids, "with_details": imported.with_details });
    terminal::tell(output, &document, || {
        let entries = count(imported.ids.len(), "entry", "entries");
        format!(
            "{entries} taken over, {} with details; `homeroom advise register export` writes the page back\n{}",
            imported.with_details,
            counts(&file)
        )
    })
}

fn export(path: &Path) -> Result<Outcome> {
    let file = File::get(path)?;
    let page = file.register.to_page().ok_or_else(|| {
        let message = format!("no page was imported into {}", file.shown());
        Refusal::new(message, "IMPROVEMENTS.md beside it is the page of its own")
    })?;
    terminal::print_exactly(&page)?;
    Ok(Outcome::Done)
}

fn notes(file: &File) {
    for note in file.register.notes() {
        failure::tell(&harmless(note));
    }
}

fn saved(saved: &Saved) {
    if let Some(attributes) = &saved.attributes {
        let path = attributes.display();
        failure::tell(&format!("told git in {path} how to merge the changes of two people"));
    }
}
