//! A page as a list of blocks, which put together again are the page.

use crate::rule::Priority;

/// A piece of a page. `raw` is its text with the line breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    Text(String),
    Heading {
        section: Option<Section>,
        raw: String,
    },
    /// The titles of a table of items, and the line below them.
    Titles {
        columns: Vec<String>,
        raw: String,
    },
    Row {
        id: String,
        raw: String,
    },
    Details {
        id: String,
        raw: String,
    },
}

/// Where items stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Active(Priority),
    Completed,
}

impl Block {
    pub(super) fn raw(&self) -> &str {
        match self {
            Self::Text(raw)
            | Self::Heading { raw, .. }
            | Self::Titles { raw, .. }
            | Self::Row { raw, .. }
            | Self::Details { raw, .. } => raw,
        }
    }
}

/// Reads a page, or the template of one.
pub(super) fn parse(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut lines = page.split_inclusive('\n').peekable();
    // The ids of rows that had no details yet.
    let mut undescribed: Vec<String> = Vec::new();
    let mut fence: Option<String> = None;
    let mut is_in_table = false;
    while let Some(line) = lines.next() {
        let raw = line.to_owned();
        let text = line.trim_end();
        if let Some(open) = &fence {
            if closes(open, text) {
                fence = None;
            }
            blocks.push(Block::Text(raw));
            continue;
        }
        fence = opened_fence(text);
        let is_row = text.starts_with('|');
        if let Some((what, id)) = marker(text) {
            is_in_table &= what == "row";
            let id = id.to_owned();
            blocks.push(match what {
                "row" => Block::Row { id, raw: String::new() },
                _ => Block::Details { id, raw: String::new() },
            });
            continue;
        }
        let columns = super::table::titles(text);
        let below = columns.as_ref().and_then(|_| lines.next_if(|next| is_separator(next)));
        if let (Some(columns), Some(below)) = (columns, below) {
            blocks.push(Block::Titles { columns, raw: raw + below });
            is_in_table = true;
            continue;
        }
        is_in_table &= is_row;
        if let Some(id) = super::table::id(text).filter(|_| is_in_table) {
            undescribed.push(id.clone());
            blocks.push(Block::Row { id, raw });
        } else if text.starts_with('#') {
            blocks.push(Block::Heading { section: section(text), raw });
        } else if let Some(id) = super::details::id(text).filter(|id| undescribed.contains(id)) {
            undescribed.retain(|other| *other != id);
            let mut raw = raw;
            take_details(&mut lines, &mut raw);
            blocks.push(Block::Details { id, raw });
        } else {
            blocks.push(Block::Text(raw));
        }
    }
    blocks
}

/// The page with a marker in the place of each row and of all details.
pub(super) fn template(blocks: &[Block]) -> String {
    let texts = blocks.iter().map(|block| match block {
        Block::Row { id, .. } => format!("<!-- row {id} -->\n"),
        Block::Details { id, .. } => format!("<!-- details {id} -->\n"),
        block => block.raw().to_owned(),
    });
    texts.collect()
}

/// What a line of a template stands for: `row` or `details`, and an id.
pub(super) fn marker(line: &str) -> Option<(&str, &str)> {
    let inner = line.trim_end().strip_prefix("<!-- ")?.strip_suffix(" -->")?;
    inner.split_once(' ').filter(|(what, _)| matches!(*what, "row" | "details"))
}

fn opened_fence(text: &str) -> Option<String> {
    let text = text.trim_start();
    let mark = text.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let length = text.chars().take_while(|character| *character == mark).count();
    (length >= 3).then(|| mark.to_string().repeat(length))
}

fn closes(open: &str, text: &str) -> bool {
    let text = text.trim();
    text.starts_with(open) && text.chars().all(|character| open.starts_with(character))
}

fn is_separator(line: &str) -> bool {
    let line = line.trim();
    line.contains('-') && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '))
}

fn section(heading: &str) -> Option<Section> {
    let title = heading.trim_start_matches('#').trim().to_lowercase();
    if title.starts_with("completed") {
        return Some(Section::Completed);
    }
    Priority::ALL.iter().copied().find_map(|priority| {
        let rest = title.strip_prefix(&priority.word().to_lowercase())?;
        let is_priority =
            rest.is_empty() || rest.starts_with(" priority") || rest.starts_with(" (");
        is_priority.then_some(Section::Active(priority))
    })
}

/// The list below a line `**DB-001 Details:**`, without the blank lines behind it.
fn take_details<'a>(
    lines: &mut std::iter::Peekable<impl Iterator<Item = &'a str> + Clone>,
    raw: &mut String,
) {
    let mut fence: Option<String> = None;
    let ahead = lines.clone();
    let (mut read, mut taken) = (0_usize, 0_usize);
    for line in ahead {
        read += 1;
        let text = line.trim_end();
        let is_inside = match &fence {
            Some(open) => {
                if closes(open, text) {
                    fence = None;
                }
                true
            }
            None => {
                fence = opened_fence(text);
                fence.is_some()
                    || text.starts_with(['-', '*', ' ', '\t']) && !text.starts_with("**")
            }
        };
        if is_inside {
            taken = read;
        } else if !text.is_empty() {
            break;
        }
    }
    raw.extend(lines.by_ref().take(taken));
}
