//! Just enough of PostgreSQL's lexer to find where statements begin and end.
//!
//! It knows comments (nested ones too), all string forms, dollar quotes, parentheses and `BEGIN ATOMIC` bodies. It never judges
//! whether a statement is valid: the server does.

/// One statement of a script: where it stands and the words it begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    /// The byte at which its first token starts.
    pub(crate) start: usize,
    /// The byte after its last token, its semicolon not included.
    pub(crate) end: usize,
    /// Its first unquoted words outside parentheses, in upper case.
    pub(crate) words: Vec<String>,
}

impl Statement {
    /// Whether its words begin with these.
    pub(crate) fn begins_with(&self, words: &[&str]) -> bool {
        words.len() <= self.words.len()
            && self.words.iter().zip(words).all(|(have, want)| have == want)
    }
}

/// A quote or a comment that never ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unfinished {
    /// The byte at which it opens.
    pub(crate) start: usize,
    /// What it is, for a message.
    pub(crate) what: &'static str,
}

/// Words kept of each statement: enough for `ALTER TABLE IF EXISTS ONLY a.b DETACH PARTITION c.d CONCURRENTLY`.
const WORDS_KEPT: usize = 16;

/// Splits a script into its statements. Empty ones (`;;`) are left out, as the server does.
pub(crate) fn split(script: &str) -> Result<Vec<Statement>, Unfinished> {
    let mut splitter = Splitter::default();
    let mut position = 0;
    while let Some(token) = next_token(script, position)? {
        splitter.take(script, &token);
        position = token.end;
    }
    splitter.finish();
    Ok(splitter.statements)
}

/// The tokens of a text whose quotes and comments are closed; it ends at one that is not.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut position = 0;
    std::iter::from_fn(move || {
        let token = next_token(text, position).ok()??;
        position = token.end;
        text.get(token.start..token.end)
    })
}

/// The line and column, both from 1 and the column in characters, of a byte of a text.
pub(crate) fn line_and_column(text: &str, byte: usize) -> (u32, u32) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

#[derive(Default)]
struct Splitter {
    statements: Vec<Statement>,
    current: Option<Statement>,
    parentheses: usize,
    /// Open `BEGIN ATOMIC` and `CASE` blocks of an SQL-standard function body.
    blocks: usize,
    previous_word: String,
}

impl Splitter {
    fn take(&mut self, script: &str, token: &Token) {
        if token.kind == TokenKind::Semicolon && self.parentheses == 0 && self.blocks == 0 {
            self.finish();
            return;
        }
        let statement = self.current.get_or_insert_with(|| Statement {
            start: token.start,
            end: token.end,
            words: Vec::new(),
        });
        statement.end = token.end;
        match token.kind {
            TokenKind::Open => self.parentheses += 1,
            TokenKind::Close => self.parentheses = self.parentheses.saturating_sub(1),
            TokenKind::Word if self.parentheses == 0 => {
                let word = script.get(token.start..token.end).unwrap_or("").to_ascii_uppercase();
                match word.as_str() {
                    "ATOMIC" if self.previous_word == "BEGIN" && is_routine(&statement.words) => {
                        self.blocks = 1;
                    }
                    "CASE" if self.blocks > 0 => self.blocks += 1,
                    "END" if self.blocks > 0 => self.blocks -= 1,
                    _ => {}
                }
                if statement.words.len() < WORDS_KEPT {
                    statement.words.push(word.clone());
                }
                self.previous_word = word;
            }
            _ => {}
        }
    }

    fn finish(&mut self) {
        self.statements.extend(self.current.take());
        self.parentheses = 0;
        self.blocks = 0;
        self.previous_word.clear();
    }
}

