//! What a statement does, as far as its words tell: no grammar, so that whatever an application sends can be read.

/// A word or sign of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A name or keyword in lower case, or a quoted name as it is.
    Word(String),
    /// `$1`.
    Parameter,
    /// A string or number: what it was is not kept.
    Literal,
    /// Any other character.
    Sign(char),
}

impl Token {
    fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own == word)
    }

    pub(crate) fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// What kind of statement it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Select,
    Insert,
    Update,
    Delete,
    /// Whatever doesn't read or write rows of tables by itself.
    Other,
}

/// A statement by its words.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    pub(crate) verb: Verb,
    pub(crate) tokens: Vec<Token>,
}

impl Shape {
    /// Reads a statement.
    pub(crate) fn of(sql: &str) -> Self {
        let tokens = tokens(sql);
        let verbs = [
            ("select", Verb::Select),
            ("insert", Verb::Insert),
            ("update", Verb::Update),
            ("delete", Verb::Delete),
        ];
        let is_verb =
            |token: &Token| verbs.iter().find(|(word, _)| token.is(word)).map(|(_, verb)| *verb);
        let verb = match tokens.first() {
            // The verb of the statement stands behind the parentheses of its parts.
            Some(first) if first.is("with") => {
                let mut depth = 0_i32;
                let mut outside = tokens.iter().filter(|token| {
                    match token {
                        Token::Sign('(') => depth += 1,
                        Token::Sign(')') => depth -= 1,
                        _ => {}
                    }
                    depth == 0
                });
                outside.find_map(is_verb)
            }
            Some(Token::Sign('(')) => tokens.iter().find_map(is_verb),
            Some(first) => is_verb(first),
            None => None,
        };
        Self { verb: verb.unwrap_or(Verb::Other), tokens }
    }

    /// The table that it reads first, or writes, by its last name.
    pub(crate) fn first_table(&self) -> Option<&str> {
        let mut depth = 0_i32;
        let place = self.tokens.iter().position(|token| {
            match token {
                Token::Sign('(') => depth += 1,
                Token::Sign(')') => depth -= 1,
                _ => {}
            }
            depth == 0 && ["from", "update", "into"].iter().any(|word| token.is(word))
        })?;
        let mut rest =
            self.tokens.get(place + 1..)?.iter().skip_while(|token| token.is("only")).peekable();
        let mut name = rest.next()?.word()?;
        while rest.next_if(|token| **token == Token::Sign('.')).is_some() {
            name = rest.next()?.word()?;
        }
        // A function; behind `INSERT INTO a` stand the names of columns.
        let is_function = rest.peek() == Some(&&Token::Sign('(')) && self.verb != Verb::Insert;
        (!is_function).then_some(name)
    }

    /// Whether it names this column anywhere but in what it returns: behind its first FROM, or anywhere where it has none.
    pub(crate) fn asks_for(&self, column: &str) -> bool {
        let from = self.tokens.iter().position(|token| token.is("from")).unwrap_or(0);
        self.tokens.iter().skip(from).any(|token| token.is(column))
    }

    /// Whether these stand in it one after the other; `*` fits any word.
    pub(crate) fn has_all(&self, pattern: &[&str]) -> bool {
        self.tokens.windows(pattern.len()).any(|window| {
            window.iter().zip(pattern).all(|(token, wanted)| match token {
                Token::Word(word) => *wanted == "*" || word == wanted,
                Token::Parameter | Token::Literal => *wanted == "?",
                Token::Sign(sign) => {
                    let mut characters = wanted.chars();
                    characters.next() == Some(*sign) && characters.next().is_none()
                }
            })
        })
    }

    /// The columns that an UPDATE sets to a value from outside: `SET a = $1`.
    pub(crate) fn set_from_outside(&self) -> Vec<&str> {
        let Some(set) = self.tokens.iter().position(|token| token.is("set")) else {
            return Vec::new();
        };
        let mut columns = Vec::new();
        let mut depth = 0_i32;
        for window in self.tokens.get(set + 1..).unwrap_or_default().windows(4) {
            let [name, equals, value, next] = window else { continue };
            match name {
                Token::Sign('(') => depth += 1,
                Token::Sign(')') => depth -= 1,
                _ => {}
            }
            if name.is("where") || name.is("from") || name.is("returning") {
                break;
            }
            let ends = matches!(next, Token::Sign(','))
                || ["where", "from", "returning"].iter().any(|word| next.is(word));
            let is_outside = matches!(value, Token::Parameter | Token::Literal);
            if depth == 0
                && *equals == Token::Sign('=')
                && is_outside
                && ends
                && let Some(name) = name.word()
            {
                columns.push(name);
            }
        }
        columns
    }

