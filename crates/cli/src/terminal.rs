//! What is written to the terminal: text, tables, trees, JSON, questions. Colours go through anstream, which takes them away
//! where nobody wants them.

use std::borrow::Cow;
use std::fmt;
use std::io::{IsTerminal, Write};

use anstyle::Style;
use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use comfy_table::presets::NOTHING;
use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Row, Table, Width,
};
use homeroom::Cursor;
use serde::Serialize;

use crate::cli::{OutputArguments, PageArguments};
use crate::failure::{self, Refusal};
use crate::outcome::Outcome;

/// How wide tables are where there is no terminal to measure.
const WIDTH: u16 = 100;
const NARROWEST: u16 = 60;
const NARROWEST_COLUMN: u16 = 16;
const WIDEST: u16 = 140;

const BOLD: Style = Style::new().bold();
const DIMMED: Style = Style::new().dimmed();

/// Nobody reads any more, as behind `| head`.
#[derive(Debug)]
pub(crate) struct OutputClosed;

impl fmt::Display for OutputClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody reads the standard output any more")
    }
}

impl std::error::Error for OutputClosed {}

/// Tells why the standard output can't be written to.
pub(crate) fn cannot_write(error: std::io::Error) -> anyhow::Error {
    match error.kind() {
        std::io::ErrorKind::BrokenPipe => OutputClosed.into(),
        _ => anyhow::Error::new(error).context("can't write to the standard output"),
    }
}

/// Prints text, all of it at once.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(cannot_write)
}

/// Prints a JSON document.
pub(crate) fn print_json(document: &impl Serialize) -> Result<()> {
    let mut json = serde_json::to_string_pretty(document).context("can't write the JSON")?;
    json.push('\n');
    print_exactly(&json)
}

/// Prints what another program reads: nothing is taken away that looks like a colour.
pub(crate) fn print_exactly(text: &str) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(cannot_write)
}

/// Prints what a command has done or found: one JSON document, or text for people.
pub(crate) fn tell(
    output: OutputArguments,
    document: &impl Serialize,
    text: impl FnOnce() -> String,
) -> Result<Outcome> {
    if output.json {
        print_json(document)?;
    } else {
        print(&text())?;
    }
    Ok(Outcome::Done)
}

/// The title of a part of the output.
pub(crate) fn heading(text: &str) -> String {
    format!("{BOLD}{}{BOLD:#}\n", harmless(text))
}

/// What is said beside the matter.
pub(crate) fn aside(text: &str) -> String {
    format!("{DIMMED}{text}{DIMMED:#}\n")
}

/// A table whose rows have one line each: what is too long for the terminal ends in `…`.
pub(crate) struct Rows {
    table: Table,
}

impl Rows {
    /// A table with these titles; a title that begins with `>` stands over numbers, one that begins with `=` over ids and
    /// the like: both are never cut.
    pub(crate) fn new(titles: &[&str]) -> Self {
        let mut table = Table::new();
        table
            .load_style(NOTHING.header_separator(LineStyle::none().fill('─').junction('─')))
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width())
            .set_truncation_indicator("…");
        let cells = titles.iter().map(|title| Cell::new(title.trim_start_matches(['>', '='])));
        table.set_header(Row::from(cells));
        for (column, title) in table.column_iter_mut().zip(titles) {
            column.set_padding((0, 2));
            if title.starts_with('>') {
                column.set_cell_alignment(CellAlignment::Right);
            }
            if title.starts_with(['>', '=']) {
                // Half a number is another number.
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        Self { table }
    }

    /// Adds a row.
    pub(crate) fn add<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let mut row = Row::from(cells.into_iter().map(|cell| Cell::new(harmless(cell.as_ref()))));
        row.max_height(1);
        self.table.add_row(row);
    }

    /// The table as text, with its titles in bold.
    pub(crate) fn text(&self) -> String {
        let mut table = self.table.clone();
        let widths = table.column_max_content_widths();
        for (column, width) in table.column_iter_mut().zip(widths) {
            // A name of which a letter is seen is no name: the table is rather wider than the terminal.
            if column.constraint().is_none() {
                let width = Width::Fixed(width.min(NARROWEST_COLUMN) + 2);
                column.set_constraint(ColumnConstraint::LowerBoundary(width));
            }
        }
        let mut text = String::new();
        for (index, line) in table.lines().enumerate() {
            let line = line.trim_end();
            match index {
                0 => text.push_str(&format!("{BOLD}{line}{BOLD:#}\n")),
                1 => text.push_str(&aside(line)),
                _ => text.push_str(&format!("{line}\n")),
            }
        }
        text
    }
}

