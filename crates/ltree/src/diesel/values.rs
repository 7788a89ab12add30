//! The values in the binary format. Not here: the format itself (`wire`).

use diesel::deserialize::{self, FromSql};
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};

use crate::diesel::sql_types;
use crate::wire;

macro_rules! binary {
    ($($name:ident,)+) => {$(
        impl FromSql<sql_types::$name, Pg> for crate::$name {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                Ok(Self::from_wire(value.as_bytes())?)
            }
        }

        impl ToSql<sql_types::$name, Pg> for crate::$name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                wire::encode(self.as_str(), out)?;
                Ok(IsNull::No)
            }
        }
    )+};
}

binary! {
    Ltree,
    Lquery,
    Ltxtquery,
}
