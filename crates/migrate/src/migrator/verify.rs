//! Every migration up, down and up on a scratch database, its schema compared.

use tokio_postgres::Client;

use super::Migrator;
use crate::catalog::{Catalog, CatalogDiff};
use crate::error::Error;
use crate::event::Event;
use crate::failure::Failure;
use crate::folder::{Direction, Migration};
use crate::history::History;
use crate::plan::Task;
use crate::run::{rehearse, run};
use crate::script::Mode;
use crate::session::SessionState;
use crate::transaction::OpenTransaction;
use crate::verify::{Columns, DownClass, Verification, VerifiedMigration, carries_data};

impl Migrator {
    /// Applies every migration, takes it back and applies it again, each from the state that the ups before it make, and tells what
    /// its down script does.
    ///
    /// `scratch` gives a session of an empty database: a new one, or the same one emptied. It is called once, and again after each
    /// migration that does not run in a transaction and does not leave what it found.
    ///
    /// An up script that fails ends it: what was verified before is told, and the failure is in [`Verification::stopped`].
    ///
    /// # Errors
    /// [`Error::Scratch`] when there is no database, [`Error::ScratchInUse`] when it has a history, and [`Error::Database`].
    pub async fn verify<F, S, E>(&self, scratch: F) -> Result<Verification, Error>
    where
        F: Fn() -> S,
        S: Future<Output = Result<Client, E>>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mut verification = Verification::default();
        (self.observer)(Event::Planned { total: self.migrations.len() });
        while verification.migrations.len() < self.migrations.len() {
            let client = scratch().await;
            let mut client = client.map_err(|error| Error::Scratch { source: error.into() })?;
            let mut lock = self.lock(&mut client).await?;
            let result = self.verify_on(lock.client(), &mut verification.migrations).await;
            lock.release().await;
            match result {
                Err(Error::Failed(failure)) => {
                    verification.stopped = Some(*failure);
                    break;
                }
                other => other?,
            }
        }
        Ok(verification)
    }

    /// Verifies from the first migration on that is not yet, until the database is spoiled or all are.
    async fn verify_on(
        &self,
        client: &mut Client,
        verified: &mut Vec<VerifiedMigration>,
    ) -> Result<(), Error> {
        let (mut history, standing) = self.standing(client).await?;
        if standing.applied().next().is_some() {
            return Err(Error::ScratchInUse { table: history.table().to_owned() });
        }
        history.make_ready(client).await?;
        let session = SessionState::read(client).await.map_err(failed)?;
        let mut bench = Bench {
            migrator: self,
            client,
            history: &history,
            session: Some(session),
            is_spoiled: false,
        };
        for migration in self.migrations.iter().take(verified.len()) {
            bench.run(&task(migration, Direction::Up)).await?;
        }
        let mut before = bench.look().await?;
        for migration in self.migrations.iter().skip(verified.len()) {
            let (version, name, direction) = (migration.version(), migration.name(), Direction::Up);
            (self.observer)(Event::Started { version, name, direction });
            let started = std::time::Instant::now();
            bench.run(&task(migration, Direction::Up)).await?;
            let after = bench.look().await?;
            verified.push(bench.verify(migration, &before, &after).await?);
            let duration = started.elapsed();
            (self.observer)(Event::Finished { version, name, direction, duration });
            if bench.is_spoiled {
                break;
            }
            before = after;
        }
        Ok(())
    }
}

/// What is compared.
struct Look {
    catalog: Catalog,
    columns: Columns,
}

/// A scratch database with the migrator's work on it.
struct Bench<'a> {
    migrator: &'a Migrator,
    client: &'a Client,
    history: &'a History,
    session: Option<SessionState>,
    /// Whether it has something else than the ups so far make.
    is_spoiled: bool,
}