/// A text of somebody else on one line, without what a terminal obeys: no name moves the cursor or makes up a line.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let shown = |character: char| match character {
        '\n' | '\t' => ' ',
        character if character.is_control() => char::REPLACEMENT_CHARACTER,
        character => character,
    };
    Cow::Owned(text.chars().map(shown).collect())
}

/// What is known of one thing, a line each.
pub(crate) fn details(lines: &[(&str, String)]) -> String {
    let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    lines.iter().map(|(name, value)| format!("{name:<width$}  {}\n", harmless(value))).collect()
}

/// Labels with texts of any length beside them, wrapped, indented as a whole. Lines of the texts stay lines.
pub(crate) fn labelled<T: AsRef<str>>(indent: usize, lines: &[(T, T)]) -> String {
    let labels = lines.iter().map(|(label, _)| label.as_ref().chars().count());
    let width = labels.max().unwrap_or(0) + 2;
    let margin = " ".repeat(indent);
    let line = |(label, text): &(T, T)| {
        let beside = indent + width;
        let text = wrapped(text.as_ref(), u16::try_from(beside).unwrap_or(u16::MAX));
        // The first line has the label in its margin.
        let text = text.get(beside.min(text.len())..).unwrap_or_default();
        let first = format!("{margin}{:<width$}{text}", harmless(label.as_ref()));
        format!("{}\n", first.trim_end())
    };
    lines.iter().map(line).collect()
}

/// A time as people read it.
pub(crate) fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A text of somebody else and of any length, wrapped to the width of the terminal and indented.
pub(crate) fn wrapped(text: &str, indent: u16) -> String {
    let lines: Vec<_> = text.lines().map(harmless).collect();
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width().saturating_sub(indent));
    table.add_row([Cell::new(lines.join("\n"))]);
    for column in table.column_iter_mut() {
        column.set_padding((0, 0));
    }
    let margin = " ".repeat(indent.into());
    let lines = table.lines().map(|line| format!("{margin}{line}").trim_end().to_owned() + "\n");
    lines.collect()
}

/// How to see the next page of a list, where there is one.
pub(crate) fn next_page(command: &str, page: &PageArguments, next: Option<&Cursor>) -> String {
    let next = next.map(|next| aside(&format!("next page: homeroom {command}{}", page.next(next))));
    next.unwrap_or_default()
}

/// A word as a shell takes it, for commands that are shown.
pub(crate) fn shell_word(word: &str) -> Cow<'_, str> {
    let is_plain = |character: char| {
        character.is_ascii_alphanumeric() || matches!(character, '@' | '.' | '_' | '-' | '+' | '/')
    };
    if !word.is_empty() && word.chars().all(is_plain) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
}

fn width() -> u16 {
    // One is left free: some terminals wrap a line that fills them.
    terminal_size::terminal_size_of(std::io::stdout())
        .map_or(WIDTH, |(width, _)| width.0.saturating_sub(1).clamp(NARROWEST, WIDEST))
}

/// The lines of a tree, of the depths of its nodes, each of which stands before those below it.
pub(crate) fn tree_lines(depths: &[usize]) -> Vec<String> {
    let mut lines = Vec::with_capacity(depths.len());
    // Whether a node of each depth follows below, seen from the end.
    let mut follows: Vec<bool> = Vec::new();
    for &depth in depths.iter().rev() {
        follows.resize(depth + 1, false);
        let mut line = String::new();
        for (level, &more) in follows.iter().enumerate().skip(1) {
            line.push_str(match (level == depth, more) {
                (true, true) => "├─ ",
                (true, false) => "└─ ",
                (false, true) => "│  ",
                (false, false) => "   ",
            });
        }
        lines.push(line);
        if let Some(here) = follows.last_mut() {
            *here = true;
        }
    }
    lines.reverse();
    lines
}

