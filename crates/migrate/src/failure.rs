//! A migration that failed: where in its file, and what the server said.

use std::fmt;

use serde::Serialize;
use tokio_postgres::error::{DbError, ErrorPosition, SqlState};

use crate::folder::Direction;
use crate::script::Script;
use crate::sql::line_and_column;
use crate::version::Version;

/// A failed migration. Nothing of it was kept, save the statements before the failing one where not all ran in one transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Failure {
    /// The migration.
    pub version: Version,
    /// Its name.
    pub name: String,
    /// Which of its scripts failed.
    pub direction: Direction,
    /// The file of the script.
    pub file: String,
    /// Whether the script was the one stored in the database instead of the file.
    pub stored: bool,
    /// The place of the error; where the server named none, the start of the failing statement. `None` when the failure came
    /// with the commit, as that of a deferred constraint does.
    pub place: Option<Place>,
    /// The SQLSTATE.
    pub code: String,
    /// The server's message.
    pub message: String,
    /// Its detail.
    pub detail: Option<String>,
    /// Its hint.
    pub hint: Option<String>,
    /// Its context: the stack of functions in which the error arose.
    pub context: Option<String>,
    /// How often the migration was tried.
    pub attempts: u32,
    /// How many of its statements are done and stay: those that did not run in one transaction with the failing one.
    pub kept_statements: usize,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The text of the line.
    pub text: String,
}

/// What of a script was being run when it failed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// A statement.
    Statement {
        /// Its index, from 0.
        index: usize,
        /// The byte of the script at which the text begins that was sent.
        sent_from: usize,
        /// How many characters of other text were sent before.
        sent_after: usize,
    },
    /// The commit.
    Commit,
}

impl Failure {
    pub(crate) fn new(
        version: Version,
        name: &str,
        direction: Direction,
        (script, stored): (&Script, bool),
        step: Step,
        error: &DbError,
        (attempts, kept_statements): (u32, usize),
    ) -> Self {
        Self {
            version,
            name: name.to_owned(),
            direction,
            file: script.file().to_owned(),
            stored,
            place: place(script, step, error),
            code: error.code().code().to_owned(),
            message: error.message().to_owned(),
            detail: error.detail().map(str::to_owned),
            hint: error.hint().map(str::to_owned).or_else(|| own_hint(error)),
            context: error.where_().map(str::to_owned),
            attempts,
            kept_statements,
        }
    }
}

impl Failure {
    /// Whether it says that what a migration makes or takes away is so already.
    pub(crate) fn says_done_already(&self) -> bool {
        // Names that are there or are not, and rows that are there; not missing rights, nor faults of the SQL itself.
        let other = ["42501", "42601", "42622", "42939"].contains(&self.code.as_str());
        self.kept_statements == 0
            && (self.code.starts_with("42") || self.code.starts_with("23"))
            && !other
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}_{} failed", self.version, self.name)?;
        match &self.place {
            Some(place) => write!(formatter, " at {}:{}:{}", self.file, place.line, place.column)?,
            None => write!(formatter, " at the commit of {}", self.file)?,
        }
        if self.stored {
            formatter.write_str(" (as stored in the database)")?;
        }
        write!(formatter, ": {} ({})", self.message, self.code)?;
        if let Some(place) = &self.place {
            let number = place.line.to_string();
            let margin = " ".repeat(number.len());
            // Tabs stay tabs, so that the caret stands below its character on every terminal.
            let before = usize::try_from(place.column.saturating_sub(1)).unwrap_or(0);
            let indent: String = place
                .text
                .chars()
                .take(before)
                .map(|character| if character == '\t' { '\t' } else { ' ' })
                .collect();
            write!(formatter, "\n  {number} | {}\n  {margin} | {indent}^", place.text)?;
        }
        for (label, text) in
            [("detail", &self.detail), ("hint", &self.hint), ("context", &self.context)]
        {
            if let Some(text) = text {
                write!(formatter, "\n  {label}: {}", text.replace('\n', "\n    "))?;
            }
        }
        if self.attempts > 1 {
            write!(formatter, "\n  tried {} times", self.attempts)?;
        }
        match self.kept_statements {
            0 => formatter.write_str("\n  nothing of this migration was kept"),
            1 => formatter
                .write_str("\n  its first statement is kept, the next run continues after it"),
            kept => write!(
                formatter,
                "\n  its first {kept} statements are kept, the next run continues after them"
            ),
        }
    }
}

impl std::error::Error for Failure {}

fn place(script: &Script, step: Step, error: &DbError) -> Option<Place> {
    let sql = script.sql();
    let byte = match (error.position(), step) {
        // The server counts characters from 1.
        (
            Some(ErrorPosition::Original(position)),
            Step::Statement { sent_from, sent_after, .. },
        ) => {
            let character = usize::try_from(*position).ok()?.checked_sub(sent_after + 1)?;
            let sent = sql.get(sent_from..)?;
            sent.char_indices().nth(character).map_or(sql.len(), |(byte, _)| sent_from + byte)
        }
        (_, Step::Statement { index, .. }) => script.statement(index)?.start,
        (_, Step::Commit) => return None,
    };
    let (line, column) = line_and_column(sql, byte);
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    let text = sql.split('\n').nth(index).unwrap_or("").trim_end().to_owned();
    Some(Place { line: line + script.first_line() - 1, column, text })
}

/// A way out where the server's own message has none.
fn own_hint(error: &DbError) -> Option<String> {
    let hint = match error.code() {
        &SqlState::ACTIVE_SQL_TRANSACTION => {
            "this statement cannot run in a transaction: begin the file with the line `-- no-transaction`, or tell Diesel so in metadata.toml"
        }
        &SqlState::LOCK_NOT_AVAILABLE => {
            "another session holds a lock on the table: end its transaction, or allow a longer lock_timeout"
        }
        &SqlState::READ_ONLY_SQL_TRANSACTION => {
            "it is a standby, or default_transaction_read_only is on: migrate on the server that takes writes"
        }
        code if code.code() == "55P04" => {
            "a new enum value cannot be used in the transaction that adds it: begin the file with the line `-- no-transaction`"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}