impl Bench<'_> {
    /// The migration is applied; afterwards it is so again, or the database is spoiled.
    async fn verify(
        &mut self,
        migration: &Migration,
        before: &Look,
        after: &Look,
    ) -> Result<VerifiedMigration, Error> {
        let mut verified = VerifiedMigration {
            version: migration.version(),
            name: migration.name().to_owned(),
            class: DownClass::Irreversible,
            difference: CatalogDiff::default(),
            difference_again: CatalogDiff::default(),
            lost: Vec::new(),
            failure: None,
            irreversible: migration.down().irreversible().map(str::to_owned),
        };
        if verified.irreversible.is_some() {
            return Ok(verified);
        }
        let in_transaction = [migration.up(), migration.down()]
            .iter()
            .all(|script| script.mode() == Mode::Transaction);
        if in_transaction {
            // Rolled back, it leaves the state that the next migration is to be tried from.
            let transaction = OpenTransaction::begin(self.client).await.map_err(failed)?;
            let result = self.down_and_up(migration, before, after, true, &mut verified).await;
            transaction.roll_back().await.map_err(failed)?;
            result?;
        } else {
            self.down_and_up(migration, before, after, false, &mut verified).await?;
            self.is_spoiled = verified.failure.is_some() || !verified.difference_again.is_empty();
        }
        Ok(verified)
    }

    async fn down_and_up(
        &mut self,
        migration: &Migration,
        before: &Look,
        after: &Look,
        in_transaction: bool,
        verified: &mut VerifiedMigration,
    ) -> Result<(), Error> {
        verified.class = DownClass::Failing;
        verified.failure = self.try_task(&task(migration, Direction::Down), in_transaction).await?;
        if verified.failure.is_some() {
            return Ok(());
        }
        let back = self.look().await?;
        verified.difference = before.catalog.diff(&back.catalog);
        if !carries_data(migration.down()) {
            verified.lost = before.columns.made_anew(&back.columns);
        }
        verified.failure = self.try_task(&task(migration, Direction::Up), in_transaction).await?;
        if verified.failure.is_none() {
            verified.difference_again = after.catalog.diff(&self.look().await?.catalog);
        }
        verified.class = classify(verified);
        Ok(())
    }

    /// Runs a task, in the open transaction or as it is always run. Gives why it failed.
    async fn try_task(
        &mut self,
        task: &Task<'_>,
        in_transaction: bool,
    ) -> Result<Option<Failure>, Error> {
        let result = if in_transaction {
            let result = rehearse(self.client, self.history, &self.migrator.settings, task).await;
            if let (Ok(()), Some(session)) = (&result, &self.session) {
                session.restore(self.client).await.map_err(failed)?;
            }
            result
        } else {
            self.run(task).await
        };
        match result {
            Ok(()) => Ok(None),
            Err(Error::Failed(failure)) => Ok(Some(*failure)),
            Err(error) => Err(error),
        }
    }

    async fn run(&mut self, task: &Task<'_>) -> Result<(), Error> {
        let settings = &self.migrator.settings;
        run(self.client, self.history, settings, task, &mut self.session).await.map(drop)
    }

    async fn look(&self) -> Result<Look, Error> {
        let catalog = self.history.remove_from(Catalog::read(self.client).await?);
        let columns = Columns::read(self.client).await.map_err(failed)?;
        Ok(Look { catalog, columns })
    }
}

fn classify(verified: &VerifiedMigration) -> DownClass {
    let differences = [&verified.difference, &verified.difference_again];
    let is_other = |diff: &&CatalogDiff| !diff.is_empty() && !diff.is_layout_only();
    if verified.failure.is_some() || differences.iter().any(is_other) {
        DownClass::Wrong
    } else if differences.iter().any(|diff| !diff.is_empty()) {
        DownClass::OrderOnly
    } else if verified.lost.is_empty() {
        DownClass::Exact
    } else {
        DownClass::Lossy
    }
}

fn task(migration: &Migration, direction: Direction) -> Task<'_> {
    let script = match direction {
        Direction::Up => migration.up(),
        Direction::Down => migration.down(),
    };
    Task {
        version: migration.version(),
        name: migration.name().to_owned(),
        direction,
        script: std::borrow::Cow::Borrowed(script),
        stored: false,
        migration: Some(migration),
        progress: None,
    }
}

fn failed(source: tokio_postgres::Error) -> Error {
    Error::database("verifying the migrations", source)
}
