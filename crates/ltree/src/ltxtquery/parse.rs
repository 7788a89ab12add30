//! Reads a condition into operands and operators, operands first. Not here: their arrangement and its limits
//! (`program`).

use super::program::Token;
use crate::error::Error;
use crate::label_pattern::{LabelPattern, Modifiers};
use crate::rule::LabelRule;

/// How many operators may wait for their right operand between two parentheses: `STACKDEPTH` in
/// contrib/ltree/ltxtquery_io.c.
const MAX_WAITING: usize = 32;

enum Waiting {
    Operator(Token),
    /// An opening parenthesis, with the number of operators that wait before it.
    Open(usize),
}

/// `None` for the rule takes any label that a server may hold.
pub(crate) fn parse(text: &str, rule: Option<LabelRule>) -> Result<Vec<Token>, Error> {
    let mut parser = Parser { rule, tokens: Vec::new(), waiting: Vec::new(), count: 0, depth: 0 };
    let mut rest = text.char_indices().zip(1..).peekable();
    let mut operand_expected = true;
    while let Some(((begin, character), position)) = rest.next() {
        let syntax = |expected| Error::Syntax { position, found: Some(character), expected };
        if operand_expected {
            match character {
                '!' => parser.wait(Token::Not)?,
                '(' => parser.open(),
                _ if parser.is_label(character) => {
                    let mut end = begin + character.len_utf8();
                    let mut length = 1;
                    while let Some(((at, character), _)) =
                        rest.next_if(|((_, character), _)| parser.is_label(*character))
                    {
                        end = at + character.len_utf8();
                        length += 1;
                    }
                    let mut modifiers = Modifiers::default();
                    while rest.next_if(|((_, character), _)| modifiers.add(*character)).is_some() {}
                    parser.check_length(position, length)?;
                    let label = text.get(begin..end).unwrap_or_default();
                    parser.operand(LabelPattern::with_modifiers(label, modifiers));
                    operand_expected = false;
                }
                _ if parser.is_space(character) => {}
                _ => return Err(syntax("a label, ! or (")),
            }
        } else {
            match character {
                '&' => parser.wait(Token::And)?,
                '|' => parser.or()?,
                ')' => parser.close().ok_or_else(|| syntax("&, | or the end"))?,
                ' ' => {}
                _ => return Err(syntax("&, | or )")),
            }
            operand_expected = matches!(character, '&' | '|');
        }
    }
    let end = text.chars().count() + 1;
    let ended = |expected| Error::Syntax { position: end, found: None, expected };
    match (operand_expected, parser.depth) {
        (true, _) if text.trim().is_empty() => Err(Error::EmptyPattern),
        (true, _) => Err(ended("a label, ! or (")),
        (false, 0) => Ok(parser.finish()),
        (false, _) => Err(ended("&, | or )")),
    }
}

struct Parser {
    rule: Option<LabelRule>,
    tokens: Vec<Token>,
    waiting: Vec<Waiting>,
    /// How many operators wait since the last open parenthesis.
    count: usize,
    /// How many parentheses are open.
    depth: usize,
}

impl Parser {
    fn is_label(&self, character: char) -> bool {
        match self.rule {
            Some(rule) => rule.allows(character),
            None => {
                LabelRule::Postgres16.allows(character)
                    || !character.is_ascii() && !self.is_space(character)
            }
        }
    }

    /// What `iswspace` says of it, which is not all that Unicode calls white space.
    fn is_space(&self, character: char) -> bool {
        match character {
            '\t'..='\r' | ' ' => true,
            '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}' => false,
            _ => self.rule != Some(LabelRule::Ascii) && character.is_whitespace(),
        }
    }

    fn check_length(&self, position: usize, length: usize) -> Result<(), Error> {
        match self.rule.map(LabelRule::max_characters) {
            Some(max) if length > max => Err(Error::LabelTooLong { position, length, max }),
            _ => Ok(()),
        }
    }

    fn operand(&mut self, pattern: LabelPattern) {
        self.tokens.push(Token::Operand(pattern));
        self.settle(|operator| !matches!(operator, Token::Or));
    }

    /// An operator that waits for its right operand.
    fn wait(&mut self, operator: Token) -> Result<(), Error> {
        if self.count == MAX_WAITING {
            return Err(Error::PatternTooLarge {
                limit: "32 operators in a row that wait for an operand",
            });
        }
        self.count += 1;
        self.waiting.push(Waiting::Operator(operator));
        Ok(())
    }

    /// Of several `|` in a row the left ones come first.
    fn or(&mut self) -> Result<(), Error> {
        self.settle(|_| true);
        self.wait(Token::Or)
    }

    fn open(&mut self) {
        self.waiting.push(Waiting::Open(self.count));
        self.count = 0;
        self.depth += 1;
    }

    /// `None` without an open parenthesis.
    fn close(&mut self) -> Option<()> {
        self.settle(|_| true);
        let Some(Waiting::Open(count)) = self.waiting.pop() else { return None };
        self.count = count;
        self.depth -= 1;
        self.settle(|operator| !matches!(operator, Token::Or));
        Some(())
    }

    fn finish(mut self) -> Vec<Token> {
        self.settle(|_| true);
        self.tokens
    }

    /// Applies the waiting operators, the last first, as long as they are such.
    fn settle(&mut self, such: impl Fn(&Token) -> bool) {
        while let Some(Waiting::Operator(operator)) = self
            .waiting
            .pop_if(|waiting| matches!(waiting, Waiting::Operator(operator) if such(operator)))
        {
            self.count -= 1;
            self.tokens.push(operator);
        }
    }
}
