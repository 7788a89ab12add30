//! A connection on which Diesel's queries run: the driver itself, tokio-postgres, under Diesel's traits.
//!
//! diesel-async's own connection builds the text of a query at every call, copies it twice and boxes six futures, which for a point
//! read took as long as all else that the client does; and it keeps the driver to itself, so that there is no `COPY`. This one builds
//! the text of a statement that it keeps once, and hands the values of a query from Diesel to the driver as they are.

mod binds;
mod failure;
mod row;
mod statements;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use diesel::associations::{HasTable, Identifiable};
use diesel::connection::{CacheSize, Instrumentation, InstrumentationEvent, StrQueryHelper};
use diesel::dsl::{Find, Update};
use diesel::pg::Pg;
use diesel::query_builder::{
    AsChangeset, AsQuery, IntoUpdateTarget, QueryFragment, QueryId, UpdateStatement,
};
use diesel::query_dsl::methods::FindDsl;
use diesel::result::{ConnectionError, DatabaseErrorKind, Error};
use diesel::{ConnectionResult, QueryResult};
use diesel_async::{
    AnsiTransactionManager, AsyncConnection, AsyncConnectionCore, RunQueryDsl,
    SimpleAsyncConnection, TransactionManager, UpdateAndFetchResults, methods::LoadQuery,
};
use futures_util::future::BoxFuture;
use tokio_postgres::Client;
use tokio_postgres::types::ToSql;

use self::binds::{Bind, Binds, Types};
use self::failure::to_diesel;
use self::row::{Row, Rows};
use self::statements::{New, Prepared, Statements, Wanted};
use crate::backend::Backend;
use crate::config::DatabaseConfig;
use crate::connect;
use crate::observe::{self, Sent};
use crate::pooler::Pooler;
use crate::statement::only_row;

/// A connection to PostgreSQL: what the methods of this library take, and what Diesel's queries run on.
///
/// A [`Database`](crate::Database) lends one; [`establish`](AsyncConnection::establish) opens one of its own. Queries of your own run
/// by `diesel_async::RunQueryDsl` on `&mut conn`, or on `&mut &conn`: those that are polled together are pipelined.
///
/// ```
/// use diesel::prelude::*;
/// use diesel_async::RunQueryDsl;
/// use homeroom::{Connection, schema::users};
///
/// async fn names(mut conn: &Connection) -> QueryResult<Vec<String>> {
///     users::table.filter(users::deleted_at.is_null()).select(users::name).load(&mut conn).await
/// }
/// ```
pub struct Connection {
    client: Client,
    statements: Statements,
    types: Types,
    transaction: AnsiTransactionManager,
    /// A statement of the open transaction has lost against another transaction.
    has_lost: AtomicBool,
    backend: Arc<Backend>,
    observed: observe::Statements,
    /// What the program has set for Diesel's connections, or for this one.
    instrumentation: Mutex<Option<Box<dyn Instrumentation>>>,
    is_instrumented: bool,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}

impl Connection {
    /// Takes a client whose session is in UTC.
    pub(crate) fn new(
        client: Client,
        backend: Arc<Backend>,
        observed: observe::Statements,
    ) -> Self {
        let instrumentation = diesel::connection::get_default_instrumentation();
        Self {
            client,
            statements: Statements::default(),
            types: Types::default(),
            transaction: AnsiTransactionManager::default(),
            has_lost: AtomicBool::new(false),
            backend,
            observed,
            is_instrumented: instrumentation.is_some(),
            instrumentation: Mutex::new(instrumentation),
        }
    }

