//! Reads a CSV file of a package row by row: its encoding, its header, and what every row has in common.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

use chrono::NaiveDate;
use csv::StringRecord;

use crate::roster::columns::{Column, File, Version};
use crate::roster::error::RosterError;
use crate::roster::faults::Faults;
use crate::roster::package::cannot_read;

/// The longest `external_id` that the database holds; the specification allows 255 too.
const MAX_SOURCED_ID: usize = 255;

/// What is found while a file is read.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) faults: Faults,
    pub(super) rows: u64,
    pub(super) columns_without_place: BTreeMap<String, u64>,
}

impl Notes {
    pub(super) fn count_without_place(&mut self, column: &str) {
        match self.columns_without_place.get_mut(column) {
            Some(count) => *count += 1,
            None => drop(self.columns_without_place.insert(column.to_owned(), 1)),
        }
    }
}

/// Where the header has the columns of the specification.
#[derive(Debug)]
struct Header {
    columns: &'static [Column],
    /// For each of the columns its place in the file.
    places: Vec<Option<usize>>,
    /// The extension columns, behind all others.
    extensions: Vec<(usize, String)>,
    width: usize,
}

/// A row of a file.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) file: File,
    pub(super) line: u64,
    header: &'a Header,
    record: &'a StringRecord,
}

