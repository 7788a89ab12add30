//! Reads the file: a JSON object a line, checked one by one.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::codes::MessageRole;
use crate::conversations::error::{ConversationError, LineFault};
use crate::messages::MessageMeta;

/// A message as the file has it.
#[derive(Debug, Deserialize)]
#[serde(expecting = "a JSON object")]
struct Source {
    message_id: String,
    #[serde(default)]
    parent_id: Option<String>,
    #[serde(default)]
    user_id: Option<String>,
    created_date: String,
    role: String,
    text: String,
    #[serde(default)]
    rank: Option<i64>,
    #[serde(default)]
    deleted: Option<bool>,
    /// Every other key, for the meta.
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// A message of the file.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) message_id: String,
    pub(super) parent_id: Option<String>,
    pub(super) author: Option<String>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) role: MessageRole,
    pub(super) text: String,
    pub(super) rank: Option<i64>,
    pub(super) deleted: bool,
    pub(super) other: Map<String, Value>,
}

pub(super) fn read(path: &Path) -> Result<Vec<Line>, ConversationError> {
    let cannot_read = |source| ConversationError::Read { path: path.display().to_string(), source };
    let bytes = fs::read(path).map_err(cannot_read)?;
    parse(&bytes).map_err(|fault| fault.in_file(path))
}

fn parse(bytes: &[u8]) -> Result<Vec<Line>, LineFault> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut lines: Vec<Line> = Vec::new();
    let mut numbers: HashMap<String, usize> = HashMap::new();
    for (number, bytes) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let line =
            parse_line(number, bytes).map_err(|reason| LineFault { line: number, reason })?;
        if let Some(first) = numbers.insert(line.message_id.clone(), number) {
            let reason = format!("message_id {:?} is on line {first} already", line.message_id);
            return Err(LineFault { line: number, reason });
        }
        lines.push(line);
    }
    Ok(lines)
}

fn parse_line(number: usize, bytes: &[u8]) -> Result<Line, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "this is not UTF-8".to_owned())?;
    let source: Source = serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        // The line that serde_json counts is always the first of this one.
        let message =
            message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
        match error.classify() {
            serde_json::error::Category::Data => format!("this is no message: {message}"),
            _ => format!("this is not JSON: {message} in column {}", error.column()),
        }
    })?;
    let Source { message_id, parent_id, user_id, created_date, role, text, rank, deleted, other } =
        source;
    let role = match role.as_str() {
        "prompter" => MessageRole::User,
        "assistant" => MessageRole::Assistant,
        _ => return Err(format!("role is {role:?}, expected prompter or assistant")),
    };
    let created_at = DateTime::parse_from_rfc3339(&created_date).map_err(|_| {
        format!("created_date is {created_date:?}, expected a time such as 2023-02-07T17:29:24.727400+00:00")
    })?;
    for (key, id) in [("message_id", Some(&message_id)), ("user_id", user_id.as_ref())] {
        if let Some(id) = id
            && !(1..=255).contains(&id.chars().count())
        {
            return Err(format!(
                "{key} has {} characters, 1 to 255 are allowed",
                id.chars().count()
            ));
        }
    }
    let has_nul = [Some(&message_id), parent_id.as_ref(), user_id.as_ref(), Some(&text)]
        .into_iter()
        .flatten()
        .any(|text| text.contains('\0'))
        || other.iter().any(|(key, value)| key.contains('\0') || value_has_nul(value));
    if has_nul {
        return Err("there is a NUL byte in the message, which the database can't store".to_owned());
    }
    // A key of ours with a value that is not of its type would make the message unreadable.
    let other = match serde_json::from_value::<MessageMeta>(Value::Object(other.clone())) {
        Ok(_) => other,
        Err(_) => Map::from_iter([("source".to_owned(), Value::Object(other))]),
    };
    Ok(Line {
        number,
        message_id,
        parent_id,
        author: user_id,
        created_at: created_at.to_utc(),
        role,
        text,
        rank,
        deleted: deleted.unwrap_or(false),
        other,
    })
}

fn value_has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(value_has_nul),
        Value::Object(object) => {
            object.iter().any(|(key, value)| key.contains('\0') || value_has_nul(value))
        }
        _ => false,
    }
}

impl Line {
    /// What is known of the message, under the file's keys; the person who deleted a message left only its place.
    pub(super) fn meta(&self, orphan: bool) -> Value {
        let mut meta = Map::new();
        if self.deleted {
            meta.insert("deleted".to_owned(), Value::Bool(true));
            meta.insert("message_id".to_owned(), Value::String(self.message_id.clone()));
            return Value::Object(meta);
        }
        meta.clone_from(&self.other);
        meta.insert("message_id".to_owned(), Value::String(self.message_id.clone()));
        meta.insert("rank".to_owned(), self.rank.map_or(Value::Null, Value::from));
        if let Some(author) = &self.author {
            meta.insert("author".to_owned(), Value::String(author.clone()));
        }
        if let Some(parent_id) = self.parent_id.as_ref().filter(|_| orphan) {
            meta.insert("parent_id".to_owned(), Value::String(parent_id.clone()));
        }
        Value::Object(meta)
    }

    /// What a chat shows of the message.
    pub(super) fn content(&self) -> &str {
        if self.deleted { "" } else { &self.text }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    proptest! {
        #[test]
        fn whatever_bytes_there_are_they_are_read_or_refused_with_their_line(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let lines = bytes.split(|byte| *byte == b'\n').count();
            if let Err(fault) = parse(&bytes) {
                prop_assert!((1..=lines).contains(&fault.line));
            }
        }

        #[test]
        fn a_message_keeps_its_text_to_the_letter(text in "\\PC*|[\r\n\t \"\\\\]{0,9}", windows: bool) {
            let message = json!({
                "message_id": "m", "created_date": "2023-02-07T17:29:24+00:00", "role": "prompter", "text": text,
            });
            let file = format!("\n{message}{}\n", if windows { "\r" } else { "" });
            let lines = parse(file.as_bytes()).unwrap();
            prop_assert_eq!(lines.len(), 1);
            prop_assert_eq!((lines[0].number, &lines[0].text), (2, &text));
        }
    }
}
