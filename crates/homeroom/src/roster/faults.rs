//! What is wrong with the rows of a package: collected, not thrown, so that one run tells all.

use std::fmt;

use crate::roster::columns::File;

/// How many bad rows are shown; the rest is counted.
pub const SHOWN_FAULTS: usize = 50;

/// How much of a fault's text is shown, in characters.
const MAX_WHAT: usize = 400;

/// One bad row: where it stands, what it is and why it can't be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub(super) file: File,
    pub(super) line: u64,
    pub(super) what: String,
}

impl Fault {
    /// The file's name, such as `users.csv`.
    #[must_use]
    pub const fn file(&self) -> &'static str {
        self.file.name()
    }

    /// The line on which the row begins; the header is on line 1.
    #[must_use]
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// What is wrong.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.name(), self.line, self.what)
    }
}

/// All bad rows of a package: the first [`SHOWN_FAULTS`], and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    first: Vec<Fault>,
    total: u64,
}

impl Faults {
    /// The first bad rows, in the order of the files and lines.
    #[must_use]
    pub fn shown(&self) -> &[Fault] {
        &self.first
    }

    /// How many faults there are in all.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    pub(super) fn add(&mut self, file: File, line: u64, what: impl Into<String>) {
        self.total += 1;
        if self.first.len() < SHOWN_FAULTS {
            self.first.push(Fault { file, line, what: shortened(what.into()) });
        }
    }

    /// Adds what the database found, which knows the total but hands out only the first.
    pub(super) fn merge(&mut self, found: impl IntoIterator<Item = Fault>, total: u64) {
        self.total += total;
        self.first.extend(found);
        self.first.sort_by_key(|fault| (fault.file, fault.line));
        self.first.truncate(SHOWN_FAULTS);
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, fault) in self.first.iter().enumerate() {
            write!(f, "{}  {fault}", if place == 0 { "" } else { "\n" })?;
        }
        match self.total.saturating_sub(self.first.len() as u64) {
            0 => Ok(()),
            more => write!(f, "\n  … and {more} more"),
        }
    }
}

/// A quote that is not closed makes one field of the rest of a file.
fn shortened(what: String) -> String {
    match what.char_indices().nth(MAX_WHAT) {
        Some((end, _)) => format!("{}…", what.get(..end).unwrap_or_default()),
        None => what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_faults_are_shown_in_order_and_all_are_counted() {
        let mut faults = Faults::default();
        for line in 2..62 {
            faults.add(File::Users, line, "givenName and familyName are empty");
        }
        faults.merge([Fault { file: File::Orgs, line: 7, what: "unknown".to_owned() }], 3);
        assert_eq!(faults.total(), 63);
        assert_eq!(faults.shown().len(), SHOWN_FAULTS);
        let text = faults.to_string();
        assert!(text.starts_with("  orgs.csv:7: unknown\n  users.csv:2: "), "{text}");
        assert!(text.ends_with("\n  … and 13 more"), "{text}");
    }
}
