//! Which characters servers take for letters and digits.

use homeroom_ltree::{Error, Label, LabelRule, Ltree};

use crate::server::{ascii_url, client, connect};

fn characters() -> Vec<char> {
    ('\u{1}'..=char::MAX).collect()
}

/// All of the first that a rule allows, and of the others some thousands.
async fn refused_by_the_server(client: &tokio_postgres::Client, texts: &[String]) -> Vec<String> {
    let rows = client
        .query(
            "SELECT value FROM unnest($1::text[]) AS t (value) WHERE try_cast(value, 'ltree') LIKE '!%'",
            &[&texts],
        )
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn every_character_that_is_allowed_is_allowed_by_the_server() {
    let client = client().await;
    // Whole blocks of allowed characters in one label, or 134,000 casts.
    let allowed: Vec<char> = characters()
        .into_iter()
        .filter(|character| LabelRule::Postgres15.allows(*character))
        .collect();
    assert!(allowed.len() > 130_000);
    let labels: Vec<String> = allowed.chunks(250).map(|block| block.iter().collect()).collect();
    assert_eq!(refused_by_the_server(&client, &labels).await, Vec::<String>::new());
}

#[tokio::test]
async fn characters_that_are_refused_are_refused_by_the_server() {
    let client = client().await;
    // A later libc knows more letters; those that no Unicode version calls so are compared.
    let refused: Vec<String> = characters()
        .into_iter()
        .filter(|character| {
            !LabelRule::Postgres15.allows(*character) && !character.is_alphanumeric()
        })
        .filter(|character| u32::from(*character) < 0x3000 && !matches!(character, '.' | '-'))
        .map(|character| format!("a{character}b"))
        .collect();
    assert!(refused.len() > 1_000);
    assert_eq!(refused_by_the_server(&client, &refused).await, refused);
}

#[tokio::test]
async fn ascii_is_what_a_database_of_locale_c_accepts() {
    let client = connect(&ascii_url().await).await;
    let texts: Vec<String> =
        ('\u{1}'..'\u{250}').filter(|c| *c != '.' && *c != '-').map(String::from).collect();
    let accepted = |text: &&String| Label::parse_with(text, LabelRule::Ascii).is_err();
    let refused: Vec<String> = texts.iter().filter(accepted).cloned().collect();
    assert_eq!(refused_by_the_server(&client, &texts).await, refused);
}

#[test]
fn a_hyphen_is_of_postgres_16() {
    assert!(matches!(
        "a-b".parse::<Ltree>(),
        Err(Error::InvalidCharacter { position: 2, character: '-', .. })
    ));
    assert!(Ltree::parse_with("a-b", LabelRule::Postgres16).is_ok());
    assert_eq!(Ltree::from_server("a-b.c").unwrap().nlevel(), 2);
}

#[test]
fn what_sqlx_and_the_server_judge_differently_is_judged_as_by_the_server() {
    assert!("é_x".parse::<Ltree>().is_ok());
    assert!("a".repeat(256).parse::<Ltree>().is_err());
    assert_eq!("".parse::<Ltree>().unwrap(), Ltree::default());
}
