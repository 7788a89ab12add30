//! Every function and operator against the server's, on random values: hundreds of thousands of comparisons, batched.

use homeroom_ltree::{Error, Lquery, Ltree, Ltxtquery};
use proptest::prelude::*;

use crate::random::{damaged, lquery, ltxtquery, path, values};
use crate::server::client;

/// Cases of each kind; each is compared in several ways.
const CASES: usize = 7_000;

fn parsed(text: &str) -> Ltree {
    text.parse().unwrap()
}

#[tokio::test]
async fn functions_of_paths_equal_the_servers() {
    let client = client().await;
    // Often one is a part of the other, and the third is near to both.
    let related = (path(), path(), path(), 0..6_u8).prop_map(|(a, b, c, how)| {
        let join = |left: &str, right: &str| match (left, right) {
            ("", one) | (one, "") => one.to_owned(),
            _ => format!("{left}.{right}"),
        };
        match how {
            0 => (a.clone(), join(&a, &b), join(&a, &c)),
            1 => (join(&a, &b), a.clone(), join(&join(&a, &b), &c)),
            2 => (join(&join(&a, &b), &c), b, a),
            3 => (a.clone(), a, c),
            _ => (a, b, c),
        }
    });
    let number = prop_oneof![8 => -9..9_i32, 1 => -80..80_i32, 1 => prop::sample::select(vec![i32::MIN, i32::MAX, 65535, 65536])];
    let cases = values((related, number.clone(), number), CASES);

    let (mut a, mut b, mut c, mut x, mut y) = (vec![], vec![], vec![], vec![], vec![]);
    for ((first, second, third), m, n) in &cases {
        a.push(first);
        b.push(second);
        c.push(third);
        x.push(m);
        y.push(n);
    }
    let rows = client
        .query(
            "SELECT nlevel(a), a < b, a = b, a @> b, a <@ b, (a || b)::text, index(a, b), index(a, b, x),
                    try_subpath(a, x, y), try_subpath(a, x), try_subltree(a, x, y),
                    lca(a, b)::text, lca(ARRAY[a, b, c])::text, lca(ARRAY[a])::text, ltree2text(a)
             FROM (
                 SELECT a::ltree, b::ltree, c::ltree, x, y
                 FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[]) AS t (a, b, c, x, y)
             ) t",
            &[&a, &b, &c, &x, &y],
        )
        .await
        .unwrap();
    assert_eq!(rows.len(), cases.len());

    let shown =
        |result: Result<Ltree, Error>| result.map_or("!".to_owned(), |path| format!("={path}"));
    let position = |index: Option<usize>| index.map_or(-1, |index| i32::try_from(index).unwrap());
    let text = |path: Option<Ltree>| path.map(String::from);
    let mut comparisons = 0;
    for (case, row) in cases.iter().zip(&rows) {
        let ((a, b, c), x, y) = case;
        let (a, b, c, x, y) = (parsed(a), parsed(b), parsed(c), *x, *y);
        let mut columns = 0_usize..;
        macro_rules! equal {
            ($ours:expr, $type:ty) => {
                let column = columns.next().unwrap();
                assert_eq!($ours, row.get::<_, $type>(column), "column {column} of {case:?}");
                comparisons += 1;
            };
        }
        equal!(i32::try_from(a.nlevel()).unwrap(), i32);
        equal!(a < b, bool);
        equal!(a == b, bool);
        equal!(a.is_ancestor_of(&b), bool);
        equal!(a.is_descendant_of(&b), bool);
        equal!(a.join(&b).unwrap().as_str(), &str);
        equal!(position(a.index(&b)), i32);
        equal!(position(a.index_from(&b, x)), i32);
        equal!(shown(a.subpath(x, y)), String);
        equal!(shown(a.subpath_from(x)), String);
        equal!(shown(a.subltree(x, y)), String);
        equal!(text(Ltree::lca([&a, &b])), Option<String>);
        equal!(text(Ltree::lca([&a, &b, &c])), Option<String>);
        equal!(text(Ltree::lca([&a])), Option<String>);
        equal!(a.as_str(), &str);
        // What has no function on the server follows from what has.
        assert_eq!(a.parent(), a.subpath(0, -1).ok());
        assert_eq!(a.ancestors().count(), a.nlevel());
        assert!(a.ancestors().all(|above| above.is_ancestor_of(&a)));
        let mut down: Vec<_> = a.ancestors().rev().collect();
        assert!(down.is_sorted());
        down.reverse();
        assert!(a.ancestors().eq(down));
        assert_eq!(a.starts_with(&b), b.is_ancestor_of(&a));
        assert_eq!(
            a.strip_prefix(&b).map(|rest| b.join(&rest).unwrap()),
            a.is_descendant_of(&b).then_some(a)
        );
    }
    println!("{comparisons} comparisons of functions");
    assert!(comparisons >= 100_000);
}

#[tokio::test]
async fn sorting_equals_order_by() {
    let client = client().await;
    let mut texts = values(path(), 5_000);
    let rows = client
        .query("SELECT path FROM unnest($1::text[]) AS t (path) ORDER BY path::ltree, path COLLATE \"C\"", &[&texts])
        .await
        .unwrap();
    texts.sort_by_key(|text| parsed(text));
    assert!(texts.iter().eq(rows.iter().map(|row| row.get::<_, &str>(0)).collect::<Vec<_>>()));
}

