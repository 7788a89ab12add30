//! The imported page with the entries as they are now.

use super::blocks::{self, Block, Section};
use super::{details, table};
use crate::register::Register;
use crate::register::entry::Entry;
use crate::rule::Priority;

const TITLES: &str = "| ID | Issue | Description | Impact | Effort | Tracking | Added |\n|----|-------|-------------|--------|--------|----------|-------|\n";
const COMPLETED: &str = "| ID | Issue | Description | Impact | Effort | Tracking | Added | Completed |\n|----|-------|-------------|--------|--------|----------|-------|-----------|\n";

/// A heading with all that is below it.
struct Part {
    section: Option<Section>,
    heading: String,
    body: Vec<Block>,
}

pub(in crate::register) fn export(register: &Register, page: &str) -> String {
    let mut parts = vec![Part { section: None, heading: String::new(), body: Vec::new() }];
    for block in blocks::parse(page) {
        match block {
            Block::Heading { section, raw } => {
                // A second heading of the same name is a part of its own, whose items stay.
                let is_new = section.filter(|it| !parts.iter().any(|p| p.section == Some(*it)));
                parts.push(Part { section: is_new, heading: raw, body: Vec::new() });
            }
            block => {
                if let Some(part) = parts.last_mut() {
                    part.body.push(block);
                }
            }
        }
    }
    let fixed: Vec<String> =
        parts.iter().filter(|it| it.section.is_none()).flat_map(|it| rows(&it.body)).collect();
    let wanted = |section: Section| -> Vec<&Entry> {
        let entries = register.entries().iter();
        entries.filter(|it| section_of(it) == section && !fixed.contains(&it.id)).collect()
    };
    let missing = Priority::ALL.iter().map(|it| Section::Active(*it)).chain([Section::Completed]);
    let missing: Vec<Section> = missing
        .filter(|it| !parts.iter().any(|part| part.section == Some(*it)))
        .filter(|it| !wanted(*it).is_empty())
        .collect();
    for section in missing {
        let heading = match section {
            Section::Active(priority) => format!("\n### {priority} Priority\n"),
            Section::Completed => "\n## Completed Improvements\n".to_owned(),
        };
        parts.push(Part { section: Some(section), heading, body: Vec::new() });
    }
    let mut text = String::new();
    for part in &parts {
        text.push_str(&part.heading);
        match part.section {
            None => text.push_str(&filled(&part.body, register)),
            Some(section) => {
                let wanted = wanted(section);
                let has: Vec<String> = rows(&part.body);
                let is_same = has.len() == wanted.len()
                    && has.iter().all(|id| wanted.iter().any(|entry| entry.id == *id));
                let body = match (is_same, wanted.is_empty()) {
                    (true, _) => filled(&part.body, register),
                    (false, true) => format!("\nNo {} items currently.\n\n", named(section)),
                    (false, false) => changed(&part.body, &wanted, section),
                };
                text.push_str(&body);
            }
        }
    }
    text
}

fn section_of(entry: &Entry) -> Section {
    if entry.is_completed() { Section::Completed } else { Section::Active(entry.priority()) }
}

fn named(section: Section) -> String {
    match section {
        Section::Active(priority) => format!("{} priority", priority.word().to_lowercase()),
        Section::Completed => "completed".to_owned(),
    }
}

fn rows(body: &[Block]) -> Vec<String> {
    let rows = body.iter().filter_map(|block| match block {
        Block::Row { id, .. } => Some(id.clone()),
        _ => None,
    });
    rows.collect()
}

/// A part with the same items as ever.
fn filled(body: &[Block], register: &Register) -> String {
    let mut columns: &[String] = &[];
    let mut text = String::new();
    for block in body {
        match block {
            Block::Titles { columns: titles, raw } => {
                columns = titles;
                text.push_str(raw);
            }
            Block::Row { id, .. } => {
                text.extend(register.get(id).ok().map(|entry| row(entry, columns)));
            }
            Block::Details { id, .. } => text.extend(register.get(id).ok().map(list)),
            block => text.push_str(block.raw()),
        }
    }
    text
}

/// A part with other items: what is around the table stays.
fn changed(body: &[Block], wanted: &[&Entry], section: Section) -> String {
    let titles = body.iter().position(|block| matches!(block, Block::Titles { .. }));
    let standard = if section == Section::Completed { COMPLETED } else { TITLES };
    let (before, titles, after) = match titles.map(|at| (body.get(..at), body.get(at..))) {
        Some((Some(before), Some([Block::Titles { columns, raw }, after @ ..]))) => {
            (before.iter().map(Block::raw).collect(), (columns.clone(), raw.as_str()), after)
        }
        // In the place of what says that there is nothing.
        _ => {
            let columns = table::titles(standard.lines().next().unwrap_or_default());
            ("\n".to_owned(), (columns.unwrap_or_default(), standard), &[][..])
        }
    };
    let had: Vec<String> = rows(body);
    let position = |entry: &&&Entry| had.iter().position(|id| *id == entry.id).unwrap_or(had.len());
    let mut wanted: Vec<&&Entry> = wanted.iter().collect();
    wanted.sort_by_key(position);
    let mut text = before + titles.1;
    text.extend(wanted.iter().map(|entry| row(entry, &titles.0)));
    for list in wanted.iter().map(|entry| list(entry)).filter(|list| list.lines().count() > 1) {
        text.push('\n');
        text.push_str(&list);
    }
    // What stood below the last item, which at the least is the blank line before the next heading.
    let is_item = |block: &Block| matches!(block, Block::Row { .. } | Block::Details { .. });
    let rest =
        after.iter().rposition(is_item).map_or(after, |last| after.get(last + 1..).unwrap_or(&[]));
    let rest: String = rest.iter().map(Block::raw).collect();
    text.push_str(if rest.is_empty() { "\n" } else { &rest });
    text
}

fn row(entry: &Entry, columns: &[String]) -> String {
    match &entry.page_row {
        Some(raw) if table::is_same(raw, columns, entry) => raw.clone(),
        _ => table::written(entry, columns),
    }
}

fn list(entry: &Entry) -> String {
    match &entry.page_details {
        Some(raw) if details::is_same(raw, entry) => raw.clone(),
        _ => details::written(entry),
    }
}
