//! Whether a place in the application's code is in a loop: what tells a query in a loop from a function that a test calls in one.

use std::path::Path;

use homeroom_statements::Frame;

/// A loop around a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Loop {
    /// The file, as the frame names it.
    pub(crate) file: String,
    /// The line at which it begins, from 1.
    pub(crate) line: usize,
    /// Its text.
    pub(crate) text: String,
    /// Which of the frames is in it.
    pub(crate) frame: usize,
}

/// What the source says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// The innermost loop, in code of the application.
    Loop(Loop),
    /// There is none but in tests, or none at all.
    NoLoop,
    /// None of the files is there.
    NoSource,
}

/// Looks for the innermost loop around one of these places, of which the innermost comes first.
pub(crate) fn loop_around(root: &Path, frames: &[Frame]) -> Found {
    let mut is_read = false;
    for (index, frame) in frames.iter().enumerate() {
        if is_test_file(&frame.file) {
            return Found::NoLoop;
        }
        let Ok(source) = std::fs::read_to_string(root.join(&frame.file)) else { continue };
        is_read = true;
        let lines: Vec<&str> = source.lines().collect();
        if is_in_test_module(&lines, frame.line) {
            return Found::NoLoop;
        }
        if let Some(line) = enclosing_loop(&lines, frame.line) {
            let text = lines.get(line - 1).copied().unwrap_or_default().to_owned();
            return Found::Loop(Loop { file: frame.file.clone(), line, text, frame: index });
        }
    }
    if is_read { Found::NoLoop } else { Found::NoSource }
}

/// Whether a file holds tests, benchmarks or examples, by the folder that Cargo keeps them in.
pub(crate) fn is_test_file(file: &str) -> bool {
    let folders = ["tests", "benches", "examples"];
    file.split('/')
        .any(|part| folders.contains(&part) || part == "tests.rs" || part == "testing.rs")
}

fn is_in_test_module(lines: &[&str], line: usize) -> bool {
    lines.iter().take(line).any(|text| text.starts_with("#[cfg(test)]"))
}

/// The line at which the innermost loop around a line begins, by the indentation that rustfmt gives.
fn enclosing_loop(lines: &[&str], line: usize) -> Option<usize> {
    let call = lines.get(line.checked_sub(1)?)?;
    // The condition of a `while` and the closure of an iterator run again and again; what a `for` goes over does not.
    if is_iterated(lines, line - 1) || call.trim_start().starts_with("while ") {
        return Some(line);
    }
    let mut indentation = indentation(call);
    for (index, text) in lines.iter().enumerate().take(line - 1).rev() {
        let own = self::indentation(text);
        if text.trim().is_empty() || own >= indentation {
            continue;
        }
        indentation = own;
        let head = text.trim_start();
        let head = head
            .split_once(": ")
            .filter(|(label, _)| label.starts_with('\''))
            .map_or(head, |(_, head)| head);
        if ["for ", "while ", "loop {"].iter().any(|word| head.starts_with(word))
            || is_iterated(lines, index)
        {
            return Some(index + 1);
        }
        if is_function(head) {
            return None;
        }
    }
    None
}

/// Whether a closure that runs for each of many begins in this line. An `Option` has the same methods, so that what is gone through
/// has to be named there, or up to four lines before.
fn is_iterated(lines: &[&str], index: usize) -> bool {
    let many = ["iter", "stream", "chunks", "..", ".keys()", ".values()", ".windows("];
    let near = lines.get(index.saturating_sub(4)..=index).unwrap_or_default();
    let Some(text) = lines.get(index) else { return false };
    if !near.iter().any(|line| many.iter().any(|word| line.contains(word))) {
        return false;
    }
    let adapters = [
        ".map(",
        ".then(",
        ".for_each(",
        ".try_for_each(",
        ".for_each_concurrent(",
        ".filter_map(",
        ".flat_map(",
        ".and_then_each(",
        ".try_for_each_concurrent(",
        ".fold(",
        ".try_fold(",
    ];
    let closure = |rest: &str| {
        let rest = rest.trim_start_matches("async ").trim_start_matches("move ");
        rest.starts_with('|')
    };
    adapters.iter().any(|adapter| text.split(adapter).skip(1).any(closure))
}

fn is_function(head: &str) -> bool {
    let before = head.split('(').next().unwrap_or(head);
    before.split_whitespace().any(|word| word == "fn")
}

fn indentation(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(source: &str) -> Option<usize> {
        let lines: Vec<&str> = source.lines().collect();
        let call = lines.iter().position(|line| line.contains("get(")).unwrap();
        enclosing_loop(&lines, call + 1)
    }

    #[test]
    fn a_call_in_a_loop_is_told_from_one_beside_it() {
        assert_eq!(
            begins(
                "fn f() {\n    for id in ids {\n        if a {\n            get(id);\n        }\n    }\n}"
            ),
            Some(2)
        );
        assert_eq!(
            begins(
                "fn f() {\n    'all: loop {\n        a\n            .b()\n            .get(id);\n    }\n}"
            ),
            Some(2)
        );
        assert_eq!(begins("fn f() {\n    while let Some(a) = get(b).await? {\n"), Some(2));
        assert_eq!(begins("fn f() {\n    let all = ids.iter().map(|id| get(id));\n"), Some(2));
        assert_eq!(
            begins(
                "fn f() {\n    stream::iter(ids)\n        .then(async |id| {\n            get(id)\n"
            ),
            Some(3)
        );
        assert_eq!(
            begins("fn f() {\n    for id in ids {\n        a(id);\n    }\n    get(id);\n}"),
            None
        );
        assert_eq!(begins("fn f() {\n    for id in get(ids) {\n        a(id);\n"), None);
        assert_eq!(begins("for a in b {\n    fn f() {\n        get(id);\n"), None);
        assert_eq!(begins("fn f() {\n    a.iter().map(get(1));\n"), None);
        assert_eq!(begins("fn f() {\n    found.map(|id| get(id));\n"), None);
    }

    #[test]
    fn loops_of_tests_are_not_the_applications() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("tests")).unwrap();
        std::fs::write(
            folder.path().join("a.rs"),
            "fn f() {\n    get();\n}\nfn g() {\n    for a in b {\n        f();\n    }\n}",
        )
        .unwrap();
        std::fs::write(folder.path().join("tests/t.rs"), "for a in b {\n    f();\n}").unwrap();
        let frame =
            |file: &str, line| Frame { function: String::new(), file: file.to_owned(), line };
        let look = |frames: &[Frame]| loop_around(folder.path(), frames);
        assert_eq!(look(&[frame("a.rs", 2), frame("tests/t.rs", 2)]), Found::NoLoop);
        let Found::Loop(found) =
            look(&[frame("a.rs", 2), frame("a.rs", 6), frame("tests/t.rs", 2)])
        else {
            panic!()
        };
        assert_eq!((found.line, found.frame, found.text.as_str()), (5, 1, "    for a in b {"));
        assert_eq!(look(&[frame("b.rs", 2)]), Found::NoSource);
    }
}