fn is_routine(words: &[String]) -> bool {
    words.first().is_some_and(|word| word == "CREATE")
        && words.iter().any(|word| word == "FUNCTION" || word == "PROCEDURE")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TokenKind {
    Word,
    Semicolon,
    Open,
    Close,
    Other,
}

#[derive(Debug, Clone, Copy)]
struct Token {
    kind: TokenKind,
    start: usize,
    end: usize,
}

/// The next token at or after `position`; spaces and comments are none.
fn next_token(script: &str, mut position: usize) -> Result<Option<Token>, Unfinished> {
    let bytes = script.as_bytes();
    let at = |index: usize| bytes.get(index).copied();
    loop {
        let start = position;
        let Some(byte) = at(start) else { return Ok(None) };
        let (kind, end) = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => {
                position += 1;
                continue;
            }
            b'-' if at(start + 1) == Some(b'-') => {
                position = end_of_line(bytes, start);
                continue;
            }
            b'/' if at(start + 1) == Some(b'*') => {
                position = end_of_comment(bytes, start)?;
                continue;
            }
            b';' => (TokenKind::Semicolon, start + 1),
            b'(' => (TokenKind::Open, start + 1),
            b')' => (TokenKind::Close, start + 1),
            b'\'' => (TokenKind::Other, end_of_quote(bytes, start, b'\'', false, "string")?),
            b'"' => (TokenKind::Other, end_of_quote(bytes, start, b'"', false, "quoted name")?),
            b'$' => (TokenKind::Other, end_of_dollar_quote(script, start)?),
            b'e' | b'E' if at(start + 1) == Some(b'\'') => {
                (TokenKind::Other, end_of_escape_string(bytes, start + 1)?)
            }
            _ if starts_word(byte) => {
                let length = bytes.iter().skip(start).take_while(|byte| continues_word(**byte));
                (TokenKind::Word, start + length.count())
            }
            // A number takes its letters and dollar signs with it, so that `1$a` opens no quote.
            b'0'..=b'9' => {
                let length = bytes.iter().skip(start).take_while(|byte| continues_word(**byte));
                (TokenKind::Other, start + length.count())
            }
            _ => (TokenKind::Other, start + 1),
        };
        return Ok(Some(Token { kind, start, end }));
    }
}

fn starts_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn continues_word(byte: u8) -> bool {
    starts_word(byte) || byte.is_ascii_digit() || byte == b'$'
}

/// The line break at or after `from`, or the end of the text. A carriage return alone is one too.
fn end_of_line(bytes: &[u8], from: usize) -> usize {
    let offset = bytes.iter().skip(from).position(|byte| matches!(byte, b'\n' | b'\r'));
    offset.map_or(bytes.len(), |offset| from + offset)
}

fn end_of_comment(bytes: &[u8], start: usize) -> Result<usize, Unfinished> {
    let mut depth = 0_usize;
    let mut position = start;
    while let Some(pair) = bytes.get(position..position + 2) {
        match pair {
            b"/*" => {
                depth += 1;
                position += 2;
            }
            b"*/" => {
                depth -= 1;
                position += 2;
                if depth == 0 {
                    return Ok(position);
                }
            }
            _ => position += 1,
        }
    }
    Err(Unfinished { start, what: "comment" })
}

fn end_of_quote(
    bytes: &[u8],
    start: usize,
    quote: u8,
    backslash_escapes: bool,
    what: &'static str,
) -> Result<usize, Unfinished> {
    let mut position = start + 1;
    while let Some(byte) = bytes.get(position) {
        if *byte == b'\\' && backslash_escapes {
            position += 2;
        } else if *byte != quote {
            position += 1;
        } else if bytes.get(position + 1) == Some(&quote) {
            position += 2;
        } else {
            return Ok(position + 1);
        }
    }
    Err(Unfinished { start, what })
}

/// The end of an `E''` string. In a quote that it goes on in a backslash escapes as well.
fn end_of_escape_string(bytes: &[u8], start: usize) -> Result<usize, Unfinished> {
    let mut end = end_of_quote(bytes, start, b'\'', true, "string")?;
    while let Some(quote) = continuation(bytes, end) {
        end = end_of_quote(bytes, quote, b'\'', true, "string")?;
    }
    Ok(end)
}

/// The quote in which a string goes on: behind a line break, with nothing but spaces and `--` comments between.
fn continuation(bytes: &[u8], end: usize) -> Option<usize> {
    let mut position = end;
    let mut is_next_line = false;
    loop {
        match bytes.get(position)? {
            b'\n' | b'\r' => {
                is_next_line = true;
                position += 1;
            }
            b' ' | b'\t' | 0x0b | 0x0c => position += 1,
            b'-' if bytes.get(position + 1) == Some(&b'-') => {
                position = end_of_line(bytes, position);
            }
            b'\'' if is_next_line => return Some(position),
            _ => return None,
        }
    }
}

/// The end of a dollar quote; for a parameter (`$1`) or a lone dollar sign, the byte after it.
fn end_of_dollar_quote(script: &str, start: usize) -> Result<usize, Unfinished> {
    let bytes = script.as_bytes();
    let tag_length = bytes
        .iter()
        .skip(start + 1)
        .enumerate()
        .take_while(|(index, byte)| starts_word(**byte) || (*index > 0 && byte.is_ascii_digit()))
        .count();
    let tag_end = start + 1 + tag_length;
    if bytes.get(tag_end) != Some(&b'$') {
        return Ok(start + 1);
    }
    let tag = script.get(start..=tag_end).unwrap_or("$$");
    let body = script.get(tag_end + 1..).unwrap_or("");
    match body.find(tag) {
        Some(offset) => Ok(tag_end + 1 + offset + tag.len()),
        None => Err(Unfinished { start, what: "dollar-quoted string" }),
    }
}

#[cfg(test)]
mod tests;