    /// The words behind the first WHERE that is not in parentheses.
    pub(crate) fn condition(&self) -> &[Token] {
        let mut depth = 0_i32;
        let place = self.tokens.iter().position(|token| {
            match token {
                Token::Sign('(') => depth += 1,
                Token::Sign(')') => depth -= 1,
                _ => {}
            }
            depth == 0 && token.is("where")
        });
        place.and_then(|place| self.tokens.get(place + 1..)).unwrap_or_default()
    }
}

/// The statement without its literals, and with lists of parameters shortened: what is the same here is the same statement.
pub(crate) fn normalized(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut parameters = 0_u32;
    let mut rest = sql;
    let mut is_spaced = false;
    while !rest.is_empty() {
        let (lexeme, length) = lexeme(rest);
        let (own, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        rest = after;
        if lexeme == Lexeme::Space {
            is_spaced = !text.is_empty();
            continue;
        }
        if std::mem::take(&mut is_spaced) {
            text.push(' ');
        }
        match lexeme {
            Lexeme::Parameter | Lexeme::Literal => {
                // `IN ($1, $2, $3)` and its like become `IN ($1)`, whatever their length.
                let before = text.strip_suffix(", ").or_else(|| text.strip_suffix(','));
                if let Some(length) = before.filter(|text| is_in_list(text)).map(str::len) {
                    text.truncate(length);
                    continue;
                }
                // What stands before it must not become a part of it.
                if text.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
                    text.push(' ');
                }
                parameters += 1;
                text.push_str(&format!("${parameters}"));
            }
            _ => text.push_str(own),
        }
    }
    text
}

/// Whether it ends in a list with one parameter, `… IN ($4`.
fn is_in_list(text: &str) -> bool {
    let text = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let text = text.strip_suffix('$').and_then(|text| text.trim_end().strip_suffix('('));
    let mut words = text.map_or("", str::trim_end).rsplit(|c: char| !c.is_alphanumeric());
    words.next().is_some_and(|word| word.eq_ignore_ascii_case("in"))
}

