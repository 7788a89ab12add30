//! Files that hold both sides of a migration between marker comments, as dbmate and sql-migrate write them.

use super::Direction;

/// Whose markers a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    /// `-- migrate:up` and `-- migrate:down`, with `transaction:false`.
    Dbmate,
    /// `-- +migrate Up` and `-- +migrate Down`, with `notransaction`.
    SqlMigrate,
}

/// One side of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) direction: Direction,
    pub(super) sql: String,
    /// The line of the file at which it begins, from 1.
    pub(super) first_line: u32,
    pub(super) no_transaction: bool,
}

/// Whose markers the text has, by the first that there is.
pub(super) fn marker(text: &str) -> Option<Marker> {
    text.lines().find_map(|line| {
        [Marker::Dbmate, Marker::SqlMigrate].into_iter().find(|marker| marker.read(line).is_some())
    })
}

/// The sides that the markers enclose. What stands before the first belongs to none.
pub(super) fn split(marker: Marker, text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut open: Option<Direction> = None;
    for (line, number) in text.split_inclusive('\n').zip(2_u32..) {
        if let Some((direction, no_transaction)) = marker.read(line) {
            open = Some(direction);
            match sections.iter_mut().find(|section| section.direction == direction) {
                Some(section) => section.no_transaction |= no_transaction,
                None => sections.push(Section {
                    direction,
                    sql: String::new(),
                    first_line: number,
                    no_transaction,
                }),
            }
        } else if let Some(section) =
            sections.iter_mut().find(|section| Some(section.direction) == open)
        {
            section.sql.push_str(line);
        }
    }
    sections
}

impl Marker {
    /// The side that the line opens, and whether it asks for no transaction.
    fn read(self, line: &str) -> Option<(Direction, bool)> {
        let comment = line.trim().strip_prefix("--")?.trim_start();
        let (prefix, option) = match self {
            Self::Dbmate => ("migrate:", "transaction:false"),
            Self::SqlMigrate => ("+migrate ", "notransaction"),
        };
        let mut words = comment.strip_prefix(prefix)?.split_whitespace();
        let direction = match (self, words.next()?) {
            (Self::Dbmate, "up") | (Self::SqlMigrate, "Up") => Direction::Up,
            (Self::Dbmate, "down") | (Self::SqlMigrate, "Down") => Direction::Down,
            _ => return None,
        };
        Some((direction, words.any(|word| word == option)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_sides_the_options_and_the_lines_of_dbmate_are_read() {
        let text = "-- a\n-- migrate:up transaction:false\nselect 1;\n\n--migrate:down\nselect 2;";
        let sections = split(marker(text).unwrap(), text);
        let expected = |direction, sql: &str, first_line, no_transaction| Section {
            direction,
            sql: sql.to_owned(),
            first_line,
            no_transaction,
        };
        assert_eq!(
            sections,
            [
                expected(Direction::Up, "select 1;\n\n", 3, true),
                expected(Direction::Down, "select 2;", 6, false)
            ]
        );
    }

    #[test]
    fn statement_markers_of_sql_migrate_are_comments_like_any_other() {
        let text = "-- +migrate Up\n-- +migrate StatementBegin\nselect 1;\n-- +migrate StatementEnd\n-- +migrate Down notransaction\nselect 2;";
        let sections = split(marker(text).unwrap(), text);
        assert_eq!(sections.len(), 2);
        assert_eq!(sections[1].sql, "select 2;");
        assert!(sections[1].no_transaction && !sections[0].no_transaction);
    }

    proptest! {
        #[test]
        fn no_line_is_lost_or_doubled(lines in prop::collection::vec("-- migrate:up|-- migrate:down|[a-z;]{0,5}", 0..12)) {
            let text = lines.join("\n");
            let Some(marker) = marker(&text) else { return Ok(()) };
            let first = lines.iter().position(|line| line.starts_with("--")).unwrap();
            let expected: usize = lines[first..].iter().filter(|line| !line.starts_with("--")).map(String::len).sum();
            let sections = split(marker, &text);
            let found: usize = sections.iter().map(|section| section.sql.replace('\n', "").len()).sum();
            prop_assert_eq!(found, expected);
        }
    }
}
