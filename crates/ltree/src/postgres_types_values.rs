//! Values of tokio-postgres and postgres in the binary format. Not here: the format itself (`wire`).

use std::error::Error;

use bytes::{BufMut as _, BytesMut};
use postgres_types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::{Lquery, Ltree, Ltxtquery, wire};

macro_rules! binary {
    ($($name:ident: $type:literal,)+) => {$(
        impl<'a> FromSql<'a> for $name {
            fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
                Ok(Self::from_wire(raw)?)
            }

            fn accepts(ty: &Type) -> bool {
                ty.name() == $type
            }
        }

        impl ToSql for $name {
            fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
                out.put_u8(wire::VERSION);
                out.put_slice(self.as_str().as_bytes());
                Ok(IsNull::No)
            }

            fn accepts(ty: &Type) -> bool {
                ty.name() == $type
            }

            to_sql_checked!();
        }
    )+};
}

binary! {
    Ltree: "ltree",
    Lquery: "lquery",
    Ltxtquery: "ltxtquery",
}
