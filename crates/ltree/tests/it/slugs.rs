//! From human names to labels: the real names of schools and districts where the file is there, made-up ones always.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use homeroom_ltree::{Label, MAX_SLUG, UniqueSlugs, slug};
use proptest::prelude::*;

fn assert_slug(slug: &str, name: &str) {
    assert!(!slug.is_empty() && slug.len() <= MAX_SLUG, "{name:?} -> {slug:?}");
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    assert!(slug.split('-').all(word), "{name:?} -> {slug:?}");
    let label = Label::from_slug(slug).unwrap();
    assert_eq!(label.as_str().replace('_', "-"), slug);
}

/// District and name of schools: of `HOMEROOM_ORGANISATIONS` or the folder beside the repository, or else made up.
fn schools() -> Vec<(String, String)> {
    let folder = std::env::var_os("HOMEROOM_ORGANISATIONS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/organisations"),
        PathBuf::from,
    );
    let Ok(mut file) = csv::Reader::from_path(folder.join("schools.csv")) else {
        return generated_schools();
    };
    let headers = file.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (district, name) = (column("nces_district_id"), column("name"));
    file.records()
        .map(Result::unwrap)
        .map(|row| (row[district].to_owned(), row[name].to_owned()))
        .collect()
}

fn generated_schools() -> Vec<(String, String)> {
    let kinds =
        ["Elementary", "High School", "Academy (K–8)", "St. Mary's", "École №", "学校", "Школа #"];
    let people = ["Lincoln", "O'Hara", "Núñez", "Müller & Sons", "李", "J.F.K.", "Ōkubo", "Łukasz"];
    let mut schools = Vec::new();
    for district in 0..20 {
        for kind in kinds {
            for person in people {
                for repeated in 0..2 {
                    schools.push((
                        district.to_string(),
                        format!("{person} {kind}{}", " ".repeat(repeated)),
                    ));
                }
            }
        }
    }
    schools
}

#[test]
fn names_become_slugs() {
    for (name, expected) in [
        ("Lincoln High School", "lincoln-high-school"),
        ("  St. Mary's / École  #12 ", "st-marys-ecole-12"),
        ("P.S. 118", "p-s-118"),
        ("O’Hara–Núñez Academy", "ohara-nunez-academy"),
        ("Müller & Söhne Straße", "muller-sohne-strasse"),
        ("Æther Œuvre Łódź", "aether-oeuvre-lodz"),
        ("Cafe\u{301}", "cafe"),
        ("ΑΘΗΝΑ", "athina"),
        ("Школа № 5", "shkola-no-5"),
        ("学校", "xuexiao"),
        ("---", "n-0067f651"),
    ] {
        assert_eq!(slug(name), expected, "{name:?}");
        assert_slug(expected, name);
    }
}

#[test]
fn scripts_without_latin_letters_have_slugs() {
    for name in [
        "東京",
        "مدرسة",
        "בית ספר",
        "विद्यालय",
        "โรงเรียน",
        "학교",
        "ትምህርት",
        "😀",
        "\u{f0000}",
        "‼‽",
        "",
        " ",
    ] {
        assert_slug(&slug(name), name);
        assert_eq!(slug(name), slug(name));
    }
    assert_ne!(slug("\u{f0000}"), slug("\u{f0001}"));
}

#[test]
fn long_names_are_cut_between_words() {
    let slug_of_long = slug(&"district ".repeat(30));
    assert!(
        slug_of_long.len() <= MAX_SLUG && slug_of_long.ends_with("-district"),
        "{slug_of_long}"
    );
    assert_eq!(slug(&"x".repeat(300)), "x".repeat(MAX_SLUG));
    let mut siblings = UniqueSlugs::new();
    for number in 1..=1_000 {
        let unique = siblings.claim(&"x".repeat(300));
        assert_slug(&unique, "x…");
        assert!(number == 1 || unique.ends_with(&format!("x-{number}")));
    }
}

#[test]
fn a_number_that_a_sibling_has_by_its_name_is_not_given_again() {
    let mut siblings = UniqueSlugs::new();
    let slugs =
        ["School 2", "School", "School", "school", "School-2"].map(|name| siblings.claim(name));
    assert_eq!(slugs, ["school-2", "school", "school-3", "school-4", "school-2-2"]);
}

#[test]
fn every_school_has_a_slug_that_is_unique_in_its_district() {
    let schools = schools();
    assert!(schools.len() >= 2_000);
    let mut districts: HashMap<&str, (UniqueSlugs, HashSet<String>)> = HashMap::new();
    let mut numbered = 0;
    for (district, name) in &schools {
        let (siblings, taken) = districts.entry(district).or_default();
        let unique = siblings.claim(name);
        assert_slug(&unique, name);
        numbered += usize::from(unique != slug(name));
        assert!(taken.insert(unique.clone()), "{unique} twice in {district}");
        // No real name is so strange that only a hash is left.
        assert!(
            !unique.starts_with("n-") || name.to_lowercase().starts_with('n'),
            "{name:?} -> {unique:?}"
        );
    }
    println!("{} schools in {} districts, {numbered} numbered", schools.len(), districts.len());
}

proptest! {
    #[test]
    fn any_name_has_a_slug(name in "\\PC{0,300}") {
        assert_slug(&slug(&name), &name);
    }

    #[test]
    fn siblings_are_apart(names in prop::collection::vec("[ab -]{0,4}|x{98,102}", 0..40)) {
        let mut siblings = UniqueSlugs::new();
        let mut taken = HashSet::new();
        for name in &names {
            let unique = siblings.claim(name);
            assert_slug(&unique, name);
            prop_assert!(taken.insert(unique));
        }
    }

    #[test]
    fn a_slug_is_its_own_slug(name in "\\PC{0,300}") {
        prop_assert_eq!(slug(&slug(&name)), slug(&name));
    }
}
