//! One SQL file: its text, how it is to be run, and what it says about itself.

mod units;

use std::ops::Range;

#[cfg(not(feature = "engine"))]
use self::units::Unit;
pub(crate) use self::units::Wanted;
use self::units::lay_out;
#[cfg(feature = "engine")]
pub(crate) use self::units::{Unit, UnitKind};
use crate::folder::{Direction, Fault};
use crate::sql::{self, Statement};

/// The comment that asks for no transaction.
const NO_TRANSACTION: &str = "no-transaction";

/// How the statements of a script are held together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "engine", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "engine", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Mode {
    /// All in one transaction, together with the row of the history table.
    Transaction,
    /// Each on its own, with the progress kept in the history table: because one of them cannot run in a transaction, because the
    /// file asks for it (`-- no-transaction`), or because it has several transactions itself.
    Statements,
}

/// The up or the down side of a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    file: String,
    sql: String,
    first_line: u32,
    is_absent: bool,
    /// Whether something else than its text asks for no transaction.
    no_transaction: bool,
    mode: Mode,
    /// What of the text is sent in [`Mode::Transaction`], as indexes of statements: all but a BEGIN and COMMIT of its own.
    body: Range<usize>,
    statements: Vec<Statement>,
    units: Vec<Unit>,
    irreversible: Option<String>,
}

/// What is known of a script beside its text.
pub(crate) struct Source<'a> {
    /// The file.
    pub(crate) file: &'a str,
    /// Its side.
    pub(crate) direction: Direction,
    /// The line of the file at which the text begins, from 1.
    pub(crate) first_line: u32,
    /// Whether it may be empty, and have transaction commands that our own style has no place for.
    pub(crate) is_lenient: bool,
    /// What is said beside the text of how it is to be run.
    pub(crate) wanted: Wanted,
}

impl Script {
    /// Reads a script and appends what is wrong with it to `faults`.
    pub(crate) fn read(source: &Source<'_>, sql: &str, faults: &mut Vec<Fault>) -> Option<Self> {
        let before = faults.len();
        let file = || source.file.to_owned();
        let line_of = |byte| sql::line_and_column(sql, byte).0 + source.first_line - 1;
        let statements = match sql::split(sql) {
            Ok(statements) => statements,
            Err(sql::Unfinished { start, what }) => {
                faults.push(Fault::Unfinished { file: file(), line: line_of(start), what });
                return None;
            }
        };
        for statement in statements.iter().filter(|statement| copies_through_client(statement)) {
            faults.push(Fault::CopyThroughClient { file: file(), line: line_of(statement.start) });
        }
        let head = statements.first().map_or(sql, |first| sql.get(..first.start).unwrap_or(sql));
        let declared = directive(head, NO_TRANSACTION).map(|_| Wanted::NoTransaction);
        let layout = lay_out(sql, &statements, declared.unwrap_or(source.wanted));
        for misplaced in layout.misplaced.iter().filter(|_| !source.is_lenient) {
            if let Some(statement) = statements.get(misplaced.statement) {
                let (line, word) = (line_of(statement.start), statement.words.first());
                let word = word.cloned().unwrap_or_default();
                faults.push(Fault::TransactionControl { file: file(), line, word });
            }
        }
        // An up file has nothing to be irreversible about: there the line is a comment like any other.
        let mut irreversible = (source.direction == Direction::Down)
            .then(|| directive(head, "irreversible:").map(str::to_owned))
            .flatten();
        if source.is_lenient {
            irreversible =
                irreversible.filter(|reason| !reason.is_empty() && statements.is_empty());
        } else {
            match &irreversible {
                Some(reason) if reason.is_empty() => {
                    faults.push(Fault::IrreversibleWithoutReason { file: file() });
                }
                Some(_) if !statements.is_empty() => {
                    faults.push(Fault::IrreversibleWithStatements { file: file() });
                }
                None if statements.is_empty() => faults.push(Fault::Empty { file: file() }),
                _ => {}
            }
        }
        (faults.len() == before).then(|| Self {
            file: file(),
            sql: sql.to_owned(),
            first_line: source.first_line,
            is_absent: false,
            no_transaction: source.wanted == Wanted::NoTransaction,
            mode: layout.mode,
            body: layout.body,
            statements,
            units: layout.units,
            irreversible,
        })
    }

    /// The down side of a migration that has none.
    pub(crate) fn absent() -> Self {
        Self {
            file: String::new(),
            sql: String::new(),
            first_line: 1,
            is_absent: true,
            no_transaction: false,
            mode: Mode::Transaction,
            body: 0..0,
            statements: Vec::new(),
            units: Vec::new(),
            irreversible: Some("it has no down script".to_owned()),
        }
    }

    /// The path of the file in the folder of the migrations; empty where there is none, which only other tools' styles allow.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The text as it stands in the file, without a byte order mark; of a file that holds both sides, the text of this one.
    #[must_use]
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// How it is run.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Why the migration cannot be taken back: the reason after `-- irreversible:`, when the file has that line instead of
    /// statements, or that there is no file.
    #[must_use]
    pub fn irreversible(&self) -> Option<&str> {
        self.irreversible.as_deref()
    }
}

#[cfg(feature = "engine")]
impl Script {
    /// The text for the history: one that says by itself how it is to be run. `None` where there is no script.
    pub(crate) fn stored_sql(&self) -> Option<String> {
        let ask = if self.no_transaction { "-- no-transaction\n" } else { "" };
        (!self.is_absent).then(|| format!("{ask}{}", self.sql))
    }

