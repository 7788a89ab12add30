//! The text of a statement without the values that somebody has written into it.

use std::iter::Peekable;
use std::str::CharIndices;

/// The statement in one line with `?` for every literal: strings, quoted in whatever way, and numbers.
///
/// Placeholders and quoted identifiers stay. What is not closed is taken for a literal to the end.
pub(super) fn without_values(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut rest = sql.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        match c {
            '\'' => {
                // E'…', B'…', X'…' and N'…': only the first escapes a quote by a backslash.
                let prefix = text.chars().last().filter(|c| "eEbBxXnN".contains(*c));
                let stands_alone =
                    prefix.is_some() && !text.chars().rev().nth(1).is_some_and(is_of_identifier);
                if stands_alone {
                    text.pop();
                }
                skip_string(
                    &mut rest,
                    stands_alone && prefix.is_some_and(|c| c == 'e' || c == 'E'),
                );
                text.push('?');
            }
            '"' => {
                text.push(c);
                for (_, c) in rest.by_ref() {
                    text.push(c);
                    if c == '"' {
                        break;
                    }
                }
            }
            '$' if !text.ends_with(is_of_identifier) => match dollar_tag(sql, at) {
                Some(tag) => {
                    let begin = at + tag.len();
                    let body = sql.get(begin..).unwrap_or_default();
                    let end = body.find(tag).map_or(sql.len(), |end| begin + end + tag.len());
                    while rest.next_if(|(at, _)| *at < end).is_some() {}
                    text.push('?');
                }
                // A placeholder: its number is no value.
                None => {
                    text.push(c);
                    while let Some((_, digit)) = rest.next_if(|(_, c)| c.is_ascii_digit()) {
                        text.push(digit);
                    }
                }
            },
            c if c.is_ascii_digit() && !text.ends_with(is_of_identifier) => {
                while rest.next_if(|(_, c)| is_of_identifier(*c) || *c == '.').is_some() {}
                text.push('?');
            }
            c if c.is_whitespace() => {
                if !text.ends_with(' ') {
                    text.push(' ');
                }
            }
            c => text.push(c),
        }
    }
    text.truncate(text.trim_end().len());
    text
}

fn is_of_identifier(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// Goes behind the closing quote; a doubled one does not close.
fn skip_string(rest: &mut Peekable<CharIndices<'_>>, escapes: bool) {
    while let Some((_, c)) = rest.next() {
        match c {
            '\\' if escapes => drop(rest.next()),
            '\'' if rest.next_if(|(_, c)| *c == '\'').is_none() => return,
            _ => {}
        }
    }
}

/// `$$` or `$tag$` at this place.
fn dollar_tag(sql: &str, at: usize) -> Option<&str> {
    let behind = sql.get(at + 1..)?;
    let length = behind.find('$')?;
    let tag = behind.get(..length)?;
    let is_tag = tag.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !tag.starts_with(|c: char| c.is_ascii_digit());
    is_tag.then(|| sql.get(at..at + length + 2)).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn literals_are_left_out_and_the_rest_stays() {
        let texts = [
            (
                "SELECT $1, a1 FROM t2\n  WHERE \"b 3\" = $12",
                "SELECT $1, a1 FROM t2 WHERE \"b 3\" = $12",
            ),
            ("SELECT 'it''s', 4, 1.5e3, -7", "SELECT ?, ?, ?, -?"),
            (r"SELECT E'a\'b', x'ff', name'c'", "SELECT ?, ?, name?"),
            ("SELECT $$it's$$, $q$ $$ $q$, 1", "SELECT ?, ?, ?"),
            (
                "SET statement_timeout = 30000; SET ROLE 'ana",
                "SET statement_timeout = ?; SET ROLE ?",
            ),
            ("SELECT $a$never closed", "SELECT ?"),
        ];
        for (sql, expected) in texts {
            assert_eq!(without_values(sql), expected, "{sql}");
        }
    }

    proptest! {
        #[test]
        fn a_value_is_never_seen_however_it_is_quoted(value in "[a-z' \\\\\u{e4}$]{0,12}") {
            let plain = format!("SELECT '{}' FROM t", format!("MARK{value}MARK").replace('\'', "''"));
            let dollar = format!("SELECT $q${}$q$ FROM t", format!("MARK{value}MARK").replace("$q$", ""));
            let escaped = format!("MARK{value}MARK").replace('\\', r"\\").replace('\'', r"\'");
            let escaped = format!("SELECT E'{escaped}' FROM t");
            for sql in [plain, dollar, escaped] {
                prop_assert_eq!(without_values(&sql), "SELECT ? FROM t", "{}", sql);
            }
        }

        #[test]
        fn any_text_is_taken(sql in ".{0,60}") {
            without_values(&sql);
        }
    }
}
