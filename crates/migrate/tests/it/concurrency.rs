//! Several migrators at once, and migrators beside other sessions.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use homeroom_migrate::{Error, Event, Retry, Settings, UpOptions};
use tokio::task::JoinSet;

use crate::database::{TestDatabase, text};
use crate::migrations::Folder;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_ten_migrators_at_once_one_works_and_nine_find_nothing_to_do() {
    let database = TestDatabase::create().await;
    let folder = Folder::of_tables(20);
    // It waits for every snapshot that is older, so nobody who waits for the lock may have one.
    let index = "CREATE INDEX CONCURRENTLY t1_id ON t1 (id);";
    folder.write("0021_index", index, "DROP INDEX CONCURRENTLY t1_id;");
    let mut tasks = JoinSet::new();
    for _ in 0..10 {
        let mut client = database.connect().await;
        let migrator = folder.migrator();
        tasks.spawn(async move { migrator.up(&mut client, &UpOptions::default()).await });
    }
    let counts: Vec<usize> =
        tasks.join_all().await.into_iter().map(|result| result.unwrap().len()).collect();
    let mut sorted = counts.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [0, 0, 0, 0, 0, 0, 0, 0, 0, 21], "{counts:?}");
}

/// The lock taken in the form that blocks: who waits for it has a snapshot all the while.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_a_lock_that_is_waited_for_in_the_server_deadlocks_with_an_index_built_concurrently()
 {
    let database = TestDatabase::create().await;
    let (holder, waiter) = (database.connect().await, database.connect().await);
    for client in [&holder, &waiter] {
        client.batch_execute("SET deadlock_timeout = '50ms'").await.unwrap();
    }
    let lock = "SELECT pg_advisory_lock(1)";
    holder.batch_execute("CREATE TABLE t1 (id bigint)").await.unwrap();
    holder.batch_execute(lock).await.unwrap();
    let waiting = tokio::spawn(async move { waiter.batch_execute(lock).await });
    wait_until(
        &holder,
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
    )
    .await;
    let built = holder.batch_execute("CREATE INDEX CONCURRENTLY t1_id ON t1 (id)").await;
    holder.batch_execute("SELECT pg_advisory_unlock(1)").await.unwrap();
    let codes: Vec<String> = [built, waiting.await.unwrap()]
        .into_iter()
        .filter_map(|result| result.err()?.code().map(|code| code.code().to_owned()))
        .collect();
    assert_eq!(codes, ["40P01"], "the blocking lock got along: the test above proves nothing");
}

/// The same ten without the lock: what a program does that only looks into the table first.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn control_ten_migrators_without_a_lock_break_each_other() {
    let database = TestDatabase::create().await;
    let barrier = Arc::new(tokio::sync::Barrier::new(10));
    let mut tasks = JoinSet::new();
    for _ in 0..10 {
        let mut client = database.connect().await;
        let barrier = Arc::clone(&barrier);
        tasks.spawn(async move {
            barrier.wait().await;
            client
                .batch_execute("CREATE TABLE IF NOT EXISTS naive (version int PRIMARY KEY)")
                .await?;
            for version in 1..=20 {
                let applied = "SELECT FROM naive WHERE version = $1";
                if client.query_opt(applied, &[&version]).await?.is_some() {
                    continue;
                }
                let transaction = client.transaction().await?;
                transaction.batch_execute(&format!("CREATE TABLE t{version} (id bigint)")).await?;
                transaction.execute("INSERT INTO naive VALUES ($1)", &[&version]).await?;
                transaction.commit().await?;
            }
            Ok::<_, tokio_postgres::Error>(())
        });
    }
    let failed = tasks.join_all().await.iter().filter(|result| result.is_err()).count();
    assert!(failed > 0, "the naive migrators got along: the test above proves nothing");
}

#[tokio::test]
async fn who_waits_too_long_is_told_who_holds_the_lock() {
    let database = TestDatabase::create().await;
    let mut holder = database.connect_as("the deploy job").await;
    let mut waiter = database.connect().await;
    let busy = Folder::of(&[("0001_a", "SELECT pg_sleep(30)", "SELECT 1")]).migrator();
    let heard = Arc::new(Mutex::new(None));
    let ears = Arc::clone(&heard);
    let settings = Settings { wait_for_others: Duration::from_millis(300), ..Settings::default() };
    let patient =
        Folder::of_tables(1).migrator().with_settings(settings).with_observer(move |event| {
            if let Event::Waiting { holder } = event {
                ears.lock().unwrap().replace(holder.cloned());
            }
        });
    let pid: i32 = text(&holder, "pg_backend_pid()").await.parse().unwrap();
    let working =
        tokio::spawn(async move { busy.up(&mut holder, &UpOptions::default()).await.map(drop) });
    wait_until(&waiter, "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query ~ 'pg_sleep' AND pid <> pg_backend_pid() AND datname = current_database())").await;
    let error = patient.up(&mut waiter, &UpOptions::default()).await.unwrap_err();
    let Error::Locked { holder: Some(holder), waited } = &error else { panic!("{error}") };
    assert_eq!((holder.pid, holder.application_name.as_deref()), (pid, Some("the deploy job")));
    assert!(holder.connected_since.is_some() && *waited < Duration::from_secs(5));
    assert!(error.to_string().contains("application_name \"the deploy job\""), "{error}");
    assert_eq!(heard.lock().unwrap().clone().flatten().map(|holder| holder.pid), Some(pid));
    text(&waiter, &format!("pg_terminate_backend({pid})")).await;
    let ended = working.await.unwrap().unwrap_err();
    assert!(matches!(&ended, Error::Failed(failure) if failure.code == "57P01"), "{ended}");
    patient.up(&mut waiter, &UpOptions::default()).await.unwrap();
}

