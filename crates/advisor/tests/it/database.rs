//! A database with a schema, and a session of it.

use homeroom_embed::testing::{TestCluster, TestDatabase};
use tokio_postgres::{Client, NoTls};

/// A database of a test's own, and a session.
pub(crate) struct Database {
    pub(crate) client: Client,
    /// Dropped after the session.
    pub(crate) database: TestDatabase,
}

impl Database {
    /// An empty database.
    pub(crate) async fn empty() -> Self {
        let database = TestDatabase::empty(TestCluster::shared().unwrap()).await.unwrap();
        let client = connect(database.url()).await;
        Self { client, database }
    }

    /// A database after a script.
    pub(crate) async fn after(script: &str) -> Self {
        let database = Self::empty().await;
        database.client.batch_execute(script).await.unwrap_or_else(|error| {
            panic!("the script fails: {}\n{script}", error.as_db_error().unwrap())
        });
        database
    }
}

/// A session.
pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}
