//! Conditions: what is accepted is canonical after one pass, and is met as a plain recursive reading of its text is.
#![no_main]

use homeroom_ltree::{LabelRule, Ltree, Ltxtquery};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: (&str, &str)| {
    let (text, path) = data;
    let strict = text.parse::<Ltxtquery>();
    assert!(strict.is_err() || Ltxtquery::parse_with(text, LabelRule::Postgres16).is_ok());
    let Ok(query) = Ltxtquery::from_server(text) else {
        assert!(strict.is_err());
        return;
    };
    if let Ok(strict) = strict {
        assert_eq!(strict, query);
        assert_eq!(query.as_str().parse().as_ref(), Ok(&query));
    }
    assert_eq!(Ltxtquery::from_server(query.as_str()).as_ref(), Ok(&query));

    let Ok(path) = Ltree::from_server(path) else { return };
    let met = query.matches(&path);
    // Deeper ones would exhaust the stack of the recursive reading, not that of the crate.
    if query.as_str().len() <= 2_000 {
        let tokens: Vec<&str> = query
            .as_str()
            .split_inclusive(['!', ' '])
            .map(|token| token.trim_end_matches(' '))
            .collect();
        let mut reader = Reader { tokens: &tokens, path: &path };
        assert_eq!(reader.any(), met, "{path} @ {query}");
        assert!(reader.tokens.is_empty());
    }
});

struct Reader<'a> {
    tokens: &'a [&'a str],
    path: &'a Ltree,
}

impl Reader<'_> {
    fn take(&mut self, wanted: &str) -> bool {
        let found = self.tokens.first() == Some(&wanted);
        if found {
            self.tokens = &self.tokens[1..];
        }
        found
    }

    fn any(&mut self) -> bool {
        let mut met = self.all();
        while self.take("|") {
            met |= self.all();
        }
        met
    }

    fn all(&mut self) -> bool {
        let mut met = self.one();
        while self.take("&") {
            met &= self.one();
        }
        met
    }

    fn one(&mut self) -> bool {
        if self.take("!") {
            return !self.one();
        }
        if self.take("(") {
            let met = self.any();
            assert!(self.take(")"));
            return met;
        }
        let label = self.tokens[0];
        self.tokens = &self.tokens[1..];
        // One label is an lquery too, which has a fuzz target of its own.
        let pattern =
            homeroom_ltree::Lquery::from_server(&format!("*.{label}.*")).expect("a label");
        pattern.matches(self.path)
    }
}
