//! Serde: every type is its text. What is read is held to the widest rule, PostgreSQL 16's, so that what any server
//! holds survives being written and read.

use serde::de::{Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

use crate::{Error, Label, LabelRule, Lquery, Ltree, Ltxtquery};

struct TextVisitor<T> {
    expected: &'static str,
    parse: fn(&str, LabelRule) -> Result<T, Error>,
}

impl<T> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        (self.parse)(text, LabelRule::Postgres16).map_err(E::custom)
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<T, E> {
        let text = std::str::from_utf8(bytes)
            .map_err(|_| E::invalid_value(Unexpected::Bytes(bytes), &self))?;
        self.visit_str(text)
    }
}

macro_rules! as_text {
    ($($name:ident: $expected:literal,)+) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(TextVisitor { expected: $expected, parse: Self::parse_with })
            }
        }
    )+};
}

as_text! {
    Ltree: "a path of labels separated by dots",
    Label: "a label",
    Lquery: "an lquery",
    Ltxtquery: "an ltxtquery",
}
