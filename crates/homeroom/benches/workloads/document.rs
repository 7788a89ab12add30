//! Puts what was measured into a Markdown file, between `<!-- name -->` and `<!-- end of name -->`.

use std::path::Path;

use crate::report::Report;

pub(crate) fn update(path: &Path, report: &Report) {
    let mut text = std::fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("can't read {}: {error}", path.display()));
    for (name, section) in report.sections() {
        let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
        let place = text.split_once(&begin).and_then(|(before, rest)| {
            let (_, after) = rest.split_once(&end)?;
            Some(format!("{before}{begin}{section}{end}{after}"))
        });
        text = place.unwrap_or_else(|| panic!("{} has no place for {name}", path.display()));
    }
    std::fs::write(path, text)
        .unwrap_or_else(|error| panic!("can't write {}: {error}", path.display()));
}
