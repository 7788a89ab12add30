//! One SQL file: its text, how it is to be run, and what it says about itself.

use std::ops::Range;

use crate::folder::{Direction, Fault};
use crate::sql::{self, Statement};

/// How the statements of a script are held together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "engine", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "engine", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Mode {
    /// All in one transaction, together with the row of the history table.
    Transaction,
}

/// The up or the down side of a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    file: String,
    sql: String,
    mode: Mode,
    statements: Vec<Statement>,
    irreversible: Option<String>,
}

impl Script {
    /// Reads a script and appends what is wrong with it to `faults`.
    pub(crate) fn parse(
        file: &str,
        direction: Direction,
        bytes: &[u8],
        faults: &mut Vec<Fault>,
    ) -> Option<Self> {
        let before = faults.len();
        let sql = match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => text.strip_prefix('\u{feff}').unwrap_or(text),
            Ok(text) => {
                let offset = text.find('\0').unwrap_or(0);
                faults.push(Fault::NotText { file: file.to_owned(), offset });
                return None;
            }
            Err(error) => {
                faults.push(Fault::NotText { file: file.to_owned(), offset: error.valid_up_to() });
                return None;
            }
        };
        let statements = match sql::split(sql) {
            Ok(statements) => statements,
            Err(unfinished) => {
                let (line, _) = sql::line_and_column(sql, unfinished.start);
                faults.push(Fault::Unfinished {
                    file: file.to_owned(),
                    line,
                    what: unfinished.what,
                });
                return None;
            }
        };
        for statement in &statements {
            faults.extend(unsupported(file, sql, statement));
        }
        let head = statements.first().map_or(sql, |first| sql.get(..first.start).unwrap_or(sql));
        if directive(head, "no-transaction").is_some() {
            faults.push(Fault::NoTransaction { file: file.to_owned() });
        }
        // An up file has nothing to be irreversible about: there the line is a comment like any other.
        let irreversible = (direction == Direction::Down)
            .then(|| directive(head, "irreversible:").map(str::to_owned))
            .flatten();
        match &irreversible {
            Some(reason) if reason.is_empty() => {
                faults.push(Fault::IrreversibleWithoutReason { file: file.to_owned() });
            }
            Some(_) if !statements.is_empty() => {
                faults.push(Fault::IrreversibleWithStatements { file: file.to_owned() });
            }
            None if statements.is_empty() => faults.push(Fault::Empty { file: file.to_owned() }),
            _ => {}
        }
        (faults.len() == before).then(|| Self {
            file: file.to_owned(),
            sql: sql.to_owned(),
            mode: Mode::Transaction,
            statements,
            irreversible,
        })
    }

    /// The name of the file, without its folder.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The text as it stands in the file, without a byte order mark.
    #[must_use]
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// How it is run.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The reason after `-- irreversible:`, when the file has that line instead of statements.
    #[must_use]
    pub fn irreversible(&self) -> Option<&str> {
        self.irreversible.as_deref()
    }

    /// The bytes at which the statement with this index (from 0) stands in the text.
    #[cfg_attr(not(feature = "engine"), expect(dead_code, reason = "only a run needs it"))]
    pub(crate) fn statement(&self, index: usize) -> Option<Range<usize>> {
        self.statements.get(index).map(|statement| statement.start..statement.end)
    }

    /// Whether a statement might leave a setting or a role of the session changed.
    #[cfg_attr(not(feature = "engine"), expect(dead_code, reason = "only a run needs it"))]
    pub(crate) fn may_change_session(&self) -> bool {
        // A SELECT, CALL or DO can reach set_config().
        const SUSPECTS: [&str; 6] = ["SET", "RESET", "SELECT", "WITH", "CALL", "DO"];
        self.statements.iter().any(|statement| {
            statement.words.first().is_some_and(|word| SUSPECTS.contains(&word.as_str()))
        })
    }
}

/// What follows `-- name` in the comments before the first statement.
fn directive<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let comment = line.trim().strip_prefix("--")?.trim_start();
        let start = comment.get(..name.len())?;
        start.eq_ignore_ascii_case(name).then(|| comment.get(name.len()..).unwrap_or("").trim())
    })
}

/// Statements that would break the transaction or the protocol, found before anything runs.
fn unsupported(file: &str, sql: &str, statement: &Statement) -> Option<Fault> {
    const TRANSACTION_CONTROL: [&[&str]; 7] = [
        &["BEGIN"],
        &["START", "TRANSACTION"],
        &["COMMIT"],
        &["END"],
        &["ABORT"],
        &["ROLLBACK"],
        &["PREPARE", "TRANSACTION"],
    ];
    let (line, _) = sql::line_and_column(sql, statement.start);
    let to_savepoint = statement.begins_with(&["ROLLBACK", "TO"])
        || statement.begins_with(&["ROLLBACK", "WORK", "TO"])
        || statement.begins_with(&["ROLLBACK", "TRANSACTION", "TO"]);
    if !to_savepoint && TRANSACTION_CONTROL.iter().any(|words| statement.begins_with(words)) {
        let word = statement.words.first().cloned().unwrap_or_default();
        return Some(Fault::TransactionControl { file: file.to_owned(), line, word });
    }
    let through_client = statement.words.windows(2).any(|pair| {
        matches!(pair, [first, second]
            if (first == "FROM" && second == "STDIN") || (first == "TO" && second == "STDOUT"))
    });
    if statement.begins_with(&["COPY"]) && through_client {
        return Some(Fault::CopyThroughClient { file: file.to_owned(), line });
    }
    None
}
