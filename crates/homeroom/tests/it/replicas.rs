//! Streaming replicas: who reads where, what a read sees, and what is lost when the primary dies.

use std::time::{Duration, Instant};

use diesel::sql_types::{Bool, Text};
use diesel_async::RunQueryDsl;
use homeroom::{
    ChatSessionId, Connection, Database, DatabaseConfig, Message, NewMessage, NewUser, PageRequest,
    User, WalPosition,
};
use homeroom_embed::testing::{Fault, FaultProxy};
use homeroom_embed::{Server, ServerConfig};
use homeroom_migrate::UpOptions;
use tokio::sync::OnceCell;

use crate::observability::capture::Metrics;
use crate::{chat, sql, user};

/// A primary and its replica, which streams through a proxy.
struct Pair {
    primary: Server,
    stream: FaultProxy,
    replica: Server,
}

impl Pair {
    async fn start() -> Self {
        let replicated = || {
            ServerConfig::throwaway()
                .setting("wal_level", "replica")
                .setting("max_wal_senders", "5")
                .setting("synchronous_commit", "on")
                .setting("wal_receiver_status_interval", "1s")
        };
        let primary = Server::start(&replicated().listen("").unwrap()).unwrap();
        primary.create_database("homeroom").unwrap();
        let config = DatabaseConfig::builder(&primary.url("homeroom")).build().unwrap();
        let mut client = config.connect_client().await.unwrap();
        homeroom::migrator().unwrap().up(&mut client, &UpOptions::default()).await.unwrap();
        let stream = FaultProxy::start(&primary.url("postgres")).await.unwrap();
        let config = replicated().replica_of(stream.url()).listen("").unwrap();
        let replica = tokio::task::spawn_blocking(move || Server::start(&config));
        Self { primary, stream, replica: replica.await.unwrap().unwrap() }
    }

    /// The pair that all tests share which leave it as it is. Its proxy lives on a runtime of its own.
    async fn shared() -> &'static Self {
        static SHARED: OnceCell<Pair> = OnceCell::const_new();
        static RUNTIME: std::sync::LazyLock<tokio::runtime::Runtime> =
            std::sync::LazyLock::new(|| tokio::runtime::Runtime::new().unwrap());
        SHARED.get_or_init(|| async { RUNTIME.spawn(Self::start()).await.unwrap() }).await
    }

    fn config(&self) -> homeroom::DatabaseConfigBuilder {
        DatabaseConfig::builder(&self.primary.url("homeroom"))
            .replica(&self.replica.url("homeroom"))
    }

    /// The replica as a server of its own.
    async fn replica(&self) -> Database {
        let config = DatabaseConfig::builder(&self.replica.url("homeroom")).pool_min(0).build();
        Database::connect(config.unwrap()).await.unwrap()
    }

    /// One address for whichever of the two takes writes.
    fn either(&self) -> String {
        let host = |server: &Server| {
            let url = server.url("");
            url.split_once('@').unwrap().1.trim_end_matches('/').to_owned()
        };
        format!(
            "postgresql://postgres@{},{}/homeroom?target_session_attrs=read-write",
            host(&self.primary),
            host(&self.replica)
        )
    }

    fn kill_primary(&self) {
        let pid = self.primary.pid().unwrap().to_string();
        assert!(std::process::Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    }
}

async fn is_replica(mut conn: &Connection) -> homeroom::Result<bool> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        is_replica: bool,
    }
    let row: Row =
        diesel::sql_query("SELECT pg_is_in_recovery() AS is_replica").get_result(&mut conn).await?;
    Ok(row.is_replica)
}

async fn application(mut conn: &Connection) -> homeroom::Result<String> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let row: Row = diesel::sql_query("SELECT current_setting('application_name') AS name")
        .get_result(&mut conn)
        .await?;
    Ok(row.name)
}

