//! The rules of STYLE.md that a program can check.

use std::path::{Path, PathBuf};

/// A file is one thing; unit tests do not count.
const LONGEST_FILE: usize = 440;
/// Names that say nothing about what a file holds.
const NAMELESS: [&str; 6] = ["utils", "util", "common", "helpers", "misc", "errors"];

/// A line for each rule that is broken.
pub(crate) fn check(root: &Path) -> Vec<String> {
    let mut broken = Vec::new();
    let mut files = Vec::new();
    for folder in ["crates", "xtask"] {
        find(&root.join(folder), &mut files);
    }
    files.sort();
    for path in files {
        let shown = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        let Ok(text) = std::fs::read_to_string(&path) else {
            broken.push(format!("{shown}: is not UTF-8"));
            continue;
        };
        broken.extend(check_file(&path, &text).into_iter().map(|rule| format!("{shown}: {rule}")));
    }
    broken
}

fn check_file(path: &Path, text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    if NAMELESS.contains(&stem) {
        broken.push("a file is named after what it holds".to_owned());
    }
    if text.contains('\r') {
        broken.push("has carriage returns".to_owned());
    }
    if path.extension().is_none_or(|extension| extension != "rs") {
        return broken;
    }
    let is_test = path
        .components()
        .any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "benches")));
    let is_unit_test = stem == "tests";
    let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or(text);
    let lines = code.lines().count();
    if lines > LONGEST_FILE && !is_test && !is_unit_test {
        broken.push(format!("{lines} lines without tests: is it one thing?"));
    }
    let says_what_it_is = text.starts_with("//!") || text.starts_with("#![doc = include_str!");
    if !says_what_it_is && !is_unit_test && !is_test {
        broken.push("begins with no //! that says what lives here".to_owned());
    }
    broken.extend(undocumented_operations(code));
    broken.extend(unseen_operations(text));
    if !is_test {
        broken.extend(early_acknowledgements(text));
    }
    for (number, line) in text.lines().enumerate() {
        for mark in ["TODO", "FIXME", "XXX", "todo!", "unimplemented!", "#[ignore"] {
            // This very list is no mark.
            if line.contains(mark) && !path.ends_with("xtask/src/house_rules.rs") {
                broken.push(format!("line {}: {mark} is left", number + 1));
            }
        }
    }
    broken
}

/// What the docs of operations lack: the public functions that work on a connection of Diesel.
fn undocumented_operations(code: &str) -> Vec<String> {
    let lines: Vec<&str> = code.lines().collect();
    let mut lacking = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let Some(signature) = line.trim_start().strip_prefix("pub async fn ") else { continue };
        let name = signature.split(['(', '<']).next().unwrap_or_default();
        let parameters = lines.iter().skip(number).take_while(|line| !line.ends_with('{'));
        let is_operation = parameters.chain([line]).any(|line| line.contains("conn: &Connection"));
        if !is_operation {
            continue;
        }
        let above = lines.get(..number).unwrap_or_default().iter().rev();
        let doc = above.take_while(|line| line.trim_start().starts_with(['/', '#']));
        let doc: Vec<&str> = doc.copied().collect();
        let has =
            |parts: &[&str]| doc.iter().any(|line| parts.iter().any(|part| line.contains(part)));
        // "As [`Thing::find`]" says it all.
        let is_as_another = has(&["/// As ["]);
        let wanted = [
            ("an example", has(&["```"])),
            ("its errors", has(&["# Errors"])),
            (
                "its SQL",
                is_as_another || has(&["`SELECT ", "`INSERT ", "`UPDATE ", "`DELETE ", ".sql`"]),
            ),
            ("what it locks", is_as_another || has(&["lock", "Lock"])),
        ];
        let lacks = wanted.into_iter().filter(|(_, is_there)| !is_there);
        lacking.extend(lacks.map(|(what, _)| format!("the doc of {name} lacks {what}")));
    }
    lacking
}

