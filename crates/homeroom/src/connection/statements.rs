//! The prepared statements of one connection.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use diesel::QueryResult;
use diesel::connection::CacheSize;
use diesel::pg::{Pg, PgQueryBuilder};
use diesel::query_builder::{QueryBuilder, QueryFragment, QueryId};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Statement};

use super::binds::Binds;
use super::failure::to_diesel;

/// A statement that the server has parsed.
pub(super) struct Prepared {
    pub(super) statement: Statement,
    text: Arc<str>,
}

/// What a query runs by.
pub(super) enum Wanted {
    Prepared(Arc<Prepared>),
    New(New),
}

impl Wanted {
    pub(super) fn text(&self) -> Arc<str> {
        match self {
            Self::Prepared(prepared) => prepared.text.clone(),
            Self::New(new) => new.text.clone(),
        }
    }
}

/// A statement to prepare.
pub(super) struct New {
    text: Arc<str>,
    keep: Keep,
}

impl New {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it will be found again, or is parsed for this one time.
    pub(super) fn is_kept(&self) -> bool {
        !matches!(self.keep, Keep::Not)
    }
}

/// By what a statement is found again.
enum Keep {
    Not,
    /// Diesel promises the same text for the same id.
    ByQuery(TypeId),
    ByText,
}

#[derive(PartialEq, Eq, Hash)]
enum Key {
    Query(TypeId),
    Text(Arc<str>, Vec<u32>),
}

impl Key {
    fn text(text: &Arc<str>, types: &[Type]) -> Self {
        Self::Text(text.clone(), types.iter().map(Type::oid).collect())
    }
}

/// What the connection has prepared and keeps.
pub(super) struct Statements {
    prepared: Mutex<HashMap<Key, Arc<Prepared>>>,
    keeps: bool,
}

impl Default for Statements {
    fn default() -> Self {
        Self { prepared: Mutex::default(), keeps: true }
    }
}

impl Statements {
    pub(super) fn set_size(&mut self, size: CacheSize) {
        self.keeps = !matches!(size, CacheSize::Disabled);
        self.prepared().clear();
    }

    fn prepared(&self) -> MutexGuard<'_, HashMap<Key, Arc<Prepared>>> {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, key: &Key) -> Option<Wanted> {
        self.prepared().get(key).cloned().map(Wanted::Prepared)
    }

    /// The query's statement. Its text is built only where there is none.
    pub(super) fn find<Q: QueryFragment<Pg> + QueryId>(
        &self,
        query: &Q,
        binds: &Binds,
    ) -> QueryResult<Wanted> {
        // Asked at every call: the same type of query may be safe with one value and unsafe with another.
        let keep = match Q::query_id() {
            _ if !self.keeps || !query.is_safe_to_cache_prepared(&Pg)? => Keep::Not,
            Some(id) => Keep::ByQuery(id),
            None => Keep::ByText,
        };
        if let Keep::ByQuery(id) = keep
            && binds.are_resolved()
            && let Some(found) = self.get(&Key::Query(id))
        {
            return Ok(found);
        }
        let mut building = PgQueryBuilder::new();
        query.to_sql(&mut building, &Pg)?;
        let text: Arc<str> = building.finish().into();
        if let Keep::ByText = keep
            && binds.are_resolved()
            && let Some(found) = self.get(&Key::text(&text, &binds.types()?))
        {
            return Ok(found);
        }
        Ok(Wanted::New(New { text, keep }))
    }

    /// Has the server parse a statement: a round trip.
    pub(super) async fn prepare(
        &self,
        new: New,
        binds: &Binds,
        client: &Client,
    ) -> QueryResult<Arc<Prepared>> {
        let types = binds.types()?;
        let New { text, keep } = new;
        let statement = client.prepare_typed(&text, &types).await.map_err(to_diesel)?;
        let key = match keep {
            Keep::Not => None,
            Keep::ByQuery(id) => Some(Key::Query(id)),
            Keep::ByText => Some(Key::text(&text, &types)),
        };
        let prepared = Arc::new(Prepared { statement, text });
        if let Some(key) = key {
            self.prepared().insert(key, prepared.clone());
        }
        Ok(prepared)
    }
}
