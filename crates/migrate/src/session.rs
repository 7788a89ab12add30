//! Keeps the settings and the role that one migration sets from reaching the history row, the next migration or the caller.

use std::collections::BTreeMap;

use futures_util::future::try_join;
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use crate::identifier::quote;

const SETTINGS: &str = include_str!("session/settings.sql");

/// What a session has set for itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SessionState {
    settings: BTreeMap<String, String>,
    role: String,
    user: String,
}

impl SessionState {
    /// Reads it. `role` and the session's user are settings too, but ones that `pg_settings` does not show.
    pub(crate) async fn read(client: &Client) -> Result<Self, tokio_postgres::Error> {
        let who = "SELECT pg_catalog.current_setting('role'), session_user::text";
        let (who, rows) =
            try_join(client.query_typed_one(who, &[]), client.query_typed(SETTINGS, &[])).await?;
        let mut settings = BTreeMap::new();
        for row in rows {
            settings.insert(row.try_get(0)?, row.try_get(1)?);
        }
        Ok(Self { settings, role: who.try_get(0)?, user: who.try_get(1)? })
    }

    /// Takes the role that the session had, until the end of the transaction.
    pub(crate) async fn take_role_locally(
        &self,
        client: &Client,
    ) -> Result<(), tokio_postgres::Error> {
        let sql = "SELECT pg_catalog.set_config('role', $1, true)";
        client.query_typed(sql, &[(&self.role, Type::TEXT)]).await.map(drop)
    }

    /// Makes the session as it was.
    pub(crate) async fn restore(&self, client: &Client) -> Result<(), tokio_postgres::Error> {
        let now = Self::read(client).await?;
        if now == *self {
            return Ok(());
        }
        if now.user != self.user {
            client.batch_execute("RESET SESSION AUTHORIZATION").await?;
        }
        // The role first: the others may need its rights.
        set(client, "role", &self.role).await?;
        for name in now.settings.keys().filter(|name| !self.settings.contains_key(*name)) {
            let name: Vec<String> = name.split('.').map(quote).collect();
            client.batch_execute(&format!("RESET {}", name.join("."))).await?;
        }
        for (name, value) in &self.settings {
            if now.settings.get(name) != Some(value) {
                set(client, name, value).await?;
            }
        }
        Ok(())
    }
}

async fn set(client: &Client, name: &str, value: &str) -> Result<(), tokio_postgres::Error> {
    let parameters: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 2] =
        [(&name, Type::TEXT), (&value, Type::TEXT)];
    client.query_typed("SELECT pg_catalog.set_config($1, $2, false)", &parameters).await.map(drop)
}
