//! What of a script can stand in a transaction, and the pieces that are run and recorded one by one when not all of it can.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::script::Mode;
use crate::sql::{Statement, tokens};

/// A piece of a script that is run and recorded as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    /// The indexes of its statements.
    pub(crate) statements: Range<usize>,
    pub(crate) kind: UnitKind,
}

/// How a piece is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnitKind {
    /// In a transaction of ours.
    Wrapped,
    /// In the transaction that the file opens itself; whether it closes it too.
    Block { closed: bool },
    /// In no transaction.
    Bare,
}

/// A transaction command in a place where it cannot be respected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Misplaced {
    pub(crate) statement: usize,
}

/// How a script is run: its mode, and the statements that are sent in [`Mode::Transaction`].
pub(crate) struct Layout {
    pub(crate) mode: Mode,
    pub(crate) body: Range<usize>,
    pub(crate) units: Vec<Unit>,
    pub(crate) misplaced: Vec<Misplaced>,
}

/// Whether a script is to run in one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Where that is possible.
    WherePossible,
    /// It is, whatever its statements are.
    Transaction,
    /// It is not.
    NoTransaction,
}

/// Lays a script out.
pub(crate) fn lay_out(sql: &str, statements: &[Statement], wanted: Wanted) -> Layout {
    let is_bare = |statement: &Statement, text: &str| {
        wanted != Wanted::Transaction && is_bare(statement, text)
    };
    let text = |statement: &Statement| sql.get(statement.start..statement.end).unwrap_or("");
    let (units, misplaced) = units(statements, |statement| is_bare(statement, text(statement)));
    let is_bare_anywhere = units.iter().any(|unit| unit.kind == UnitKind::Bare);
    let whole = 0..statements.len();
    let (mode, body) = match units.as_slice() {
        // The file is one transaction: ours, which holds the row of the history as well.
        [Unit { kind: UnitKind::Block { closed: true }, .. }]
            if is_plain_block(statements)
                && !statements.iter().any(|one| is_bare(one, text(one))) =>
        {
            (Mode::Transaction, 1..statements.len().saturating_sub(1))
        }
        [] => (Mode::Transaction, whole),
        all if wanted != Wanted::NoTransaction
            && !is_bare_anywhere
            && all.iter().all(|unit| unit.kind == UnitKind::Wrapped)
            && (wanted == Wanted::Transaction || added_value_use(statements, text).is_none()) =>
        {
            (Mode::Transaction, whole)
        }
        _ => (Mode::Statements, whole),
    };
    Layout { mode, body, units, misplaced }
}

