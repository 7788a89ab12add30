//! JSON columns: typed for the keys that we know, and preserving those that we don't.

use diesel::deserialize;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The first byte of a jsonb value on the wire: the version of the format.
const VERSION: u8 = 1;

/// Reads a jsonb value straight into a type, without a tree of values in between.
pub(crate) fn from_jsonb<T: DeserializeOwned>(value: PgValue<'_>) -> deserialize::Result<T> {
    match value.as_bytes().split_first() {
        Some((&VERSION, json)) => Ok(serde_json::from_slice(json)?),
        version => {
            Err(format!("jsonb of an unknown version: {:?}", version.map(|(v, _)| v)).into())
        }
    }
}

/// Writes a type as a jsonb value.
pub(crate) fn to_jsonb<T: Serialize>(value: &T, out: &mut Output<'_, '_, Pg>) -> serialize::Result {
    use std::io::Write;
    out.write_all(&[VERSION])?;
    serde_json::to_writer(out, value)?;
    Ok(IsNull::No)
}

/// Declares that a type is what a jsonb column holds.
macro_rules! jsonb_column {
    ($name:ident) => {
        impl diesel::deserialize::FromSql<diesel::sql_types::Jsonb, diesel::pg::Pg> for $name {
            fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                $crate::json::from_jsonb(value)
            }
        }

        impl diesel::serialize::ToSql<diesel::sql_types::Jsonb, diesel::pg::Pg> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                $crate::json::to_jsonb(self, out)
            }
        }
    };
}
pub(crate) use jsonb_column;
