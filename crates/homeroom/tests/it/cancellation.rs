//! A future that is dropped anywhere leaves no dirty connection, no torn row and no lock behind.

pub(crate) mod operations;
pub(crate) mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Double, Integer, Text};
use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
use homeroom::testing::TestDatabase;
use homeroom::{Connection, Database, DatabaseConfig, Error, schema::messages};

use self::operations::{OPERATIONS, Operation};
use self::world::World;
use crate::{operations, sql};

/// Tasks that work at once, on as many connections: what is dropped is at work, and does not wait for one.
const TASKS: usize = 10;

/// Seconds that no transaction may hold a lock for.
const OLD: f64 = 1.0;

/// How many futures are dropped: 16,000 of 10,000 operations, so that the full size is that of the specification.
fn drops() -> usize {
    operations() * 16 / 10
}

/// Polls a future so many times, and then drops it: at one of the places where it waits, whatever that place is.
struct DroppedAfter<F> {
    future: Pin<Box<F>>,
    polls: usize,
}

impl<F: Future> Future for DroppedAfter<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        match self.future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if self.polls == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}

fn dropped_after<F: Future>(polls: usize, future: F) -> DroppedAfter<F> {
    DroppedAfter { future: Box::pin(future), polls }
}

/// Numbers that look random and are the same at every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// Whether somebody's transaction is open on a connection that was just borrowed: a savepoint can be made in one alone.
async fn is_dirty(mut conn: &Connection) -> bool {
    conn.batch_execute("SAVEPOINT dirty").await.is_ok()
}

/// Two columns that every transaction keeps equal, by two statements.
async fn pair(conn: &Connection, n: usize) -> Result<(), Error> {
    let n = n % 8;
    sql(conn, &format!("UPDATE pairs SET a = a + 1 WHERE id = {n}")).await?;
    sql(conn, &format!("UPDATE pairs SET b = b + 1 WHERE id = {n}")).await
}

const PAIRS: &str = "CREATE TABLE pairs (id int PRIMARY KEY, a int NOT NULL, b int NOT NULL); \
    INSERT INTO pairs SELECT n, 0, 0 FROM generate_series(0, 7) n";

async fn count(mut conn: &Connection, query: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let row: Count = diesel::sql_query(query).get_result(&mut conn).await.unwrap();
    row.count
}

/// A session that holds a lock in a transaction, and what it does there: so a failure explains itself.
#[derive(Debug, Clone, QueryableByName)]
#[expect(dead_code, reason = "printed when the test fails")]
struct Held {
    #[diesel(sql_type = Integer)]
    pid: i32,
    /// Seconds since its transaction began, and since its last statement did. An import takes as long as it takes: of one that has
    /// begun to write its last statement's begin or end counts, which tells whether it goes on.
    #[diesel(sql_type = Double)]
    age: f64,
    #[diesel(sql_type = Double)]
    statement_age: f64,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Text)]
    waits_for: String,
    #[diesel(sql_type = Text)]
    blocked_by: String,
    #[diesel(sql_type = Text)]
    query: String,
}

/// The sessions of this database that hold locks, whatever they do or wait for, the oldest first. One import of a source waits for
/// another, as it should: that other one counts, and whoever is left behind by a dropped future does.
async fn held_locks(mut conn: &Connection) -> Vec<Held> {
    let query = "SELECT pid, extract(epoch FROM clock_timestamp() - CASE WHEN EXISTS (SELECT FROM pg_locks l \
                WHERE l.pid = a.pid AND locktype = 'relation' AND mode = 'AccessExclusiveLock') \
                THEN state_change ELSE xact_start END)::float8 AS age, \
            extract(epoch FROM clock_timestamp() - query_start)::float8 AS statement_age, state, \
            coalesce(wait_event_type || ' ' || wait_event, 'nothing') AS waits_for, \
            pg_blocking_pids(pid)::text AS blocked_by, left(query, 150) AS query \
         FROM pg_stat_activity a \
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL \
            AND NOT (coalesce(wait_event, '') = 'advisory' AND query ~ 'homeroom[.](import|conversations)') \
            AND EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND granted \
                AND locktype IN ('transactionid', 'tuple', 'advisory')) \
         ORDER BY xact_start";
    diesel::sql_query(query).load(&mut conn).await.unwrap()
}

