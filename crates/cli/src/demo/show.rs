//! The demo's report as people read it.

use homeroom::{ClassRole, GroupType, Provenance};

use super::report::{Report, ShownChat, ShownClass, ShownSettings};
use crate::settings;
use crate::terminal::{Rows, aside, count, heading, one_line, tree_lines};

/// How many groups and people are shown; the rest is counted.
const SHOWN_GROUPS: usize = 40;
const SHOWN_PEOPLE: usize = 12;
const SHOWN_CHATS: usize = 30;

/// The whole report.
pub(super) fn text(report: &Report) -> String {
    let mut parts = vec![opening(report)];
    // Conversations alone bring no groups.
    if !report.groups.is_empty() {
        parts.push(groups(report));
    }
    parts.extend(report.class.as_ref().map(|class| of_class(report, class)));
    parts.extend(report.chat.as_deref().map(chats));
    parts.extend(report.settings.as_ref().map(|shown| in_force(report, shown)));
    parts.push(timings(report));
    parts.push(next(report));
    parts.join("\n")
}

fn opening(report: &Report) -> String {
    let on = match (&report.database.postgresql, report.database.throwaway) {
        (Some(version), true) => {
            format!("a throw-away PostgreSQL {version}, stopped and gone by now")
        }
        _ => report.database.address.clone(),
    };
    let what = match report.data.seed {
        Some(seed) => format!("made {} (seed {seed})", report.data.name),
        None => format!("imported {}", report.data.name),
    };
    format!("{}{what}\non {on}\n", heading("Homeroom"))
}

fn groups(report: &Report) -> String {
    let depths: Vec<usize> =
        report.groups.iter().map(|group| group.path.labels().count()).collect();
    let top = depths.iter().min().copied().unwrap_or(0);
    let depths: Vec<usize> = depths.into_iter().map(|depth| depth - top).collect();
    let mut rows = Rows::new(&["group", "type", ">classes", ">teachers", ">students"]);
    for (line, group) in tree_lines(&depths).into_iter().zip(&report.groups).take(SHOWN_GROUPS) {
        rows.add([
            format!("{line}{}", group.name),
            group.kind.to_string(),
            group.classes.to_string(),
            group.teachers.to_string(),
            group.students.to_string(),
        ]);
    }
    let more = and_more(report.groups.len(), SHOWN_GROUPS);
    format!("{}{}{more}", heading("Groups, with all that is below them"), rows.text())
}

fn of_class(report: &Report, ShownClass { class, people }: &ShownClass) -> String {
    let place = report.groups.iter().find(|group| group.id == class.group_id);
    let place = place.map(|group| format!(" · {}", group.path)).unwrap_or_default();
    let of = |role| people.iter().filter(|person| person.role == role).count();
    let mut rows = Rows::new(&["role", "name", "e-mail"]);
    for person in people.iter().take(SHOWN_PEOPLE) {
        let email = person.email.clone().unwrap_or_else(|| "–".to_owned());
        rows.add([person.role.to_string(), person.name.clone(), email]);
    }
    let title = format!("Class {}{place}", class.name);
    let sum = format!(
        "{}, {}",
        count(of(ClassRole::Teacher), "teacher", "teachers"),
        count(of(ClassRole::Student), "student", "students")
    );
    let more = and_more(people.len(), SHOWN_PEOPLE);
    format!("{}{sum}\n{}{more}", heading(&title), rows.text())
}

fn chats(chats: &[ShownChat]) -> String {
    let depths: Vec<usize> =
        chats.iter().map(|chat| usize::try_from(chat.depth).unwrap_or(0)).collect();
    let top = chats.first().and_then(|chat| chat.title.as_deref());
    let mut rows = Rows::new(&["chat", ">leaves after", ">messages", "last message"]);
    for (line, chat) in tree_lines(&depths).into_iter().zip(chats).take(SHOWN_CHATS) {
        let title = match chat.title.as_deref() {
            // A fork has its parent's title until it gets its own.
            title if chat.depth > 0 && title == top => "fork",
            title => title.unwrap_or("(untitled)"),
        };
        let leaves = chat.fork_from_seq.filter(|_| chat.depth > 0).map(|seq| seq.to_string());
        rows.add([
            format!("{line}{}", one_line(title)),
            leaves.unwrap_or_default(),
            chat.messages.to_string(),
            chat.last_message.as_deref().map(one_line).unwrap_or_default(),
        ]);
    }
    let more = and_more(chats.len(), SHOWN_CHATS);
    let person = chats.first().map(|chat| format!(" of {}", chat.person)).unwrap_or_default();
    let forks = count(chats.len().saturating_sub(1), "fork", "forks");
    format!("{}{}{more}", heading(&format!("A chat{person} and its {forks}")), rows.text())
}

fn in_force(report: &Report, ShownSettings { group_id, effective }: &ShownSettings) -> String {
    let name = |id| report.groups.iter().find(|group| Some(group.id) == id);
    let here = name(Some(*group_id));
    let kind = here.map_or(GroupType::Department, |group| group.kind);
    let path = here.map(|group| format!(" {}", group.path)).unwrap_or_default();
    let set_by = |from: &Provenance| {
        name(from.group_id).map(|group| format!("{} {}", group.kind, group.name))
    };
    let table = settings::table(effective, set_by);
    format!("{}{table}", heading(&format!("Settings in force at the {kind}{path}")))
}

fn timings(report: &Report) -> String {
    let mut rows = Rows::new(&["step", ">time"]);
    for step in &report.timings {
        rows.add([step.step.clone(), format!("{:.0} ms", step.ms)]);
    }
    rows.add(["in all".to_owned(), format!("{:.0} ms", report.total_ms)]);
    format!("{}{}", heading("Timings"), rows.text())
}

fn next(report: &Report) -> String {
    let width = report.next.iter().map(|next| next.command.chars().count()).max().unwrap_or(0);
    let lines: String = report
        .next
        .iter()
        .map(|next| format!("  {:<width$}  {}\n", next.command, next.why))
        .collect();
    format!("{}{lines}", heading("Next"))
}

fn and_more(all: usize, shown: usize) -> String {
    match all.saturating_sub(shown) {
        0 => String::new(),
        more => aside(&format!("… and {more} more")),
    }
}