/// Reads a file and hands each row to `take`, with the bytes read so far.
pub(super) fn read_rows(
    file: File,
    version: Version,
    source: &mut dyn Read,
    notes: &mut Notes,
    mut take: impl FnMut(&Row<'_>, &mut Notes, u64),
) -> Result<(), RosterError> {
    let mut source = BufReader::with_capacity(1 << 16, source);
    let start = source.fill_buf().map_err(|error| cannot_read(file.name(), error))?;
    if looks_like_utf_16(start) {
        return Err(RosterError::Encoding { file: file.name(), line: 1, looks_like: "UTF-16" });
    }
    let mut records = Records::of(file, source);
    let mut record = StringRecord::new();
    if records.read(&mut record)?.is_none() {
        return Err(wrong_header(file, version, "the file is empty".to_owned()));
    }
    let header = Header::read(file, version, &record)?;
    while let Some(line) = records.read(&mut record)? {
        notes.rows += 1;
        let row = Row { file, line, header: &header, record: &record };
        if record.as_slice().contains('\0') {
            notes.faults.add(
                file,
                line,
                "there is a NUL byte in the row, which the database can't store",
            );
            continue;
        }
        if record.len() != header.width {
            let what =
                format!("the row has {} fields, the header has {}", record.len(), header.width);
            notes.faults.add(file, line, what);
        }
        row.count_without_place(notes);
        take(&row, notes, records.reader.position().byte());
    }
    Ok(())
}

/// How many rows a file has, whatever its columns and encoding.
pub(super) fn count_rows(source: &mut dyn Read) -> u64 {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(source);
    let mut record = csv::ByteRecord::new();
    let mut rows = 0;
    while matches!(reader.read_byte_record(&mut record), Ok(true)) {
        rows += 1;
    }
    rows
}

/// The records of a file, the header among them.
struct Records<R> {
    file: File,
    reader: csv::Reader<R>,
    /// Lines that the reader has not counted: its records end with the `\r` of `\r\n`, and begin with the `\n`.
    uncounted: u64,
}

impl<R: Read> Records<R> {
    fn of(file: File, source: R) -> Self {
        let mut builder = csv::ReaderBuilder::new();
        let reader = builder.flexible(true).has_headers(false).from_reader(source);
        Self { file, reader, uncounted: 0 }
    }

    /// Reads the next record and tells on which line it begins; `None` at the end of the file.
    fn read(&mut self, record: &mut StringRecord) -> Result<Option<u64>, RosterError> {
        let file = self.file.name();
        let is_header = self.reader.position().byte() == 0;
        let line = |position: Option<&csv::Position>| {
            position.map_or(1, |position| position.line() + self.uncounted)
        };
        let read = self.reader.read_record(record).map_err(|error| match error.into_kind() {
            csv::ErrorKind::Utf8 { pos, .. } => RosterError::Encoding {
                file,
                line: line(pos.as_ref()),
                looks_like: "Latin-1 (or Windows-1252)",
            },
            csv::ErrorKind::Io(source) => cannot_read(file, source),
            kind => cannot_read(file, std::io::Error::other(format!("{kind:?}"))),
        })?;
        let line = line(record.position());
        if is_header && self.reader.position().line() == line {
            self.uncounted = 1;
        }
        Ok(read.then_some(line))
    }
}

/// A byte order mark of UTF-16, or the zero half of a Latin letter.
fn looks_like_utf_16(start: &[u8]) -> bool {
    match start {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [first, second, ..] => (*first == 0) != (*second == 0),
        _ => false,
    }
}

fn wrong_header(file: File, version: Version, reason: String) -> RosterError {
    let expected: Vec<&str> = file.columns(version).iter().map(|column| column.name).collect();
    RosterError::Header {
        file: file.name(),
        reason,
        version: version.as_str(),
        expected: expected.join(","),
    }
}

impl Header {
    /// The specification fixes the order. Optional columns may be missing; `metadata.` columns follow the others.
    fn read(file: File, version: Version, record: &StringRecord) -> Result<Self, RosterError> {
        let columns = file.columns(version);
        let wrong = |reason: String| Err(wrong_header(file, version, reason));
        let mut places = vec![None; columns.len()];
        let mut extensions: Vec<(usize, String)> = Vec::new();
        let mut next = 0;
        for (place, name) in record.iter().map(str::trim).enumerate() {
            if name.starts_with("metadata.") {
                extensions.push((place, name.to_owned()));
                continue;
            }
            let Some(found) = columns.iter().position(|column| column.name == name) else {
                return wrong(format!(
                    "column {} is {name:?}, which is none of this file's",
                    place + 1
                ));
            };
            if found < next || !extensions.is_empty() {
                return wrong(format!("column {} ({name:?}) is out of order", place + 1));
            }
            if let Some(slot) = places.get_mut(found) {
                *slot = Some(place);
            }
            next = found + 1;
        }
        let mut slots = columns.iter().zip(&places);
        if let Some((column, _)) = slots.find(|(column, place)| column.required && place.is_none())
        {
            return wrong(format!("the required column {:?} is missing", column.name));
        }
        Ok(Self { columns, places, extensions, width: record.len() })
    }
}

impl<'a> Row<'a> {
    /// A field without the blanks around it; empty when the file does not have the column.
    pub(super) fn get(&self, name: &str) -> &'a str {
        let columns = self.header.columns.iter().zip(&self.header.places);
        let place = columns
            .into_iter()
            .find(|(column, _)| column.name == name)
            .and_then(|(_, place)| *place);
        place.and_then(|place| self.record.get(place)).unwrap_or_default().trim()
    }

    pub(super) fn fault(&self, notes: &mut Notes, what: impl Into<String>) {
        notes.faults.add(self.file, self.line, what);
    }

    /// The line for the database, where it is an `integer`.
    pub(super) fn line(&self) -> i32 {
        i32::try_from(self.line).unwrap_or(i32::MAX)
    }

    /// The row's own id.
    pub(super) fn id(&self, notes: &mut Notes) -> String {
        self.required("sourcedId", notes)
    }

    /// A field that must not be empty, of the length of an id.
    pub(super) fn required(&self, name: &str, notes: &mut Notes) -> String {
        let value = self.get(name);
        match value.chars().count() {
            0 => self.fault(notes, format!("{name} is empty")),
            1..=MAX_SOURCED_ID => {}
            length => self.fault(
                notes,
                format!("{name} has {length} characters, at most {MAX_SOURCED_ID} are allowed"),
            ),
        }
        value.to_owned()
    }

    /// A name of 1 to 100 characters, as the database demands it.
    pub(super) fn check_name(&self, column: &str, name: &str, notes: &mut Notes) {
        match name.chars().count() {
            0 => self.fault(notes, format!("{column} is empty")),
            1..=100 => {}
            length => self
                .fault(notes, format!("{column} has {length} characters, at most 100 are allowed")),
        }
    }

    /// Whether the row is marked to be deleted.
    pub(super) fn gone(&self, notes: &mut Notes) -> bool {
        self.word("status", &["active", "tobedeleted"], notes) == Some("tobedeleted")
    }

    /// One of the words that the specification allows, in any letter case; `None` when the field is empty or wrong.
    pub(super) fn word(
        &self,
        name: &str,
        allowed: &[&'static str],
        notes: &mut Notes,
    ) -> Option<&'static str> {
        let value = self.get(name);
        if value.is_empty() {
            return None;
        }
        let found = allowed.iter().find(|word| word.eq_ignore_ascii_case(value));
        if found.is_none() {
            self.fault(
                notes,
                format!("{name} is {value:?}, expected one of {}", allowed.join(", ")),
            );
        }
        found.copied()
    }

    pub(super) fn boolean(&self, name: &str, notes: &mut Notes) -> Option<bool> {
        self.word(name, &["true", "false"], notes).map(|word| word == "true")
    }

    /// A date as the specification writes it, checked; `None` when the field is empty.
    pub(super) fn date(&self, name: &str, notes: &mut Notes) -> Option<&'a str> {
        let value = self.get(name);
        if value.is_empty() {
            return None;
        }
        if value.len() != 10 || NaiveDate::parse_from_str(value, "%Y-%m-%d").is_err() {
            self.fault(notes, format!("{name} is {value:?}, expected a date such as 2025-09-03"));
        }
        Some(value)
    }

    /// The values of a field that holds several: parted by commas, with double quotes around one that holds a comma.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        split_list(self.get(name))
    }

    fn count_without_place(&self, notes: &mut Notes) {
        let filled =
            |place: usize| self.record.get(place).is_some_and(|value| !value.trim().is_empty());
        for (column, place) in self.header.columns.iter().zip(&self.header.places) {
            if !column.kept && place.is_some_and(filled) {
                notes.count_without_place(column.name);
            }
        }
        for (place, name) in &self.header.extensions {
            if filled(*place) {
                notes.count_without_place(name);
            }
        }
    }
}