/// Looks at the locks until it is told to stop. Returns each session's and statement's longest hold of a lock, the longest first.
async fn watch_locks(db: Database, stop: Arc<AtomicBool>) -> Vec<Held> {
    let conn = db.conn().await.unwrap();
    let mut seen: BTreeMap<(i32, String), Held> = BTreeMap::new();
    while !AtomicBool::load(&stop, Ordering::SeqCst) {
        for held in held_locks(&conn).await {
            let longest = seen.entry((held.pid, held.query.clone())).or_insert(held.clone());
            if held.age > longest.age {
                *longest = held;
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut seen: Vec<_> = seen.into_values().collect();
    seen.sort_by(|a, b| b.age.total_cmp(&a.age));
    seen
}

#[test]
fn every_public_operation_is_cancelled_by_these_tests() {
    let listed: BTreeSet<String> = OPERATIONS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut public = BTreeSet::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut public);
    let differences: Vec<_> = listed.symmetric_difference(&public).collect();
    assert!(
        differences.is_empty(),
        "listed and not public, or public and not listed: {differences:?}"
    );
}

/// The functions that take a connection, as `file::function`.
fn collect(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_stem().unwrap().to_str().unwrap());
        if path.is_dir() {
            collect(&path, &format!("{name}/"), found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = std::fs::read_to_string(&path).unwrap();
            for part in source.split("pub async fn ").skip(1) {
                let (function, rest) = part.split_once('(').unwrap();
                let arguments = rest.split_once(") ->").map_or(rest, |(arguments, _)| arguments);
                let takes = |what: &str| arguments.contains(what);
                if takes("conn: &Connection") || takes("conn: &mut Connection") {
                    found.insert(format!("{name}::{function}"));
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_dropped_future_leaves_no_dirty_connection_no_torn_row_and_no_old_lock() {
    let test = TestDatabase::create().await;
    let config = DatabaseConfig::builder(test.url()).pool_max(TASKS).build().unwrap();
    let db = Database::connect(config).await.unwrap();
    let world = {
        let conn = db.conn().await.unwrap();
        sql(&conn, PAIRS).await.unwrap();
        World::create(&conn).await
    };
    let stop = Arc::new(AtomicBool::new(false));
    let watching = tokio::spawn(watch_locks(test.database().clone(), stop.clone()));

    let tasks = (0..TASKS).map(|task| cancel_at_random(&db, &world, task));
    let outcomes = futures_util::future::join_all(tasks).await;
    stop.store(true, Ordering::SeqCst);
    let held = watching.await.unwrap();
    let (dropped, dirty) = outcomes.iter().fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1));

    let conn = test.conn().await.unwrap();
    println!("{dropped} futures dropped, {dirty} dirty connections");
    println!("the longest lock: {:?}", held.as_slice().first());
    assert!(dropped >= drops());
    assert_eq!(dirty, 0, "dirty connections");
    let old: Vec<_> = held.iter().filter(|held| held.age > OLD).collect();
    assert!(old.is_empty(), "locks older than {OLD} s: {old:#?}");
    assert_eq!(count(&conn, "SELECT count(*) FROM pairs WHERE a <> b").await, 0, "torn rows");
    imports_are_whole(&db, &world).await;
    for chat in world.chats() {
        let seqs: Vec<i32> = messages::table
            .filter(messages::session_id.eq(chat))
            .order(messages::seq)
            .select(messages::seq)
            .load(&mut &*conn)
            .await
            .unwrap();
        assert!(seqs.iter().copied().eq(1..=i32::try_from(seqs.len()).unwrap()), "{seqs:?}");
    }
}

/// The operations that are imports, by the end of their names.
const IMPORTS: &str = "::import";

/// One of the operations whose name ends so.
fn pick(dice: &mut Dice, end: &str) -> Operation {
    let fitting: Vec<_> = OPERATIONS.iter().filter(|(name, _)| name.ends_with(end)).collect();
    fitting[dice.below(fitting.len())].1
}

/// Nothing of a source is there, or all that an import of it brings which nobody disturbs.
async fn imports_are_whole(db: &Database, world: &World) {
    let mut conn = db.conn().await.unwrap();
    let imported = "SELECT count(*) FROM external_ids WHERE source =";
    let (roster, talk) = (format!("{imported} 'oneroster:d1'"), format!("{imported} 'talk 0'"));
    let before = [count(&conn, &roster).await, count(&conn, &talk).await];
    for (_, import) in OPERATIONS.iter().filter(|(name, _)| name.ends_with(IMPORTS)) {
        import(&mut conn, world, 0).await;
    }
    let after = [count(&conn, &roster).await, count(&conn, &talk).await];
    println!("rows of imports: {before:?} of {after:?}");
    for (before, after) in before.into_iter().zip(after) {
        assert!(after > 0 && (before == 0 || before == after), "{before} of {after}");
    }
}

/// How many futures were dropped, and how many connections were dirty when they were borrowed.
async fn cancel_at_random(db: &Database, world: &World, task: usize) -> (usize, usize) {
    let mut dice = Dice(task as u64 + 1);
    let (mut dropped, mut dirty) = (0, 0);
    while dropped < drops().div_ceil(TASKS) {
        let (kind, n) = (dice.below(10), dice.below(1 << 20));
        // An import has many more places to be dropped at: it comes more often, and goes further.
        let (operation, most) = match dice.below(20) {
            0 => (pick(&mut dice, IMPORTS), 400),
            _ => (pick(&mut dice, ""), 6),
        };
        let polls = 1 + dice.below(most);
        let work = async {
            match kind {
                // In a transaction, with another write beside it.
                0..3 => {
                    let work = db.transaction(async |conn| {
                        operation(conn, world, n).await;
                        pair(conn, n).await
                    });
                    drop(work.await);
                }
                3 => {
                    let work = db.serializable(async |conn| pair(conn, n).await);
                    drop(work.await);
                }
                // What would take for ever.
                4 => {
                    let conn = db.conn().await.unwrap();
                    let long = format!(
                        "BEGIN; UPDATE pairs SET a = a WHERE id = {}; SELECT pg_sleep(60)",
                        n % 8
                    );
                    let patience = Duration::from_millis(1 + n as u64 % 5);
                    drop(tokio::time::timeout(patience, sql(&conn, &long)).await);
                }
                // A BEGIN that the library knows nothing of.
                5 => {
                    let conn = db.conn().await.unwrap();
                    drop(sql(&conn, "BEGIN").await);
                    drop(pair(&conn, n).await);
                    drop(sql(&conn, "COMMIT").await);
                }
                _ => drop(operation(&mut db.conn().await.unwrap(), world, n).await),
            }
        };
        if dropped_after(polls, work).await.is_none() {
            dropped += 1;
        }
        if let Ok(conn) = db.conn().await
            && is_dirty(&conn).await
        {
            dirty += 1;
        }
    }
    (dropped, dirty)
}

/// A pool as it is without the guard: a connection goes back as it is.
#[derive(Debug)]
struct Naive(String);

impl deadpool::managed::Manager for Naive {
    type Type = Connection;
    type Error = diesel::ConnectionError;

    async fn create(&self) -> Result<Connection, Self::Error> {
        Connection::establish(&self.0).await
    }

    async fn recycle(
        &self,
        _: &mut Connection,
        _: &deadpool::managed::Metrics,
    ) -> deadpool::managed::RecycleResult<Self::Error> {
        Ok(())
    }
}

#[tokio::test]
async fn control_without_the_guard_connections_come_back_dirty() {
    let test = TestDatabase::create().await;
    sql(&test.conn().await.unwrap(), PAIRS).await.unwrap();
    let pool = deadpool::managed::Pool::<Naive>::builder(Naive(test.url().to_owned()));
    let pool = pool.max_size(1).build().unwrap();
    let mut dirty = 0;
    for polls in 1..20 {
        let work = async {
            let mut conn = pool.get().await.unwrap();
            drop(sql(&conn, "BEGIN").await);
            drop(pair(&conn, polls).await);
            drop(conn.batch_execute("COMMIT").await);
        };
        let _ = dropped_after(polls, work).await;
        let conn = pool.get().await.unwrap();
        if is_dirty(&conn).await {
            dirty += 1;
            sql(&conn, "ROLLBACK").await.unwrap();
        }
    }
    assert!(dirty > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dropped_future_left_running_is_cancelled_at_once() {
    let test = TestDatabase::create().await;
    let config = DatabaseConfig::builder(test.url()).pool_min(0).pool_max(1).build().unwrap();
    let db = Database::connect(config).await.unwrap();
    let observer = test.conn().await.unwrap();
    let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
        AND state = 'active' AND query LIKE '%pg_sleep(55)%' AND pid <> pg_backend_pid()";
    {
        let conn = db.conn().await.unwrap();
        let mut long = pin!(sql(&conn, "SELECT pg_sleep(55)"));
        while count(&observer, sleeping).await == 0 {
            assert!(futures_util::poll!(&mut long).is_pending());
        }
    }
    let dropped = Instant::now();
    while count(&observer, sleeping).await > 0 {
        assert!(dropped.elapsed() < Duration::from_secs(1), "it still runs");
    }
    // The same connection, not a new one, and not hit by the cancel request.
    for _ in 0..20 {
        sql(&db.conn().await.unwrap(), "SELECT 1").await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_request_that_comes_before_the_statement_begins_is_made_again() {
    let test = TestDatabase::create().await;
    let config = DatabaseConfig::builder(test.url()).pool_min(0).pool_max(1).build().unwrap();
    let db = Database::connect(config).await.unwrap();
    let observer = test.conn().await.unwrap();
    let conn = db.conn().await.unwrap();
    let process = count(&conn, "SELECT pg_backend_pid()::int8 AS count").await;
    // The request lies before a process that does not run, and what cancels it finds nothing to cancel.
    signal("STOP", process);
    let statement = "BEGIN; LOCK TABLE users; SELECT pg_sleep(55)";
    assert!(dropped_after(1, sql(&conn, statement)).await.is_none());
    drop(conn);
    tokio::time::sleep(Duration::from_millis(200)).await;
    signal("CONT", process);
    // Until the statement has begun and ended, or the session has.
    let of_it = |condition: &str| {
        format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {process} AND {condition}")
    };
    let (running, there) = (of_it("state = 'active' AND query ~ 'pg_sleep'"), of_it("true"));
    let (woken, mut has_begun) = (Instant::now(), false);
    loop {
        let runs = count(&observer, &running).await > 0;
        if has_begun && !runs || count(&observer, &there).await == 0 {
            break;
        }
        has_begun |= runs;
        assert!(woken.elapsed() < Duration::from_secs(1), "it holds its lock");
    }
    assert!(!is_dirty(&db.conn().await.unwrap()).await);
}

fn signal(name: &str, process: i64) {
    let mut kill = std::process::Command::new("kill");
    assert!(kill.arg(format!("-{name}")).arg(process.to_string()).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_a_statement_leaves_nothing_running() {
    let test = TestDatabase::create().await;
    let config = DatabaseConfig::builder(test.url()).pool_min(0).pool_max(1).build().unwrap();
    let db = Database::connect(config).await.unwrap();
    let panicked = tokio::spawn({
        let db = db.clone();
        async move {
            let conn = db.conn().await.unwrap();
            let mut long = pin!(sql(&conn, "BEGIN; SELECT pg_sleep(55)"));
            assert!(futures_util::poll!(&mut long).is_pending());
            panic!("in the middle of a statement");
        }
    });
    assert!(panicked.await.unwrap_err().is_panic());
    assert!(!is_dirty(&db.conn().await.unwrap()).await);
    let observer = test.conn().await.unwrap();
    let busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
        AND pid <> pg_backend_pid() AND state <> 'idle' AND query LIKE '%pg_sleep%'";
    let deadline = Instant::now() + Duration::from_secs(5);
    while count(&observer, busy).await > 0 {
        assert!(Instant::now() < deadline, "it still runs");
    }
}

#[tokio::test]
async fn the_server_is_told_to_look_whether_its_client_is_there() {
    let test = TestDatabase::create().await;
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        on: bool,
    }
    let query = "SELECT current_setting('client_connection_check_interval') = '500ms' AS \"on\"";
    let conn = test.conn().await.unwrap();
    let row: Row = diesel::sql_query(query).get_result(&mut &*conn).await.unwrap();
    assert!(row.on);
}

/// What a client that is killed leaves running, and how it is known.
const HELD: &str = "BEGIN; LOCK TABLE users; SELECT pg_sleep(59)";

/// The test below runs itself again as the client that is killed: `with` the library, which sets what it does, or `without`.
const CLIENT: &str = "HOMEROOM_TEST_KILLED_CLIENT";

async fn be_killed(order: &str) {
    match order.split_once(' ').unwrap() {
        ("with", url) => {
            let config = DatabaseConfig::builder(url).pool_min(0).build().unwrap();
            let db = Database::connect(config).await.unwrap();
            sql(&db.conn().await.unwrap(), HELD).await.unwrap();
        }
        (_, url) => {
            let (client, driver) =
                tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(driver);
            client.batch_execute(HELD).await.unwrap();
        }
    }
}

/// Kills a client in its statement. Returns after how long somebody else had its lock, when that was within a second.
async fn free_after_the_death_of(client: &str) -> Option<Duration> {
    let test = TestDatabase::create().await;
    let mut process = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "cancellation::a_client_that_is_killed_holds_its_locks_for_less_than_a_second",
        ])
        .env(CLIENT, format!("{client} {}", test.url()))
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let (conn, observer) = tokio::try_join!(test.conn(), test.conn()).unwrap();
    let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
        AND wait_event = 'PgSleep' AND query LIKE '%LOCK TABLE users%pg_sleep(59)%'";
    let deadline = Instant::now() + Duration::from_secs(20);
    while count(&observer, sleeping).await == 0 {
        assert!(Instant::now() < deadline, "the client never gets to its statement");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    process.kill().unwrap();
    let killed = Instant::now();
    process.wait().unwrap();
    let lock = sql(&conn, "BEGIN; SET LOCAL lock_timeout = '1s'; LOCK TABLE users").await;
    let free = killed.elapsed();
    match lock {
        Ok(()) => Some(free),
        Err(error) => {
            assert!(matches!(error, Error::Locked { .. }), "{error:?}");
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_killed_holds_its_locks_for_less_than_a_second() {
    if let Ok(order) = std::env::var(CLIENT) {
        return be_killed(&order).await;
    }
    let free = free_after_the_death_of("with").await;
    println!("the lock of a client that was killed is free after {free:?}");
    assert!(free.is_some_and(|free| free < Duration::from_secs(1)), "{free:?}");
    // The naive control: a server that is not told to look runs the statement to its end.
    assert_eq!(free_after_the_death_of("without").await, None);
}
