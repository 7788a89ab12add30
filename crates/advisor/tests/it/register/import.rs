//! A hand-kept page is taken over to the letter and written back to the byte.

use homeroom_advisor::{ImportError, Priority, Register, State};

use super::{day, new_entry, reread};

/// A page in the layout that teams keep by hand, with all that such pages have: mojibake, other spaces, points of their own, code,
/// escaped bars, an archive.
const PAGE: &str = include_str!("page.md");

fn imported(page: &str) -> Register {
    let mut register = Register::default();
    register.import(page, day(3, 1)).unwrap();
    reread(&register)
}

#[test]
fn every_cell_and_detail_arrives() {
    let register = imported(PAGE);
    insta::assert_snapshot!(register.to_toml());
}

#[test]
fn the_page_is_written_back_to_the_byte() {
    assert_eq!(imported(PAGE).to_page().unwrap(), PAGE);
    let crlf = PAGE.replace('\n', "\r\n");
    assert_eq!(imported(&crlf).to_page().unwrap(), crlf);
    let no_end = PAGE.trim_end();
    assert_eq!(imported(no_end).to_page().unwrap(), no_end);
}

/// The page that the project was founded on, where it is beside the repository.
#[test]
fn the_founding_page_arrives_whole_and_is_written_back_to_the_byte() {
    let data = std::env::var_os("HOMEROOM_TEST_SEED").map(std::path::PathBuf::from);
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/seed");
    let folder = data.unwrap_or_else(|| beside.into());
    let Ok(page) = std::fs::read_to_string(folder.join("database-improvements.md")) else { return };
    let register = imported(&page);
    assert_eq!(register.to_page().unwrap(), page);
    let ids: Vec<&str> = register.entries().iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids, ["DB-001", "DB-002"]);
    insta::assert_snapshot!("founding", register.to_toml());
}

#[test]
fn what_changes_afterwards_changes_its_lines_alone() {
    let mut register = imported(PAGE);
    register.track("12", "HR-9").unwrap();
    let page = register.to_page().unwrap();
    let changed: Vec<(&str, &str)> =
        PAGE.lines().zip(page.lines()).filter(|(one, other)| one != other).collect();
    let row = "| DB-012 | Configuration | Make the pool \\| its settings configurable | Low | Small | HR-9 | 2026-01-15 |";
    assert_eq!(changed, [(row.replace("HR-9", "Backlog").as_str(), row)]);
}

#[test]
fn an_item_that_is_completed_moves_to_the_archive_of_the_page() {
    let mut register = imported(PAGE);
    register.complete("13", "SELECT 1 WHERE false", day(3, 2)).unwrap();
    register.prioritize("12", Priority::Critical).unwrap();
    register.add(new_entry("New | here"), day(3, 2));
    insta::assert_snapshot!(register.to_page().unwrap());
}

#[test]
fn an_item_of_the_archive_is_completed() {
    let register = imported(PAGE);
    let entry = register.get("DB-007").unwrap();
    assert_eq!(entry.state(day(3, 1)), State::Completed);
    assert_eq!(entry.completed, ["2026-01-20"]);
}

#[test]
fn a_page_that_cannot_be_taken_over_changes_nothing() {
    let mut register = Register::default();
    let before = register.to_toml();
    let taken = PAGE.replace("DB-013", "DB-012");
    let error = register.import(&taken, day(3, 1)).unwrap_err();
    assert!(matches!(error, ImportError::Taken { ref id, .. } if id == "DB-012"), "{error}");
    assert_eq!(register.import("# Empty\n", day(3, 1)), Err(ImportError::NoItems));
    let marker = format!("{PAGE}<!-- row DB-012 -->\n");
    assert!(matches!(register.import(&marker, day(3, 1)), Err(ImportError::Marker { .. })));
    assert_eq!(register.to_toml(), before);
    register.import(PAGE, day(3, 1)).unwrap();
    assert_eq!(register.import(PAGE, day(3, 1)), Err(ImportError::HasPage));
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_page_of_the_layout_comes_back_to_the_byte(
        lines in proptest::collection::vec(proptest::sample::select(LINES), 0..40),
    ) {
        let page: String = lines.concat();
        let mut register = Register::default();
        if register.import(&page, day(3, 1)).is_ok() {
            proptest::prop_assert_eq!(reread(&register).to_page().unwrap(), page);
        }
    }
}

const LINES: &[&str] = &[
    "\n",
    "## Active\n",
    "### High Priority\n",
    "### Low\n",
    "## Completed\n",
    "| ID | Issue | Description | Impact |\n|---|---|---|---|\n",
    "| ID | Priority | Description | Other |\n|:--|--|--|--:|\n",
    "| DB-001 | DX | a \\| b | Low |\n",
    "|DB-002|DX||Low|\n",
    "| DB-003 | DX | c | Low | more | and more |\r\n",
    "| - | none |\n",
    "**DB-001 Details:**\n",
    "**DB-002 details**\n",
    "**DB-003 Details:**\r\n",
    "- **Source**: here\n",
    "- **Source:** there  \n",
    "- **Own**: x\n",
    "  more\n",
    "- a point\n",
    "- **Suggested Implementation**:\n",
    "  ```sql\n",
    "  SELECT 1;\n",
    "  ```\n",
    "```\n",
    "text\n",
    "\u{feff}ðŸŽ‰ \u{1f389}\n",
];
