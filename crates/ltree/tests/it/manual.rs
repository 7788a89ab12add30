//! The tables and examples of the manual (F.23 of PostgreSQL 15), without a server.

use homeroom_ltree::{Error, Label, Lquery, Ltree, Ltxtquery};

fn path(text: &str) -> Ltree {
    text.parse().unwrap()
}

fn matches(path: &str, query: &str) -> bool {
    path.parse::<Ltree>().unwrap().matches(&query.parse().unwrap())
}

fn meets(path: &str, query: &str) -> bool {
    path.parse::<Ltree>().unwrap().matches_text(&query.parse().unwrap())
}

#[test]
fn a_label_is_letters_digits_and_underscores() {
    for label in ["42", "Personal_Services", "École", "_", "a_1", "中文"] {
        assert!(label.parse::<Label>().is_ok(), "{label}");
    }
    for (label, position) in
        [("Personal Services", 9), ("a-b", 2), ("a.b", 2), ("a*", 2), ("é½", 2)]
    {
        let error = label.parse::<Label>().unwrap_err();
        assert!(
            matches!(error, Error::InvalidCharacter { position: at, .. } if at == position),
            "{label}: {error}"
        );
    }
    assert_eq!("".parse::<Label>(), Err(Error::EmptyLabel { position: 1 }));
}

#[test]
fn a_path_is_labels_separated_by_dots() {
    assert_eq!(path("Top.Countries.Europe.Russia").nlevel(), 4);
    assert_eq!(path("").nlevel(), 0);
    for (text, position) in [(".", 1), (".a", 1), ("a.", 3), ("a..b", 3), ("é..b", 3)] {
        assert_eq!(text.parse::<Ltree>(), Err(Error::EmptyLabel { position }), "{text}");
        assert_eq!(Ltree::from_server(text), Err(Error::EmptyLabel { position }), "{text}");
    }
}

/// `foo`, `*.foo.*` and `*.foo` of "lquery represents a regular-expression-like pattern".
#[test]
fn lquery_items() {
    for (query, path, result) in [
        ("foo", "foo", true),
        ("foo", "foo.bar", false),
        ("*.foo.*", "a.foo.b", true),
        ("*.foo.*", "foo", true),
        ("*.foo.*", "a.foobar.b", false),
        ("*.foo", "a.b.foo", true),
        ("*.foo", "a.foo.b", false),
    ] {
        assert_eq!(matches(path, query), result, "{path} ~ {query}");
    }
}

#[test]
fn lquery_quantifiers() {
    for (query, counts) in [
        ("*{2}", [false, false, true, false, false]),
        ("*{2,}", [false, false, true, true, true]),
        ("*{1,3}", [false, true, true, true, false]),
        ("*{,3}", [true, true, true, true, false]),
        ("*", [true, true, true, true, true]),
        ("foo{2}", [false, false, true, false, false]),
        ("foo{,}", [true, true, true, true, true]),
        ("foo", [false, true, false, false, false]),
        ("!foo{,2}", [true, false, false, false, false]),
    ] {
        for (count, result) in counts.into_iter().enumerate() {
            assert_eq!(
                matches(&vec!["foo"; count].join("."), query),
                result,
                "{count} labels ~ {query}"
            );
        }
    }
}

#[test]
fn lquery_modifiers() {
    for (query, label, result) in [
        ("a@", "A", true),
        ("a", "A", false),
        ("foo*", "foobar", true),
        ("foo*", "fo", false),
        ("foo_bar%", "foo_bar_baz", true),
        ("foo_bar%", "foo_barbaz", false),
        ("foo_bar%*", "foo1_bar2_baz", true),
        ("foo_bar%*", "foo1_br_bar2", true),
        ("FOO_bar%@*", "bar2_Foo1", true),
        ("École@", "éCOLE", true),
    ] {
        assert_eq!(matches(label, query), result, "{label} ~ {query}");
    }
}

#[test]
fn lquery_alternatives_and_negation() {
    for (query, label, result) in [
        ("foo|bar@", "BAR", true),
        ("foo|bar@", "FOO", false),
        ("!foo|bar", "foo", false),
        ("!foo|bar", "bar", false),
        ("!foo|bar", "baz", true),
    ] {
        assert_eq!(matches(label, query), result, "{label} ~ {query}");
    }
}

/// The annotated example: `Top.*{0,2}.sport*@.!football|tennis{1,}.Russ*|Spain`.
#[test]
fn lquery_annotated_example() {
    let query = "Top.*{0,2}.sport*@.!football|tennis{1,}.Russ*|Spain";
    for (path, result) in [
        ("Top.Sports.chess.Spain", true),
        ("Top.a.b.SPORTS.chess.golf.Russia", true),
        ("Top.a.b.c.Sports.chess.Spain", false),
        ("Top.Sports.football.Spain", false),
        ("Top.Sports.chess.tennis.Spain", false),
        ("Top.Sports.Spain", false),
        ("Top.Sports.chess.Portugal", false),
    ] {
        assert_eq!(matches(path, query), result, "{path}");
    }
}

#[test]
fn ltxtquery_example() {
    let query = "Europe & Russia*@ & !Transportation";
    for (path, result) in [
        ("Top.Countries.Europe.Russia", true),
        ("Top.Europe.russian_federation", true),
        ("Russia.Europe", true),
        ("Top.Europe.Transportation.Russia", false),
        ("Top.Asia.Russia", false),
    ] {
        assert_eq!(meets(path, query), result, "{path}");
    }
}

