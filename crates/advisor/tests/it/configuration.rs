//! Settings and the state of a server, which no script can bring about: each on a server of its own.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use homeroom_advisor::{Family, Finding, Options, advise, rules};
use homeroom_embed::testing::TestCluster;
use homeroom_embed::{Server, ServerConfig};
use tokio_postgres::Client;

use crate::database::{Database, connect};

const LOCAL: &str = "host all all 127.0.0.1/32 trust";

/// What the family finds, rule and object.
async fn found(client: &Client, options: Options<'_>) -> BTreeSet<String> {
    let findings = findings(client, options).await;
    findings.iter().map(|finding| format!("{}: {}", finding.rule, finding.object)).collect()
}

async fn findings(client: &Client, options: Options<'_>) -> Vec<Finding> {
    let family = rules::all().filter(|rule| rule.family == Family::Configuration);
    let options =
        Options { rules: Some(family.map(|rule| rule.id.to_owned()).collect()), ..options };
    let report = advise(client, &options).await.unwrap();
    assert_eq!(report.failed, []);
    report.findings
}

/// Asks until something of the server's statistics is so.
async fn wait_until(client: &Client, condition: &str) {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let row = client.query_one(&format!("SELECT {condition}"), &[]).await.unwrap();
        if row.get::<_, Option<bool>>(0) == Some(true) {
            return;
        }
        assert!(Instant::now() < deadline, "never so: {condition}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A server with settings of its own, and an empty database on it.
async fn server(config: ServerConfig) -> (TestCluster, Client, String) {
    let cluster = TestCluster::start(&config).unwrap();
    let server: &Server = cluster.server();
    server.create_database("school").unwrap();
    let url = server.url("school");
    let client = connect(&url).await;
    (cluster, client, url)
}

#[tokio::test]
async fn a_server_for_others_is_told_what_is_wrong_with_it() {
    let config = ServerConfig::throwaway()
        .setting("password_encryption", "md5")
        .listen(&format!(
            "{LOCAL}\nhost all all 192.0.2.0/24 trust\nhost all all 127.0.0.2/32 trust"
        ))
        .unwrap();
    let (_cluster, client, url) = server(config).await;
    client.batch_execute("CREATE TABLE lessons (id bigint PRIMARY KEY)").await.unwrap();
    let everything = [
        "autovacuum-off: setting autovacuum",
        "missing-timeouts: setting timeouts",
        "superuser-application: role superusers",
        "trust-authentication: setting pg_hba.conf: host all all 192.0.2.0/255.255.255.0",
        "unsafe-writes: setting fsync",
        "unsafe-writes: setting full_page_writes",
        "unsafe-writes: setting synchronous_commit",
        "weak-password-hashes: setting password_encryption",
    ];
    assert_eq!(found(&client, Options::default()).await, everything.map(str::to_owned).into());

    // One that is no superuser sees the same, but for the file.
    client
        .batch_execute(
            "CREATE ROLE reader LOGIN; CREATE ROLE other LOGIN; GRANT SELECT ON lessons TO other",
        )
        .await
        .unwrap();
    let reader = connect(&format!("{url}?user=reader")).await;
    let mut less: BTreeSet<String> = everything.map(str::to_owned).into();
    less.retain(|one| !one.starts_with("trust-") && !one.starts_with("superuser-"));
    assert_eq!(found(&reader, Options::default()).await, less);
}

#[tokio::test]
async fn a_sound_server_passes() {
    let on = ["fsync", "full_page_writes", "synchronous_commit", "autovacuum"];
    let config =
        on.iter().fold(ServerConfig::throwaway(), |config, name| config.setting(name, "on"));
    let (_cluster, client, url) = server(config.listen(LOCAL).unwrap()).await;
    client
        .batch_execute(
            "CREATE ROLE app LOGIN;
            CREATE TABLE lessons (id bigint PRIMARY KEY);
            ALTER TABLE lessons OWNER TO app;
            ALTER DATABASE school SET statement_timeout = '30s';
            ALTER ROLE app IN DATABASE school SET idle_in_transaction_session_timeout = '1min'",
        )
        .await
        .unwrap();
    // The settings of the database hold for new sessions.
    drop(client);
    let client = connect(&url).await;
    wait_until(&client, "count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'client backend'")
        .await;
    assert_eq!(found(&client, Options::default()).await, BTreeSet::new());

    // Of another superuser's session it is told whether a tool opened it.
    let tool = connect(&format!("{url}?application_name=psql")).await;
    assert_eq!(found(&client, Options::default()).await, BTreeSet::new());
    let application = connect(&format!("{url}?application_name=school-api")).await;
    let superusers = BTreeSet::from(["superuser-application: role superusers".to_owned()]);
    assert_eq!(found(&client, Options::default()).await, superusers);
    drop((tool, application));
}

#[tokio::test]
async fn a_private_server_may_be_what_it_is() {
    let database = Database::after("CREATE TABLE lessons (id bigint PRIMARY KEY)").await;
    assert_eq!(found(&database.client, Options::default()).await, BTreeSet::new());
}

#[tokio::test]
async fn pools_must_fit_into_what_the_server_leaves_them() {
    let database = Database::empty().await;
    let with = |pool_max| Options { pool_max: Some(pool_max), ..Options::default() };
    // 200 in all, 3 of them for superusers.
    assert_eq!(found(&database.client, with(197)).await, BTreeSet::new());
    let findings = findings(&database.client, with(198)).await;
    assert_eq!(
        findings[0].title,
        "the pools may open 198 connections, and the server has 197 for them"
    );
}

#[tokio::test]
async fn a_network_without_tls_is_told_apart_from_the_own_machine() {
    // An address of the loopback network that the rule does not count among those of the own machine.
    let config = ServerConfig::throwaway().listen(LOCAL).unwrap();
    let (_cluster, client, _) = server(config).await;
    let clear =
        |found: BTreeSet<String>| found.iter().any(|one| one.starts_with("connections-in-clear"));
    assert!(!clear(found(&client, Options::default()).await));
    let config = ServerConfig::throwaway().listen(LOCAL).unwrap();
    let config = config.setting("listen_addresses", "127.0.0.1, 127.0.0.2");
    let (_cluster, client, _) = server(config).await;
    assert!(clear(found(&client, Options::default()).await));
}

#[tokio::test]
async fn tables_that_are_read_again_and_again_are_told_by_the_cache() {
    let config = ServerConfig::throwaway().setting("shared_buffers", "1MB");
    let (_cluster, client, _) = server(config).await;
    let fill = "CREATE TABLE pages WITH (fillfactor = 10) AS SELECT n, repeat('x', 700) AS text FROM generate_series(1, 3000) AS n";
    client.batch_execute(fill).await.unwrap();
    client.batch_execute("ANALYZE").await.unwrap();
    let scan = "SET synchronize_seqscans = off; DO $$ BEGIN FOR n IN 1..40 LOOP PERFORM sum(length(text)) FROM pages; END LOOP; END $$";
    client.batch_execute(scan).await.unwrap();
    wait_until(
        &client,
        "blks_hit + blks_read >= 100000 FROM pg_stat_database WHERE datname = 'school'",
    )
    .await;
    let fresh = Options { statistics_age: Duration::ZERO, ..Options::default() };
    assert_eq!(
        found(&client, fresh).await,
        BTreeSet::from(["cache-hit-ratio: setting shared_buffers".to_owned()])
    );
    assert_eq!(
        found(&client, Options::default()).await,
        BTreeSet::new(),
        "too young to mean anything"
    );
}

#[tokio::test]
async fn an_age_that_vacuum_can_not_lower_is_told_with_what_holds_it() {
    let config = ServerConfig::throwaway().setting("autovacuum_freeze_max_age", "100000");
    let (_cluster, client, url) = server(config).await;
    assert_eq!(found(&client, Options::default()).await, BTreeSet::new());
    let holder = connect(&url).await;
    holder.batch_execute("BEGIN; SELECT pg_current_xact_id()").await.unwrap();
    let burn = "DO $$ BEGIN FOR n IN 1..151000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$";
    client.batch_execute(burn).await.unwrap();
    let findings = findings(&client, Options::default()).await;
    let school = findings.iter().find(|finding| finding.object.identity == "school").unwrap();
    assert_eq!(school.rule, "wraparound");
    let holder_pid: i32 = holder.query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0);
    let said = school.evidence["held_back_by"].as_str().unwrap();
    assert_eq!(said, format!("the transaction of the session {holder_pid}"));
}

#[tokio::test]
async fn dead_rows_are_told_where_vacuum_should_have_been() {
    let database = Database::after(
        "CREATE TABLE many AS SELECT generate_series(1, 40000) AS n;
        CREATE TABLE few AS SELECT generate_series(1, 40000) AS n",
    )
    .await;
    let client = &database.client;
    client.batch_execute("ANALYZE").await.unwrap();
    client.batch_execute("DELETE FROM many WHERE n <= 20000").await.unwrap();
    client.batch_execute("DELETE FROM few WHERE n <= 5000").await.unwrap();
    wait_until(client, "sum(n_dead_tup) >= 25000 FROM pg_stat_user_tables").await;
    let dead = |found: BTreeSet<String>| -> Vec<String> {
        found.into_iter().filter(|one| one.starts_with("dead-rows")).collect()
    };
    assert_eq!(dead(found(client, Options::default()).await), ["dead-rows: table public.many"]);
    client
        .batch_execute("ALTER TABLE many SET (autovacuum_vacuum_scale_factor = 0.9)")
        .await
        .unwrap();
    assert_eq!(dead(found(client, Options::default()).await), [""; 0], "it was told to wait");
}

#[tokio::test]
async fn tables_that_were_never_analysed_or_not_since_are_told() {
    let database = Database::after(
        "CREATE TABLE known AS SELECT n, repeat('x', 500) AS text FROM generate_series(1, 20000) AS n;
        CREATE TABLE changed AS TABLE known;
        CREATE TABLE unknown AS TABLE known;
        CREATE TABLE small (n integer);
        CREATE TABLE parts (LIKE known) PARTITION BY RANGE (n);
        CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (100000);
        INSERT INTO parts TABLE known",
    )
    .await;
    let client = &database.client;
    // What is counted after ANALYZE counts as changed since.
    wait_until(client, "sum(n_mod_since_analyze) >= 80000 FROM pg_stat_user_tables").await;
    client.batch_execute("ANALYZE known, changed, part").await.unwrap();
    client.batch_execute("UPDATE changed SET text = '-'").await.unwrap();
    wait_until(
        client,
        "n_mod_since_analyze >= 20000 FROM pg_stat_user_tables WHERE relname = 'changed'",
    )
    .await;
    let stale = ["changed", "parts", "unknown"]
        .map(|table| format!("stale-statistics: table public.{table}"));
    let found: BTreeSet<String> = found(client, Options::default()).await;
    let found: Vec<&String> = found.iter().filter(|one| one.starts_with("stale")).collect();
    assert_eq!(found, stale.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_slot_that_nobody_reads_is_told_when_it_keeps_much() {
    let config = [
        ("wal_level", "replica"),
        ("max_wal_senders", "2"),
        ("min_wal_size", "32MB"),
        ("max_wal_size", "32MB"),
    ];
    let config = config
        .iter()
        .fold(ServerConfig::throwaway(), |config, (name, value)| config.setting(name, value));
    let (_cluster, client, _) = server(config).await;
    client
        .batch_execute("SELECT pg_create_physical_replication_slot('standby', true)")
        .await
        .unwrap();
    assert_eq!(found(&client, Options::default()).await, BTreeSet::new(), "it keeps little");
    for _ in 0..4 {
        client
            .batch_execute("SELECT pg_logical_emit_message(false, 'fill', repeat('x', 1000)); SELECT pg_switch_wal()")
            .await
            .unwrap();
    }
    client.batch_execute("CHECKPOINT").await.unwrap();
    let slot = "replication-slot-behind: setting replication slot standby".to_owned();
    assert_eq!(found(&client, Options::default()).await, BTreeSet::from([slot]));
}
