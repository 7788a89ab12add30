//! Behind PgBouncer: recognised, no session state relied upon, and one that can't work is refused with the way out.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use homeroom::testing::TestDatabase;
use homeroom::{Connection, Database, DatabaseConfig, DatabaseConfigBuilder, Error, NewUser, User};
use tempfile::TempDir;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// A PgBouncer before one database, ended with this.
struct PgBouncer {
    process: Child,
    folder: TempDir,
    database: String,
}

impl PgBouncer {
    /// `None` where it is not installed. `HOMEROOM_TEST_PGBOUNCER` names another one than the system's.
    fn start(database: &TestDatabase, settings: &str) -> Option<Self> {
        let config: Config = database.url().parse().unwrap();
        let Some(Host::Unix(socket)) = config.get_hosts().first() else { panic!("no socket") };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display();
        let ini = format!(
            "[databases]\n* = host={} port={} user=postgres\n[pgbouncer]\nauth_type = any\nlisten_addr =\nlisten_port = 6432\n\
             unix_socket_dir = {path}\npidfile = {path}/pid\n{settings}\n",
            socket.display(),
            config.get_ports().first().unwrap(),
        );
        let file = folder.path().join("pgbouncer.ini");
        std::fs::write(&file, ini).unwrap();
        let mut command = Command::new(program());
        if owner(Path::new("/proc/self")) == "root" {
            // It refuses to be root; the server's own user may reach its socket.
            open(folder.path(), 0o777);
            open(&file, 0o644);
            command.args(["-u", &owner(socket)]);
        }
        let started = command.arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let Ok(process) = started else {
            crate::leave_out("pgbouncer");
            return None;
        };
        let bouncer = Self { process, folder, database: config.get_dbname().unwrap().to_owned() };
        let deadline = Instant::now() + Duration::from_secs(10);
        while !bouncer.folder.path().join(".s.PGSQL.6432").exists() {
            assert!(Instant::now() < deadline, "pgbouncer does not start");
            std::thread::sleep(Duration::from_millis(5));
        }
        Some(bouncer)
    }

    fn config(&self) -> DatabaseConfigBuilder {
        let host = self.folder.path().display().to_string().replace('/', "%2F");
        let url = format!("postgresql://postgres@{host}:6432/{}", self.database);
        DatabaseConfig::builder(&url).pool_min(0)
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn program() -> String {
    std::env::var("HOMEROOM_TEST_PGBOUNCER").unwrap_or_else(|_| "pgbouncer".to_owned())
}

/// Whether this one keeps prepared statements in transaction mode: since 1.21.
fn keeps_statements() -> bool {
    let Ok(version) = Command::new(program()).arg("--version").output() else { return false };
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let minor = version.lines().next().and_then(|line| line.split('.').nth(1));
    minor.and_then(|minor| minor.parse().ok()).is_some_and(|minor: u32| minor >= 21)
}

fn owner(path: &Path) -> String {
    let output = Command::new("stat").args(["-c", "%U"]).arg(path).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn open(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

async fn setting(mut conn: &Connection, name: &str) -> String {
    let setting = diesel::dsl::sql::<Text>("current_setting(").bind::<Text, _>(name).sql(")");
    diesel::select(setting).get_result(&mut conn).await.unwrap()
}

/// More of our connections than the server has sessions for, so that they change at each transaction.
async fn at_once(db: &Database) {
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..200 {
        let db = db.clone();
        tasks.spawn(async move {
            let person = NewUser::named(format!("Person {n}"));
            db.transaction(async |conn| User::create(conn, &person).await).await?;
            User::get(&*db.conn().await?, person.id).await.map(drop)
        });
    }
    for outcome in tasks.join_all().await {
        outcome.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_in_transaction_mode_works_when_it_keeps_statements_and_is_refused_when_it_does_not()
 {
    let test = TestDatabase::create().await;
    for more in ["", "ignore_startup_parameters = options"] {
        let settings = format!(
            "pool_mode = transaction\ndefault_pool_size = 2\nserver_round_robin = 1\n{more}"
        );
        let settings = match keeps_statements() {
            true => format!("{settings}\nmax_prepared_statements = 200"),
            false => settings,
        };
        let Some(bouncer) = PgBouncer::start(&test, &settings) else { return };
        let connected = Database::connect(bouncer.config().build().unwrap()).await;
        if keeps_statements() {
            let db = connected.unwrap();
            at_once(&db).await;
            // The timeouts are those of each transaction, and of nobody else's session.
            let timeout = db
                .transaction(async |conn| Ok::<_, Error>(setting(conn, "statement_timeout").await));
            assert_eq!(timeout.await.unwrap(), "30s");
            assert_eq!(setting(&db.conn().await.unwrap(), "statement_timeout").await, "0");
        } else {
            let error = connected.unwrap_err();
            assert!(matches!(error, Error::Refused { .. }), "{error:?}");
            let cause = std::error::Error::source(&error).unwrap().to_string();
            assert!(
                cause.contains("PgBouncer 1.21") && cause.contains("DATABASE_POOLER"),
                "{cause}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_that_are_not_kept_are_refused_by_a_newer_pooler_too() {
    if !keeps_statements() {
        println!("skipped: there is no PgBouncer 1.21 (HOMEROOM_TEST_PGBOUNCER names one)");
        return;
    }
    let test = TestDatabase::create().await;
    let settings = "pool_mode = transaction\ndefault_pool_size = 2\nmax_prepared_statements = 0";
    let bouncer = PgBouncer::start(&test, settings).unwrap();
    let error = Database::connect(bouncer.config().build().unwrap()).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_in_session_mode_is_used_like_the_server_when_it_is_named() {
    let test = TestDatabase::create().await;
    let settings = "pool_mode = session\ndefault_pool_size = 20";
    let Some(bouncer) = PgBouncer::start(&test, settings) else { return };
    let db = Database::connect(bouncer.config().pooler("session").build().unwrap()).await.unwrap();
    at_once(&db).await;
    let conn = db.conn().await.unwrap();
    assert_eq!(setting(&conn, "statement_timeout").await, "30s");
    crate::sql(&conn, "SET statement_timeout = '1h'").await.unwrap();
    drop(conn);
    assert_eq!(setting(&db.conn().await.unwrap(), "statement_timeout").await, "30s");
}