fn units(
    statements: &[Statement],
    is_bare: impl Fn(&Statement) -> bool,
) -> (Vec<Unit>, Vec<Misplaced>) {
    let mut units = Vec::new();
    let mut misplaced = Vec::new();
    let mut opened = None;
    for (index, statement) in statements.iter().enumerate() {
        let control = control(statement);
        match (control, opened) {
            (Some(Control::Begin), None) => opened = Some(index),
            (Some(Control::End), Some(start)) => {
                let kind = UnitKind::Block { closed: true };
                units.push(Unit { statements: start..index + 1, kind });
                opened = None;
            }
            (Some(_), _) => {
                misplaced.push(Misplaced { statement: index });
                if opened.is_none() {
                    units.push(Unit { statements: index..index + 1, kind: UnitKind::Bare });
                }
            }
            (None, Some(_)) => {}
            (None, None) => {
                let kind = if is_bare(statement) { UnitKind::Bare } else { UnitKind::Wrapped };
                units.push(Unit { statements: index..index + 1, kind });
            }
        }
    }
    if let Some(start) = opened {
        misplaced.push(Misplaced { statement: start });
        let kind = UnitKind::Block { closed: false };
        units.push(Unit { statements: start..statements.len(), kind });
    }
    (units, misplaced)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Control {
    Begin,
    End,
    /// A command that ends a transaction otherwise: by preparing it, or by opening the next one.
    Other,
}

fn control(statement: &Statement) -> Option<Control> {
    let first = statement.words.first().map(String::as_str)?;
    let has = |word: &str| statement.words.iter().any(|have| have == word);
    match first {
        "BEGIN" => Some(Control::Begin),
        "START" if has("TRANSACTION") => Some(Control::Begin),
        "PREPARE" if statement.begins_with(&["PREPARE", "TRANSACTION"]) => Some(Control::Other),
        "COMMIT" | "ROLLBACK" if statement.words.get(1).is_some_and(|word| word == "PREPARED") => {
            None
        }
        "ROLLBACK" if has("TO") => None,
        "COMMIT" | "END" | "ROLLBACK" | "ABORT" if has("CHAIN") && !has("NO") => {
            Some(Control::Other)
        }
        "COMMIT" | "END" | "ROLLBACK" | "ABORT" => Some(Control::End),
        _ => None,
    }
}

/// Whether the only transaction commands are a first BEGIN without options and a last COMMIT.
fn is_plain_block(statements: &[Statement]) -> bool {
    let is_plain = |statement: &Statement, first: &[&str]| {
        statement.words.iter().enumerate().all(|(index, word)| {
            if index == 0 {
                first.contains(&word.as_str())
            } else {
                matches!(word.as_str(), "WORK" | "TRANSACTION")
            }
        })
    };
    matches!(statements, [begin, .., end]
        if is_plain(begin, &["BEGIN", "START"]) && is_plain(end, &["COMMIT", "END"]))
}

/// Whether PostgreSQL refuses the statement in a transaction.
fn is_bare(statement: &Statement, text: &str) -> bool {
    const ALWAYS: [&[&str]; 14] = [
        &["VACUUM"],
        &["ALTER", "SYSTEM"],
        &["CREATE", "DATABASE"],
        &["DROP", "DATABASE"],
        &["CREATE", "TABLESPACE"],
        &["DROP", "TABLESPACE"],
        &["CREATE", "SUBSCRIPTION"],
        &["DROP", "SUBSCRIPTION"],
        &["CREATE", "INDEX", "CONCURRENTLY"],
        &["CREATE", "UNIQUE", "INDEX", "CONCURRENTLY"],
        &["DROP", "INDEX", "CONCURRENTLY"],
        &["DISCARD", "ALL"],
        &["COMMIT", "PREPARED"],
        &["ROLLBACK", "PREPARED"],
    ];
    if ALWAYS.iter().any(|words| statement.begins_with(words)) {
        return true;
    }
    let has = |word: &str| statement.words.iter().any(|have| have == word);
    match statement.words.first().map(String::as_str) {
        // `REINDEX (CONCURRENTLY)` has the word in parentheses; a whole schema or database never runs in a transaction.
        Some("REINDEX") => {
            ["SCHEMA", "DATABASE", "SYSTEM"].iter().any(|word| has(word))
                || tokens(text).any(|token| token.eq_ignore_ascii_case("concurrently"))
        }
        // Without a table it goes through all of them.
        Some("CLUSTER") => {
            statement.words.iter().skip(1).all(|word| word == "VERBOSE")
                && tokens(text).count() == statement.words.len()
        }
        Some("ALTER") if statement.begins_with(&["ALTER", "TABLE"]) => {
            has("DETACH") && has("CONCURRENTLY")
        }
        Some("ALTER") if statement.begins_with(&["ALTER", "DATABASE"]) => {
            has("TABLESPACE") && has("SET")
        }
        Some("ALTER") if statement.begins_with(&["ALTER", "SUBSCRIPTION"]) => {
            has("REFRESH") || has("PUBLICATION")
        }
        Some("DO") => commits(text),
        _ => false,
    }
}

/// Whether the body of a DO block has a COMMIT or ROLLBACK of its own.
fn commits(text: &str) -> bool {
    let bodies = tokens(text).filter(|token| token.starts_with('$'));
    let mut bodies = bodies.map(|token| token.trim_matches(|c| c != '$').trim_matches('$'));
    bodies.any(|body| {
        let mut before = "";
        tokens(body).any(|token| {
            let ends = token == ";"
                && ["commit", "rollback"].iter().any(|word| before.eq_ignore_ascii_case(word));
            before = token;
            ends
        })
    })
}

/// The first statement that uses a value which the script adds to an enum before it: PostgreSQL allows that only after a commit, or
/// in the transaction that created the enum itself.
pub(super) fn added_value_use<'a>(
    statements: &'a [Statement],
    text: impl Fn(&'a Statement) -> &'a str,
) -> Option<usize> {
    let mut added: Vec<&str> = Vec::new();
    let mut created: BTreeSet<String> = BTreeSet::new();
    for (index, statement) in statements.iter().enumerate() {
        let mut own: Vec<&str> = tokens(text(statement)).collect();
        let is = |index: usize, word: &str| {
            own.get(index).is_some_and(|token| token.eq_ignore_ascii_case(word))
        };
        if added.iter().any(|value| text(statement).contains(value)) {
            return Some(index);
        }
        if is(0, "create") && is(1, "type") {
            created.insert(name(own.iter().skip(2)));
        }
        if is(0, "alter") && is(1, "type") {
            let Some(add) = own.windows(2).position(|pair| {
                matches!(pair, [first, second]
                    if first.eq_ignore_ascii_case("add") && second.eq_ignore_ascii_case("value"))
            }) else {
                continue;
            };
            let value = own.iter().skip(add + 2).find(|token| token.contains('\'')).copied();
            own.truncate(add);
            if !created.contains(&name(own.iter().skip(2))) {
                added.extend(value);
            }
        }
    }
    None
}

/// The qualified name at the start of these tokens, folded as far as a comparison needs it.
fn name<'a>(own: impl Iterator<Item = &'a &'a str>) -> String {
    let mut name = String::new();
    let mut wants_part = true;
    for token in own {
        if wants_part == (*token == ".") {
            break;
        }
        name.push_str(&token.to_ascii_lowercase());
        wants_part = !wants_part;
    }
    name
}

#[cfg(test)]
mod tests;
