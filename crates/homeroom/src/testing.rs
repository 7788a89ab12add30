//! For tests of this library and of yours: a migrated database of one's own for each test, on a throw-away server.
//!
//! ```no_run
//! use homeroom::testing::TestDatabase;
//! use homeroom::{NewUser, User};
//!
//! # async fn a_test() -> homeroom::Result<()> {
//! let db = TestDatabase::create().await;
//! let conn = db.conn().await?;
//! let user = User::create(&conn, &NewUser::named("Ana")).await?;
//! assert_eq!(user.name, "Ana");
//! # Ok(())
//! # }
//! ```
//!
//! The server is started once a process and gone with it; the database is a copy of a template, made in some 30 ms.
//!
//! With `HOMEROOM_STATEMENTS=FILE` the statements of your tests are recorded, with where in your code they were called:
//! `homeroom advise --statements FILE` finds the queries in loops and the slow ones among them.

#![expect(clippy::expect_used, reason = "a test that can't have its database fails")]

use std::fmt;
use std::ops::{Deref, DerefMut};

use diesel_async::AsyncConnection;
use homeroom_embed::testing::{Template, TestCluster};
use homeroom_migrate::UpOptions;
use tokio::sync::OnceCell;

use crate::config::DatabaseConfig;
use crate::connect;
use crate::connection::Connection;
use crate::database::Database;
use crate::pooler::Pooler;

/// A database of a test's own; it goes with the test. Derefs to its [`Database`].
#[derive(Debug)]
pub struct TestDatabase {
    database: Database,
    copy: homeroom_embed::testing::TestDatabase,
}

impl TestDatabase {
    /// A database with the schema of this version of the library.
    ///
    /// # Panics
    /// When there is no PostgreSQL, or the schema can't be made.
    pub async fn create() -> Self {
        Self::open(migrated_copy().await).await
    }

    /// An empty database, for tests of migrations.
    ///
    /// # Panics
    /// When there is no PostgreSQL.
    pub async fn empty() -> Self {
        let empty = homeroom_embed::testing::TestDatabase::empty(cluster()).await;
        Self::open(empty.expect("a database is made")).await
    }

    async fn open(copy: homeroom_embed::testing::TestDatabase) -> Self {
        homeroom_statements::record_from_environment();
        let config = DatabaseConfig::builder(copy.url())
            .pool_min(0)
            .pool_max(20)
            .build()
            .expect("the address of a test's database is valid");
        let database =
            Database::connect(config).await.expect("a test's database takes connections");
        Self { database, copy }
    }

    /// The handle, to clone into tasks.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// The database's address.
    #[must_use]
    pub fn url(&self) -> &str {
        self.copy.url()
    }
}

impl Deref for TestDatabase {
    type Target = Database;

    fn deref(&self) -> &Database {
        &self.database
    }
}

/// A connection in a transaction that is never committed, on a database that all such tests share: the cheapest isolation, for
/// tests that need one connection. Derefs to it.
///
/// ```no_run
/// use homeroom::testing::TestTransaction;
/// use homeroom::{NewUser, User};
///
/// # async fn a_test() -> homeroom::Result<()> {
/// let conn = TestTransaction::begin().await;
/// User::create(&conn, &NewUser::named("Ana")).await?;
/// // Gone with `conn`.
/// # Ok(())
/// # }
/// ```
pub struct TestTransaction {
    connection: Connection,
}

impl TestTransaction {
    /// Opens a connection and begins the transaction.
    ///
    /// # Panics
    /// When there is no PostgreSQL, or the schema can't be made.
    pub async fn begin() -> Self {
        static SHARED: OnceCell<homeroom_embed::testing::TestDatabase> = OnceCell::const_new();
        let shared = SHARED.get_or_init(migrated_copy).await;
        let config = DatabaseConfig::builder(shared.url()).build();
        let config = config.expect("the address of a test's database is valid");
        let opened = connect::open(&config, &Pooler::default()).await;
        let mut connection = opened.expect("a test's database takes connections").connection;
        connection.begin_test_transaction().await.expect("a transaction can begin");
        Self { connection }
    }
}

impl fmt::Debug for TestTransaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TestTransaction")
    }
}

impl Deref for TestTransaction {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for TestTransaction {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

/// How many passwords the futures that ran on this thread have verified: shows that a sign-in which fails costs the same,
/// whatever it fails of. Exact in a test with a runtime of one thread.
///
/// ```
/// assert_eq!(homeroom::testing::password_verifications(), 0);
/// ```
#[must_use]
pub fn password_verifications() -> u64 {
    crate::passwords::verifications()
}

/// A copy of the template, which is migrated once a process.
async fn migrated_copy() -> homeroom_embed::testing::TestDatabase {
    static TEMPLATE: OnceCell<Template<'static>> = OnceCell::const_new();
    let template = TEMPLATE
        .get_or_init(|| async {
            Template::create(cluster(), "homeroom", async |url| migrate(&url).await)
                .await
                .expect("the template is migrated")
        })
        .await;
    let copy = homeroom_embed::testing::TestDatabase::from_template(template).await;
    copy.expect("the template is copied")
}

fn cluster() -> &'static TestCluster {
    TestCluster::shared().expect("a throw-away PostgreSQL is started")
}

async fn migrate(url: &str) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut client = DatabaseConfig::builder(url).build()?.connect_client().await?;
    crate::migrator()?.up(&mut client, &UpOptions::default()).await?;
    Ok(())
}
