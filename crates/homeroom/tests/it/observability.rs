//! What operators see: spans, metrics, the log of slow statements, readiness.
//!
//! Each test has one thread, on which its subscriber and its recorder are the ones that count.

pub(crate) mod capture;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel::sql_types::Text;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use homeroom::testing::TestDatabase;
use homeroom::{
    Database, DatabaseConfig, Error, Group, GroupType, Message, NewGroup, NewMessage, NewUser,
    PageRequest, User, UserId, observe,
};
use homeroom_embed::ServerConfig;
use homeroom_embed::testing::TestCluster;
use homeroom_migrate::DownOptions;

use self::capture::{Metrics, Traces};
use crate::{chat, sql, user};

/// The database's labels in metrics.
fn endpoint(db: &TestDatabase) -> (String, String) {
    let url: tokio_postgres::Config = db.url().parse().unwrap();
    let tokio_postgres::config::Host::Unix(folder) = &url.get_hosts()[0] else { panic!("{url:?}") };
    (folder.display().to_string(), url.get_dbname().unwrap().to_owned())
}

#[tokio::test]
async fn an_operation_is_a_span_with_the_conventions_names_below_that_of_its_transaction() {
    let db = TestDatabase::create().await;
    let traces = Traces::default();
    let _tracing = tracing::subscriber::set_default(traces.clone());
    db.transaction(async |conn| User::find(conn, UserId::generate()).await).await.unwrap();
    let (folder, name) = endpoint(&db);
    let told: Vec<String> = traces.spans().iter().map(ToString::to_string).collect();
    let told = told.join("\n").replace(&folder, "FOLDER").replace(&name, "DATABASE");
    insta::assert_snapshot!(told, @"
    transaction (homeroom::transaction)
    operation (homeroom::operation, in transaction)
      db.namespace = DATABASE
      db.operation.name = BEGIN
      db.query.summary = BEGIN
      db.system.name = postgresql
      otel.kind = client
      otel.name = BEGIN
      server.address = FOLDER
    operation (homeroom::operation, in transaction)
      db.namespace = DATABASE
      db.operation.name = User::find
      db.query.summary = User::find
      db.system.name = postgresql
      otel.kind = client
      otel.name = User::find
      server.address = FOLDER
    operation (homeroom::operation, in transaction)
      db.namespace = DATABASE
      db.operation.name = COMMIT
      db.query.summary = COMMIT
      db.system.name = postgresql
      otel.kind = client
      otel.name = COMMIT
      server.address = FOLDER
    ");
}

#[tokio::test]
async fn a_failure_is_told_by_its_kind_and_counted() {
    let db = TestDatabase::create().await;
    let (traces, metrics) = (Traces::default(), Metrics::default());
    let _tracing = tracing::subscriber::set_default(traces.clone());
    let _metrics = metrics::set_default_local_recorder(&metrics);
    let conn = db.conn().await.unwrap();
    let ana = NewUser::named("Ana").email("ana@example.org");
    User::create(&conn, &ana).await.unwrap();
    User::create(&conn, &ana).await.unwrap_err();

    let spans = traces.operations("User::create");
    let failed: Vec<_> = spans.iter().map(|span| span.fields.get("error.type")).collect();
    assert_eq!(failed, [None, Some(&"conflict".to_owned())]);
    assert_eq!(spans[1].fields["otel.status_code"], "ERROR");
    let (folder, name) = endpoint(&db);
    let labels = |error: &str| {
        format!(
            "{{db.namespace={name:?},db.operation.name=\"User::create\",db.system.name=\"postgresql\",{error}server.address={folder:?}}}"
        )
    };
    let duration = |error| metrics.get(&format!("db.client.operation.duration{}", labels(error)));
    let failed = "error.type=\"conflict\",";
    assert_eq!(duration("").unwrap().0, 1);
    assert_eq!(duration(failed).unwrap().0, 1);
    let errors = metrics.get(&format!("homeroom.operation.errors{}", labels(failed)));
    assert_eq!(errors, Some((1, 1.0)));
}

#[tokio::test]
async fn an_operation_within_another_one_is_a_part_of_it() {
    let db = TestDatabase::create().await;
    let traces = Traces::default();
    let conn = db.conn().await.unwrap();
    let ana = user(&conn, "Ana").await;
    let _tracing = tracing::subscriber::set_default(traces.clone());
    User::get(&conn, ana.id).await.unwrap();
    observe("Report", async {
        User::get(&conn, ana.id).await?;
        User::find(&conn, ana.id).await
    })
    .await
    .unwrap();
    let names: Vec<String> =
        traces.spans().iter().map(|span| span.fields["db.operation.name"].clone()).collect();
    assert_eq!(names, ["User::get", "Report"]);
}

#[tokio::test]
async fn a_dropped_future_is_told_as_dropped() {
    let db = TestDatabase::create().await;
    let traces = Traces::default();
    let _tracing = tracing::subscriber::set_default(traces.clone());
    let mut conn = db.conn().await.unwrap();
    let sleep = observe("Sleep", conn.batch_execute("SELECT pg_sleep(60)"));
    let sleep = tokio::time::timeout(Duration::from_millis(20), sleep).await;
    assert!(sleep.is_err());
    assert_eq!(traces.operations("Sleep")[0].fields["error.type"], "dropped");
    // And nothing is left of it on this thread.
    User::find(&db.conn().await.unwrap(), UserId::generate()).await.unwrap();
    assert_eq!(traces.operations("User::find").len(), 1);
}

#[tokio::test]
async fn a_transaction_that_is_run_again_is_counted() {
    let db = TestDatabase::create().await;
    let metrics = Metrics::default();
    let _metrics = metrics::set_default_local_recorder(&metrics);
    let tries = &AtomicUsize::new(0);
    db.serializable(async |conn| {
        let lose = "DO $$ BEGIN RAISE 'lost' USING ERRCODE = 'serialization_failure'; END $$";
        if tries.fetch_add(1, Ordering::SeqCst) == 0 { sql(conn, lose).await } else { Ok(()) }
    })
    .await
    .unwrap();
    assert_eq!(metrics.get("homeroom.transaction.retries{}"), Some((1, 1.0)));
}

async fn slow_after(db: &TestDatabase, time: Duration) -> Database {
    let config = DatabaseConfig::builder(db.url()).slow_statement(time).build().unwrap();
    Database::connect(config).await.unwrap()
}

#[tokio::test]
async fn a_slow_statement_is_logged_without_its_values() {
    let db = TestDatabase::create().await;
    let database = slow_after(&db, Duration::from_millis(50)).await;
    let traces = Traces::default();
    let _tracing = tracing::subscriber::set_default(traces.clone());
    let conn = database.conn().await.unwrap();
    User::find_by_email(&conn, "quick@example.org").await.unwrap();
    diesel::sql_query("SELECT pg_sleep(0.06), 'written', $1")
        .bind::<Text, _>("bound")
        .execute(&mut &*conn)
        .await
        .unwrap();
    let told = traces.events("homeroom::slow_statement");
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].fields["db.query.text"], "SELECT pg_sleep(?), ?, $1");
    assert!(told[0].fields["message"].starts_with("a statement took "), "{told:?}");
    assert!(told[0].fields["seconds"].parse::<f64>().unwrap() >= 0.05, "{told:?}");
    assert!(!told[0].fields.contains_key("db.operation.name"), "{told:?}");
}

