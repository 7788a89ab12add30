//! Compares paths with patterns. Not here: how one label is compared (`label_pattern`).
//!
//! The positions at which the rest of the pattern may begin are followed from item to item, all at once. Nothing is
//! tried twice, so that no pattern takes exponential time, as it can on the server.

use super::item::Item;
use crate::scan::{self, FewLabels};
use crate::text::Text;

/// As many labels as positions fit one word: the positions are before each label and after the last.
const SHORT: usize = scan::LABELS;

/// A pattern made ready. The plain labels at its beginning and end are compared as texts, which tells most paths apart
/// before they are split into labels.
#[derive(Debug)]
pub(crate) struct Matcher {
    prefix: Text,
    suffix: Text,
    /// What is between them.
    items: Box<[Item]>,
}

impl Matcher {
    /// The items must be finished.
    pub(crate) fn new(items: &[Item]) -> Self {
        let before = items.iter().take_while(|item| item.literal().is_some()).count();
        let after =
            items.iter().skip(before).rev().take_while(|item| item.literal().is_some()).count();
        let until = items.len() - after;
        let join = |items: &[Item]| {
            let labels: Vec<_> = items.iter().filter_map(Item::literal).collect();
            Text::from(&*labels.join("."))
        };
        Self {
            prefix: join(items.get(..before).unwrap_or_default()),
            suffix: join(items.get(until..).unwrap_or_default()),
            items: super::item::limited(items.get(before..until).unwrap_or_default()),
        }
    }

    #[inline]
    pub(crate) fn matches(&self, path: &str) -> bool {
        let (prefix, suffix) = (self.prefix.as_str(), self.suffix.as_str());
        let Some(mut rest) = path.strip_prefix(prefix) else { return false };
        if !prefix.is_empty() {
            rest = match rest.strip_prefix('.') {
                Some(rest) => rest,
                None if rest.is_empty() => rest,
                None => return false,
            };
        }
        if !suffix.is_empty() {
            let Some(before) = rest.strip_suffix(suffix) else { return false };
            rest = match before.strip_suffix('.') {
                Some(before) => before,
                None if before.is_empty() => before,
                None => return false,
            };
        }
        match &*self.items {
            [] => rest.is_empty(),
            [item] if item.takes_all() => true,
            items => matches(items, rest),
        }
    }
}

fn matches(items: &[Item], path: &str) -> bool {
    let mut labels = FewLabels::new();
    if scan::split(path, &mut labels) {
        short(items, &labels)
    } else {
        long(items, &path.split('.').collect::<Vec<_>>())
    }
}

/// For at most [`SHORT`] labels: a position is a bit.
fn short(items: &[Item], labels: &[&str]) -> bool {
    let count = labels.len();
    let mut starts = 1_u64;
    for item in items {
        // Only where neither too few nor too many labels remain.
        let (Some(last), first) = (count.checked_sub(item.least), count.saturating_sub(item.most))
        else {
            return false;
        };
        starts &= span(first, last);
        if starts == 0 {
            return false;
        }
        starts = advance(item, starts, labels);
    }
    starts >> count & 1 == 1
}

/// The bits from `first` to `last`, both at most 63.
fn span(first: usize, last: usize) -> u64 {
    if first > last { 0 } else { u64::MAX << first & u64::MAX >> (SHORT - last) }
}

fn advance(item: &Item, starts: u64, labels: &[&str]) -> u64 {
    let count = labels.len();
    let (low, high) = (usize::from(item.low), usize::from(item.high));
    if item.tests.is_empty() && high >= count {
        let first = starts.trailing_zeros() as usize + low;
        return span(first.min(SHORT), count) & if first > count { 0 } else { u64::MAX };
    }
    if low == 1 && high == 1 {
        return ones(starts)
            .filter(|&start| labels.get(start).is_some_and(|label| item.takes(label)))
            .fold(0, |ends, start| ends | 2 << start);
    }
    let from = starts.trailing_zeros() as usize;
    let taken = labels
        .iter()
        .enumerate()
        .skip(from)
        .filter(|(_, label)| item.takes(label))
        .fold(0, |taken, (index, _)| taken | 1_u64 << index);
    ones(starts).fold(0, |ends, start| {
        let run = (!(taken >> start)).trailing_zeros() as usize;
        ends | if run < low { 0 } else { span(start + low, start + run.min(high)) }
    })
}

fn ones(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let one = (bits != 0).then(|| bits.trailing_zeros() as usize);
        bits &= bits.wrapping_sub(1);
        one
    })
}

/// For any number of labels.
fn long(items: &[Item], labels: &[&str]) -> bool {
    let count = labels.len();
    let mut starts = vec![false; count + 1];
    if let Some(start) = starts.first_mut() {
        *start = true;
    }
    // How many labels from a position on are taken.
    let mut runs = vec![0; count + 1];
    for item in items {
        for (index, label) in labels.iter().enumerate().rev() {
            let next = runs.get(index + 1).copied().unwrap_or(0);
            if let Some(run) = runs.get_mut(index) {
                *run = if item.takes(label) { next + 1 } else { 0 };
            }
        }
        // From each start the ends are a range, and the ranges' beginnings and ends are summed up.
        let mut changes = vec![0_i32; count + 2];
        let (low, high) = (usize::from(item.low), usize::from(item.high));
        for (start, run) in
            runs.iter().enumerate().filter(|(start, _)| starts.get(*start) == Some(&true))
        {
            if *run >= low {
                for (at, change) in [(start + low, 1), (start + high.min(*run) + 1, -1)] {
                    if let Some(changed) = changes.get_mut(at) {
                        *changed += change;
                    }
                }
            }
        }
        let mut open = 0;
        for (start, change) in starts.iter_mut().zip(&changes) {
            open += change;
            *start = open > 0;
        }
    }
    starts.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lquery::Lquery;

    fn item() -> impl Strategy<Value = String> {
        let labels =
            prop_oneof![Just("*"), Just("a"), Just("!a"), Just("a|b"), Just("!b|c"), Just("A@*")];
        let counts = prop_oneof![
            Just(""),
            Just("{0}"),
            Just("{1,2}"),
            Just("{2,}"),
            Just("{,3}"),
            Just("{,}")
        ];
        (labels, counts).prop_map(|(labels, counts)| format!("{labels}{counts}"))
    }

    proptest! {
        #[test]
        fn both_ways_agree(
            items in prop::collection::vec(item(), 1..6),
            labels in prop::collection::vec("[abc]", 0..8),
        ) {
            let query: Lquery = items.join(".").parse().unwrap();
            let items = &query.matcher.items;
            let labels: Vec<_> = labels.iter().map(String::as_str).collect();
            prop_assert_eq!(short(items, &labels), long(items, &labels), "{}", query);
        }
    }

    #[test]
    fn the_longest_short_path_and_the_shortest_long_one() {
        for count in [62, 63, 64, 65] {
            let path = vec!["a"; count].join(".").parse().unwrap();
            for (query, matches) in [
                ("*".to_owned(), true),
                ("a{,}".to_owned(), true),
                (format!("a{{{count}}}"), true),
                (format!("a{{{}}}", count - 1), false),
                (format!("*{{{}}}", count + 1), false),
                (format!("*{{{}}}.a", count - 1), true),
                (format!("a.*{{{}}}", count - 1), true),
                ("*.b.*".to_owned(), false),
            ] {
                assert_eq!(
                    query.parse::<Lquery>().unwrap().matches(&path),
                    matches,
                    "{query} {count}"
                );
            }
        }
    }
}