    /// The driver's client of this session, for what Diesel has no words for: `COPY`, statements in the driver's own types.
    ///
    /// It is in the transaction that is open on the connection, and what it leaves behind in the session is brought in order as what
    /// Diesel leaves is. Nothing of what it does is seen by [`observe`](crate::observe) or an instrumentation. A `COPY … FROM STDIN` that the
    /// server refuses before the first row ends the connection, which is the driver's doing.
    ///
    /// ```no_run
    /// # async fn example(db: &homeroom::Database) -> Result<(), Box<dyn std::error::Error>> {
    /// use futures_util::TryStreamExt;
    ///
    /// let conn = db.conn().await?;
    /// let lines = conn.client().copy_out("COPY (SELECT id, name FROM users) TO STDOUT (FORMAT csv)").await?;
    /// let csv: Vec<_> = lines.try_collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn client(&self) -> &Client {
        // What is asked of it, nobody sees begin or end.
        self.backend.abandon();
        &self.client
    }

    fn tell(&self, event: InstrumentationEvent<'_>) {
        if self.is_instrumented {
            let mut told = self.instrumentation.lock().unwrap_or_else(PoisonError::into_inner);
            told.on_connection_event(event);
        }
    }

    /// Takes of a query what outlives it: its values, and its statement or what is needed to prepare it.
    fn call<Q: QueryFragment<Pg> + QueryId>(&self, query: &Q) -> QueryResult<Call> {
        let binds = Binds::of(query, &self.types)?;
        let wanted = self.statements.find(query, &binds)?;
        if self.is_instrumented {
            self.tell(InstrumentationEvent::start_query(&diesel::debug_query(query)));
        }
        Ok(Call { text: wanted.text(), wanted, binds, sent: self.observed.begins() })
    }

    async fn load(&self, call: QueryResult<Call>) -> QueryResult<Rows> {
        let Call { text, wanted, mut binds, sent } = call?;
        let sending = Sending::new(&self.backend);
        let outcome = async {
            let prepared = match wanted {
                Wanted::Prepared(prepared) => prepared,
                // Seldom: in a box it does not make the future of every call larger.
                Wanted::New(new) => Box::pin(self.prepare(new, &mut binds)).await?,
            };
            let rows = self.client.query_raw(&prepared.statement, binds.into_values()).await;
            rows.map(Rows::new).map_err(to_diesel)
        }
        .await;
        sending.arrived();
        self.look_for_loss(self.ended(&text, sent, outcome))
    }

    async fn execute(&self, call: QueryResult<Call>) -> QueryResult<usize> {
        let Call { text, wanted, mut binds, sent } = call?;
        let sending = Sending::new(&self.backend);
        let outcome = async {
            let count = match wanted {
                Wanted::Prepared(prepared) => {
                    self.client.execute_raw(&prepared.statement, binds.into_values()).await
                }
                Wanted::New(new) if new.is_kept() => {
                    let prepared = Box::pin(self.prepare(new, &mut binds)).await?;
                    self.client.execute_raw(&prepared.statement, binds.into_values()).await
                }
                Wanted::New(new) => Box::pin(self.execute_once(new.text(), binds)).await?,
            };
            let count = count.map_err(to_diesel)?;
            count.try_into().map_err(|error| Error::DeserializationError(Box::new(error)))
        }
        .await;
        sending.arrived();
        self.look_for_loss(self.ended(&text, sent, outcome))
    }

    async fn prepare(&self, new: New, binds: &mut Binds) -> QueryResult<Arc<Prepared>> {
        binds.resolve(&self.types, &self.client).await?;
        if new.is_kept() {
            self.tell(InstrumentationEvent::cache_query(new.text()));
        }
        self.statements.prepare(new, binds, &self.client).await
    }

    /// Has a statement parsed and run in one round trip.
    async fn execute_once(
        &self,
        text: &str,
        mut binds: Binds,
    ) -> QueryResult<Result<u64, tokio_postgres::Error>> {
        binds.resolve(&self.types, &self.client).await?;
        let types = binds.types()?;
        let values: Vec<Bind> = binds.into_values().collect();
        let values = values.iter().map(|value| value as &(dyn ToSql + Sync)).zip(types);
        Ok(self.client.execute_typed(text, &values.collect::<Vec<_>>()).await)
    }

    /// Runs statements as they are, which need no values and give no rows.
    async fn run(&self, sql: &str) -> QueryResult<()> {
        let query = StrQueryHelper::new(sql);
        self.tell(InstrumentationEvent::start_query(&query));
        let sent = self.observed.begins();
        let sending = Sending::new(&self.backend);
        let outcome = self.client.batch_execute(sql).await.map_err(to_diesel);
        sending.arrived();
        self.ended(sql, sent, outcome)
    }

    fn ended<R>(&self, text: &str, sent: Sent, outcome: QueryResult<R>) -> QueryResult<R> {
        self.observed.ended(text, sent, self.backend.last_heard());
        if self.is_instrumented {
            let query = StrQueryHelper::new(text);
            self.tell(InstrumentationEvent::finish_query(&query, outcome.as_ref().err()));
        }
        outcome
    }

    /// Notes that a query has lost against another transaction. (What begins and ends transactions comes by `run`: a commit that loses
    /// has ended its own.)
    fn look_for_loss<R>(&self, outcome: QueryResult<R>) -> QueryResult<R> {
        if let Err(Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) = &outcome {
            self.has_lost.store(true, Ordering::Relaxed);
        }
        outcome
    }
}

/// What a call takes of its query.
struct Call {
    text: Arc<str>,
    wanted: Wanted,
    binds: Binds,
    sent: Sent,
}

/// What runs on it is cancelled, and its socket closed.
impl Drop for Connection {
    fn drop(&mut self) {
        self.backend.give_up();
    }
}

/// A request that the driver may not have taken yet. Dropped before its answer has begun, the backend is told of it: nothing on the
/// wire says so.
struct Sending<'a>(Option<&'a Backend>);