async fn until<T>(what: &str, mut poll: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(value) = poll().await {
            return value;
        }
        assert!(Instant::now() < deadline, "never {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn reads_marked_so_go_to_the_replica_and_all_else_to_the_primary() {
    let pair = Pair::shared().await;
    let db = Database::connect(pair.config().build().unwrap()).await.unwrap();
    assert!(!is_replica(&db.conn().await.unwrap()).await.unwrap());
    assert!(db.read(is_replica).await.unwrap());
    let refused = db.read(async |conn| User::create(conn, &NewUser::named("Ana")).await).await;
    let refused = format!("{:?}", refused.unwrap_err());
    assert!(refused.contains("read-only transaction"), "{refused}");
    assert!(
        db.read(is_replica).await.unwrap(),
        "a write that was refused is no fault of the replica"
    );

    let without = DatabaseConfig::builder(&pair.primary.url("homeroom")).build().unwrap();
    assert!(!Database::connect(without).await.unwrap().read(is_replica).await.unwrap());
}

#[tokio::test]
async fn replicas_take_turns() {
    let pair = Pair::shared().await;
    let url = |name| format!("{}?application_name={name}", pair.replica.url("homeroom"));
    let config = pair.config().replica(&url("second")).replica(&url("third")).build().unwrap();
    let db = Database::connect(config).await.unwrap();
    let mut names = Vec::new();
    for _ in 0..6 {
        names.push(db.read(application).await.unwrap());
    }
    assert_eq!(names, ["homeroom", "second", "third", "homeroom", "second", "third"]);
}

#[tokio::test]
async fn a_read_sees_what_was_written_before_it() {
    let metrics = Metrics::default();
    let _metrics = metrics::set_default_local_recorder(&metrics);
    let pair = Pair::shared().await;
    let wait = Duration::from_millis(200);
    let config = pair.config().replica_wait(wait).build().unwrap();
    let db = Database::connect(config).await.unwrap();
    let conn = db.conn().await.unwrap();
    let ana = user(&conn, "Ana").await;
    let chat = chat(&conn, ana.id).await.id;
    let written = async |text: &str| {
        Message::append(&conn, chat, &NewMessage::user(text)).await.unwrap();
        WalPosition::current(&conn).await.unwrap()
    };
    let last = async |conn: &Connection| {
        let last = Message::last(conn, chat, 1).await?;
        Ok((last[0].seq, is_replica(conn).await?))
    };
    let (mut on_replica, appends) = (0, 100);
    let mut times = Vec::new();
    for n in 1..=appends {
        let position = written("What is a fraction?").await;
        let start = Instant::now();
        let (seq, replica) = db.read_after(position, last).await.unwrap();
        times.push(start.elapsed());
        assert_eq!(seq, n);
        on_replica += i32::from(replica);
    }
    times.sort_unstable();
    println!(
        "{on_replica} of {appends} reads behind a write on the replica: {:?} at the median, {:?} at the longest",
        times[50], times[99]
    );
    assert!(on_replica > appends / 2, "only {on_replica} of {appends} reads were on the replica");

    // The naive control: a replica that does not replay is read, and does not have it.
    let replica = pair.replica().await;
    sql(&replica.conn().await.unwrap(), "SELECT pg_wal_replay_pause()").await.unwrap();
    let position = written("And a ratio?").await;
    assert_eq!(db.read(last).await.unwrap(), (appends, true));
    let start = Instant::now();
    assert_eq!(db.read_after(position, last).await.unwrap(), (appends + 1, false));
    let waited = start.elapsed();
    assert!(waited < wait + Duration::from_secs(1), "the bound is {wait:?}, waited {waited:?}");
    let status = db.replicas().await.unwrap();
    let lag = status[0].lag.unwrap();
    assert!(lag > 0, "{status:?}");
    let told = metrics.named("homeroom.replica.lag", "");
    assert_eq!(told.map(|(_, last)| last as u64), Some(lag), "{:?}", metrics.keys());
    let behind = metrics.named("homeroom.replica.passed_over", "error.type=\"behind\"");
    assert!(behind.is_some(), "{:?}", metrics.keys());

    sql(&replica.conn().await.unwrap(), "SELECT pg_wal_replay_resume()").await.unwrap();
    until("replayed", async || (db.replicas().await.unwrap()[0].lag == Some(0)).then_some(()))
        .await;
}

#[tokio::test]
async fn a_dead_replica_is_passed_over_and_used_again_when_it_is_back() {
    let metrics = Metrics::default();
    let _metrics = metrics::set_default_local_recorder(&metrics);
    let pair = Pair::shared().await;
    let proxy = FaultProxy::start(&pair.replica.url("homeroom")).await.unwrap();
    let config = |proxy: &FaultProxy| {
        DatabaseConfig::builder(&pair.primary.url("homeroom"))
            .replica(proxy.url())
            .connect_timeout(Duration::from_millis(500))
            .idle_timeout(Duration::from_millis(100))
    };
    let db = Database::connect(config(&proxy).build().unwrap()).await.unwrap();
    assert!(db.read(is_replica).await.unwrap());

    proxy.inject(Fault::Refuse);
    proxy.cut();
    // No read fails, and none but the first one waits for the dead.
    for _ in 0..20 {
        assert!(!db.read(is_replica).await.unwrap());
    }
    assert_eq!(db.replicas().await.unwrap()[0].lag, None);
    let dead = metrics.named("homeroom.replica.passed_over", "error.type=\"unavailable\"");
    assert!(dead.is_some(), "{:?}", metrics.keys());
    proxy.heal();
    until("back", async || db.read(is_replica).await.unwrap().then_some(())).await;

    // Another replica takes over before the primary does.
    let config = config(&proxy).replica(&pair.replica.url("homeroom")).build().unwrap();
    let db = Database::connect(config).await.unwrap();
    proxy.inject(Fault::Refuse);
    proxy.cut();
    for _ in 0..4 {
        assert!(db.read(is_replica).await.unwrap());
    }
    // A database whose replica is dead from the beginning opens all the same.
    let dead = DatabaseConfig::builder(&pair.primary.url("homeroom")).replica(proxy.url());
    let db = Database::connect(dead.build().unwrap()).await.unwrap();
    assert!(!db.read(is_replica).await.unwrap());
}

/// Appends until the server is gone, and returns how many appends were acknowledged.
async fn append_for_ever(
    db: Database,
    chat: ChatSessionId,
    acknowledged: tokio::sync::watch::Sender<i32>,
) {
    while let Ok(conn) = db.conn().await {
        let Ok(message) = Message::append(&conn, chat, &NewMessage::user("…")).await else {
            return;
        };
        acknowledged.send_replace(message.seq);
    }
}

/// Kills the primary while it can't reach its replica, promotes that, and counts what was acknowledged and is not there.
async fn lost_at_the_primarys_death(synchronous: bool) -> (i32, i32) {
    let pair = Pair::start().await;
    let config = DatabaseConfig::builder(&pair.either()).build().unwrap();
    let db = Database::connect(config).await.unwrap();
    if synchronous {
        let conn = db.conn().await.unwrap();
        sql(&conn, "ALTER SYSTEM SET synchronous_standby_names = '*'").await.unwrap();
        sql(&conn, "SELECT pg_reload_conf()").await.unwrap();
    }
    let ana = user(&db.conn().await.unwrap(), "Ana").await;
    let chat = chat(&db.conn().await.unwrap(), ana.id).await.id;
    let (acknowledged, mut seen) = tokio::sync::watch::channel(0);
    let writer = tokio::spawn(append_for_ever(db.clone(), chat, acknowledged));
    seen.wait_for(|seq| *seq >= 20).await.unwrap();
    pair.stream.inject(Fault::BlackHole);
    let at_the_fault = *seen.borrow();
    // Synchronous appends wait from here on; the others go on without the replica.
    let more = seen.wait_for(|seq| *seq >= at_the_fault + 20);
    let went_on = tokio::time::timeout(Duration::from_secs(if synchronous { 1 } else { 30 }), more);
    assert_eq!(went_on.await.is_ok(), !synchronous);
    pair.kill_primary();
    writer.await.unwrap();
    let acknowledged = *seen.borrow();

    let replica = pair.replica().await;
    sql(&replica.conn().await.unwrap(), "SELECT pg_promote()").await.unwrap();
    // The same handle finds the new primary.
    let start = Instant::now();
    let found = until("found", async || {
        let conn = db.conn().await.ok()?;
        Message::last(&conn, chat, 1).await.ok()
    })
    .await;
    println!("the handle found the new primary in {:?}", start.elapsed());
    let conn = db.conn().await.unwrap();
    let there = found[0].seq;
    let next = Message::append(&conn, chat, &NewMessage::user("on the new primary")).await.unwrap();
    assert_eq!(next.seq, there + 1);
    let page = Message::list(&conn, chat, &PageRequest::first(500)).await.unwrap();
    assert!(page.items.iter().map(|message| message.seq).eq(1..=there + 1));
    println!("synchronous {synchronous}: {acknowledged} acknowledged, {there} there");
    (acknowledged, there)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_asynchronous_replica_can_lack_what_was_acknowledged_when_the_primary_dies() {
    let (acknowledged, there) = lost_at_the_primarys_death(false).await;
    assert!(there < acknowledged, "{acknowledged} acknowledged, {there} there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_synchronous_replica_has_all_that_was_acknowledged_when_the_primary_dies() {
    let (acknowledged, there) = lost_at_the_primarys_death(true).await;
    assert!(there >= acknowledged, "{acknowledged} acknowledged, {there} there");
}
