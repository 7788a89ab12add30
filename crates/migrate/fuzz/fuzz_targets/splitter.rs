//! The splitter: whatever it is given, it gives statements that stand there, and the same ones as a slow reading of the manual.
#![no_main]

use libfuzzer_sys::fuzz_target;

/// It is private to the crate, so it is compiled once more here.
#[path = "../../src/sql.rs"]
#[allow(dead_code, unreachable_pub)]
mod sql;

fuzz_target!(|script: &str| {
    let split = sql::split(script);
    // Where `BEGIN ATOMIC` hides semicolons the slow reading knows nothing of it.
    if !script.to_ascii_lowercase().contains("atomic") {
        let slow = slow_split(script);
        assert_eq!(split.is_ok(), slow.is_some(), "{script:?}");
        if let (Ok(statements), Some(slow)) = (&split, slow) {
            assert_eq!(texts(script, statements), slow, "{script:?}");
        }
    }
    let Ok(statements) = split else { return };
    for text in texts(script, &statements) {
        let alone = sql::split(text).expect("what is closed in a script is closed alone");
        assert_eq!(texts(text, &alone), [text]);
    }
    let joined = texts(script, &statements).join(";\n");
    let again = sql::split(&joined).expect("closed");
    assert_eq!(texts(&joined, &again), texts(script, &statements));
    for (index, _) in script.char_indices() {
        let (line, column) = sql::line_and_column(script, index);
        assert!(line >= 1 && column >= 1);
    }
});

fn texts<'a>(script: &'a str, statements: &[sql::Statement]) -> Vec<&'a str> {
    statements.iter().map(|one| &script[one.start..one.end]).collect()
}

/// The statements as section 4.1 of PostgreSQL's manual has them, a piece at a time off the front; `None` when one never ends.
fn slow_split(script: &str) -> Option<Vec<&str>> {
    let mut statements = Vec::new();
    let (mut start, mut end, mut depth) = (None, 0, 0_usize);
    let mut rest = script;
    while let Some(first) = rest.chars().next() {
        let at = script.len() - rest.len();
        if let Some(behind) = space(rest) {
            rest = behind?;
            continue;
        }
        if first == ';' && depth == 0 {
            statements.extend(start.take().map(|start| &script[start..end]));
            rest = &rest[1..];
            continue;
        }
        match first {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if start.is_none() {
            // A new statement: what an earlier one left open is over.
            depth = usize::from(first == '(');
        }
        start.get_or_insert(at);
        rest = token(rest)?;
        end = script.len() - rest.len();
    }
    statements.extend(start.map(|start| &script[start..end]));
    Some(statements)
}

/// What stands behind one space or comment at the front; the inner `None`: the comment never ends.
fn space(text: &str) -> Option<Option<&str>> {
    if let Some(behind) = text.strip_prefix([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']) {
        return Some(Some(behind));
    }
    if text.starts_with("--") {
        return Some(Some(text.find(['\n', '\r']).map_or("", |end| &text[end..])));
    }
    text.starts_with("/*").then(|| {
        let (mut depth, mut rest) = (0, text);
        loop {
            if let Some(behind) = rest.strip_prefix("/*") {
                (depth, rest) = (depth + 1, behind);
            } else if let Some(behind) = rest.strip_prefix("*/") {
                (depth, rest) = (depth - 1, behind);
            } else {
                let mut chars = rest.chars();
                chars.next()?;
                rest = chars.as_str();
            }
            if depth == 0 {
                return Some(rest);
            }
        }
    })
}

/// What stands behind the token at the front; `None` when it never ends.
fn token(text: &str) -> Option<&str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$' || !c.is_ascii();
    if let Some(quoted) = text.strip_prefix(['e', 'E']).and_then(|rest| rest.strip_prefix('\'')) {
        let mut behind = quote(quoted, '\'', true)?;
        while let Some(next) = continued(behind) {
            behind = quote(next, '\'', true)?;
        }
        return Some(behind);
    }
    let first = text.chars().next()?;
    match first {
        '\'' | '"' => quote(&text[1..], first, false),
        '$' => {
            let tag = text[1..].split('$').next().unwrap_or_default();
            let is_tag = tag.chars().all(|c| is_word(c) && c != '$')
                && !tag.starts_with(|c: char| c.is_ascii_digit())
                && text[1 + tag.len()..].starts_with('$');
            if !is_tag {
                return Some(&text[1..]);
            }
            let tag = &text[..tag.len() + 2];
            let body = &text[tag.len()..];
            body.find(tag).map(|end| &body[end + tag.len()..])
        }
        _ if is_word(first) => Some(text.trim_start_matches(is_word)),
        _ => Some(&text[first.len_utf8()..]),
    }
}

fn quote(text: &str, quote: char, escapes: bool) -> Option<&str> {
    let mut chars = text.chars();
    loop {
        match chars.next()? {
            '\\' if escapes => {
                chars.next()?;
            }
            c if c == quote => match chars.as_str().strip_prefix(quote) {
                Some(behind) => chars = behind.chars(),
                None => return Some(chars.as_str()),
            },
            _ => {}
        }
    }
}

/// What stands behind the quote in which an escape string goes on.
fn continued(text: &str) -> Option<&str> {
    let mut rest = text;
    while !rest.starts_with("/*")
        && let Some(behind) = space(rest).flatten()
    {
        rest = behind;
    }
    let between = &text[..text.len() - rest.len()];
    rest.strip_prefix('\'').filter(|_| between.contains(['\n', '\r']))
}
