//! Parsing and writing lose nothing.

use homeroom_advisor::{NewEntry, Priority, Register};
use proptest::prelude::*;

use super::{day, new_entry, reread};

/// A text as people write it, and as they don't.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,30}",
        "\\PC{0,20}",
        "(a\n|\t|\r\n|\"|'|\\\\|#|=|\u{7f}|\u{0}|\u{85}|\u{1f389}|ðŸŽ‰){0,8}",
    ]
}

#[derive(Debug, Clone)]
enum Step {
    Add(Box<NewEntry>),
    Accept(usize, String),
    Complete(usize, String),
    Track(usize, String),
    Prioritize(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let new = (text(), text(), proptest::option::of(text()), proptest::option::of(text()))
        .prop_map(|(title, issue, description, mitigation)| NewEntry {
            issue,
            description,
            mitigation,
            ..new_entry(&title)
        });
    prop_oneof![
        3 => new.prop_map(|new| Step::Add(Box::new(new))),
        1 => (0..6_usize, text()).prop_map(|(entry, text)| Step::Accept(entry, text)),
        1 => (0..6_usize, text()).prop_map(|(entry, text)| Step::Complete(entry, text)),
        1 => (0..6_usize, text()).prop_map(|(entry, text)| Step::Track(entry, text)),
        1 => (0..6_usize).prop_map(Step::Prioritize),
    ]
}

/// What can't be done, as to a completed entry, is left out.
fn take(register: &mut Register, step: &Step) {
    match step {
        Step::Add(new) => drop(register.add(NewEntry::clone(new), day(1, 1))),
        Step::Accept(entry, text) => drop(register.accept(&entry.to_string(), text, day(9, 1))),
        Step::Complete(entry, text) => drop(register.complete(&entry.to_string(), text, day(2, 1))),
        Step::Track(entry, text) => drop(register.track(&entry.to_string(), text)),
        Step::Prioritize(entry) => drop(register.prioritize(&entry.to_string(), Priority::Low)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parsing_what_was_written_and_writing_it_again_is_the_identity(
        steps in proptest::collection::vec(step(), 0..12),
    ) {
        let mut register = Register::default();
        for step in &steps {
            take(&mut register, step);
            let again = reread(&register);
            prop_assert_eq!(again.entries(), register.entries());
            prop_assert_eq!(again.to_toml(), register.to_toml());
            prop_assert!(again.notes().is_empty());
        }
    }

    #[test]
    fn comments_and_unknown_keys_and_the_order_of_lines_stay(
        steps in proptest::collection::vec(step(), 1..8),
        more in proptest::collection::vec(step(), 0..5),
        places in proptest::collection::vec(0..100_usize, 1..6),
    ) {
        let mut register = Register::default();
        for step in &steps {
            take(&mut register, step);
        }
        let mut lines: Vec<String> = register.to_toml().lines().map(str::to_owned).collect();
        let keys: Vec<String> = register.entries().iter().map(|entry| entry.key.clone()).collect();
        for (number, place) in places.iter().enumerate() {
            let comment = format!("# \u{2714} a comment, number {number}");
            lines.insert(place % (lines.len() + 1), comment);
            if let Some(key) = keys.get(place % keys.len().max(1)) {
                // Below a line of its entry: elsewhere it is valid too, and is moved there.
                let at = lines.iter().position(|line| line.starts_with(key.as_str())).unwrap();
                lines.insert(at + 1, format!("{key}.owner{number}=   [\"x\",'y' ] # spaces"));
            }
        }
        lines.push("[somebody.elses]\n  value = 1.50".to_owned());
        let text = lines.join("\n") + "\n";
        let mut register = Register::parse(&text).unwrap();
        prop_assert_eq!(&register.to_toml(), &text);
        for step in &more {
            take(&mut register, step);
        }
        let written = register.to_toml();
        let ours = |line: &&str| line.starts_with('#') || line.contains(".owner") || line.contains("somebody") || line.contains("1.50");
        let before: Vec<&str> = text.lines().filter(ours).collect();
        let after: Vec<&str> = written.lines().filter(ours).collect();
        for line in &before {
            prop_assert!(after.contains(line), "{line} is lost in\n{written}");
        }
    }
}

#[test]
fn a_comment_behind_a_value_stays_when_the_value_changes() {
    let text = "# mine\na.id = 'DB-007' # lucky\na.title   =   \"x\"\na.tracking = \"old\" # see the board\n";
    let mut register = Register::parse(text).unwrap();
    register.track("7", "new").unwrap();
    assert_eq!(register.to_toml(), text.replace("\"old\"", "\"new\""));
}

#[test]
fn an_entry_may_be_written_as_a_table_and_without_an_id() {
    let text =
        "[naming]\ntitle = '''Tables are\nin the plural'''\npriority = \"Low\"\nowner = \"me\"\n";
    let register = Register::parse(text).unwrap();
    assert_eq!(register.notes(), ["“Tables are\nin the plural” had no id: it is DB-001 now"]);
    assert_eq!(register.to_toml(), format!("{text}id = \"DB-001\"\n"));
}

#[test]
fn what_is_wrong_is_named() {
    let error = |text: &str| Register::parse(text).unwrap_err().to_string();
    insta::assert_snapshot!(error("a.id = 'DB-001'\na.title = 7\n"), @"the entry DB-001 cannot be read: invalid type: integer `7`, expected a string");
    insta::assert_snapshot!(error("a.id = 'DB-001'\n"), @"the entry DB-001 cannot be read: missing field `title`");
    insta::assert_snapshot!(error("a.title = \"x\n"), @r#"
    it is not valid TOML: TOML parse error at line 1, column 13
      |
    1 | a.title = "x
      |             ^
    invalid basic string, expected `"`
    "#);
}