impl<'a> Sending<'a> {
    const fn new(backend: &'a Backend) -> Self {
        Self(Some(backend))
    }

    fn arrived(mut self) {
        self.0 = None;
    }
}

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        if let Some(backend) = self.0 {
            backend.abandon();
        }
    }
}

impl SimpleAsyncConnection for Connection {
    async fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.run(query).await
    }
}

impl SimpleAsyncConnection for &Connection {
    async fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.run(query).await
    }
}

impl AsyncConnectionCore for Connection {
    type ExecuteFuture<'conn, 'query> = BoxFuture<'conn, QueryResult<usize>>;
    type LoadFuture<'conn, 'query> = BoxFuture<'conn, QueryResult<Rows>>;
    type Stream<'conn, 'query> = Rows;
    type Row<'conn, 'query> = Row;
    type Backend = Pg;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> Self::LoadFuture<'conn, 'query>
    where
        T: AsQuery + 'query,
        T::Query: QueryFragment<Pg> + QueryId + 'query,
    {
        Box::pin(Self::load(self, self.call(&source.as_query())))
    }

    fn execute_returning_count<'conn, 'query, T>(
        &'conn mut self,
        source: T,
    ) -> Self::ExecuteFuture<'conn, 'query>
    where
        T: QueryFragment<Pg> + QueryId + 'query,
    {
        Box::pin(Self::execute(self, self.call(&source)))
    }
}

/// Futures that borrow the connection can be polled together.
impl<'a> AsyncConnectionCore for &'a Connection {
    type ExecuteFuture<'conn, 'query> = BoxFuture<'a, QueryResult<usize>>;
    type LoadFuture<'conn, 'query> = BoxFuture<'a, QueryResult<Rows>>;
    type Stream<'conn, 'query> = Rows;
    type Row<'conn, 'query> = Row;
    type Backend = Pg;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> Self::LoadFuture<'conn, 'query>
    where
        T: AsQuery + 'query,
        T::Query: QueryFragment<Pg> + QueryId + 'query,
    {
        Box::pin(Connection::load(self, self.call(&source.as_query())))
    }

    fn execute_returning_count<'conn, 'query, T>(
        &'conn mut self,
        source: T,
    ) -> Self::ExecuteFuture<'conn, 'query>
    where
        T: QueryFragment<Pg> + QueryId + 'query,
    {
        Box::pin(Connection::execute(self, self.call(&source)))
    }
}

impl AsyncConnection for Connection {
    type TransactionManager = AnsiTransactionManager;

    /// Opens a connection as a [`Database`](crate::Database) opens its own: with TLS as the URL wants it, and the same timeouts.
    async fn establish(url: &str) -> ConnectionResult<Self> {
        let bad = |error: crate::Error| {
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
            ConnectionError::BadConnection(format!("{error}{}", cause.unwrap_or_default()))
        };
        let config = DatabaseConfig::builder(url).build().map_err(|error| bad(error.into()))?;
        Ok(connect::open(&config, &Pooler::default()).await.map_err(bad)?.connection)
    }

    fn transaction_state(&mut self) -> &mut AnsiTransactionManager {
        if std::mem::take(self.has_lost.get_mut()) {
            AnsiTransactionManager::transaction_manager_status_mut(self)
                .set_requires_rollback_maybe_up_to_top_level(true);
        }
        &mut self.transaction
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        self.instrumentation.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        self.instrumentation = Mutex::new(Some(Box::new(instrumentation)));
        self.is_instrumented = true;
    }

    fn set_prepared_statement_cache_size(&mut self, size: CacheSize) {
        self.statements.set_size(size);
    }
}

impl<'b, Changes, Output, Table, Condition> UpdateAndFetchResults<Changes, Output> for Connection
where
    Output: Send + 'static,
    Changes: Copy
        + AsChangeset<Target = Table>
        + Identifiable<Table = Table>
        + HasTable<Table = Table>
        + Send,
    Table: diesel::Table + FindDsl<Changes::Id> + 'b,
    Find<Table, Changes::Id>: IntoUpdateTarget<Table = Table, WhereClause = Condition>,
    UpdateStatement<Table, Condition, Changes::Changeset>: AsQuery,
    Update<Changes, Changes>: LoadQuery<'b, Self, Output>,
    Condition: Send + 'b,
    Changes::Changeset: Send + 'b,
    Table::FromClause: Send,
{
    fn update_and_fetch<'conn, 'changes>(
        &'conn mut self,
        changes: Changes,
    ) -> BoxFuture<'changes, QueryResult<Output>>
    where
        Changes: 'changes,
        'conn: 'changes,
        Self: 'changes,
    {
        Box::pin(async move {
            let updated = RunQueryDsl::load(diesel::update(changes).set(changes), self).await?;
            only_row(updated)
        })
    }
}
