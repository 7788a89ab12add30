//! What tools do: YAML with bounds.

use diesel::deserialize::{self, FromSql};
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use saphyr_parser::Parser;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What a tool does, in well-formed YAML of at most 256 KiB.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = Text)]
#[serde(try_from = "String", into = "String")]
pub struct ToolDefinition(String);

impl ToolDefinition {
    /// The longest definition, in bytes.
    pub const MAX_BYTES: usize = 256 * 1024;

    /// Takes YAML and checks that it is well-formed. What its keys mean is not looked at.
    ///
    /// # Errors
    /// [`Error::Invalid`] with line and column of what is wrong, or when it is empty or too long.
    pub fn parse(yaml: impl Into<String>) -> Result<Self> {
        let yaml = yaml.into();
        if yaml.trim().is_empty() {
            return Err(Error::invalid("definition", "it is empty"));
        }
        if yaml.len() > Self::MAX_BYTES {
            let reason =
                format!("it has {} bytes, at most {} are allowed", yaml.len(), Self::MAX_BYTES);
            return Err(Error::invalid("definition", reason));
        }
        for event in Parser::new_from_str(&yaml) {
            event.map_err(|error| {
                Error::invalid("definition", format!("it is not YAML: {error}"))
            })?;
        }
        Ok(Self(yaml))
    }

    /// The YAML text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ToolDefinition {
    type Error = Error;

    fn try_from(yaml: String) -> Result<Self> {
        Self::parse(yaml)
    }
}

impl From<ToolDefinition> for String {
    fn from(definition: ToolDefinition) -> Self {
        definition.0
    }
}

impl FromSql<Text, Pg> for ToolDefinition {
    /// Takes what the database holds, well-formed or not: a definition that was stored by others must stay readable.
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        <String as FromSql<Text, Pg>>::from_sql(value).map(Self)
    }
}

impl ToSql<Text, Pg> for ToolDefinition {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <str as ToSql<Text, Pg>>::to_sql(&self.0, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_is_well_formed_yaml_and_says_where_it_is_not() {
        assert!(ToolDefinition::parse("prompt: Help with homework\nmodel: {name: x}\n").is_ok());
        let error = ToolDefinition::parse("prompt: [1, 2\nmodel: x\n").unwrap_err().to_string();
        assert!(error.starts_with("definition is not valid: it is not YAML:"), "{error}");
        assert!(error.contains("line"), "{error}");
    }

    #[test]
    fn a_definition_has_bounds() {
        let longest = format!("text: {}", "x".repeat(ToolDefinition::MAX_BYTES - 6));
        assert!(ToolDefinition::parse(longest.clone()).is_ok());
        assert!(ToolDefinition::parse(format!("{longest}x")).is_err());
        assert!(ToolDefinition::parse(" \n").is_err());
    }
}
