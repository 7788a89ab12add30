//! The piece of a file that a finding is about.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use homeroom_advisor::Location;

use crate::terminal::harmless;

/// The lines with the piece underlined; without their text the place alone.
pub(super) fn excerpt(location: &Location) -> String {
    let Location { file, line, column, end_line, end_column, .. } = location;
    if location.text.is_empty() {
        return format!("--> {}:{line}:{column}\n", harmless(file));
    }
    let lines: Vec<_> = location.text.lines().map(harmless).collect();
    let text = lines.join("\n");
    let at = |line: usize, column: usize| -> usize {
        let before: usize = lines.iter().take(line).map(|line| line.len() + 1).sum();
        let within = lines.get(line).map_or(0, |text| {
            text.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum()
        });
        (before + within).min(text.len())
    };
    let start = at(0, *column);
    let end = at(end_line.saturating_sub(*line), *end_column).max(start);
    let snippet = Snippet::source(text.as_str())
        .line_start(*line)
        .path(harmless(file).into_owned())
        .annotation(AnnotationKind::Primary.span(start..end));
    let report = [Group::with_level(Level::WARNING).element(snippet)];
    format!("{}\n", Renderer::styled().render(&report))
}