fn split_list(text: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut value = String::new();
    let mut quoted = false;
    for character in text.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => values.push(std::mem::take(&mut value)),
            other => value.push(other),
        }
    }
    values.push(value);
    values
        .iter()
        .map(|value| value.trim())
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COLUMNS: [&str; 3] = ["sourcedId", "name", "type"];

    /// The fields and the line of each row.
    fn read(bytes: &[u8]) -> Result<Vec<(Vec<String>, u64)>, RosterError> {
        let mut rows = Vec::new();
        let mut source = bytes;
        read_rows(File::Orgs, Version::V1_1, &mut source, &mut Notes::default(), |row, _, _| {
            rows.push((COLUMNS.map(|column| row.get(column).to_owned()).to_vec(), row.line));
        })?;
        Ok(rows)
    }

    proptest! {
        #[test]
        fn a_row_has_its_fields_and_the_line_that_an_editor_shows(
            rows in prop::collection::vec(prop::array::uniform3("[ab\",\n é]{0,5}"), 0..9),
            windows: bool,
            marked: bool,
            last_line_ends: bool,
        ) {
            let terminator =
                if windows { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
            let mut file = if marked { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
            let mut expected = Vec::new();
            for record in std::iter::once(&COLUMNS.map(str::to_owned)).chain(&rows) {
                let line = 1 + file.iter().filter(|byte| **byte == b'\n').count() as u64;
                let fields: Vec<_> = record.iter().map(|field| field.trim().to_owned()).collect();
                expected.push((fields, line));
                let mut writer = csv::WriterBuilder::new().terminator(terminator).from_writer(file);
                writer.write_record(record).unwrap();
                file = writer.into_inner().unwrap();
            }
            if !last_line_ends {
                file.truncate(file.trim_ascii_end().len());
            }
            prop_assert_eq!(read(&file).unwrap(), &expected[1..]);
        }

        #[test]
        fn whatever_bytes_there_are_they_are_read_or_refused(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(b','), Just(b'"'), Just(b'\n')], 0..99),
        ) {
            let file = [b"sourcedId,name,type\n".as_slice(), &bytes].concat();
            let lines = file.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
            if let Ok(rows) = read(&file) {
                prop_assert!(rows.iter().all(|(_, line)| (2..=lines).contains(line)));
            }
        }
    }

    #[test]
    fn a_list_is_parted_by_commas_outside_quotes() {
        assert_eq!(split_list("t1, t2"), ["t1", "t2"]);
        assert_eq!(split_list("\"Maths, honours\",Science,"), ["Maths, honours", "Science"]);
        assert!(split_list(" ").is_empty());
    }

    #[test]
    fn utf_16_is_known_by_its_first_bytes() {
        assert!(looks_like_utf_16(b"\xff\xfes\0o\0"));
        assert!(looks_like_utf_16(b"s\0o\0u\0"));
        assert!(looks_like_utf_16(b"\0s\0o"));
        assert!(!looks_like_utf_16(b"\xef\xbb\xbfsourcedId"));
        assert!(!looks_like_utf_16(b""));
    }
}
