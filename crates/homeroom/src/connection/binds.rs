//! The values of a query, from Diesel to the driver.
//!
//! Diesel asks for the numbers of types while it writes the values, and types that a database defines have another number in each. The
//! first query of a connection that has such a type is written with placeholders for its number, which the server is asked for before
//! the query is sent.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::sync::{Mutex, PoisonError};

use bytes::BytesMut;
use diesel::QueryResult;
use diesel::pg::{Pg, PgMetadataCache, PgMetadataCacheKey, PgMetadataLookup, PgTypeMetadata};
use diesel::query_builder::QueryFragment;
use diesel::query_builder::bind_collector::RawBytesBindCollector;
use diesel::result::Error;
use tokio_postgres::Client;
use tokio_postgres::types::{IsNull, Kind, ToSql, Type};

use super::failure::to_diesel;

/// Placeholders count up from here. No server has so many types that a number of its own could be one.
const FIRST: u32 = 0xffff_0000;
/// What the values are written with again, to see where in them a placeholder stands: a text may have the same four bytes.
const AGAIN: u32 = 0xfffe_0000;

const LOOK_UP: &str = include_str!("look_up_type.sql");

/// The types of the database that the connection has met.
#[derive(Default)]
pub(super) struct Types(Mutex<PgMetadataCache>);

impl Types {
    /// Lets `write` look up types. A panic of it forgets them, and they are looked up again.
    fn lend<R>(&self, write: impl FnOnce(&mut Lookup) -> R) -> R {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lookup =
            Lookup { known: std::mem::take(&mut *known), unknown: Vec::new(), first: FIRST };
        let written = write(&mut lookup);
        *known = lookup.known;
        written
    }
}

#[derive(Debug, PartialEq, Eq)]
struct TypeName {
    schema: Option<String>,
    name: String,
}

struct Lookup {
    known: PgMetadataCache,
    unknown: Vec<TypeName>,
    first: u32,
}

impl PgMetadataLookup for Lookup {
    fn lookup_type(&mut self, name: &str, schema: Option<&str>) -> PgTypeMetadata {
        let key = PgMetadataCacheKey::new(schema.map(Cow::Borrowed), Cow::Borrowed(name));
        if let Some(known) = self.known.lookup_type(&key) {
            return known;
        }
        let is_it = |known: &TypeName| known.name == name && known.schema.as_deref() == schema;
        let place = self.unknown.iter().position(is_it).unwrap_or_else(|| {
            self.unknown
                .push(TypeName { schema: schema.map(str::to_owned), name: name.to_owned() });
            self.unknown.len() - 1
        });
        let placeholder = self.first + 2 * u32::try_from(place).unwrap_or_default();
        PgTypeMetadata::new(placeholder, placeholder + 1)
    }
}

/// The values of a query and their types.
pub(super) struct Binds {
    values: Vec<Option<Vec<u8>>>,
    types: Vec<PgTypeMetadata>,
    unknown: Vec<TypeName>,
    /// Where placeholders stand: which value, and the byte that they begin with.
    places: Vec<(usize, usize)>,
}

impl Binds {
    pub(super) fn of<Q: QueryFragment<Pg>>(query: &Q, types: &Types) -> QueryResult<Self> {
        let write = |lookup: &mut Lookup| {
            let mut collector = RawBytesBindCollector::<Pg>::new();
            query.collect_binds(&mut collector, lookup, &Pg).map(|()| collector)
        };
        types.lend(|lookup| {
            let RawBytesBindCollector { binds: values, metadata: types, .. } = write(lookup)?;
            let unknown = std::mem::take(&mut lookup.unknown);
            let places = if unknown.is_empty() {
                Vec::new()
            } else {
                lookup.first = AGAIN;
                places(&values, &write(lookup)?.binds)
            };
            Ok(Self { values, types, unknown, places })
        })
    }

    pub(super) const fn are_resolved(&self) -> bool {
        self.unknown.is_empty()
    }

    /// Asks the server for the types that are not known yet: a round trip each, once a connection.
    pub(super) async fn resolve(&mut self, types: &Types, client: &Client) -> QueryResult<()> {
        if self.are_resolved() {
            return Ok(());
        }
        let mut numbers = Vec::with_capacity(2 * self.unknown.len());
        for TypeName { schema, name } in std::mem::take(&mut self.unknown) {
            let asked: [(&(dyn ToSql + Sync), Type); 2] =
                [(&schema, Type::TEXT), (&name, Type::TEXT)];
            let row = client.query_typed_one(LOOK_UP, &asked).await.map_err(to_diesel)?;
            let found: (u32, u32) = (row.get(0), row.get(1));
            let key = PgMetadataCacheKey::new(schema.map(Cow::Owned), Cow::Owned(name));
            types.0.lock().unwrap_or_else(PoisonError::into_inner).store_type(key, found);
            numbers.extend([found.0, found.1]);
        }
        let number = |placeholder: u32| {
            let place = placeholder.checked_sub(FIRST)?;
            numbers.get(usize::try_from(place).ok()?).copied()
        };
        for known in &mut self.types {
            let (own, array) = (number_of(known)?, known.array_oid().map_err(cannot_be_written)?);
            *known =
                PgTypeMetadata::new(number(own).unwrap_or(own), number(array).unwrap_or(array));
        }
        for (value, byte) in std::mem::take(&mut self.places) {
            let value = self.values.get_mut(value).and_then(Option::as_mut);
            let place = value.and_then(|value| value.get_mut(byte..)?.first_chunk_mut::<4>());
            if let Some(place) = place
                && let Some(number) = number(u32::from_be_bytes(*place))
            {
                *place = number.to_be_bytes();
            }
        }
        Ok(())
    }

    /// The types of the values, as the driver has them.
    pub(super) fn types(&self) -> QueryResult<Vec<Type>> {
        let of = |known: &PgTypeMetadata| {
            let number = number_of(known)?;
            let custom = || Type::new(String::new(), number, Kind::Simple, String::new());
            Ok(Type::from_oid(number).unwrap_or_else(custom))
        };
        self.types.iter().map(of).collect()
    }

    pub(super) fn into_values(self) -> impl ExactSizeIterator<Item = Bind> {
        self.values.into_iter().map(Bind)
    }
}

fn number_of(known: &PgTypeMetadata) -> QueryResult<u32> {
    known.oid().map_err(cannot_be_written)
}

fn cannot_be_written(error: impl StdError + Send + Sync + 'static) -> Error {
    Error::SerializationError(Box::new(error))
}

/// Where the same values differ by the placeholders that they were written with.
fn places(values: &[Option<Vec<u8>>], again: &[Option<Vec<u8>>]) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    for (index, pair) in values.iter().zip(again).enumerate() {
        let (Some(value), Some(again)) = pair else { continue };
        for (byte, (one, other)) in value.windows(4).zip(again.windows(4)).enumerate() {
            let number = |window: &[u8]| window.try_into().map(u32::from_be_bytes).ok();
            let count = |window, first| number(window).and_then(|number| number.checked_sub(first));
            if let (Some(one), Some(other)) = (count(one, FIRST), count(other, AGAIN))
                && one == other
            {
                places.push((index, byte));
            }
        }
    }
    places
}

/// A value as it is sent.
#[derive(Debug)]
pub(super) struct Bind(Option<Vec<u8>>);

impl ToSql for Bind {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        let Some(value) = &self.0 else { return Ok(IsNull::Yes) };
        out.extend_from_slice(value);
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(
        &self,
        of: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        self.to_sql(of, out)
    }
}
