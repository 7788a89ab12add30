//! The server's limits, tried from both sides.

use homeroom_ltree::{Error, LabelRule, Lquery, Ltree, Ltxtquery};

use crate::server::{client, version};

async fn assert_same(kind: &str, text: &str) {
    let ours = match kind {
        "ltree" => text.parse::<Ltree>().is_ok(),
        "lquery" => text.parse::<Lquery>().is_ok(),
        _ => text.parse::<Ltxtquery>().is_ok(),
    };
    let row = client().await.query_one("SELECT try_cast($1, $2)", &[&text, &kind]).await.unwrap();
    let server: &str = row.get(0);
    let head: String = text.chars().take(40).collect();
    assert_eq!(
        ours,
        server.starts_with('='),
        "{kind} {head}… of {} bytes: {:.200}",
        text.len(),
        server
    );
}

#[tokio::test]
async fn a_label_has_255_characters_of_any_size() {
    if version(&client().await).await >= 160_000 {
        return;
    }
    for letter in ["a", "é", "中"] {
        for count in [254, 255, 256] {
            let label = letter.repeat(count);
            for text in [label.clone(), format!("a.{label}"), format!("{label}.a")] {
                assert_same("ltree", &text).await;
                assert_same("lquery", &text).await;
            }
            assert_same("lquery", &format!("!{label}@*|{label}{{2}}")).await;
        }
    }
}

#[tokio::test]
async fn a_path_has_65535_labels() {
    for count in [65_534, 65_535, 65_536] {
        let text = vec!["a"; count].join(".");
        assert_same("ltree", &text).await;
        assert_same("lquery", &text).await;
    }
    let longest: Ltree = vec!["a"; 65_535].join(".").parse().unwrap();
    assert_eq!(longest.child(&"b".parse().unwrap()), Err(Error::TooManyLabels { count: 65_536 }));
    assert_eq!(longest.join(&longest), Err(Error::TooManyLabels { count: 131_070 }));
    assert!(longest.join(&Ltree::new()).is_ok());
    assert_eq!(longest.ancestors().next_back().unwrap(), "a");
}

#[tokio::test]
async fn the_alternatives_of_a_label_fill_65535_bytes() {
    for count in [1, 4_094, 4_095, 65_536] {
        assert_same("lquery", &vec!["a"; count].join("|")).await;
    }
    for count in [247, 248, 249] {
        assert_same("lquery", &vec!["a".repeat(255); count].join("|")).await;
    }
}

#[tokio::test]
async fn a_quantifier_has_numbers_to_65535() {
    for text in [
        "*{65535}",
        "*{65536}",
        "*{1,65535}",
        "*{1,65536}",
        "a{0,65535}",
        "*{2,1}",
        "*{00001}",
        "*{2147483648}",
    ] {
        assert_same("lquery", text).await;
    }
}

#[tokio::test]
async fn a_label_of_an_ltxtquery_has_255_bytes() {
    for (letter, count) in [("a", 255), ("a", 256), ("é", 127), ("é", 128)] {
        assert_same("ltxtquery", &letter.repeat(count)).await;
    }
}

/// So many operands, nested as little as possible.
fn balanced(count: usize) -> String {
    match count {
        1 => "a".to_owned(),
        _ => format!("({}&{})", balanced(count / 2), balanced(count - count / 2)),
    }
}

#[tokio::test]
async fn an_ltxtquery_has_so_many_operands_and_operators() {
    for count in [16_383, 16_384] {
        assert_same("ltxtquery", &format!("b|{}", balanced(count))).await;
        assert_same("ltxtquery", &format!("{}|b", balanced(count))).await;
    }
    for (left, right) in [(16_384, 16_383), (16_385, 16_383), (16_386, 16_383)] {
        assert_same("ltxtquery", &format!("{}|{}", balanced(left), balanced(right))).await;
    }
    for count in [31, 32, 33] {
        let nots = "!".repeat(count);
        for text in [
            format!("{nots}a"),
            format!("a|{nots}a"),
            format!("a&({nots}a)"),
            format!("(a|b&{nots}a)"),
        ] {
            assert_same("ltxtquery", &text).await;
        }
    }
}

#[tokio::test]
async fn operators_nest_less_deep_than_the_server_allows() {
    let nested = |count: usize| format!("{}a{}", "!(".repeat(count), ")".repeat(count));
    let deepest = [nested(4_000), vec!["a"; 4_001].join("|"), vec!["a"; 4_001].join("&")];
    for text in &deepest {
        assert_same("ltxtquery", text).await;
        assert!(text.parse::<Ltxtquery>().is_ok());
        // Not only read: also run.
        let statement = "SELECT 'b'::ltree @ $1::text::ltxtquery";
        let matches: bool = client().await.query_one(statement, &[text]).await.unwrap().get(0);
        assert_eq!(matches, text.parse::<Ltxtquery>().unwrap().matches(&"b".parse().unwrap()));
    }
    assert!(nested(4_001).parse::<Ltxtquery>().is_err());
    assert!(vec!["a"; 4_002].join("|").parse::<Ltxtquery>().is_err());
    // What a server with a larger stack holds can be read and run.
    let deeper = Ltxtquery::from_server(&nested(100_001)).unwrap();
    assert!(deeper.matches(&"b".parse().unwrap()));
}

#[test]
fn labels_of_1000_characters_are_of_postgres_16() {
    let label = "é".repeat(1_000);
    assert!(Ltree::parse_with(&label, LabelRule::Postgres16).is_ok());
    assert!(Lquery::parse_with(&label, LabelRule::Postgres16).is_ok());
    let too_long = format!("a.{label}x");
    assert_eq!(
        Ltree::parse_with(&too_long, LabelRule::Postgres16),
        Err(Error::LabelTooLong { position: 3, length: 1_001, max: 1_000 })
    );
}

#[test]
fn no_pattern_takes_exponential_time() {
    let path: Ltree = vec!["a"; 60].join(".").parse().unwrap();
    let long: Ltree = vec!["a"; 2_000].join(".").parse().unwrap();
    let query: Lquery = format!("{}b", "*.a.".repeat(30)).parse().unwrap();
    let quantified: Lquery = format!("{}b", "a{,}.".repeat(30)).parse().unwrap();
    for path in [path, long] {
        assert!(!query.matches(&path));
        assert!(!quantified.matches(&path));
    }
}
