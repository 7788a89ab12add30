//! Random paths, patterns and texts, of so few different labels that they have much in common.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// So many values of a strategy, others at every run.
pub(crate) fn values<T: std::fmt::Debug>(
    strategy: impl Strategy<Value = T>,
    count: usize,
) -> Vec<T> {
    let mut runner = TestRunner::default();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

pub(crate) fn label() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[ab]",
        3 => "[abAB]{1,3}",
        2 => "[abB_]{1,6}",
        1 => "[aéÉßİiıKkK中_9]{1,4}",
        1 => "[A-Za-z0-9_]{1,30}",
    ]
}

pub(crate) fn path() -> impl Strategy<Value = String> {
    prop_oneof![
        20 => prop::collection::vec(label(), 0..7),
        1 => prop::collection::vec("[ab]", 55..75),
    ]
    .prop_map(|labels| labels.join("."))
}

fn modifiers() -> impl Strategy<Value = String> {
    prop_oneof![3 => Just(String::new()), 2 => "[@*%]", 1 => "[@*%]{2,3}"]
}

fn pattern() -> impl Strategy<Value = String> {
    (label(), modifiers()).prop_map(|(label, modifiers)| format!("{label}{modifiers}"))
}

fn quantifier() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(String::new()),
        1 => (0..4_u32).prop_map(|n| format!("{{{n}}}")),
        1 => (0..4_u32, 0..4_u32).prop_map(|(low, more)| format!("{{{low},{}}}", low + more)),
        1 => (0..4_u32).prop_map(|n| format!("{{{n},}}")),
        1 => (0..4_u32).prop_map(|n| format!("{{,{n}}}")),
    ]
}

pub(crate) fn lquery() -> impl Strategy<Value = String> {
    let labels = (prop::bool::weighted(0.25), prop::collection::vec(pattern(), 1..4)).prop_map(
        |(negated, patterns)| format!("{}{}", if negated { "!" } else { "" }, patterns.join("|")),
    );
    let item = prop_oneof![2 => Just("*".to_owned()), 3 => labels];
    prop::collection::vec((item, quantifier()), 1..6).prop_map(|items| {
        let items: Vec<_> =
            items.into_iter().map(|(item, quantifier)| item + &quantifier).collect();
        items.join(".")
    })
}

pub(crate) fn ltxtquery() -> impl Strategy<Value = String> {
    pattern().prop_recursive(5, 24, 3, |inner| {
        prop_oneof![
            1 => inner.clone().prop_map(|inner| format!("!{inner}")),
            1 => inner.clone().prop_map(|inner| format!("({inner} )")),
            2 => (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("{left} & {right}")),
            2 => (inner.clone(), inner).prop_map(|(left, right)| format!("{left}|{right}")),
        ]
    })
}

/// Texts that are almost right: those of another strategy with some characters inserted, replaced or taken away.
pub(crate) fn damaged(strategy: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let character = prop_oneof![
        4 => prop::char::ranges(vec!['!'..='/', ':'..='@', '['..='`', '{'..='~'].into()),
        4 => prop::sample::select(vec!['.', '*', '{', '}', ',', '|', '!', '@', '%', '&', '(', ')', ' ', '_', '-', '0', '9']),
        1 => prop::sample::select(vec!['é', '²', '€', '\u{301}', '\t', '\u{a0}', '\u{2003}', '١', '中', '😀']),
    ];
    let damage = (any::<prop::sample::Index>(), 0..3_u8, character);
    (strategy, prop::collection::vec(damage, 1..4)).prop_map(|(text, damages)| {
        let mut characters: Vec<char> = text.chars().collect();
        for (index, kind, character) in damages {
            let at = index.index(characters.len() + 1);
            match kind {
                0 => characters.insert(at, character),
                1 if at < characters.len() => characters[at] = character,
                _ if at < characters.len() => {
                    characters.remove(at);
                }
                _ => characters.push(character),
            }
        }
        characters.into_iter().collect()
    })
}
