//! One thing that a check found, its place and its text.

use std::fmt;
use std::ops::Range;

use serde::Serialize;

use crate::script::Script;
use crate::sql::line_and_column;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; no reason to change anything.
    Note,
    /// Can hurt a database that is in use or the programs that use it.
    Warning,
    /// Fails, or stops a database that is in use for as long as its tables are large.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// Who found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindingSource {
    /// The linter squawk, by reading the script. Its rules are explained on <https://squawkhq.com/docs/rules>.
    Squawk,
    /// A rule of this crate, by looking at the files and the history.
    Homeroom,
    /// The run of the script on a scratch database.
    Traced,
}

/// One thing that a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The name of the rule, as `-- check-ignore: name reason` takes it.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// Who found it.
    pub source: FindingSource,
    /// The file, by its path in the folder of the migrations.
    pub file: String,
    /// Where in the file; `None`: it is about the whole of it.
    pub place: Option<FindingPlace>,
    /// What it is.
    pub message: String,
    /// Why that is bad.
    pub why: Option<String>,
    /// The way out.
    pub help: Option<String>,
}

/// A piece of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FindingPlace {
    /// The line at which it starts, from 1.
    pub line: u32,
    /// The column at which it starts, in characters from 1.
    pub column: u32,
    /// The line at which it ends.
    pub end_line: u32,
    /// The column after its last character.
    pub end_column: u32,
    /// The text of its first line.
    pub text: String,
}

impl FindingPlace {
    /// The place of these bytes of a script.
    pub(super) fn of(script: &Script, bytes: &Range<usize>) -> Self {
        let sql = script.sql();
        let (line, column) = line_and_column(sql, bytes.start);
        let (end_line, end_column) = line_and_column(sql, bytes.end.max(bytes.start));
        let start_of_line = sql.get(..bytes.start).and_then(|before| before.rfind('\n'));
        let text = sql.get(start_of_line.map_or(0, |newline| newline + 1)..).unwrap_or("");
        let text = text.lines().next().unwrap_or("").trim_end().to_owned();
        let offset = script.first_line() - 1;
        Self { line: line + offset, column, end_line: end_line + offset, end_column, text }
    }

    /// A whole line of which the text is not at hand.
    pub(super) fn line(line: u32) -> Self {
        Self { line, column: 1, end_line: line, end_column: 1, text: String::new() }
    }
}

impl fmt::Display for Finding {
    /// As compilers print it: the place, what it is, the line with the piece underlined, why, and the way out.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        if let Some(place) = &self.place {
            write!(formatter, ":{}:{}", place.line, place.column)?;
        }
        write!(formatter, ": {}: {} [{}]", self.severity, self.message, self.rule)?;
        if let Some(place) = self.place.as_ref().filter(|place| !place.text.is_empty()) {
            let number = place.line.to_string();
            let margin = " ".repeat(number.len());
            let (indent, underline) = underline(place);
            write!(formatter, "\n  {number} | {}\n  {margin} | {indent}{underline}", place.text)?;
        }
        for (label, text) in [("why", &self.why), ("help", &self.help)] {
            if let Some(text) = text {
                write!(formatter, "\n  {label}: {}", text.replace('\n', "\n    "))?;
            }
        }
        Ok(())
    }
}

/// What stands before the underline and the underline itself. Tabs stay tabs, so that both fit the line above on every terminal.
fn underline(place: &FindingPlace) -> (String, String) {
    let characters = |column: u32| usize::try_from(column.saturating_sub(1)).unwrap_or(0);
    let before = characters(place.column);
    let length = place.text.chars().count();
    let end = if place.end_line == place.line { characters(place.end_column) } else { length };
    let indent = place.text.chars().take(before);
    let indent = indent.map(|character| if character == '\t' { '\t' } else { ' ' }).collect();
    (indent, "^".repeat(end.min(length).saturating_sub(before).max(1)))
}