#[tokio::test]
async fn a_dropped_future_leaves_neither_lock_nor_transaction() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let mut other = database.connect().await;
    let migrator =
        Folder::of(&[("0001_a", "CREATE TABLE half (); SELECT pg_sleep(0.3);", "DROP TABLE half")])
            .migrator();
    let options = UpOptions::default();
    let started =
        tokio::time::timeout(Duration::from_millis(150), migrator.up(&mut client, &options));
    assert!(started.await.is_err(), "it should have been cut off in mid-statement");
    assert_eq!(text(&client, "SELECT to_regclass('half')").await, "NULL");
    let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    assert_eq!(text(&client, locks).await, "0");
    migrator.up(&mut other, &UpOptions::default()).await.unwrap();
}

#[tokio::test]
async fn a_session_that_lost_the_lock_runs_no_further_migration() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let folder = Folder::of_tables(2);
    folder.write("0001_t1", "SELECT pg_advisory_unlock_all()", "SELECT 1");
    let error = folder.migrator().up(&mut client, &UpOptions::default()).await.unwrap_err();
    assert!(matches!(error, Error::LockLost), "{error}");
    assert_eq!(text(&client, "SELECT to_regclass('t2')").await, "NULL");
}

#[tokio::test]
async fn a_lock_timeout_is_tried_again_until_the_table_is_free() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let busy = database.connect().await;
    client.batch_execute("CREATE TABLE busy (id int)").await.unwrap();
    busy.batch_execute("BEGIN; LOCK TABLE busy").await.unwrap();
    let second_retry = Arc::new(tokio::sync::Notify::new());
    let retries = Arc::new(AtomicUsize::new(0));
    let (reached, count) = (Arc::clone(&second_retry), Arc::clone(&retries));
    let migrator = Folder::of(&[(
        "0001_a",
        "CREATE TABLE once (); ALTER TABLE busy ADD COLUMN name text;",
        "DROP TABLE once",
    )])
    .migrator()
    .with_settings(impatient(50))
    .with_observer(move |event| {
        if let Event::Retrying { .. } = event
            && count.fetch_add(1, Ordering::SeqCst) == 1
        {
            reached.notify_one();
        }
    });
    let free = async {
        second_retry.notified().await;
        busy.batch_execute("COMMIT").await.unwrap();
    };
    let options = UpOptions::default();
    let (result, ()) = tokio::join!(migrator.up(&mut client, &options), free);
    assert_eq!(result.unwrap().len(), 1);
    assert!(retries.load(Ordering::SeqCst) >= 2);
}

#[tokio::test]
async fn retries_end_after_the_attempts_that_are_allowed() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let busy = database.connect().await;
    client.batch_execute("CREATE TABLE busy (id int)").await.unwrap();
    busy.batch_execute("BEGIN; LOCK TABLE busy").await.unwrap();
    let migrator = Folder::of(&[("0001_a", "ALTER TABLE busy ADD COLUMN name text", "SELECT 1")])
        .migrator()
        .with_settings(impatient(3));
    let started = Instant::now();
    let error = migrator.up(&mut client, &UpOptions::default()).await.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(5));
    let Error::Failed(failure) = &error else { panic!("{error}") };
    assert_eq!((failure.code.as_str(), failure.attempts), ("55P03", 3));
    assert!(error.to_string().contains("tried 3 times"), "{error}");
}

#[tokio::test]
async fn a_deadlock_is_tried_again() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    client.batch_execute("CREATE TABLE a (id int); CREATE TABLE b (id int)").await.unwrap();
    let migrator = Folder::of(&[(
        "0001_a",
        // Waits until the other session waits for a, or is through.
        "SET LOCAL deadlock_timeout = '20ms'; LOCK TABLE a;
         DO $$ BEGIN
            WHILE EXISTS (SELECT FROM pg_locks WHERE relation = 'b'::regclass AND granted)
                AND NOT EXISTS (SELECT FROM pg_locks WHERE relation = 'a'::regclass AND NOT granted)
            LOOP PERFORM pg_sleep(0.005); END LOOP;
         END $$;
         LOCK TABLE b;",
        "SELECT 1",
    )])
    .migrator();
    let retried = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&retried);
    let migrator = migrator.with_observer(move |event| {
        if let Event::Retrying { .. } = event {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let other = database.connect().await;
    // The other session waits without looking for the deadlock itself, so the migration is the one to give way.
    other.batch_execute("SET deadlock_timeout = '60s'; BEGIN; LOCK TABLE b").await.unwrap();
    let blocking = tokio::spawn(async move {
        wait_until(
            &other,
            "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'a'::regclass AND granted)",
        )
        .await;
        other.batch_execute("LOCK TABLE a; COMMIT").await.unwrap();
    });
    migrator.up(&mut client, &UpOptions::default()).await.unwrap();
    blocking.await.unwrap();
    assert_eq!(retried.load(Ordering::SeqCst), 1);
}

fn impatient(attempts: u32) -> Settings {
    Settings {
        lock_timeout: Some(Duration::from_millis(50)),
        retry: Retry {
            attempts,
            first_pause: Duration::from_millis(20),
            longest_pause: Duration::from_millis(40),
        },
        ..Settings::default()
    }
}

/// Polls a query until it says true, for ten seconds.
pub(crate) async fn wait_until(client: &tokio_postgres::Client, query: &str) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while text(client, query).await != "true" {
        assert!(Instant::now() < deadline, "waited too long for {query}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
