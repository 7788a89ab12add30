//! What a recording of an application's tests says, all its programs together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use homeroom_statements::{Frame, Line, Repetition};

use super::shape::normalized;

/// The statements that were recorded.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Recording {
    /// Each once, without its literals, by its text.
    pub statements: Vec<Recorded>,
}

/// One statement of a recording.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Recorded {
    /// Its text, without literals.
    pub statement: String,
    /// How often it was called.
    pub calls: u64,
    /// How long that took in all, as the caller saw it.
    pub total: Duration,
    /// How long the longest call took.
    pub longest: Duration,
    /// Where it was called, the innermost place first.
    pub at: Vec<Frame>,
    /// Where it was called again and again.
    pub repetitions: Vec<Repetition>,
}

/// Why a recording can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadRecordingError {
    /// The file can't be read.
    #[error("the recording {} can't be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line is none of a recording.
    #[error("line {line} of {} is none of a recording of statements", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// Why.
        source: serde_json::Error,
    },
}

impl Recording {
    /// Reads a file that `record` has written.
    ///
    /// # Errors
    /// [`ReadRecordingError`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ReadRecordingError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path)
            .map_err(|source| ReadRecordingError::Read { path: path.to_owned(), source })?;
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let lines: Result<Vec<Line>, _> = lines
            .map(|(index, line)| {
                serde_json::from_str(line).map_err(|source| ReadRecordingError::Line {
                    path: path.to_owned(),
                    line: index + 1,
                    source,
                })
            })
            .collect();
        Ok(Self::gathered(lines?))
    }

    /// Lines of several programs, and of the same statement with lists of other lengths, become one statement.
    fn gathered(lines: Vec<Line>) -> Self {
        let mut statements: BTreeMap<String, Recorded> = BTreeMap::new();
        for line in lines {
            let text = normalized(&line.statement);
            let recorded = statements.entry(text).or_insert_with_key(|text| Recorded {
                statement: text.clone(),
                ..Recorded::default()
            });
            recorded.calls += line.calls;
            recorded.total += Duration::from_micros(line.microseconds);
            let longest = Duration::from_micros(line.longest_microseconds);
            if recorded.at.is_empty() || (longest > recorded.longest && !line.at.is_empty()) {
                recorded.at = line.at;
            }
            recorded.longest = recorded.longest.max(longest);
            for Repetition { times, at } in line.repeated {
                match recorded.repetitions.iter_mut().find(|known| known.at == at) {
                    Some(known) => known.times = known.times.max(times),
                    None => recorded.repetitions.push(Repetition { times, at }),
                }
            }
        }
        let mut statements: Vec<Recorded> = statements.into_values().collect();
        for recorded in &mut statements {
            recorded.repetitions.sort_by(|one, other| {
                other.times.cmp(&one.times).then_with(|| one.at.cmp(&other.at))
            });
        }
        Self { statements }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(statement: &str, longest_microseconds: u64, times: u32, line: usize) -> Line {
        let at = vec![Frame { function: "f".to_owned(), file: "src/a.rs".to_owned(), line }];
        Line {
            statement: statement.to_owned(),
            calls: 2,
            microseconds: 10,
            longest_microseconds,
            at: at.clone(),
            repeated: vec![Repetition { times, at }],
        }
    }

    #[test]
    fn what_several_programs_saw_of_a_statement_becomes_one() {
        let recording = Recording::gathered(vec![
            line("SELECT 1 WHERE a IN ($1, $2)", 7, 5, 3),
            line("SELECT 1 WHERE a IN ($1)", 3, 9, 3),
            line("SELECT  2 WHERE a IN ($1, $2, $3)", 9, 4, 4),
        ]);
        let [recorded] = &recording.statements[..] else { panic!("{recording:?}") };
        assert_eq!(recorded.statement, "SELECT $1 WHERE a IN ($2)");
        assert_eq!(
            (recorded.calls, recorded.longest, recorded.at[0].line),
            (6, Duration::from_micros(9), 4)
        );
        let repetitions: Vec<_> =
            recorded.repetitions.iter().map(|one| (one.times, one.at[0].line)).collect();
        assert_eq!(repetitions, [(9, 3), (4, 4)]);
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("statements.jsonl");
        std::fs::write(&path, "\n{\"statement\": 1}\n").unwrap();
        let error = Recording::read(&path).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("line 2 of {} is none of a recording of statements", path.display())
        );
    }
}
