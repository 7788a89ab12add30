//! Runs a script on the scratch database as a migrator would, but always statement by statement, and looks between them.

use std::ops::Range;

use tokio_postgres::Client;

use super::loss::StoredColumns;
use super::probe::{Relations, State};
use super::{TracedMigration, TracedStatement, script};
use crate::error::Error;
use crate::failure::{Failure, Step};
use crate::folder::{Direction, Migration};
use crate::script::{Mode, Script, UnitKind};
use crate::session::SessionState;
use crate::sql::line_and_column;
use crate::transaction::OpenTransaction;

/// A session of a scratch database.
pub(super) struct Tracer<'a> {
    client: &'a Client,
    /// What the session has set; each script begins with it.
    session: SessionState,
}

/// Statements that run in one transaction, or one that runs in none.
struct Piece<'a> {
    statements: Range<usize>,
    /// The statements that begin and end the transaction.
    transaction: Option<(&'a str, &'a str)>,
}

/// Why a script stopped.
enum Stop {
    Failed(Box<Failure>),
    Broken(tokio_postgres::Error),
}

impl From<tokio_postgres::Error> for Stop {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Broken(error)
    }
}

impl<'a> Tracer<'a> {
    pub(super) async fn new(client: &'a Client) -> Result<Self, Error> {
        let session = SessionState::read(client).await.map_err(broken)?;
        Ok(Self { client, session })
    }

    /// Applies a migration without looking.
    pub(super) async fn apply(&self, migration: &Migration) -> Result<Result<(), Failure>, Error> {
        let mut run = Run::new(self, migration, Direction::Up);
        sort_out(run.run(None).await)
    }

    /// Runs a script of a migration and tells what it did.
    pub(super) async fn trace(
        &self,
        migration: &Migration,
        direction: Direction,
    ) -> Result<Result<TracedMigration, Failure>, Error> {
        let relations = Relations::read(self.client).await.map_err(broken)?;
        let columns = StoredColumns::read(self.client).await.map_err(broken)?;
        let mut run = Run::new(self, migration, direction);
        if let Err(failure) = sort_out(run.run(Some(&relations)).await)? {
            return Ok(Err(failure));
        }
        let columns_now = StoredColumns::read(self.client).await.map_err(broken)?;
        Ok(Ok(TracedMigration {
            version: migration.version(),
            name: migration.name().to_owned(),
            direction,
            file: run.script.file().to_owned(),
            mode: run.script.mode(),
            statements: run.statements,
            losses: columns.lost(&columns_now),
        }))
    }
}

/// One script being run.
struct Run<'a> {
    tracer: &'a Tracer<'a>,
    migration: &'a Migration,
    direction: Direction,
    script: &'a Script,
    transactions: usize,
    statements: Vec<TracedStatement>,
}

impl<'a> Run<'a> {
    fn new(tracer: &'a Tracer<'a>, migration: &'a Migration, direction: Direction) -> Self {
        let script = script(migration, direction);
        Self { tracer, migration, direction, script, transactions: 0, statements: Vec::new() }
    }

    /// Runs it to its end; looks at the given relations, if any.
    async fn run(&mut self, relations: Option<&Relations>) -> Result<(), Stop> {
        let client = self.tracer.client;
        for piece in pieces(self.script) {
            match piece.transaction {
                None => {
                    for index in piece.statements {
                        self.run_bare(index, relations).await?;
                    }
                }
                Some((begin, end)) => {
                    let transaction = OpenTransaction::begin_with(client, begin).await?;
                    let mut last = None;
                    for index in piece.statements {
                        self.run_statement(index, relations, &mut last).await?;
                    }
                    let ended = transaction.end_with(end).await;
                    ended.map_err(|error| self.stop(Step::Commit, error))?;
                    self.transactions += 1;
                }
            }
        }
        if self.script.may_change_session() {
            self.tracer.session.restore(client).await?;
        }
        Ok(())
    }

