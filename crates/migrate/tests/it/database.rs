//! A fresh database for each test, on the throw-away server of this test process.

use homeroom_embed::testing::{self, TestCluster};
use tokio_postgres::{Client, Config, NoTls};

/// An empty database of its own, dropped with it.
pub(crate) struct TestDatabase(testing::TestDatabase);

impl TestDatabase {
    pub(crate) async fn create() -> Self {
        Self(testing::TestDatabase::empty(TestCluster::shared().unwrap()).await.unwrap())
    }

    /// Its address.
    pub(crate) fn url(&self) -> &str {
        self.0.url()
    }

    /// A session of its own.
    pub(crate) async fn connect(&self) -> Client {
        self.connect_as("test").await
    }

    /// A session with this application_name.
    pub(crate) async fn connect_as(&self, application_name: &str) -> Client {
        let mut config: Config = self.0.url().parse().unwrap();
        config.application_name(application_name);
        let (client, connection) = config.connect(NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }
}

/// The one value of a query's one row, as text.
pub(crate) async fn text(client: &Client, query: &str) -> String {
    let row = client.query_one(&format!("SELECT ({query})::text"), &[]).await.unwrap();
    row.get::<_, Option<String>>(0).unwrap_or_else(|| "NULL".to_owned())
}