#[tokio::test]
async fn matching_equals_the_servers() {
    let client = client().await;
    let cases = values((path(), path(), lquery(), lquery(), ltxtquery()), 2 * CASES);
    let columns: Vec<Vec<&str>> = (0..5)
        .map(|column| {
            cases.iter().map(|(a, b, q, r, t)| [a.as_str(), b, q, r, t][column]).collect()
        })
        .collect();
    let [a, b, q, r, t] = columns.as_slice() else { unreachable!() };
    let rows = client
        .query(
            "SELECT a ~ q, a @ t, a ? ARRAY[q, r], ARRAY[a, b] ~ q, ARRAY[a, b] ? ARRAY[q, r], ARRAY[a, b] @ t,
                    (ARRAY[a, b] ?~ q)::text, (ARRAY[a, b] ?@ t)::text, q::text, t::text
             FROM (
                 SELECT a::ltree, b::ltree, q::lquery, r::lquery, t::ltxtquery
                 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS t (a, b, q, r, t)
             ) t",
            &[a, b, q, r, t],
        )
        .await
        .unwrap();
    let (mut comparisons, mut matches) = (0, [0, 0]);
    for (case, row) in cases.iter().zip(&rows) {
        let (a, b, q, r, t) = case;
        let paths = [parsed(a), parsed(b)];
        let queries: [Lquery; 2] = [q.parse().unwrap(), r.parse().unwrap()];
        let text_query: Ltxtquery = t.parse().unwrap();
        let ([a, _], [q, _]) = (&paths, &queries);
        let first = |found: Option<&Ltree>| found.map(|path| path.as_str().to_owned());

        let ours = (
            (q.matches(a), text_query.matches(a), a.matches_any(&queries)),
            (
                paths.iter().any(|path| path.matches(q)),
                paths.iter().any(|path| path.matches_any(&queries)),
                paths.iter().any(|path| path.matches_text(&text_query)),
            ),
            first(paths.iter().find(|path| path.matches(q))),
            first(paths.iter().find(|path| path.matches_text(&text_query))),
            (q.to_string(), text_query.to_string()),
        );
        let servers = (
            (row.get(0), row.get(1), row.get(2)),
            (row.get(3), row.get(4), row.get(5)),
            row.get(6),
            row.get(7),
            (row.get(8), row.get(9)),
        );
        assert_eq!(ours, servers, "{case:?}");
        comparisons += 10;
        matches[0] += usize::from(q.matches(a));
        matches[1] += usize::from(text_query.matches(a));
    }
    println!("{comparisons} comparisons of matching; {matches:?} of {} matched", cases.len());
    assert!(comparisons >= 100_000);
    // Neither all nor none, or the comparisons would mean little.
    assert!(
        matches.iter().all(|matched| (cases.len() / 20..cases.len() * 19 / 20).contains(matched))
    );
}

/// Which texts are accepted, what they become, and where the mistake is.
async fn texts_are_judged_as_by_the_server<T>(
    kind: &str,
    texts: Vec<String>,
    parse: impl Fn(&str) -> Result<T, Error>,
) where
    T: std::fmt::Display,
{
    let client = client().await;
    let rows = client
        .query("SELECT try_cast(value, $2) FROM unnest($1::text[]) AS t (value)", &[&texts, &kind])
        .await
        .unwrap();
    let mut accepted = 0;
    let (mut positions, mut same_position) = (0, 0);
    for (text, row) in texts.iter().zip(&rows) {
        let server: &str = row.get(0);
        match parse(text) {
            Ok(ours) => {
                assert_eq!(format!("={ours}"), server, "{text:?} as {kind}");
                accepted += 1;
            }
            Err(error) => {
                // Up to PostgreSQL 15 whatever has more than one byte passes for a space behind an operand.
                let passes =
                    matches!(error, Error::Syntax { found: Some(found), .. } if !found.is_ascii());
                assert!(
                    server.starts_with('!') || kind == "ltxtquery" && passes,
                    "{text:?} as {kind}: {error}, but the server says {server}"
                );
                let theirs = server
                    .rsplit_once("at character ")
                    .and_then(|(_, at)| at.parse::<usize>().ok());
                let ours = match error {
                    Error::InvalidCharacter { position, .. }
                    | Error::EmptyLabel { position }
                    | Error::Syntax { position, .. } => Some(position),
                    _ => None,
                };
                if let (Some(ours), Some(theirs)) = (ours, theirs) {
                    // In a pattern ours may come before: the server sees that a label is empty when it is over.
                    let right = if kind == "ltree" { ours == theirs } else { ours <= theirs };
                    assert!(right, "{text:?} as {kind}: {error}, but the server says {server}");
                    same_position += usize::from(ours == theirs);
                    positions += 1;
                }
            }
        }
    }
    println!(
        "{} texts as {kind}: {accepted} accepted; {same_position} of {positions} positions",
        texts.len()
    );
    assert!(same_position * 10 >= positions * 9);
    assert!((texts.len() / 50..texts.len()).contains(&accepted));
}

#[tokio::test]
async fn texts_are_paths_where_the_server_says_so() {
    let mut texts = values(damaged(path()), CASES);
    texts.extend(values("[a._é²-]{0,8}", CASES));
    texts_are_judged_as_by_the_server("ltree", texts, str::parse::<Ltree>).await;
}

#[tokio::test]
async fn texts_are_lqueries_where_the_server_says_so() {
    let mut texts = values(damaged(lquery()), CASES);
    texts.extend(values("[a.*!|{}0-3,@%é]{0,8}", CASES));
    texts_are_judged_as_by_the_server("lquery", texts, str::parse::<Lquery>).await;
}

#[tokio::test]
async fn texts_are_ltxtqueries_where_the_server_says_so() {
    let mut texts = values(damaged(ltxtquery()), CASES);
    texts.extend(values("[ab!&|() @*%é\t\u{2003}]{0,9}", CASES));
    texts_are_judged_as_by_the_server("ltxtquery", texts, str::parse::<Ltxtquery>).await;
}