#[tokio::test]
async fn pipelined_operations_are_told_apart() {
    let db = TestDatabase::create().await;
    let database = slow_after(&db, Duration::from_millis(50)).await;
    let traces = Traces::default();
    let _tracing = tracing::subscriber::set_default(traces.clone());
    let conn = database.conn().await.unwrap();
    // Prepared before: else it would be sent behind the slow one, and wait for it.
    User::find(&conn, UserId::generate()).await.unwrap();
    let quick = User::find(&conn, UserId::generate());
    let slow = observe("Slow", async {
        diesel::sql_query("SELECT pg_sleep(0.06)").execute(&mut &*conn).await
    });
    let (quick, slow) = tokio::join!(quick, slow);
    quick.unwrap();
    slow.unwrap();
    let told = traces.events("homeroom::slow_statement");
    let names: Vec<_> = told.iter().map(|event| &*event.fields["db.operation.name"]).collect();
    assert_eq!(names, ["Slow"]);
    assert_eq!(traces.operations("User::find").len(), 2);
    for span in traces.spans() {
        assert!(span.fields.contains_key("server.address"), "{span}");
    }
}

#[tokio::test]
async fn no_statement_is_logged_where_that_is_switched_off() {
    let db = TestDatabase::create().await;
    let traces = Traces::default();
    let _tracing = tracing::subscriber::set_default(traces.clone());
    for (time, logged) in [(Duration::ZERO, 0), (Duration::from_millis(1), 1)] {
        let database = slow_after(&db, time).await;
        let mut conn = database.conn().await.unwrap();
        conn.batch_execute("SELECT pg_sleep(0.002) AS sleep").await.unwrap();
        let told = traces.events("homeroom::slow_statement");
        let told = told.iter().filter(|event| event.fields["db.query.text"].contains("sleep"));
        assert_eq!(told.count(), logged, "{time:?}");
    }
}

