//! Rows of a table of items.

use crate::markdown::cell;
use crate::register::entry::Entry;

/// The titles of a line that may be the first of a table of items.
pub(super) fn titles(line: &str) -> Option<Vec<String>> {
    let titles = cells(line)?;
    titles.first().is_some_and(|title| title.eq_ignore_ascii_case("id")).then_some(titles)
}

/// The id of a row: letters, a hyphen and digits.
pub(super) fn id(line: &str) -> Option<String> {
    let id = cells(line)?.into_iter().next()?;
    let (prefix, number) = id.rsplit_once('-')?;
    let is_id = !prefix.is_empty()
        && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit());
    is_id.then_some(id)
}

/// The cells of a line, without the spaces around them. A `\|` is no end of a cell.
fn cells(line: &str) -> Option<Vec<String>> {
    let line = line.trim().strip_prefix('|')?;
    let mut cells = vec![String::new()];
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.peek() == Some(&'|') => {
                characters.next();
                if let Some(cell) = cells.last_mut() {
                    cell.push('|');
                }
            }
            '|' => cells.push(String::new()),
            other => {
                if let Some(cell) = cells.last_mut() {
                    cell.push(other);
                }
            }
        }
    }
    // The bar at the end begins no cell.
    if line.ends_with('|') && !line.ends_with("\\|") {
        cells.pop();
    }
    Some(cells.into_iter().map(|cell| cell.trim().to_owned()).collect())
}

/// Reads a row into an entry.
pub(super) fn read(line: &str, columns: &[String], entry: &mut Entry) {
    for (index, text) in cells(line).unwrap_or_default().into_iter().enumerate() {
        let title = columns.get(index).map_or("", String::as_str);
        match title.to_lowercase().as_str() {
            "id" => entry.id = text,
            "issue" => entry.issue = text,
            "description" => entry.title = text,
            "impact" => entry.impact = text,
            "effort" => entry.effort = text,
            "tracking" => entry.tracking = Some(text).filter(|text| !text.is_empty()),
            "added" => entry.added = text,
            _ => {
                let is_known = |title: &str| {
                    title.is_empty() || entry.cells.iter().any(|(label, _)| label == title)
                };
                let title = match title {
                    title if is_known(title) => format!("Column {}", index + 1),
                    title => title.to_owned(),
                };
                entry.cells.push((title, text));
            }
        }
    }
}

/// The row of an entry.
pub(super) fn written(entry: &Entry, columns: &[String]) -> String {
    let cells = columns.iter().map(|title| {
        let other = || entry.cells.iter().find(|(label, _)| label == title).map(|(_, text)| text);
        let text = match title.to_lowercase().as_str() {
            "id" => Some(&entry.id),
            "issue" => Some(&entry.issue),
            "description" => Some(&entry.title),
            "impact" => Some(&entry.impact),
            "effort" => Some(&entry.effort),
            "priority" => other().or(Some(&entry.priority)),
            "tracking" => entry.tracking.as_ref(),
            "added" => Some(&entry.added),
            "completed" => other().or(entry.completed.last()),
            _ => other(),
        };
        cell(text.map_or("", String::as_str))
    });
    format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
}

/// Whether a row says of an entry what the entry says.
pub(super) fn is_same(line: &str, columns: &[String], entry: &Entry) -> bool {
    let mut read = Entry::empty("");
    self::read(line, columns, &mut read);
    let of = |entry: &Entry| {
        let texts = [&entry.id, &entry.issue, &entry.title, &entry.impact, &entry.effort];
        let texts = texts.map(Clone::clone);
        (texts, entry.tracking.clone(), entry.added.clone(), entry.cells.clone())
    };
    of(&read) == of(entry)
}
