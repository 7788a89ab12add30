//! Help, completions, usage.

use crate::{homeroom, homeroom_with};

#[test]
fn every_command_has_a_help_with_examples() {
    let commands: &[&[&str]] = &[
        &[],
        &["demo"],
        &["migrate"],
        &["migrate", "up"],
        &["migrate", "down"],
        &["migrate", "redo"],
        &["migrate", "goto"],
        &["migrate", "status"],
        &["migrate", "plan"],
        &["migrate", "new"],
        &["migrate", "verify"],
        &["migrate", "check"],
        &["migrate", "dump"],
        &["migrate", "repair"],
        &["migrate", "baseline"],
        &["migrate", "adopt"],
        &["advise"],
        &["advise", "rules"],
        &["advise", "explain"],
        &["advise", "fix"],
        &["advise", "register"],
        &["advise", "register", "update"],
        &["advise", "register", "add"],
        &["advise", "register", "accept"],
        &["advise", "register", "set"],
        &["advise", "register", "complete"],
        &["advise", "register", "show"],
        &["advise", "register", "import"],
        &["advise", "register", "export"],
        &["user"],
        &["user", "list"],
        &["user", "show"],
        &["user", "create"],
        &["user", "update"],
        &["user", "suspend"],
        &["user", "activate"],
        &["user", "delete"],
        &["user", "restore"],
        &["user", "sign-out"],
        &["user", "sessions"],
        &["group"],
        &["group", "tree"],
        &["group", "show"],
        &["group", "create"],
        &["group", "move"],
        &["group", "rename"],
        &["group", "archive"],
        &["group", "restore"],
        &["group", "settings"],
        &["group", "members"],
        &["group", "add"],
        &["group", "remove"],
        &["class"],
        &["class", "list"],
        &["class", "show"],
        &["class", "create"],
        &["class", "enrol"],
        &["class", "remove"],
        &["class", "delete"],
        &["class", "restore"],
        &["chat"],
        &["chat", "list"],
        &["chat", "show"],
        &["chat", "fork-tree"],
        &["chat", "export"],
        &["chat", "complete"],
        &["chat", "delete"],
        &["chat", "restore"],
        &["stats"],
        &["import"],
        &["import", "roster"],
        &["import", "conversations"],
        &["postgres"],
        &["postgres", "start"],
        &["postgres", "status"],
        &["postgres", "stop"],
        &["postgres", "url"],
        &["postgres", "psql"],
        &["postgres", "destroy"],
        &["completions"],
    ];
    let mut all = String::new();
    for command in commands {
        let help = homeroom(&[command, &["--help"][..]].concat()).done();
        assert!(help.contains("Examples:"), "{command:?}");
        all.push_str(&format!("==== homeroom {} --help\n{help}\n", command.join(" ")));
    }
    insta::assert_snapshot!("help", all);
}

#[test]
fn there_are_completions_for_each_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = homeroom(&["completions", shell]).done();
        assert!(script.contains("homeroom") && script.contains("roster"), "{shell}");
    }
}

#[test]
fn a_wrong_argument_ends_with_1_as_2_and_3_mean_something_else() {
    insta::assert_snapshot!(homeroom(&["migrate", "down", "--all", "--to", "3"]).failed(), @"
    exit code 1
    error: the argument '--all' cannot be used with '--to <VERSION>'

    Usage: homeroom migrate down --all

    For more information, try '--help'.
    ");
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let escape = '\u{1b}';
    assert!(!homeroom(&["--help"]).done().contains(escape));
    assert!(!homeroom_with(&[("DATABASE_URL", "x")], &["migrate", "status"]).err.contains(escape));
    assert!(homeroom(&["--color", "always", "--help"]).done().contains(escape));
    let asked = homeroom_with(&[("DATABASE_URL", "x")], &["migrate", "status", "--color=always"]);
    assert!(asked.err.contains(escape));
}
