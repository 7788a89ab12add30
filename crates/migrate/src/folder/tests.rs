use super::own::FileName;
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
        ("0007_open.down.sql", b"begin;\nselect 1;\ncommit;\ncommit;"),
        ("0008_copy.up.sql", b"copy t from stdin;"),
        ("0008_copy.down.sql", b"begin;\nselect 1"),
    ];
    files.reverse();
    let error = parse("migrations", files).unwrap_err();
    insta::assert_snapshot!(error, @"
    13 faults in the migrations of migrations
      0001_lonely.up.sql has no 0001_lonely.down.sql: write it; a down file may be one line, `-- irreversible: reason`
      version 0002 is taken more than once (0002_a.down.sql, 0002_a.up.sql, 0002_b.down.sql, 0002_b.up.sql): give one of them the next free number
      0004_latin.down.sql has no statement: write one, or in a down file `-- irreversible: reason`
      0004_latin.up.sql is not UTF-8 text at byte 8: save it as UTF-8
      0005_no_reason.down.sql says `-- irreversible:` without a reason: say why on the same line
      0006_both.down.sql says `-- irreversible:` and has statements: keep one of the two
      0007_open.down.sql:4: COMMIT has no other half in this file: open and close each transaction in the file, or remove both, each file is one transaction already
      0007_open.up.sql:2: this string never ends: close it
      0008_copy.down.sql:1: BEGIN has no other half in this file: open and close each transaction in the file, or remove both, each file is one transaction already
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
            Ok(migrations) => prop_assert!(migrations.len() <= files.len()),
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

fn seen(files: &[(&str, &str)]) -> Vec<String> {
    let migrations = parse_texts(files).unwrap();
    let line = |one: &Migration| {
        let outside = one.up().mode() == crate::Mode::Statements;
        let up = one.up().sql().trim();
        let down = one.down().irreversible().unwrap_or(one.down().sql().trim());
        let outside = if outside { " outside" } else { "" };
        format!("{} {}: {up} | {down}{outside}", one.version(), one.name())
    };
    migrations.iter().map(line).collect()
}

#[test]
fn diesel_folders_are_read_with_their_metadata() {
    let migrations = seen(&[
        ("00000000000000_diesel_initial_setup/up.sql", "select 1"),
        ("00000000000000_diesel_initial_setup/down.sql", ""),
        ("2023-01-02-000000-0000_Add some notes/up.sql", "select 3"),
        ("2023-01-02-000000-0000_Add some notes/down.sql", "select 4"),
        ("2023-01-02-000000-0000_Add some notes/metadata.toml", "run_in_transaction = false # why"),
        ("2023-01-02-000000_a/up.sql", "select 2"),
        ("notes.sql", "select"),
    ]);
    assert_eq!(
        migrations,
        [
            "00000000000000 diesel_initial_setup: select 1 | ",
            "2023-01-02-000000 a: select 2 | it has no down script",
            "2023-01-02-000000-0000 Add some notes: select 3 | select 4 outside",
        ]
    );
}

#[test]
fn the_numbered_files_of_sqlx_and_golang_migrate_are_read() {
    let migrations = seen(&[
        ("10_b.up.sql", "-- no-transaction\nselect 3"),
        ("1_a.up.sql", "select 1"),
        ("1_a.down.sql", "commit; select 2; begin"),
        ("20240309082057_view.sql.up.sql", "select 4"),
        ("embed.go", "package"),
        ("seed.sql", "select"),
    ]);
    assert_eq!(
        migrations,
        [
            "1 a: select 1 | commit; select 2; begin",
            "10 b: -- no-transaction\nselect 3 | it has no down script outside",
            "20240309082057 view.sql: select 4 | it has no down script",
        ]
    );
    assert_eq!(seen(&[("0001_a.sql", "select 1")]), ["0001 a: select 1 | it has no down script"]);
}

#[test]
fn an_up_and_a_down_of_one_number_belong_together_whatever_their_names() {
    let pair = [("30_add_data.up.sql", "select 1"), ("30_drop_data.down.sql", "select 2")];
    assert_eq!(seen(&pair), ["30 add_data: select 1 | select 2"]);
    let text = faults(&[pair[0], pair[1], ("30_other.up.sql", "select 3")]);
    assert!(text.contains("version 30 is taken more than once"), "{text}");
    let ours = [("0030_add_data.up.sql", "select 1"), ("0030_drop_data.down.sql", "select 2")];
    assert!(faults(&ours).contains("version 0030 is taken more than once"));
}

#[test]
fn files_with_both_sides_are_read() {
    let dbmate = "-- migrate:up transaction:false\nselect 1;\n-- migrate:down\nselect 2;";
    let sql_migrate = "-- +migrate Up\nselect 1;\n-- +migrate Down\nselect 2;";
    assert_eq!(
        seen(&[("20230101000000_a.sql", dbmate)]),
        ["20230101000000 a: select 1; | select 2; outside"]
    );
    assert_eq!(seen(&[("1-a.sql", sql_migrate)]), ["1 a: select 1; | select 2;"]);
}

#[test]
fn faults_of_other_styles_name_the_line_and_what_is_missing() {
    insta::assert_snapshot!(faults(&[
        ("1_a.sql", "-- migrate:up\nselect 1;\n-- migrate:down\nselect 'a;"),
        ("2_b.sql", "-- migrate:down\nselect 1;"),
        ("3_c.sql", "select 1"),
        ("3_d.sql", "select 1"),
        ("9999999999999999999999_e.sql", "select 1"),
    ]), @"
    4 faults in the migrations of test
      1_a.sql:4: this string never ends: close it
      2_b.sql has no `-- migrate:up`: write it; a down file may be one line, `-- irreversible: reason`
      version 3 is taken more than once (3_c.sql, 3_d.sql): give one of them the next free number
      9999999999999999999999_e.sql is no migration: name it NNNN_name.up.sql or NNNN_name.down.sql (letters, digits, _ and -), or move it out of the folder
    ");
}

#[test]
fn a_stray_file_of_another_style_does_not_loosen_our_own() {
    for stray in ["0002_b.sql", "0002_b/up.sql"] {
        let text = faults(&[("0001_a.up.sql", "select 1"), (stray, "select 1")]);
        assert!(text.contains("0001_a.up.sql has no 0001_a.down.sql"), "{text}");
        assert!(text.contains(&format!("{stray} is no migration")), "{text}");
    }
    let text = faults(&[("1_a.up.sql", "select 1"), ("2_b/up.sql", "select 1")]);
    assert!(text.contains("2_b/up.sql is no migration"), "{text}");
}