#[tokio::test]
async fn the_pool_tells_its_size_its_waits_and_who_got_nothing() {
    let db = TestDatabase::create().await;
    let metrics = Metrics::default();
    let _metrics = metrics::set_default_local_recorder(&metrics);
    let config = DatabaseConfig::builder(db.url())
        .pool_min(1)
        .pool_max(2)
        .idle_timeout(Duration::from_millis(20))
        .acquire_timeout(Duration::from_millis(20))
        .build()
        .unwrap();
    let database = Database::connect(config).await.unwrap();
    let (first, second) = (database.conn().await.unwrap(), database.conn().await.unwrap());
    database.conn().await.unwrap_err();
    drop(second);

    let (folder, name) = endpoint(&db);
    let pool = format!("db.client.connection.pool.name=\"{folder}/{name}\"");
    let get = |metric: &str| metrics.get(&format!("db.client.connection.{metric}{{{pool}}}"));
    let count = |state: &str| {
        let labels = format!("{pool},db.client.connection.state=\"{state}\"");
        metrics.get(&format!("db.client.connection.count{{{labels}}}")).unwrap().1
    };
    assert_eq!(get("create_time").unwrap().0, 2);
    // One more for the check that the server is there.
    assert_eq!(get("wait_time").unwrap().0, 3);
    assert_eq!(get("use_time").unwrap().0, 2);
    assert_eq!(get("timeouts"), Some((1, 1.0)));
    assert_eq!(get("max").unwrap().1, 2.0);
    assert_eq!((count("used"), count("idle")), (2.0, 0.0));
    // The keeper comes round.
    drop(first);
    let deadline = Instant::now() + Duration::from_secs(10);
    while (count("used"), count("idle")) != (0.0, 1.0) {
        assert!(Instant::now() < deadline, "not at its minimum: {:?}", metrics.keys());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_connection_that_can_not_be_opened_is_counted_by_its_kind() {
    let db = TestDatabase::create().await;
    let metrics = Metrics::default();
    let _metrics = metrics::set_default_local_recorder(&metrics);
    let config = DatabaseConfig::builder(&format!("{}_of_nobody", db.url())).pool_min(0);
    Database::connect(config.build().unwrap()).await.unwrap_err();
    let (folder, name) = endpoint(&db);
    let pool = format!("db.client.connection.pool.name=\"{folder}/{name}_of_nobody\"");
    let errors = format!("homeroom.connection.errors{{{pool},error.type=\"refused\"}}");
    assert_eq!(metrics.get(&errors), Some((1, 1.0)), "{:?}", metrics.keys());
}

#[tokio::test]
async fn every_metric_and_attribute_is_in_the_page() {
    let page = include_str!("../../../../docs/OBSERVABILITY.md");
    let db = TestDatabase::create().await;
    let (traces, metrics) = (Traces::default(), Metrics::default());
    let _tracing = tracing::subscriber::set_default(traces.clone());
    let _metrics = metrics::set_default_local_recorder(&metrics);
    let database = Database::connect(db.config().clone()).await.unwrap();
    let conn = database.conn().await.unwrap();
    User::get(&conn, UserId::generate()).await.unwrap_err();
    drop(conn);

    let described = metrics.described();
    let recorded = metrics.keys();
    assert!(described.len() >= 10, "{described:?}");
    for key in recorded {
        let name = key.split('{').next().unwrap();
        assert!(described.contains_key(name), "{name} has no description");
    }
    for (name, unit) in described {
        let unit = unit.unwrap().as_str();
        let line = page.lines().find(|line| line.starts_with(&format!("| `{name}`")));
        let line = line.unwrap_or_else(|| panic!("{name} is not in the page"));
        assert!(line.contains(&format!("| {unit} |")), "{line} has another unit than {unit}");
    }
    for span in traces.operations("User::get") {
        for field in span.fields.keys() {
            assert!(page.contains(&format!("| `{field}`")), "{field} is not in the page");
        }
    }
}

#[tokio::test]
async fn no_value_of_anybody_reaches_a_span_a_log_or_a_metric() {
    const MARK: &str = "s3cretmark";
    let db = TestDatabase::create().await;
    let (traces, metrics) = (Traces::default(), Metrics::default());
    let _tracing = tracing::subscriber::set_default(traces.clone());
    let _metrics = metrics::set_default_local_recorder(&metrics);
    let url = db.url().replacen("postgres@", &format!("postgres:{MARK}@"), 1);
    assert!(url.contains(MARK), "{url}");
    // Every statement is slow.
    let config = DatabaseConfig::builder(&url).slow_statement(Duration::from_millis(1));
    let database = Database::connect(config.build().unwrap()).await.unwrap();
    let conn = database.conn().await.unwrap();

    let new = NewUser::named(format!("Ana {MARK}")).email(format!("{MARK}@example.org"));
    let ana = User::create(&conn, &new).await.unwrap();
    User::create(&conn, &new).await.unwrap_err();
    User::set_password(&conn, ana.id, MARK).await.unwrap();
    User::find_by_email(&conn, MARK).await.unwrap();
    Group::create(&conn, &NewGroup::new(GroupType::District, None, MARK)).await.unwrap();
    Group::create(&conn, &NewGroup::new(GroupType::School, None, MARK)).await.unwrap_err();
    let chat = chat(&conn, ana.id).await;
    let said = NewMessage::user(MARK).idempotency_key(MARK);
    Message::append(&conn, chat.id, &said).await.unwrap();
    Message::append(&conn, chat.id, &NewMessage::user(format!("{MARK}\0"))).await.unwrap_err();
    Message::list(&conn, chat.id, &PageRequest::first(5)).await.unwrap();
    sql(&conn, &format!("SELECT pg_sleep(0.002), '{MARK}'")).await.unwrap();
    sql(&conn, &format!("SELECT pg_sleep(0.002), '{MARK}'::int")).await.unwrap_err();
    let failed: Result<(), Error> = database
        .transaction(async |conn| {
            sql(conn, &format!("INSERT INTO users (name) VALUES (E'{MARK}', 1)")).await
        })
        .await;
    failed.unwrap_err();
    drop(conn);

    let told = traces.text() + &metrics.keys().join("\n");
    assert!(told.contains("pg_sleep(?), ?"), "nothing slow was logged:\n{told}");
    assert!(told.contains("error.type = conflict"), "{told}");
    for line in told.lines() {
        assert!(!line.to_lowercase().contains(MARK), "{line}");
    }
}

#[tokio::test]
async fn readiness_knows_whether_the_schema_is_behind_ahead_or_another_one() {
    let db = TestDatabase::create().await;
    let readiness = async || db.readiness().await;
    assert!(db.is_ready().await);
    assert_eq!(readiness().await.to_string(), "ready");
    let conn = db.conn().await.unwrap();

    let newer = "INSERT INTO homeroom_migrations (version, name, up_checksum, applied_by, applied_at, duration_ms, tool_version) \
         SELECT 9001, 'of_tomorrow', up_checksum, applied_by, applied_at, duration_ms, tool_version FROM homeroom_migrations LIMIT 1";
    sql(&conn, newer).await.unwrap();
    assert_eq!(
        readiness().await.to_string(),
        "ready, with a newer schema: 9001_of_tomorrow is not known here"
    );
    assert!(db.is_ready().await);

    sql(&conn, "UPDATE homeroom_migrations SET up_checksum = repeat('0', 64) WHERE version = 2")
        .await
        .unwrap();
    assert_eq!(
        readiness().await.to_string(),
        "the schema is another one: 0002_users is edited or missing (homeroom migrate status)"
    );
    assert!(!db.is_ready().await);

    let db = TestDatabase::create().await;
    let mut client = db.config().connect_client().await.unwrap();
    let migrator = homeroom::migrator().unwrap();
    let one = DownOptions { steps: Some(1), ..DownOptions::default() };
    let undone = migrator.down(&mut client, &one).await.unwrap();
    let last = format!("{}_{}", undone[0].version, undone[0].name);
    let expected = format!("the schema is behind: {last} is not applied (homeroom migrate up)");
    assert_eq!(db.readiness().await.to_string(), expected);
    assert!(!db.is_ready().await);
}

#[tokio::test]
async fn readiness_knows_that_the_server_is_gone() {
    let cluster = TestCluster::start(&ServerConfig::throwaway()).unwrap();
    let empty = homeroom_embed::testing::TestDatabase::empty(&cluster).await.unwrap();
    let config = DatabaseConfig::builder(empty.url()).pool_min(0).build().unwrap();
    let database = Database::connect(config).await.unwrap();
    assert!(database.readiness().await.to_string().starts_with("the schema is behind: 0001_"));
    drop((empty, cluster));
    let readiness = database.readiness().await;
    assert_eq!(readiness.to_string(), "the database is unreachable (unavailable)");
    assert!(!readiness.is_ready());
}

#[tokio::test]
async fn an_instrumentation_of_the_programs_own_hears_of_every_statement_too() {
    use std::sync::atomic::{AtomicU64, Ordering};
    static STATEMENTS: AtomicU64 = AtomicU64::new(0);
    diesel::connection::set_default_instrumentation(|| {
        Some(Box::new(|event: diesel::connection::InstrumentationEvent<'_>| {
            if let diesel::connection::InstrumentationEvent::StartQuery { query, .. } = event
                && query.to_string().contains("overheard@example.org")
            {
                STATEMENTS.fetch_add(1, Ordering::SeqCst);
            }
        }))
    })
    .unwrap();
    let db = TestDatabase::create().await;
    User::find_by_email(&db.conn().await.unwrap(), "overheard@example.org").await.unwrap();
    assert_eq!(STATEMENTS.swap(0, Ordering::SeqCst), 1);
}