/// The words and signs of a statement.
fn tokens(sql: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = sql;
    while !rest.is_empty() {
        let (lexeme, length) = lexeme(rest);
        let (own, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        rest = after;
        match lexeme {
            Lexeme::Space => {}
            Lexeme::Word => tokens.push(Token::Word(own.to_lowercase())),
            Lexeme::Quoted => {
                let own = own.trim_matches('"').replace("\"\"", "\"");
                tokens.push(Token::Word(own));
            }
            Lexeme::Parameter => tokens.push(Token::Parameter),
            Lexeme::Literal => tokens.push(Token::Literal),
            Lexeme::Sign => tokens.extend(own.chars().next().map(Token::Sign)),
        }
    }
    tokens
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lexeme {
    /// White space and comments.
    Space,
    Word,
    Quoted,
    Parameter,
    Literal,
    Sign,
}

/// What stands at the beginning of a text that is not empty, and how many bytes of it.
fn lexeme(text: &str) -> (Lexeme, usize) {
    let count = |is: &dyn Fn(char) -> bool| text.find(|c| !is(c)).unwrap_or(text.len());
    let Some(first) = text.chars().next() else { return (Lexeme::Space, 0) };
    if first.is_whitespace() {
        return (Lexeme::Space, count(&char::is_whitespace));
    }
    if text.starts_with("--") {
        return (Lexeme::Space, text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return (Lexeme::Space, comment(text));
    }
    let prefix = ["e'", "E'", "b'", "B'", "x'", "X'", "n'", "N'"]
        .iter()
        .any(|prefix| text.starts_with(prefix));
    if first == '\'' || prefix {
        let is_escaped = matches!(first, 'e' | 'E');
        let start = if first == '\'' { 1 } else { 2 };
        return (Lexeme::Literal, quoted(text, start, '\'', is_escaped));
    }
    if first == '"' {
        return (Lexeme::Quoted, quoted(text, 1, '"', false));
    }
    if first == '$' {
        let digits = text
            .get(1..)
            .unwrap_or("")
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len() - 1);
        if digits > 0 {
            return (Lexeme::Parameter, 1 + digits);
        }
        return match dollar_quoted(text) {
            Some(length) => (Lexeme::Literal, length),
            None => (Lexeme::Sign, 1),
        };
    }
    if first.is_ascii_digit() {
        return (Lexeme::Literal, count(&|c| c.is_ascii_alphanumeric() || c == '.' || c == '_'));
    }
    if first.is_alphabetic() || first == '_' {
        return (Lexeme::Word, count(&|c| c.is_alphanumeric() || c == '_' || c == '$'));
    }
    (Lexeme::Sign, first.len_utf8())
}

/// The length of a comment, which may hold others.
fn comment(text: &str) -> usize {
    let mut depth = 0_u32;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of what is quoted from `start` on; a quote is doubled inside of it.
fn quoted(text: &str, start: usize, quote: char, is_escaped: bool) -> usize {
    let mut characters = text.char_indices().skip_while(|(at, _)| *at < start).peekable();
    while let Some((at, character)) = characters.next() {
        if is_escaped && character == '\\' {
            characters.next();
        } else if character == quote {
            if characters.peek().is_some_and(|(_, next)| *next == quote) {
                characters.next();
            } else {
                return at + 1;
            }
        }
    }
    text.len()
}

/// The length of `$tag$ … $tag$`.
fn dollar_quoted(text: &str) -> Option<usize> {
    let end = text.get(1..)?.find('$')? + 2;
    let tag = text.get(..end)?;
    let name = tag.trim_matches('$');
    if name.contains(|c: char| !c.is_alphanumeric() && c != '_') {
        return None;
    }
    let close = text.get(end..)?.find(tag);
    Some(close.map_or(text.len(), |close| end + close + tag.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn literals_are_gone_and_lists_have_one_length() {
        let same = [
            "SELECT * FROM users WHERE id IN (1, 2, 3) AND name = 'O''Brien'",
            "SELECT *  FROM users\n WHERE id IN ($1,$2) AND name = E'it\\'s' -- who",
            "SELECT * FROM users WHERE id IN ($1, $2, $3, $4) /* a /* b */ c */ AND name = $q$x$q$",
        ];
        for sql in same {
            assert_eq!(normalized(sql), "SELECT * FROM users WHERE id IN ($1) AND name = $2");
        }
        assert_eq!(normalized("SELECT f(1, 2), \"a\"\"b\".c"), "SELECT f($1, $2), \"a\"\"b\".c");
    }

    #[test]
    fn the_verb_of_a_statement_with_parts_is_that_behind_them() {
        let verb = |sql| Shape::of(sql).verb;
        assert_eq!(
            verb("WITH a AS (DELETE FROM b RETURNING *) INSERT INTO c SELECT * FROM a"),
            Verb::Insert
        );
        assert_eq!(verb("(SELECT 1) UNION SELECT 2"), Verb::Select);
        assert_eq!(verb("VACUUM users"), Verb::Other);
        assert_eq!(verb(""), Verb::Other);
    }

    #[test]
    fn the_first_table_is_known_by_its_last_name() {
        let first = |sql| Shape::of(sql).first_table().map(str::to_owned).unwrap_or_default();
        assert_eq!(first("SELECT (SELECT 1 FROM b) FROM ONLY public.\"Users\" AS u, c"), "Users");
        assert_eq!(first("UPDATE a SET b = 1 WHERE c IN (SELECT d FROM e)"), "a");
        assert_eq!(first("INSERT INTO a (b) VALUES (1) ON CONFLICT DO UPDATE SET b = 2"), "a");
        assert_eq!(first("SELECT * FROM unnest($1) AS a"), "");
        assert_eq!(first("SELECT 1"), "");
    }

    #[test]
    fn what_is_set_from_outside_is_told_from_what_is_counted_up() {
        let set = |sql| Shape::of(sql).set_from_outside().join(" ");
        assert_eq!(set("UPDATE a SET b = $1, c = c + 1, d = f($2), e = 3 WHERE b = $3"), "b e");
        assert_eq!(set("UPDATE a SET \"b\" = $1 WHERE (\"a\".\"id\" = $2)"), "b");
    }

    proptest! {
        #[test]
        fn any_text_is_read(sql in "\\PC{0,80}|[$'\"a-z/*\\- \\\\]{0,40}") {
            let once = normalized(&sql);
            let _ = Shape::of(&sql).first_table();
            prop_assert_eq!(normalized(&once), once.clone());
        }
    }
}
