//! Patterns: what is accepted is canonical after one pass, and matches as a plain backtracking reading of the manual does.
#![no_main]

use homeroom_ltree::{LabelRule, Lquery, Ltree};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: (&str, &str)| {
    let (text, path) = data;
    let strict = text.parse::<Lquery>();
    assert!(strict.is_err() || Lquery::parse_with(text, LabelRule::Postgres16).is_ok());
    let Ok(query) = Lquery::from_server(text) else {
        assert!(strict.is_err());
        return;
    };
    if let Ok(strict) = strict {
        assert_eq!(strict, query);
        assert_eq!(query.as_str().parse().as_ref(), Ok(&query));
    }
    assert_eq!(Lquery::from_server(query.as_str()).as_ref(), Ok(&query));

    let Ok(path) = Ltree::from_server(path) else { return };
    let labels: Vec<&str> = path.labels().collect();
    if labels.len() <= 8 && query.as_str().len() <= 40 {
        let items: Vec<&str> = query.as_str().split('.').collect();
        assert_eq!(query.matches(&path), matches(&items, &labels), "{path} ~ {query}");
    } else {
        let _ = query.matches(&path);
    }
    // A path is a pattern of itself, unless it has characters that no pattern can have.
    if let Ok(literal) = Lquery::builder().path(&path).build() {
        assert!(literal.matches(&path));
    }
});

/// The pattern in its canonical text, item by item.
fn matches(items: &[&str], labels: &[&str]) -> bool {
    let Some((item, items)) = items.split_first() else { return labels.is_empty() };
    let (what, count) = item
        .split_once('{')
        .map_or((*item, None), |(what, count)| (what, Some(count.trim_end_matches('}'))));
    let number = |text: &str, default| {
        if text.is_empty() { default } else { text.parse().expect("a number") }
    };
    let (low, high) = match count.map(|count| count.split_once(',').unwrap_or((count, count))) {
        Some((low, high)) => (number(low, 0), number(high, 65_535)),
        None if what == "*" => (0, 65_535),
        None => (1, 1),
    };
    (0..=labels.len()).any(|taken| {
        (low..=high).contains(&taken)
            && labels[..taken].iter().all(|label| takes(what, label))
            && matches(items, &labels[taken..])
    })
}

fn takes(what: &str, label: &str) -> bool {
    if what == "*" {
        return true;
    }
    let (negated, what) = what.strip_prefix('!').map_or((false, what), |what| (true, what));
    negated != what.split('|').any(|pattern| is_like(pattern, label))
}

fn is_like(pattern: &str, label: &str) -> bool {
    let wanted = pattern.trim_end_matches(['%', '@', '*']);
    let modifiers = &pattern[wanted.len()..];
    let fold = |text: &str| -> Vec<char> {
        let lower = |c: char| if c == 'İ' { 'i' } else { c.to_lowercase().next().expect("one") };
        if modifiers.contains('@') {
            text.chars().map(lower).collect()
        } else {
            text.chars().collect()
        }
    };
    let same = |wanted: &str, label: &str| {
        let (wanted, label) = (fold(wanted), fold(label));
        if modifiers.contains('*') { label.starts_with(&wanted) } else { label == wanted }
    };
    let words = |text| str::split(text, '_').filter(|word| !word.is_empty());
    if modifiers.contains('%') {
        words(wanted).all(|wanted| words(label).any(|word| same(wanted, word)))
    } else {
        same(wanted, label)
    }
}
