//! Paths: whatever is accepted keeps the laws of paths, by every rule.
#![no_main]

use homeroom_ltree::{LabelRule, Ltree};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: (&str, &str, i32, i32)| {
    let (text, other, start, len) = data;
    let strict = text.parse::<Ltree>();
    let ascii = Ltree::parse_with(text, LabelRule::Ascii);
    let widest = Ltree::parse_with(text, LabelRule::Postgres16);
    let held = Ltree::from_server(text);
    // Each rule accepts what the narrower one does, and what is accepted is the text.
    assert!(ascii.is_err() || strict.is_ok());
    assert!(strict.is_err() || widest.is_ok());
    assert!(widest.is_err() || held.is_ok());
    let Ok(path) = held else { return };
    assert_eq!(path.as_str(), text);
    for parsed in [ascii, strict, widest].into_iter().flatten() {
        assert_eq!(parsed, path);
    }

    let labels: Vec<&str> = path.labels().collect();
    assert_eq!(labels.len(), path.nlevel());
    assert_eq!(labels.join("."), text);
    assert!(path.labels().rev().eq(labels.iter().rev().copied()));
    assert_eq!(path.parent(), path.subpath(0, -1).ok());
    assert_eq!(path.ancestors().count(), labels.len());
    assert!(path.ancestors().rev().is_sorted());
    assert!(path.ancestors().all(|above| above.is_ancestor_of(&path) && above <= path));

    for part in [path.subpath(start, len), path.subpath_from(start), path.subltree(start, len)]
        .into_iter()
        .flatten()
    {
        assert!(part.is_empty() || path.index(&part).is_some());
        assert_eq!(Ltree::from_server(part.as_str()).as_ref(), Ok(&part));
    }

    let Ok(other) = Ltree::from_server(other) else { return };
    let theirs: Vec<&str> = other.labels().collect();
    assert_eq!(path.cmp(&other), labels.cmp(&theirs));
    assert_eq!(path.is_ancestor_of(&other), theirs.starts_with(&labels));
    let joined = path.join(&other).expect("short");
    assert_eq!(joined.nlevel(), labels.len() + theirs.len());
    assert_eq!(joined.strip_prefix(&path).as_ref(), Some(&other));
    assert!(joined.ends_with(&other));
    if !other.is_empty() {
        let at = labels.windows(theirs.len()).position(|window| window == theirs);
        assert_eq!(path.index(&other), at);
    }
    let above = Ltree::lca([&path, &other]);
    assert_eq!(above.is_none(), path.is_empty() || other.is_empty());
    if let Some(above) = above {
        let common = labels.iter().zip(&theirs).take_while(|(left, right)| left == right).count();
        let shortest = labels.len().min(theirs.len()) - 1;
        assert_eq!(above.nlevel(), common.min(shortest));
        assert!(above.is_ancestor_of(&path) && above.is_ancestor_of(&other));
    }
});
