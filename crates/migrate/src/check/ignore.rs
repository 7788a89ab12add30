//! The comment `-- check-ignore: rule reason`, by which a script says that a finding is known.

use std::ops::Range;

use super::linter::Comment;
use crate::script::Script;

const MARK: &str = "check-ignore:";

/// One such comment.
pub(super) struct Ignore {
    pub(super) bytes: Range<usize>,
    pub(super) rules: Vec<String>,
    pub(super) reason: String,
    /// The index of the statement that it is about: the one that it stands in or behind on the same line, else the next one.
    statement: Option<usize>,
    /// Whether it stands before the first statement, and so speaks for the file too.
    is_in_head: bool,
}

impl Ignore {
    /// Whether it speaks of this rule at this statement; `None` is the file as a whole.
    pub(super) fn covers(&self, rule: &str, statement: Option<usize>) -> bool {
        let is_meant = match statement {
            None => self.is_in_head,
            Some(_) => self.statement == statement,
        };
        is_meant && self.rules.iter().any(|one| one == rule)
    }
}

/// Those of a script.
pub(super) fn ignores(script: &Script, comments: &[Comment<'_>]) -> Vec<Ignore> {
    let found = comments.iter().filter_map(|comment| {
        let (rules, reason) = parse(comment.text.strip_prefix(MARK)?);
        let statement = statement_of(script, &comment.bytes);
        let first = script.statement(0).map(|first| first.start);
        let is_in_head = first.is_none_or(|first| comment.bytes.start < first);
        Some(Ignore { bytes: comment.bytes.clone(), rules, reason, statement, is_in_head })
    });
    found.collect()
}

fn statement_of(script: &Script, comment: &Range<usize>) -> Option<usize> {
    let ranges =
        || (0..script.length()).filter_map(|index| Some((index, script.statement(index)?)));
    let inside = ranges().find(|(_, bytes)| bytes.contains(&comment.start));
    let behind = || {
        ranges().rfind(|(_, bytes)| {
            bytes.end <= comment.start
                && script.sql().get(bytes.end..comment.start).is_some_and(|gap| !gap.contains('\n'))
        })
    };
    let next = || ranges().find(|(_, bytes)| bytes.start >= comment.end);
    inside.or_else(behind).or_else(next).map(|(index, _)| index)
}

/// The rules, separated by commas, and the reason after them.
fn parse(text: &str) -> (Vec<String>, String) {
    let mut rules = Vec::new();
    let mut rest = text.trim();
    loop {
        let end = rest.find(|c: char| c == ',' || c.is_whitespace()).unwrap_or(rest.len());
        let (rule, after) = rest.split_at(end);
        if !rule.is_empty() {
            rules.push(rule.to_owned());
        }
        match after.trim_start().strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None => return (rules, after.trim().to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn rules_are_separated_by_commas_and_the_rest_is_the_reason() {
        for (text, rules, reason) in [
            (" a the table is small", vec!["a"], "the table is small"),
            ("a, b ,c  one, two", vec!["a", "b", "c"], "one, two"),
            ("a", vec!["a"], ""),
            ("", vec![], ""),
        ] {
            let (found, why) = parse(text);
            assert_eq!(
                (found, why.as_str()),
                (rules.into_iter().map(str::to_owned).collect(), reason)
            );
        }
    }
}
