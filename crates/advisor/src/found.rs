//! What one row of a rule's query says.

use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;

use crate::error::RuleError;
use crate::finding::{Location, Object, ObjectKind, Suggestion};
use crate::rule::{Certainty, Effort, Priority};

/// One fault, as a rule found it; what it leaves out is that of the [`Rule`](crate::Rule).
///
/// A query of a rule returns it as a row, whose columns are found by name, in any order. A column that isn't listed here is an error,
/// so that a misspelt one is not overlooked; all but the first three may be missing or null.
///
/// | column | type | |
/// |---|---|---|
/// | `kind` | text | what the object is, a word of [`ObjectKind`] |
/// | `object` | text | its identity, which must not depend on the order of anything, on counts or on dates: `public.users_email_idx2`, `public.users.email` |
/// | `title` | text | the fault in one line, with names in it and no full stop |
/// | `description` | text | what is so, in one or several sentences |
/// | `impact` | text | |
/// | `mitigation` | text | |
/// | `priority` | text | a word of [`Priority`] |
/// | `certainty` | text | a word of [`Certainty`] |
/// | `effort` | text | a word of [`Effort`] |
/// | `blocking` | boolean | whether work has to stop |
/// | `blocking_why` | text | why or why not |
/// | `evidence` | json or jsonb | what proves it: numbers, definitions; no values of rows |
/// | `up` | text | SQL that mends it: whole statements |
/// | `down` | text | SQL that takes that back |
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What has the fault.
    pub object: Object,
    /// The fault in one line.
    pub title: String,
    /// What is so.
    pub description: Option<String>,
    /// What that does to those who run the database.
    pub impact: Option<String>,
    /// What to do about it.
    pub mitigation: Option<String>,
    /// How much it matters.
    pub priority: Option<Priority>,
    /// How sure it is.
    pub certainty: Option<Certainty>,
    /// What mending it takes.
    pub effort: Option<Effort>,
    /// Whether work has to stop.
    pub blocking: Option<bool>,
    /// Why or why not.
    pub blocking_why: Option<String>,
    /// What proves it.
    pub evidence: Value,
    /// What mends it.
    pub suggestion: Option<Suggestion>,
    /// Where it is, in a file.
    pub location: Option<Location>,
}

impl Found {
    /// A fault of an object, with all else left to the rule.
    pub fn new(object: Object, title: impl Into<String>) -> Self {
        Self {
            object,
            title: title.into(),
            description: None,
            impact: None,
            mitigation: None,
            priority: None,
            certainty: None,
            effort: None,
            blocking: None,
            blocking_why: None,
            evidence: Value::Null,
            suggestion: None,
            location: None,
        }
    }

    /// Reads a row with the columns above.
    ///
    /// # Errors
    /// [`RuleError::Shape`], when the row is another one.
    pub fn from_row(row: &Row) -> Result<Self, RuleError> {
        let kind: String = required(row, "kind")?;
        let kind = ObjectKind::parse(&kind)
            .ok_or_else(|| RuleError::Shape(format!("there is no kind of object {kind}")))?;
        let mut found = Self::new(
            Object::new(kind, required::<String>(row, "object")?),
            required::<String>(row, "title")?,
        );
        let (mut up, mut down) = (None, None);
        for (index, column) in row.columns().iter().enumerate() {
            match column.name() {
                "kind" | "object" | "title" => {}
                "description" => found.description = get(row, index)?,
                "impact" => found.impact = get(row, index)?,
                "mitigation" => found.mitigation = get(row, index)?,
                "priority" => found.priority = word(row, index, Priority::parse)?,
                "certainty" => found.certainty = word(row, index, Certainty::parse)?,
                "effort" => found.effort = word(row, index, Effort::parse)?,
                "blocking" => found.blocking = get(row, index)?,
                "blocking_why" => found.blocking_why = get(row, index)?,
                "evidence" => {
                    found.evidence = get::<Option<Value>>(row, index)?.unwrap_or_default();
                }
                "up" => up = get(row, index)?,
                "down" => down = get(row, index)?,
                other => {
                    return Err(RuleError::Shape(format!("a finding has no column {other}")));
                }
            }
        }
        found.suggestion = up.map(|up| Suggestion { up, down });
        Ok(found)
    }
}

fn get<'a, T: FromSql<'a>>(row: &'a Row, index: usize) -> Result<T, RuleError> {
    row.try_get(index).map_err(RuleError::Database)
}

fn required<'a, T: FromSql<'a>>(row: &'a Row, name: &str) -> Result<T, RuleError> {
    row.try_get(name).map_err(RuleError::Database)
}

fn word<T>(row: &Row, index: usize, parse: fn(&str) -> Option<T>) -> Result<Option<T>, RuleError> {
    let word: Option<String> = get(row, index)?;
    match word {
        None => Ok(None),
        Some(word) => match parse(&word) {
            Some(value) => Ok(Some(value)),
            None => Err(RuleError::Shape(format!("the word {word} is none of those known"))),
        },
    }
}
