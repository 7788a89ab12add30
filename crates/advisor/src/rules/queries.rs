//! Statements that were run.

mod heavy_statement;
mod max_plus_one;
mod n_plus_one;
mod read_modify_write;
mod row_by_row;
mod sequential_scan;
mod slow_statement;
mod slower_statement;
mod soft_delete_forgotten;
mod spilling_statement;
mod uneven_statement;

use std::path::Path;

use serde_json::json;

use crate::finding::Location;
use crate::rule::{Certainty, Rule};
use crate::statements::{Frame, Repetition, Source, Statement, Verb, is_test_file, loop_around};
use crate::{Context, Found, RuleError};

pub(super) const RULES: &[&Rule] = &[
    &heavy_statement::RULE,
    &max_plus_one::RULE,
    &n_plus_one::RULE,
    &read_modify_write::RULE,
    &row_by_row::RULE,
    &sequential_scan::RULE,
    &slow_statement::RULE,
    &slower_statement::RULE,
    &soft_delete_forgotten::RULE,
    &spilling_statement::RULE,
    &uneven_statement::RULE,
];

/// How often in a row a statement has to be called to be told of.
const REPEATED: u32 = 5;

/// A place of the application as that of a finding.
fn location(frame: Option<&Frame>) -> Option<Location> {
    let frame = frame?;
    let (file, line) = (frame.file.clone(), frame.line);
    Some(Location { file, line, column: 1, end_line: line, end_column: 1, text: String::new() })
}

/// The statements that a loop of the application runs again and again.
async fn repeated(
    context: &Context<'_>,
    is_meant: fn(Verb) -> bool,
) -> Result<Vec<Found>, RuleError> {
    if context.options.statements.is_none() {
        return Err(RuleError::Skip("there is no recording of statements".to_owned()));
    }
    let root = context.options.source_root.unwrap_or(Path::new("."));
    let statements = context.statements().await?.iter().filter(|one| is_meant(one.shape.verb));
    Ok(statements.filter_map(|statement| worst(root, statement)).collect())
}

/// The longest repetition of a statement that a loop of the application is to blame for.
fn worst(root: &Path, statement: &Statement) -> Option<Found> {
    let recorded = statement.recorded.as_ref()?;
    let repetitions =
        recorded.repetitions.iter().filter(|one| one.times >= REPEATED && !one.at.is_empty());
    repetitions.into_iter().find_map(|repetition| told(root, statement, repetition))
}

fn told(root: &Path, statement: &Statement, repetition: &Repetition) -> Option<Found> {
    let (times, places) = (repetition.times, &repetition.at);
    let innermost = places.first()?;
    let (place, certainty, looping) = match loop_around(root, places) {
        Source::NoLoop => return None,
        Source::NoSource if is_test_file(&innermost.file) => return None,
        Source::NoSource => (location(Some(innermost)), Certainty::Hint, None),
        Source::Loop(found) => {
            let place = Location {
                file: found.file.clone(),
                line: found.line,
                column: 1 + (found.text.len() - found.text.trim_start().len()),
                end_line: found.line,
                end_column: 1 + found.text.chars().count(),
                text: found.text.clone(),
            };
            (Some(place), Certainty::Likely, Some(found))
        }
    };
    let at = looping.as_ref().map_or_else(
        || format!("{}:{}", innermost.file, innermost.line),
        |found| format!("{}:{}", found.file, found.line),
    );
    let title = format!("{times} times in a row from {at}: {}", statement.short());
    let mut found = Found::new(statement.object(), title);
    found.description = Some(match &looping {
        Some(looping) => format!(
            "The loop at {at} ran it {times} times in a row, through {}:{}.",
            places.get(looping.frame).map_or("", |frame| &frame.file),
            places.get(looping.frame).map_or(0, |frame| frame.line)
        ),
        None => format!(
            "It was run {times} times in a row from {at}; the source is not at hand to see the loop."
        ),
    });
    found.certainty = Some(certainty);
    found.location = place;
    found.evidence = json!({ "statement": statement.text, "times": times, "at": places });
    Some(found)
}
