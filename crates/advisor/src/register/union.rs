//! What git's `union` driver leaves when two people have changed the same line: both lines.

use std::collections::HashMap;

use toml_edit::DocumentMut;

use super::RegisterError;

/// Fields that only the advisor writes. When two updates wrote them, both saw the same, on different days or data.
const OF_THE_ADVISOR: [&str; 20] = [
    "object",
    "issue",
    "priority",
    "title",
    "impact",
    "effort",
    "source",
    "description",
    "effect",
    "mitigation",
    "blocking",
    "up",
    "down",
    "evidence",
    "completed",
    "reopened",
    "last_seen",
    "proof",
    "wording",
    "updated",
];

/// Reads the text of a register, with one line of each pair that stands for the same thing.
pub(super) fn read(text: &str) -> Result<(DocumentMut, Vec<String>), RegisterError> {
    if let Some(line) = text.lines().position(is_conflict_marker) {
        return Err(RegisterError::Conflict { line: line + 1 });
    }
    let error = match text.parse() {
        Ok(document) => return Ok((document, Vec::new())),
        Err(error) => error,
    };
    let (text, notes) = merged(text)?;
    match text.parse() {
        Ok(document) => Ok((document, notes)),
        // The lines are those of the file as it is.
        Err(_) => Err(RegisterError::Toml(error.to_string().trim_end().to_owned())),
    }
}

fn is_conflict_marker(line: &str) -> bool {
    ["<<<<<<< ", ">>>>>>> "].iter().any(|marker| line.starts_with(marker))
}

/// A line `entry.field = value`.
struct Line<'a> {
    entry: &'a str,
    field: &'a str,
    value: &'a str,
    number: usize,
}

fn line(number: usize, text: &str) -> Option<Line<'_>> {
    let (key, value) = text.split_once(" = ")?;
    let (entry, field) = key.split_once('.')?;
    let is_key =
        |key: &str| key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    (is_key(entry) && is_key(field)).then_some(Line { entry, field, value, number })
}

fn merged(text: &str) -> Result<(String, Vec<String>), RegisterError> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut by_key: HashMap<(&str, &str), Vec<Line<'_>>> = HashMap::new();
    for (number, text) in lines.iter().enumerate() {
        if let Some(line) = line(number, text.trim_end()) {
            by_key.entry((line.entry, line.field)).or_default().push(line);
        }
    }
    // Both sides wrote what the advisor found, if both lines of its digest are there.
    let both_wrote =
        |entry: &str| by_key.get(&(entry, "wording")).is_none_or(|wordings| wordings.len() > 1);
    let mut dropped = Vec::new();
    let mut notes = Vec::new();
    let mut pairs: Vec<&Vec<Line<'_>>> = by_key.values().filter(|lines| lines.len() > 1).collect();
    pairs.sort_by_key(|lines| lines.first().map(|line| line.number));
    for same in pairs {
        let kept = match same.first() {
            Some(first) if first.field == "id" || first.field == "added" => {
                same.iter().min_by_key(|line| (line.value.len(), line.value))
            }
            Some(first) if first.field == "updated" => same.iter().max_by_key(|line| line.value),
            Some(first) if OF_THE_ADVISOR.contains(&first.field) && both_wrote(first.entry) => {
                Some(first)
            }
            Some(first) if same.iter().all(|line| line.value == first.value) => Some(first),
            _ => None,
        };
        let (Some(kept), [first, second, ..]) = (kept, same.as_slice()) else {
            let [first, second, ..] = same.as_slice() else { continue };
            return Err(RegisterError::Twice {
                key: format!("{}.{}", first.entry, first.field),
                first: first.number + 1,
                second: second.number + 1,
            });
        };
        if first.field == "id" && first.value != second.value {
            notes.push(format!(
                "two people entered the same finding, as {} and {}: it is {}",
                first.value, second.value, kept.value
            ));
        }
        dropped.extend(same.iter().map(|line| line.number).filter(|line| *line != kept.number));
    }
    let kept = lines.iter().enumerate().filter(|(number, _)| !dropped.contains(number));
    Ok((kept.map(|(_, line)| *line).collect(), notes))
}