/// The beginning of a text, on one line.
pub(crate) fn one_line(text: &str) -> String {
    // More than any terminal shows.
    let beginning: String = text.chars().take(2 * usize::from(WIDEST)).collect();
    beginning.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An amount of bytes as people read it.
pub(crate) fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} bytes"),
        1_024..1_048_576 => format!("{:.0} KiB", bytes as f64 / 1_024.0),
        1_048_576..1_073_741_824 => format!("{:.0} MiB", bytes as f64 / 1_048_576.0),
        _ => format!("{:.1} GiB", bytes as f64 / 1_073_741_824.0),
    }
}

/// `1 class`, `20 classes`.
pub(crate) fn count(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

/// Asks on the terminal; no is the default.
///
/// # Errors
/// Where there is nobody to ask: `--yes` is the way out.
pub(crate) async fn confirm(question: &str) -> Result<bool> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        let message = format!("there is no terminal to ask on: {question}");
        return Err(Refusal::new(message, "say --yes to go ahead without being asked").into());
    }
    let mut stderr = anstream::stderr();
    write!(stderr, "{question} [y/N] ")
        .and_then(|()| stderr.flush())
        .context("can't ask on the terminal")?;
    // On a thread of its own, which does not hold up the end of the program after Ctrl-C.
    let (tell, answer) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = std::io::stdin().read_line(&mut line);
        // Nobody listens any more after Ctrl-C.
        let _ = tell.send(read.map(|_| line));
    });
    let line =
        answer.await.context("the question was not answered")?.context("can't read the answer")?;
    Ok(matches!(line.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// Asks before something is removed, unless the answer was given already, and tells when the answer is no.
pub(crate) async fn may_go_ahead(yes: bool, question: &str) -> Result<bool> {
    let may = yes || confirm(question).await?;
    if !may {
        failure::tell("nothing was changed");
    }
    Ok(may)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trees_lines_join_each_node_with_the_next_of_its_depth() {
        let names = ["root", "a", "a1", "a2", "b", "b1", "b11", "other root"];
        let lines = tree_lines(&[0, 1, 2, 2, 1, 2, 3, 0]);
        let tree: Vec<_> =
            lines.iter().zip(names).map(|(line, name)| format!("{line}{name}")).collect();
        insta::assert_snapshot!(tree.join("\n"), @"
        root
        ├─ a
        │  ├─ a1
        │  └─ a2
        └─ b
           └─ b1
              └─ b11
        other root
        ");
    }

    #[test]
    fn columns_line_up_behind_wide_characters_and_long_text_is_cut() {
        let mut rows = Rows::new(&["name", ">number", "text"]);
        for (name, number) in [("Zoë", 1), ("김서연", 20), ("พิมพ์ชนก", 300)] {
            let text = "x".repeat(if number == 20 { 200 } else { 3 });
            rows.add([name.to_owned(), number.to_string(), text]);
        }
        let text = anstream::adapter::strip_str(&rows.text()).to_string();
        insta::assert_snapshot!(text, @"
        name     number   text
        ────────────────────────────────────────────────────────────────────────────────────────────────────
        Zoë           1   xxx
        김서연       20   xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
        พิมพ์ชนก      300   xxx
        ");
    }

    #[test]
    fn a_terminal_does_not_obey_what_others_have_written() {
        let text = "a\u{1b}[2Jb\u{9b}1A\tc\nerror: d\re";
        assert_eq!(harmless(text), "a\u{fffd}[2Jb\u{fffd}1A c error: d\u{fffd}e");
        assert_eq!(harmless("김서연 é"), "김서연 é");
        assert_eq!(wrapped("a\r\nb\u{7}\n", 1), " a\n b\u{fffd}\n");
    }

    #[test]
    fn a_word_for_a_shell_is_one_word() {
        assert_eq!(shell_word("ada@school.example"), "ada@school.example");
        assert_eq!(shell_word("o'neil@x"), r"'o'\''neil@x'");
        assert_eq!(shell_word("a b"), "'a b'");
    }

    #[test]
    fn a_long_text_is_wrapped_between_words_and_keeps_its_lines() {
        let text = format!("{}\n\n  indented\n", "word ".repeat(30));
        insta::assert_snapshot!(format!("{}|", wrapped(&text, 4)), @"
            word word word word word word word word word word word word word word word word word word word
            word word word word word word word word word word word

              indented
        |
        ");
    }

    #[test]
    fn amounts_are_read_with_ease() {
        assert_eq!(
            [0, 2_048, 40 << 20, 3 << 29].map(bytes),
            ["0 bytes", "2 KiB", "40 MiB", "1.5 GiB"]
        );
    }
}
