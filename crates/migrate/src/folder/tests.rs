use super::*;
use proptest::prelude::*;

fn parse_texts(files: &[(&str, &str)]) -> Result<Vec<Migration>, FolderError> {
    parse("test", files.iter().map(|(name, sql)| (*name, sql.as_bytes())))
}

fn faults(files: &[(&str, &str)]) -> String {
    parse_texts(files).unwrap_err().to_string()
}

#[test]
fn pairs_become_migrations_in_the_order_of_their_versions() {
    let migrations = parse_texts(&[
        ("0010_b.down.sql", "select 4"),
        ("0010_b.up.sql", "select 3"),
        ("0002_a.up.sql", "select 1"),
        ("0002_a.down.sql", "-- irreversible: the rows are gone"),
    ])
    .unwrap();
    let seen: Vec<_> = migrations.iter().map(|one| (one.version().get(), one.name())).collect();
    assert_eq!(seen, [(2, "a"), (10, "b")]);
    assert_eq!(migrations[0].down().irreversible(), Some("the rows are gone"));
    assert_eq!(migrations[1].up().sql(), "select 3");
}

#[test]
fn every_fault_is_reported_at_once_with_its_file_and_the_way_out() {
    let mut files = vec![
        ("0001_lonely.up.sql", &b"select 1"[..]),
        ("0002_a.up.sql", b"select 1"),
        ("0002_a.down.sql", b"select 1"),
        ("0002_b.up.sql", b"select 1"),
        ("0002_b.down.sql", b"select 1"),
        ("3_short.up.sql", b"select 1"),
        ("20240131120000_long.up.sql", b"select 1"),
        ("notes.txt", b""),
        ("0004_latin.up.sql", b"select '\xe9'"),
        ("0004_latin.down.sql", b"-- nothing"),
        ("0005_no_reason.up.sql", b"select 1"),
        ("0005_no_reason.down.sql", b"-- irreversible:"),
        ("0006_both.up.sql", b"select 1"),
        ("0006_both.down.sql", b"-- irreversible: why\nselect 1"),
        ("0007_open.up.sql", b"select 1;\nselect 'a"),
        ("0007_open.down.sql", b"begin;\nselect 1;\ncommit;"),
        ("0008_copy.up.sql", b"copy t from stdin;"),
        ("0008_copy.down.sql", b"-- no-transaction\nselect 1"),
    ];
    files.reverse();
    let error = parse("migrations", files).unwrap_err();
    insta::assert_snapshot!(error, @"
    14 faults in the migrations of migrations
      0001_lonely.up.sql has no 0001_lonely.down.sql: write it; a down file may be one line, `-- irreversible: reason`
      version 0002 is taken more than once (0002_a.down.sql, 0002_a.up.sql, 0002_b.down.sql, 0002_b.up.sql): give one of them the next free number
      0004_latin.down.sql has no statement: write one, or in a down file `-- irreversible: reason`
      0004_latin.up.sql is not UTF-8 text at byte 8: save it as UTF-8
      0005_no_reason.down.sql says `-- irreversible:` without a reason: say why on the same line
      0006_both.down.sql says `-- irreversible:` and has statements: keep one of the two
      0007_open.down.sql:1: BEGIN would end the transaction that the migration runs in: remove it, each file is one transaction already
      0007_open.down.sql:3: COMMIT would end the transaction that the migration runs in: remove it, each file is one transaction already
      0007_open.up.sql:2: this string never ends: close it
      0008_copy.down.sql asks for `-- no-transaction`, which this version cannot do: remove the line, or run its statements by hand
      0008_copy.up.sql:1: COPY through the client needs psql: write INSERT … VALUES instead
      20240131120000_long.up.sql has a 14-digit version and four digits are the rule: renumber it
      3_short.up.sql has a 1-digit version and four digits are the rule: rename it to 0003_short.up.sql
      notes.txt is no migration: name it NNNN_name.up.sql or NNNN_name.down.sql (letters, digits, _ and -), or move it out of the folder
    ");
}

#[test]
fn an_up_file_with_nothing_but_comments_is_empty() {
    let text = faults(&[("0001_a.up.sql", "-- irreversible: x"), ("0001_a.down.sql", "select 1")]);
    assert!(text.contains("0001_a.up.sql has no statement"), "{text}");
}

#[test]
fn savepoints_and_quoted_transaction_words_are_allowed() {
    let sql = "savepoint a; rollback to a; rollback to savepoint a; release a; select 'commit;';
        do $$ begin perform 1; end $$;";
    parse_texts(&[("0001_a.up.sql", sql), ("0001_a.down.sql", "select 1")]).unwrap();
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_sql() {
    let migrations =
        parse_texts(&[("0001_a.up.sql", "\u{feff}select 1"), ("0001_a.down.sql", "select 1")]);
    assert_eq!(migrations.unwrap()[0].up().sql(), "select 1");
}

#[test]
fn an_empty_folder_is_no_fault() {
    assert_eq!(parse_texts(&[]).unwrap(), []);
}

proptest! {
    #[test]
    fn any_set_of_file_names_is_either_migrations_or_faults(
        names in prop::collection::btree_set("[0-9]{1,5}_[a-z]{1,2}\\.(up|down)\\.sql|\\PC{0,12}", 0..12),
    ) {
        let files: Vec<_> = names.iter().map(|name| (name.as_str(), "select 1")).collect();
        match parse_texts(&files) {
            Ok(migrations) => prop_assert_eq!(migrations.len() * 2, files.len()),
            Err(error) => prop_assert!(!error.faults.is_empty()),
        }
    }

    #[test]
    fn a_well_formed_name_gives_back_its_parts(version in 0_u32..10_000, name in "[a-zA-Z0-9_-]{1,30}") {
        let file = format!("{version:04}_{name}.up.sql");
        let parsed = FileName::parse(&file).ok().map(|parsed| (parsed.version, parsed.name.to_owned()));
        prop_assert_eq!(parsed, Some((Version::new(version), name)));
    }
}
