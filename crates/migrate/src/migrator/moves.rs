//! Ways that go down and up again.

use std::collections::BTreeSet;

use tokio_postgres::Client;

use super::{AppliedMigration, Migrator};
use crate::error::Error;
use crate::plan::{plan_down, plan_up};
use crate::settings::{DownOptions, UpOptions};
use crate::standing::{HistoryFault, Standing};
use crate::version::Version;

impl Migrator {
    /// Takes migrations back as [`Migrator::down`] does, and applies the same ones again from the files.
    ///
    /// # Errors
    /// Before anything is taken back [`Error::History`] when one of them has no files or something does not fit; then as
    /// [`Migrator::down`] and [`Migrator::up`].
    pub async fn redo(
        &self,
        client: &mut Client,
        options: &DownOptions,
    ) -> Result<Vec<AppliedMigration>, Error> {
        options.check()?;
        if options.keep_going {
            return Err(Error::Options(
                "`redo` cannot keep going: what is left applied is not done again",
            ));
        }
        let mut lock = self.lock(client).await?;
        let result = self.redo_locked(lock.client(), options).await;
        lock.release().await;
        result
    }

    /// Goes to a version from wherever the database is: takes back every newer migration, then applies what is pending up to it.
    ///
    /// # Errors
    /// [`Error::UnknownVersion`], and as [`Migrator::down`] and [`Migrator::up`]; what does not fit up to the version is told before
    /// anything is taken back.
    pub async fn goto(
        &self,
        client: &mut Client,
        to: Version,
    ) -> Result<Vec<AppliedMigration>, Error> {
        let mut lock = self.lock(client).await?;
        let result = self.goto_locked(lock.client(), to).await;
        lock.release().await;
        result
    }

    async fn redo_locked(
        &self,
        client: &mut Client,
        options: &DownOptions,
    ) -> Result<Vec<AppliedMigration>, Error> {
        let (history, standing) = self.standing(client).await?;
        let (tasks, _) = plan_down(client, &history, &standing, options).await?;
        let versions: BTreeSet<Version> = tasks.iter().map(|task| task.version).collect();
        let faults: Vec<HistoryFault> = tasks
            .iter()
            .filter(|task| task.stored)
            .map(|task| HistoryFault::Missing { version: task.version, name: task.name.clone() })
            .collect();
        if !faults.is_empty() {
            return Err(Error::History { faults });
        }
        let Some(newest) = versions.last().copied() else { return Ok(Vec::new()) };
        let oldest = versions.first().copied().unwrap_or(newest);
        check_staying(&standing, |version| version < oldest)?;
        let mut done = self.down_locked(client, options).await?;
        let (history, standing) = self.standing(client).await?;
        let again = UpOptions { to: Some(newest), ..UpOptions::default() };
        let mut tasks = plan_up(&standing, &again)?;
        tasks.retain(|task| versions.contains(&task.version));
        done.extend(self.run_all(client, &history, &tasks).await?);
        Ok(done)
    }

    async fn goto_locked(
        &self,
        client: &mut Client,
        to: Version,
    ) -> Result<Vec<AppliedMigration>, Error> {
        let (_, standing) = self.standing(client).await?;
        check_staying(&standing, |version| version <= to)?;
        let back = DownOptions { to: Some(to), ..DownOptions::default() };
        let mut done = self.down_locked(client, &back).await?;
        let forth = UpOptions { to: Some(to), ..UpOptions::default() };
        done.extend(self.up_locked(client, &forth).await?);
        Ok(done)
    }
}

/// Fails when something does not fit among the versions that stay, which would stop the way up after the way down.
fn check_staying(standing: &Standing<'_>, stays: impl Fn(Version) -> bool) -> Result<(), Error> {
    let Err(Error::History { mut faults }) = standing.check(&BTreeSet::new()) else {
        return Ok(());
    };
    let newest = standing.applied().map(|record| record.version).find(|version| stays(*version));
    // Late is what is older than an applied migration that stays.
    faults.retain(|fault| match fault {
        HistoryFault::Late { version, .. } => newest.is_some_and(|newest| *version < newest),
        other => stays(other.version()),
    });
    if faults.is_empty() { Ok(()) } else { Err(Error::History { faults }) }
}
