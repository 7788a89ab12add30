//! What is known of a message, as its JSON column holds it.

use std::fmt;

use diesel::deserialize;
use diesel::expression::ValidGrouping;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::json::jsonb_column;
use crate::schema::messages;

/// What is known of a message: the keys that we know, and every other preserved.
#[derive(
    Debug,
    Clone,
    Default,
    PartialEq,
    Serialize,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = sql_types::Jsonb)]
pub struct MessageMeta {
    /// Tokens in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u32>,
    /// Tokens of the prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_tokens: Option<u32>,
    /// Tokens of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_tokens: Option<u32>,
    /// The model that answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// How long the answer took, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u32>,
    /// Why the answer ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<FinishReason>,
    /// What was found in the message, in the application's own form.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extractions: Vec<Value>,
    /// Whether its person was erased: of what they said nothing is left but this message's place.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
    /// Every other key, preserved as it is.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

jsonb_column!(MessageMeta);

/// As the database sends it: most messages have none, and writing `{}` out for each is a tenth of what the server does for a chat.
#[derive(Debug)]
pub struct SentMeta(Option<MessageMeta>);

impl Queryable<sql_types::Nullable<sql_types::Jsonb>, Pg> for SentMeta {
    type Row = Option<MessageMeta>;

    fn build(row: Self::Row) -> deserialize::Result<Self> {
        Ok(Self(row))
    }
}

impl From<SentMeta> for MessageMeta {
    fn from(SentMeta(sent): SentMeta) -> Self {
        sent.unwrap_or_default()
    }
}

/// `nullif(messages.meta, '{}')`.
pub(super) fn sent_meta() -> SelectSentMeta {
    nullif(messages::meta, Empty)
}

pub(super) type SelectSentMeta = nullif<messages::meta, Empty>;

#[declare_sql_function]
extern "SQL" {
    fn nullif(
        value: sql_types::Jsonb,
        none: sql_types::Jsonb,
    ) -> sql_types::Nullable<sql_types::Jsonb>;
}

/// `'{}'`.
#[derive(Debug, Clone, Copy, QueryId, ValidGrouping)]
pub struct Empty;

impl Expression for Empty {
    type SqlType = sql_types::Jsonb;
}

impl QueryFragment<Pg> for Empty {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("'{}'");
        Ok(())
    }
}

impl<T> AppearsOnTable<T> for Empty {}

impl<T> SelectableExpression<T> for Empty {}

/// By hand: `flatten` would keep every key and value of a message first and sort them afterwards, which takes as long as the rest
/// of the row.
impl<'de> Deserialize<'de> for MessageMeta {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Keys)
    }
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = MessageMeta;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what is known of a message, as an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<MessageMeta, A::Error> {
        let mut meta = MessageMeta::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "tokens" => meta.tokens = map.next_value()?,
                "prompt_tokens" => meta.prompt_tokens = map.next_value()?,
                "completion_tokens" => meta.completion_tokens = map.next_value()?,
                "model" => meta.model = map.next_value()?,
                "latency_ms" => meta.latency_ms = map.next_value()?,
                "finish_reason" => meta.finish_reason = map.next_value()?,
                "extractions" => meta.extractions = map.next_value()?,
                "erased" => meta.erased = map.next_value()?,
                _ => drop(meta.other.insert(key, map.next_value()?)),
            }
        }
        Ok(meta)
    }
}

/// Why a model's answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// It was complete.
    Stop,
    /// It reached the longest answer allowed.
    Length,
    /// A filter stopped it.
    ContentFilter,
    /// The model failed.
    Error,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_of_the_meta_are_preserved() {
        let json = serde_json::json!({
            "tokens": 7, "finish_reason": "content_filter", "extractions": [{"topic": "fractions"}],
            "mood": {"of": ["the", "class"]},
        });
        let meta: MessageMeta = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(meta.finish_reason, Some(FinishReason::ContentFilter));
        assert_eq!(serde_json::to_value(&meta).unwrap(), json);
    }

    #[test]
    fn every_key_is_read_and_written_and_none_is_needed() {
        let json = serde_json::json!({
            "tokens": 1, "prompt_tokens": 2, "completion_tokens": 3, "model": "m", "latency_ms": 4, "finish_reason": "stop",
            "extractions": [5], "erased": true,
        });
        let meta: MessageMeta = serde_json::from_value(json.clone()).unwrap();
        assert!(meta.other.is_empty());
        assert_eq!(serde_json::to_value(&meta).unwrap(), json);
        assert_eq!(serde_json::from_str::<MessageMeta>("{}").unwrap(), MessageMeta::default());
        assert!(serde_json::from_str::<MessageMeta>("[]").is_err());
    }
}
