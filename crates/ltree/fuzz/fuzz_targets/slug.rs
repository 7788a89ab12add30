//! Slugs: every name has one of the promised form, which is its own slug and becomes a label and back.
#![no_main]

use homeroom_ltree::{Label, MAX_SLUG, UniqueSlugs, slug};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|names: Vec<&str>| {
    let mut siblings = UniqueSlugs::new();
    let mut taken = std::collections::HashSet::new();
    for name in names {
        let own = slug(name);
        assert_eq!(slug(&own), own);
        let unique = siblings.claim(name);
        for slug in [&own, &unique] {
            assert!(slug.len() <= MAX_SLUG);
            let word = |word: &str| {
                !word.is_empty()
                    && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            };
            assert!(slug.split('-').all(word), "{name:?}: {slug:?}");
            assert_eq!(Label::from_slug(slug).expect("a label").as_str().replace('_', "-"), **slug);
        }
        assert!(taken.insert(unique));
    }
});