    /// The SHA-256 of the text as [`checksum`](crate::history::checksum) makes it. `None` where there is no script.
    pub(crate) fn checksum(&self) -> Option<String> {
        (!self.is_absent).then(|| crate::history::checksum(&self.sql))
    }

    /// The line of the file at which the text begins, from 1.
    pub(crate) fn first_line(&self) -> u32 {
        self.first_line
    }

    /// The bytes at which the statement with this index (from 0) stands in the text.
    pub(crate) fn statement(&self, index: usize) -> Option<Range<usize>> {
        self.statements.get(index).map(|statement| statement.start..statement.end)
    }

    /// The text of the statement with this index (from 0).
    pub(crate) fn statement_text(&self, index: usize) -> &str {
        self.statement(index).and_then(|range| self.sql.get(range)).unwrap_or("")
    }

    /// How many statements it has.
    pub(crate) fn length(&self) -> usize {
        self.statements.len()
    }

    /// What is sent in one transaction: the index of its first statement, its first byte, and the text.
    pub(crate) fn body(&self) -> (usize, usize, &str) {
        if self.body.len() == self.statements.len() {
            return (0, 0, &self.sql);
        }
        let (first, last) = (self.body.start, self.body.end.saturating_sub(1));
        match (self.statements.get(first), self.statements.get(last)) {
            (Some(start), Some(end)) if first <= last => {
                (first, start.start, self.sql.get(start.start..end.end).unwrap_or(""))
            }
            _ => (first, 0, ""),
        }
    }

    /// The indexes of the statements that are sent in one transaction.
    pub(crate) fn body_statements(&self) -> Range<usize> {
        self.body.clone()
    }

    /// The index of the first statement that uses a value which the script adds to an enum before it.
    #[cfg(feature = "check")]
    pub(crate) fn added_enum_value_use(&self) -> Option<usize> {
        let text = |one: &Statement| self.sql.get(one.start..one.end).unwrap_or("");
        units::added_value_use(&self.statements, text)
    }

    /// The first word of each statement, in upper case.
    pub(crate) fn first_words(&self) -> impl Iterator<Item = &str> {
        self.statements.iter().filter_map(|one| one.words.first().map(String::as_str))
    }

    /// The pieces that are run one by one where not all of it runs in one transaction.
    pub(crate) fn units(&self) -> &[Unit] {
        &self.units
    }

    /// Whether a statement might leave a setting or a role of the session changed.
    pub(crate) fn may_change_session(&self) -> bool {
        // A SELECT, CALL or DO can reach set_config().
        const SUSPECTS: [&str; 6] = ["SET", "RESET", "SELECT", "WITH", "CALL", "DO"];
        self.statements.iter().any(|statement| {
            statement.words.first().is_some_and(|word| SUSPECTS.contains(&word.as_str()))
        })
    }

    /// Whether it chooses how its transaction is isolated, which has to come before any query.
    pub(crate) fn sets_transaction(&self) -> bool {
        self.statements.iter().any(|statement| statement.begins_with(&["SET", "TRANSACTION"]))
    }

    /// Whether it speaks of giving advisory locks back, the migration lock perhaps among them.
    pub(crate) fn may_unlock(&self) -> bool {
        self.sql.to_ascii_lowercase().contains("advisory_unlock")
    }

    /// Whether it speaks of giving back what the session has prepared.
    pub(crate) fn may_forget_prepared(&self) -> bool {
        let sql = self.sql.to_ascii_lowercase();
        ["deallocate", "discard"].iter().any(|word| sql.contains(word))
    }

    /// Whether the statement with this index sets something for the rest of the session.
    pub(crate) fn sets_session(&self, index: usize) -> bool {
        const OTHERS: [&str; 3] = ["LOCAL", "TRANSACTION", "CONSTRAINTS"];
        self.statements.get(index).is_some_and(|statement| {
            matches!(statement.words.first().map(String::as_str), Some("SET" | "RESET"))
                && !statement.words.get(1).is_some_and(|word| OTHERS.contains(&word.as_str()))
        })
    }

    /// Whether a statement before the one with this index sets this setting, given in upper case.
    pub(crate) fn sets(&self, setting: &str, before: usize) -> bool {
        self.statements.iter().take(before).any(|statement| {
            matches!(statement.words.first().map(String::as_str), Some("SET"))
                && statement.words.iter().skip(1).take(2).any(|word| word == setting)
        })
    }
}

/// The text of a file, without a byte order mark.
pub(crate) fn text<'a>(file: &str, bytes: &'a [u8], faults: &mut Vec<Fault>) -> Option<&'a str> {
    let offset = match std::str::from_utf8(bytes) {
        Ok(text) => match text.find('\0') {
            None => return Some(text.strip_prefix('\u{feff}').unwrap_or(text)),
            Some(offset) => offset,
        },
        Err(error) => error.valid_up_to(),
    };
    faults.push(Fault::NotText { file: file.to_owned(), offset });
    None
}

/// What follows `-- name` in the comments before the first statement.
fn directive<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let comment = line.trim().strip_prefix("--")?.trim_start();
        let start = comment.get(..name.len())?;
        start.eq_ignore_ascii_case(name).then(|| comment.get(name.len()..).unwrap_or("").trim())
    })
}

/// Whether a statement would break the protocol, as only psql can answer it.
fn copies_through_client(statement: &Statement) -> bool {
    let through_client = statement.words.windows(2).any(|pair| {
        matches!(pair, [first, second]
            if (first == "FROM" && second == "STDIN") || (first == "TO" && second == "STDOUT"))
    });
    statement.begins_with(&["COPY"]) && through_client
}
