//! What could not be taken back while older migrations were: marked in the history, and tried again by the next way up.

use tokio_postgres::Client;

use super::{AppliedMigration, Migrator};
use crate::error::Error;
use crate::event::Event;
use crate::failure::Failure;
use crate::history::History;
use crate::plan::Task;
use crate::run::Series;
use crate::version::Version;

impl Migrator {
    /// What could not be taken back is marked before anything older is: what it made may go with what that made, and the next `up`
    /// has to try it again.
    pub(super) async fn take_back_what_can_be(
        &self,
        client: &Client,
        history: &History,
        tasks: &[Task<'_>],
        left: &mut Vec<Error>,
    ) -> Result<Vec<AppliedMigration>, Error> {
        if !tasks.is_empty() {
            for version in left.iter().filter_map(Error::migration) {
                history.begin(client, version, None).await.map_err(failed)?;
            }
        }
        (self.observer)(Event::Planned { total: tasks.len() });
        let mut taken_back = Vec::new();
        let mut series = Series::new(client, history, &self.settings, &*self.observer);
        for (index, task) in tasks.iter().enumerate() {
            match self.run_one(&mut series, task, tasks.get(index + 1)).await {
                Ok(one) => taken_back.push(one),
                Err(error) if error.migration().is_some() => {
                    history.begin(client, task.version, None).await.map_err(failed)?;
                    left.push(error);
                }
                Err(error) => return Err(error),
            }
        }
        left.sort_by_key(|error| std::cmp::Reverse(error.migration()));
        // What nothing older than it was taken back of is as it was.
        let oldest = taken_back.last().map(|one: &AppliedMigration| one.version);
        let is_whole = |version: &Version| oldest.is_none_or(|oldest| *version < oldest);
        if !tasks.is_empty() {
            let whole = left.iter().filter_map(Error::migration).filter(is_whole).collect();
            settle(client, history, whole).await?;
        }
        Ok(taken_back)
    }

    /// Tells of a migration that could be neither taken back nor applied again, and lets its mark stand.
    pub(super) async fn keep(
        &self,
        client: &Client,
        history: &History,
        failure: &Failure,
    ) -> Result<(), Error> {
        let Failure { version, name, message, .. } = failure;
        history.begin(client, *version, None).await.map_err(failed)?;
        tracing::warn!(%version, name, message, "neither taken back nor applied again");
        (self.observer)(Event::Kept { version: *version, name, message });
        Ok(())
    }
}

/// Takes migrations for applied that could be neither taken back nor applied again. Where everything after them runs they are there;
/// until then each way up tries them again.
pub(super) async fn settle(
    client: &Client,
    history: &History,
    versions: Vec<Version>,
) -> Result<(), Error> {
    for version in versions {
        history.settle(client, version).await.map_err(failed)?;
    }
    Ok(())
}

fn failed(source: tokio_postgres::Error) -> Error {
    Error::database("writing the history table", source)
}
