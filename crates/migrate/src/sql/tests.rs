use super::*;
use proptest::prelude::*;

fn texts(script: &str) -> Vec<&str> {
    split(script).unwrap().iter().map(|statement| &script[statement.start..statement.end]).collect()
}

#[test]
fn a_semicolon_ends_a_statement_and_empty_ones_are_left_out() {
    assert_eq!(texts(" select 1;; -- done\n ; select 2 "), ["select 1", "select 2"]);
}

#[test]
fn quotes_hide_semicolons() {
    for quoted in [
        "'a;''b;'",
        r"e'\';'",
        r"E'\\'",
        r"'\'",
        "\"a;\"\"b\"",
        "U&'\\003B;'",
        "$$;$$",
        "$a$ ; $$ ; $b$ $a$",
        "$é1$;$é1$",
        "b'1;'",
    ] {
        assert_eq!(texts(&format!("select {quoted}; select 2")).len(), 2, "{quoted}");
    }
}

#[test]
fn an_escape_string_goes_on_behind_a_line_break_and_no_other_does() {
    for script in [
        "select e'a'\n'\\';'; select 2",
        "select e'a' -- ' ;\r\n  '\\';'; select 2",
        "select e'a' '\\'; select 2",
        "select 'a'\n'\\'; select 2",
        "select e'a'\n/* */ '\\'; select 2",
    ] {
        assert_eq!(texts(script).len(), 2, "{script}");
    }
}

#[test]
fn every_kind_of_line_break_ends_a_comment() {
    for line_break in ["\n", "\r\n", "\r"] {
        let script = format!("select 1; -- one;{line_break}select 2;{line_break}--");
        assert_eq!(texts(&script), ["select 1", "select 2"]);
    }
}

#[test]
fn a_dollar_inside_a_word_or_a_parameter_opens_no_quote() {
    assert_eq!(texts("select a$b$; select $1; select 1$a$; select 3").len(), 4);
}

#[test]
fn comments_nest_and_hide_semicolons() {
    assert_eq!(texts("/* ; /* ; */ ; */ select 1 -- ; no\n + 1; select 2").len(), 2);
}

#[test]
fn a_rule_with_several_actions_is_one_statement() {
    assert_eq!(
        texts("create rule r as on insert to t do also (select 1; select 2); select 3").len(),
        2
    );
}

#[test]
fn a_begin_atomic_body_is_one_statement() {
    let script = "create or replace function f(a int) returns int language sql
        begin atomic select case when a > 0 then 1 else 2 end; select 3; end; select 4";
    assert_eq!(texts(script).len(), 2);
}

#[test]
fn begin_of_a_transaction_is_a_statement_of_its_own() {
    assert_eq!(texts("begin; select 1; end;"), ["begin", "select 1", "end"]);
}

#[test]
fn words_are_in_upper_case_and_outside_parentheses() {
    let statements = split("copy app.\"Users\" (id, name) from stdin").unwrap();
    assert_eq!(statements[0].words, ["COPY", "APP", "FROM", "STDIN"]);
}

#[test]
fn what_never_ends_is_named_with_its_place() {
    for (script, what) in [
        ("select 'a", "string"),
        ("select \"a", "quoted name"),
        ("/* /* */", "comment"),
        ("do $x$ $$", "dollar-quoted string"),
    ] {
        assert_eq!(split(script).unwrap_err().what, what);
    }
}

#[test]
fn lines_and_columns_count_characters_from_one() {
    assert_eq!(line_and_column("ab\nçd", 0), (1, 1));
    assert_eq!(line_and_column("ab\nçd", 5), (2, 2));
}

proptest! {
    #[test]
    fn no_text_makes_the_splitter_fail_otherwise_than_by_an_unfinished_quote(script in any::<String>()) {
        if let Ok(statements) = split(&script) {
            let mut last = 0;
            for statement in statements {
                prop_assert!(last <= statement.start && statement.start < statement.end);
                prop_assert!(script.get(statement.start..statement.end).is_some());
                last = statement.end;
            }
        }
    }

    /// Of pieces that matter to a lexer, so that many of the texts are nearly SQL.
    #[test]
    fn a_statement_is_one_by_itself_and_nothing_but_semicolons_and_comments_is_between(
        script in prop::collection::vec(
            prop::sample::select(vec![
                "'", "''", "e'", "\\", "\"", "$$", "$a$", "$1", "--", "/*", "*/", ";", "(", ")", "\n", "\r", " ", "a", "é",
                "begin", "atomic", "case", "end", "create function f()", "select 1",
            ]),
            0..40,
        ).prop_map(|pieces| pieces.concat())
    ) {
        if let Ok(statements) = split(&script) {
            let mut rest = 0;
            for statement in &statements {
                prop_assert_eq!(texts(&script[rest..statement.start]), Vec::<&str>::new());
                let text = &script[statement.start..statement.end];
                prop_assert_eq!(texts(text), [text]);
                rest = statement.end;
            }
            prop_assert_eq!(texts(&script[rest..]), Vec::<&str>::new());
            let parts = texts(&script);
            let joined = parts.join(";\n");
            prop_assert_eq!(texts(&joined), parts);
        }
    }

    #[test]
    fn whole_statements_joined_are_found_again(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "select 1", "select ';'", "do $a$ begin; end $a$", "select e'\\';'", "select \";\"",
                "create rule r as on insert to t do also (select 1; select 2)",
                "create function f() returns int begin atomic select 1; end",
            ]),
            0..8,
        ),
        separator in prop::sample::select(vec![";", " ; ;\n", ";/*;*/", "; -- ;\n"]),
    ) {
        let script = parts.join(separator);
        prop_assert_eq!(texts(&script), parts);
    }
}