#[test]
fn ltxtquery_precedence() {
    for (query, canonical) in [
        ("a | b & c", "a | b & c"),
        ("(a | b) & c", "( a | b ) & c"),
        ("a & b | c", "a & b | c"),
        ("!a & b", "!a & b"),
        ("!(a & b)", "!( a & b )"),
        ("a|b|c", "( a | b ) | c"),
        ("!!a", "!( !a )"),
        ("((a))", "a"),
    ] {
        assert_eq!(query.parse::<Ltxtquery>().unwrap().as_str(), canonical);
    }
    assert!(meets("a", "a | b & c"));
    assert!(!meets("a", "(a | b) & c"));
    assert!(meets("", "!a"));
}

#[test]
fn operators() {
    let (top, science) = (path("Top"), path("Top.Science"));
    assert!(top.is_ancestor_of(&science) && science.is_descendant_of(&top));
    assert!(top.is_ancestor_of(&top) && Ltree::new().is_ancestor_of(&top));
    assert!(!science.is_ancestor_of(&top) && !path("Top.Sci").is_ancestor_of(&science));
    assert_eq!(top.join(&path("a.b")).unwrap(), "Top.a.b");
    let queries: [Lquery; 2] = ["*.Hobbies".parse().unwrap(), "Top.*{1}".parse().unwrap()];
    assert!(science.matches_any(&queries));
}

#[test]
fn comparisons_go_label_by_label() {
    let mut paths: Vec<Ltree> =
        ["b", "a_b", "a.b", "A", "a", "", "a.b.c", "aé", "ab"].map(path).to_vec();
    paths.push(Ltree::from_server("a-b").unwrap());
    paths.sort();
    assert_eq!(paths, ["", "A", "a", "a.b", "a.b.c", "a-b", "a_b", "ab", "aé", "b"]);
}

#[test]
fn subltree_function() {
    assert_eq!(path("Top.Child1.Child2").subltree(1, 2).unwrap(), "Child1");
}

#[test]
fn subpath_function() {
    let path = path("Top.Child1.Child2");
    assert_eq!(path.subpath(0, 2).unwrap(), "Top.Child1");
    assert_eq!(path.subpath_from(1).unwrap(), "Child1.Child2");
    assert_eq!(path.subpath(-2, 1).unwrap(), "Child1");
    assert_eq!(path.subpath(0, 0).unwrap(), "");
    assert_eq!(
        path.subpath_from(3),
        Err(Error::InvalidPositions { start: 3, end: 65_535, levels: 3 })
    );
    assert!(Ltree::new().subpath(0, 0).is_err());
}

#[test]
fn nlevel_function() {
    assert_eq!(path("Top.Child1.Child2").nlevel(), 3);
}

#[test]
fn index_function() {
    let path = path("0.1.2.3.5.4.5.6.8.5.6.8");
    assert_eq!(path.index(&"5.6".parse().unwrap()), Some(6));
    assert_eq!(path.index_from(&"5.6".parse().unwrap(), -4), Some(9));
    assert_eq!(path.index(&"5.60".parse().unwrap()), None);
    assert_eq!(path.index(&Ltree::new()), None);
}

#[test]
fn lca_function() {
    assert_eq!(Ltree::lca(&[path("1.2.3"), path("1.2.3.4.5.6")]).unwrap(), "1.2");
    assert_eq!(Ltree::lca(&[path("1.2.3"), path("1.2.3")]).unwrap(), "1.2");
    assert_eq!(Ltree::lca(&[path("1.22.3"), path("1.2.3")]).unwrap(), "1");
    assert_eq!(Ltree::lca(&[path("1"), path("2")]), Some(Ltree::new()));
    assert_eq!(Ltree::lca(&[path("1.2"), path("")]), None);
    assert_eq!(Ltree::lca(&[]), None);
}

#[test]
fn errors_name_the_position_and_the_rule() {
    for (error, message) in [
        (
            "a b".parse::<Ltree>().unwrap_err(),
            "character 2 is ' ', but a label holds letters, digits and underscores only",
        ),
        ("a..b".parse::<Ltree>().unwrap_err(), "the label at character 3 is empty"),
        (
            format!("a.{}", "b".repeat(256)).parse::<Ltree>().unwrap_err(),
            "the label at character 3 has 256 characters, but at most 255 are allowed",
        ),
        (
            "a.*{1;2}".parse::<Lquery>().unwrap_err(),
            "';' is wrong: a digit, a comma or } must follow at character 6",
        ),
        (
            "a.".parse::<Lquery>().unwrap_err(),
            "the pattern ends, but a label, * or ! must follow at character 3",
        ),
        (
            "*{3,1}".parse::<Lquery>().unwrap_err(),
            "{3,1} at character 3 is no range of numbers up to 65535",
        ),
        (
            "a & ".parse::<Ltxtquery>().unwrap_err(),
            "the pattern ends, but a label, ! or ( must follow at character 5",
        ),
        (
            path("a.b").subpath_from(5).unwrap_err(),
            "labels 5 to 65535 do not lie within a path of 2",
        ),
    ] {
        assert_eq!(error.to_string(), message);
    }
}