    /// Runs a statement in the open transaction. `last` is what was seen after the one before it.
    async fn run_statement(
        &mut self,
        index: usize,
        relations: Option<&Relations>,
        last: &mut Option<State>,
    ) -> Result<(), Stop> {
        let client = self.tracer.client;
        let Some(relations) = relations else { return self.execute(index).await };
        if self.is_set(index) {
            // No query before `SET TRANSACTION`, which would come too late after one.
            self.execute(index).await?;
            self.record(index, Some(self.transactions), None);
            return Ok(());
        }
        let before = match last.take() {
            Some(last) => last,
            None => State::read(client).await?,
        };
        self.execute(index).await?;
        let after = State::read(client).await?;
        self.record(index, Some(self.transactions), Some((&before, &after, relations)));
        *last = Some(after);
        Ok(())
    }

    async fn run_bare(&mut self, index: usize, relations: Option<&Relations>) -> Result<(), Stop> {
        let client = self.tracer.client;
        let Some(relations) = relations else { return self.execute(index).await };
        let before = State::read(client).await?;
        self.execute(index).await?;
        let after = State::read(client).await?;
        self.record(index, None, Some((&before, &after, relations)));
        Ok(())
    }

    async fn execute(&self, index: usize) -> Result<(), Stop> {
        let sql = self.script.statement_text(index);
        let sent_from = self.script.statement(index).map_or(0, |range| range.start);
        let done = self.tracer.client.batch_execute(sql).await;
        done.map_err(|error| self.stop(Step::Statement { index, sent_from, sent_after: 0 }, error))
    }

    fn record(
        &mut self,
        index: usize,
        transaction: Option<usize>,
        seen: Option<(&State, &State, &Relations)>,
    ) {
        let bytes = self.script.statement(index).unwrap_or_default();
        let (line, column) = line_and_column(self.script.sql(), bytes.start);
        let mut statement = TracedStatement {
            bytes,
            line: line + self.script.first_line() - 1,
            column,
            transaction,
            locks: Vec::new(),
            rewrites: Vec::new(),
            scans: Vec::new(),
        };
        if let Some((before, after, relations)) = seen {
            statement.rewrites = before.rewritten(after, relations);
            // Outside of a transaction the counters are those of no one statement.
            if transaction.is_some() {
                statement.locks = before.locks_taken(after, relations);
                statement.scans = before.scanned(after, relations);
            }
        }
        self.statements.push(statement);
    }

    fn is_set(&self, index: usize) -> bool {
        let text = self.script.statement_text(index);
        crate::sql::tokens(text).next().is_some_and(|first| first.eq_ignore_ascii_case("set"))
    }

    fn stop(&self, step: Step, error: tokio_postgres::Error) -> Stop {
        match error.as_db_error() {
            Some(refusal) => Stop::Failed(Box::new(Failure::new(
                self.migration.version(),
                self.migration.name(),
                self.direction,
                (self.script, false),
                step,
                refusal,
                (1, 0),
            ))),
            None => Stop::Broken(error),
        }
    }
}

/// The transactions of a script and what it has between them.
fn pieces(script: &Script) -> Vec<Piece<'_>> {
    if script.mode() == Mode::Transaction {
        let statements = script.body_statements();
        return vec![Piece { statements, transaction: Some(("BEGIN", "COMMIT")) }];
    }
    let pieces = script.units().iter().map(|unit| {
        let Range { start, end } = unit.statements.clone();
        match unit.kind {
            UnitKind::Bare => Piece { statements: start..end, transaction: None },
            UnitKind::Wrapped => {
                Piece { statements: start..end, transaction: Some(("BEGIN", "COMMIT")) }
            }
            UnitKind::Block { closed } => {
                let last = if closed { end.saturating_sub(1) } else { end };
                let close = if closed { script.statement_text(last) } else { "COMMIT" };
                let begin = script.statement_text(start);
                Piece { statements: start + 1..last, transaction: Some((begin, close)) }
            }
        }
    });
    pieces.collect()
}

fn sort_out(result: Result<(), Stop>) -> Result<Result<(), Failure>, Error> {
    match result {
        Ok(()) => Ok(Ok(())),
        Err(Stop::Failed(failure)) => Ok(Err(*failure)),
        Err(Stop::Broken(error)) => Err(broken(error)),
    }
}

fn broken(source: tokio_postgres::Error) -> Error {
    Error::database("tracing the migrations on a scratch database", source)
}
