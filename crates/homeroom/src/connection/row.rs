//! The driver's rows as Diesel reads them.

use std::num::NonZeroU32;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

use diesel::QueryResult;
use diesel::pg::{Pg, PgValue};
use diesel::row::{self, PartialRow, RowIndex, RowSealed};
use futures_util::Stream;
use pin_project_lite::pin_project;
use tokio_postgres::RowStream;
use tokio_postgres::types::{FromSql, Type};

use super::failure::to_diesel;

pin_project! {
    /// The rows of a query, as they come.
    pub struct Rows {
        #[pin]
        rows: RowStream,
    }
}

impl Rows {
    pub(super) const fn new(rows: RowStream) -> Self {
        Self { rows }
    }
}

impl Stream for Rows {
    type Item = QueryResult<Row>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.project().rows.poll_next(cx).map(|row| row.map(|row| row.map(Row).map_err(to_diesel)))
    }
}

/// A row of a query.
pub struct Row(tokio_postgres::Row);

impl RowSealed for Row {}

impl<'a> row::Row<'a, Pg> for Row {
    type Field<'f>
        = Field<'f>
    where
        'a: 'f,
        Self: 'f;
    type InnerPartialRow = Self;

    fn field_count(&self) -> usize {
        self.0.len()
    }

    fn get<'b, I>(&'b self, index: I) -> Option<Field<'b>>
    where
        'a: 'b,
        Self: RowIndex<I>,
    {
        let index = self.idx(index)?;
        Some(Field { row: self, index, value: self.0.try_get(index).ok()? })
    }

    fn partial_row(&self, range: Range<usize>) -> PartialRow<'_, Self> {
        PartialRow::new(self, range)
    }
}

impl RowIndex<usize> for Row {
    fn idx(&self, index: usize) -> Option<usize> {
        (index < self.0.len()).then_some(index)
    }
}

impl RowIndex<&str> for Row {
    fn idx(&self, name: &str) -> Option<usize> {
        self.0.columns().iter().position(|column| column.name() == name)
    }
}

/// A value of a row, with its name.
pub struct Field<'a> {
    row: &'a Row,
    index: usize,
    value: Value<'a>,
}

impl row::Field<'_, Pg> for Field<'_> {
    fn field_name(&self) -> Option<&str> {
        self.row.0.columns().get(self.index).map(tokio_postgres::Column::name)
    }

    fn value(&self) -> Option<PgValue<'_>> {
        self.value.bytes.map(|bytes| PgValue::new(bytes, &self.value.type_oid))
    }
}

/// A value as the server has sent it.
struct Value<'a> {
    bytes: Option<&'a [u8]>,
    type_oid: NonZeroU32,
}

impl<'a> Value<'a> {
    fn new(bytes: Option<&'a [u8]>, of: &Type) -> Self {
        // No type has the number 0.
        Self { bytes, type_oid: NonZeroU32::new(of.oid()).unwrap_or(NonZeroU32::MIN) }
    }
}

type Never = Box<dyn std::error::Error + Sync + Send>;

impl<'a> FromSql<'a> for Value<'a> {
    fn from_sql(of: &Type, bytes: &'a [u8]) -> Result<Self, Never> {
        Ok(Self::new(Some(bytes), of))
    }

    fn from_sql_null(of: &Type) -> Result<Self, Never> {
        Ok(Self::new(None, of))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
