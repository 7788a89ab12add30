//! A hand-kept Markdown page: taken over to the letter, and written back in its own layout.
//!
//! The page is kept as a template in which a line `<!-- row DB-001 -->` or `<!-- details DB-001 -->` stands for what is made of an
//! entry. Where an entry can't be made to the byte as it stood, because of other spaces or other labels, it keeps its own text too,
//! which is used for as long as it says the same as the entry.

mod blocks;
mod details;
mod export;
mod table;

use chrono::NaiveDate;

use self::blocks::{Block, Section};
pub(super) use self::export::export;
use super::entry::{Entry, digest};
use super::{OWN, Register, document};
use crate::rule::Priority;

/// What was taken over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Imported {
    /// The ids of the entries.
    pub ids: Vec<String>,
    /// How many of them have details.
    pub with_details: usize,
}

/// Why a page can't be taken over. Nothing was taken over.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportError {
    /// No table with ids is in it.
    #[error(
        "there is no table in it whose first column is ID and that has a row such as `| DB-001 | …`"
    )]
    NoItems,

    /// A register holds one page.
    #[error("the register holds an imported page already")]
    HasPage,

    /// An id that stands twice.
    #[error("line {line}: {id} stands in the register or on the page already")]
    Taken {
        /// The id.
        id: String,
        /// The line of the second one, from 1.
        line: usize,
    },

    /// A line that the template needs for itself.
    #[error("line {line}: a line `<!-- row … -->` or `<!-- details … -->` can't be kept")]
    Marker {
        /// The line, from 1.
        line: usize,
    },
}

pub(super) fn import(
    register: &mut Register,
    page: &str,
    today: NaiveDate,
) -> Result<Imported, ImportError> {
    if register.document.get(OWN).is_some_and(|own| own.get("page").is_some()) {
        return Err(ImportError::HasPage);
    }
    if let Some(line) = page.lines().position(|line| blocks::marker(line).is_some()) {
        return Err(ImportError::Marker { line: line + 1 });
    }
    let blocks = blocks::parse(page);
    let mut imported = Imported::default();
    let mut entries: Vec<Entry> = Vec::new();
    let (mut section, mut columns) = (None, Vec::new());
    let mut line = 1;
    for block in &blocks {
        match block {
            Block::Heading { section: of, .. } => section = *of,
            Block::Titles { columns: titles, .. } => columns.clone_from(titles),
            Block::Row { id, raw } => {
                let is_taken = register.get(id).is_ok() || entries.iter().any(|it| it.id == *id);
                if is_taken {
                    return Err(ImportError::Taken { id: id.clone(), line });
                }
                entries.push(new_entry(id, raw, &columns, section, today));
                imported.ids.push(id.clone());
            }
            Block::Details { id, raw } => {
                if let Some(entry) = entries.iter_mut().find(|entry| entry.id == *id) {
                    details::read(raw, entry);
                    if details::written(entry) != *raw {
                        entry.page_details = Some(raw.clone());
                    }
                    imported.with_details += 1;
                }
            }
            Block::Text(_) => {}
        }
        line += block.raw().lines().count();
    }
    if entries.is_empty() {
        return Err(ImportError::NoItems);
    }
    for entry in entries {
        register.insert(entry);
    }
    document::set_own(&mut register.document, "page", &blocks::template(&blocks));
    Ok(imported)
}

fn new_entry(
    id: &str,
    raw: &str,
    columns: &[String],
    section: Option<Section>,
    today: NaiveDate,
) -> Entry {
    let mut entry = Entry::empty("");
    table::read(raw, columns, &mut entry);
    entry.key = digest(&["imported", id, &entry.title], 16);
    // A cell of its own says less than the heading above it.
    let titled = entry.cells.iter().find(|(title, _)| title.eq_ignore_ascii_case("priority"));
    let priority = match section {
        Some(Section::Active(priority)) => priority,
        Some(Section::Completed) | None => {
            let said = titled.and_then(|(_, text)| Priority::parse(text));
            said.unwrap_or(Priority::Medium)
        }
    };
    priority.word().clone_into(&mut entry.priority);
    if table::written(&entry, columns) != raw {
        entry.page_row = Some(raw.to_owned());
    }
    if section == Some(Section::Completed) {
        let dates = entry.cells.iter().map(|(_, text)| text).chain([&entry.added]);
        let date = dates.filter_map(|text| text.parse::<NaiveDate>().ok()).next();
        entry.completed.push(date.unwrap_or(today).to_string());
    }
    entry
}
