//! Taking over a database that was migrated otherwise: by another tool, or by hand.

use tokio_postgres::Client;

use super::Migrator;
use crate::adopt::{self, Adopted, Claim, Tool};
use crate::error::Error;
use crate::version::Version;

impl Migrator {
    /// Takes over the versions that another tool has applied, and runs none of them. The tool's table stays as it is. Without a tool
    /// the one is taken whose table is on the `search_path` and has rows. Run twice, it takes over what is new.
    ///
    /// # Errors
    /// [`Error::AdoptWhich`] when not exactly one tool has left versions, [`Error::Adopt`] with every version that has no file or was
    /// not finished, [`Error::Locked`] and [`Error::Database`]. Nothing is recorded then.
    pub async fn adopt(&self, client: &mut Client, tool: Option<Tool>) -> Result<Adopted, Error> {
        let mut lock = self.lock(client).await?;
        let result = self.adopt_locked(lock.client(), tool).await;
        lock.release().await;
        result
    }

    /// Records every migration up to this version as applied, and runs none of them: for a database that has what they make and
    /// no history. Gives the versions.
    ///
    /// # Errors
    /// [`Error::UnknownVersion`] when no file has it, [`Error::HasHistory`] when anything is recorded, [`Error::Locked`] and
    /// [`Error::Database`].
    pub async fn baseline(&self, client: &mut Client, to: Version) -> Result<Vec<Version>, Error> {
        if !self.migrations.iter().any(|one| one.version() == to) {
            return Err(Error::UnknownVersion { version: to });
        }
        let mut lock = self.lock(client).await?;
        let result = self.baseline_locked(lock.client(), to).await;
        lock.release().await;
        result
    }

    async fn adopt_locked(
        &self,
        client: &mut Client,
        tool: Option<Tool>,
    ) -> Result<Adopted, Error> {
        let found = adopt::find(client).await?;
        let tool = match (tool, found.as_slice()) {
            (Some(tool), found) if found.contains(&tool) => tool,
            (None, [tool]) => *tool,
            (Some(_), _) => return Err(Error::AdoptWhich { tools: Vec::new() }),
            (None, _) => return Err(Error::AdoptWhich { tools: found }),
        };
        let claims = adopt::claims(client, tool, &self.migrations).await?;
        let versions = self.record(client, &claims, &format!("adopted from {tool}")).await?;
        Ok(Adopted { tool, versions })
    }

    async fn baseline_locked(
        &self,
        client: &mut Client,
        to: Version,
    ) -> Result<Vec<Version>, Error> {
        let (history, standing) = self.standing(client).await?;
        if let Some(newest) = standing.applied().next() {
            let table = history.table().to_owned();
            return Err(Error::HasHistory { table, newest: newest.version });
        }
        let known = self.migrations.iter().filter(|one| one.version() <= to);
        let claims: Vec<Claim<'_>> =
            known.map(|migration| Claim { migration, applied_at: None, duration_ms: 0 }).collect();
        self.record(client, &claims, "baseline").await
    }

    async fn record(
        &self,
        client: &mut Client,
        claims: &[Claim<'_>],
        how: &str,
    ) -> Result<Vec<Version>, Error> {
        let (mut history, _) = self.standing(client).await?;
        history.make_ready(client).await?;
        let failed = |source| Error::database("writing the history table", source);
        let transaction = client.transaction().await.map_err(failed)?;
        let mut versions = Vec::new();
        for Claim { migration, applied_at, duration_ms } in claims {
            let adopted =
                history.adopt(&transaction, migration, *applied_at, *duration_ms, how).await;
            if adopted.map_err(failed)? {
                versions.push(migration.version());
            }
        }
        transaction.commit().await.map_err(failed)?;
        Ok(versions)
    }
}