/// A public method that takes the connection is an operation, which operators see: `#[operations]` stands on its `impl`.
fn unseen_operations(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut seen = true;
    let mut unseen = Vec::new();
    for (number, pair) in lines.windows(2).enumerate() {
        let &[line, next] = pair else { continue };
        if next.starts_with("impl") {
            seen = line == "#[operations]";
        }
        let first_argument = if line.ends_with('(') { next } else { line };
        let takes_connection = first_argument.contains("conn: &Connection")
            || first_argument.contains("conn: &mut Connection");
        if line.starts_with("    pub async fn ") && takes_connection && !seen {
            unseen.push(format!("line {}: #[operations] is missing on the impl", number + 1));
        }
    }
    unseen
}

/// Diesel's `get_result` is ready before the commit.
fn early_acknowledgements(text: &str) -> Vec<String> {
    let is_code = |line: &str| !line.trim_start().starts_with("//");
    let early = [".get_", "::get_"].map(|call| format!("{call}result("));
    let calls = text
        .lines()
        .enumerate()
        .filter(|(_, line)| is_code(line) && early.iter().any(|call| line.contains(call.as_str())));
    let named = |(number, _)| {
        format!("line {}: get_result is ready before the commit: load, then only_row", number + 1)
    };
    calls.map(named).collect()
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            if !matches!(entry.file_name().to_str(), Some("target" | "corpus" | "artifacts")) {
                find(&path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "sql")
        {
            files.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_follows_the_rules_is_let_pass() {
        assert!(check_file(Path::new("crates/x/src/users.rs"), "//! Users.\n").is_empty());
    }

    #[test]
    fn each_broken_rule_is_named() {
        let long = format!("//! Long.\n{}", "x\n".repeat(LONGEST_FILE));
        assert_eq!(
            check_file(Path::new("src/users.rs"), &long),
            ["441 lines without tests: is it one thing?"]
        );
        assert_eq!(check_file(Path::new("src/utils.rs"), "//! Utils.\n").len(), 1);
        assert_eq!(check_file(Path::new("src/users.rs"), "fn x() {}\n").len(), 1);
        let mark = format!("//! Users.\n// {}: later\n", "TO".to_owned() + "DO");
        assert_eq!(check_file(Path::new("src/users.rs"), &mark), ["line 2: TODO is left"]);
        assert_eq!(
            check_file(Path::new("migrations/a.sql"), "SELECT 1\r\n"),
            ["has carriage returns"]
        );
    }

    #[test]
    fn an_operation_says_its_sql_its_locks_its_errors_and_has_an_example() {
        let operation = "pub async fn find(\n    conn: &Connection,\n) -> Result<Self> {\n}\n";
        let told =
            "/// `SELECT …`; no lock.\n///\n/// ```no_run\n/// ```\n///\n/// # Errors\n/// None.\n";
        assert!(undocumented_operations(&format!("{told}{operation}")).is_empty());
        assert_eq!(
            undocumented_operations(&format!("/// Finds it.\n{operation}")),
            [
                "the doc of find lacks an example",
                "the doc of find lacks its errors",
                "the doc of find lacks its SQL",
                "the doc of find lacks what it locks",
            ]
        );
        assert!(undocumented_operations("pub async fn connect(url: &str) {\n}\n").is_empty());
    }

    #[test]
    fn an_operation_that_nobody_sees_is_named() {
        let method = |attribute: &str| {
            format!(
                "//! Users.\n{attribute}\nimpl User {{\n    pub async fn find(\n        mut conn: &Connection,\n"
            )
        };
        assert!(unseen_operations(&method("#[operations]")).is_empty());
        let unseen = unseen_operations(&method(""));
        assert_eq!(unseen, ["line 4: #[operations] is missing on the impl"]);
    }

    #[test]
    fn an_acknowledgement_before_the_commit_is_named() {
        let early =
            format!("//! Users.\n// .{0}\nlet user = insert.{0}conn).await?;\n", "get_result(");
        assert_eq!(
            check_file(Path::new("src/users.rs"), &early),
            ["line 3: get_result is ready before the commit: load, then only_row"]
        );
        assert!(check_file(Path::new("crates/x/tests/it/users.rs"), &early).is_empty());
    }

    #[test]
    fn unit_tests_do_not_count() {
        let tested =
            format!("//! Short.\nx\n\n#[cfg(test)]\nmod tests {{\n{}}}\n", "x\n".repeat(1_000));
        assert!(check_file(Path::new("src/users.rs"), &tested).is_empty());
    }
}
