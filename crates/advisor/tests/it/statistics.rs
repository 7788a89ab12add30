//! Rules that look at what the server has counted.

use std::time::Duration;

use homeroom_advisor::{Finding, Options, advise};

use crate::database::Database;

const AT_ONCE: Duration = Duration::ZERO;

/// What one rule finds, when statistics need to be that old.
async fn found(database: &Database, rule: &str, statistics_age: Duration) -> Vec<Finding> {
    let options =
        Options { rules: Some(vec![rule.to_owned()]), statistics_age, ..Options::default() };
    let report = advise(&database.client, &options).await.unwrap();
    assert_eq!(report.failed, []);
    report.findings
}

fn objects(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.object.identity.as_str()).collect()
}

const EVENTS: &str = "
    CREATE TABLE people (id bigint PRIMARY KEY);
    INSERT INTO people VALUES (1);
    CREATE TABLE events (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        person_id bigint NOT NULL REFERENCES people,
        at timestamptz NOT NULL,
        code text NOT NULL UNIQUE
    );
    CREATE INDEX events_person_id_idx ON events (person_id);
    CREATE INDEX events_at_idx ON events (at);
    CREATE INDEX events_small_idx ON events (at) WHERE id < 0;
    INSERT INTO events (person_id, at, code)
    SELECT 1, now() + number * interval '1 second', 'code ' || number FROM generate_series(1, 60000) AS number;
    ANALYZE events;
    SELECT count(*) FROM events;
    SELECT pg_stat_force_next_flush();
";

#[tokio::test]
async fn an_index_that_nobody_has_used_is_found_once_the_statistics_are_old_enough() {
    let database = Database::after(EVENTS).await;
    // Not those of a constraint, of a foreign key, or of no size.
    let of_now = found(&database, "unused-index", AT_ONCE).await;
    assert_eq!(objects(&of_now), ["public.events_at_idx"]);
    let of_a_month = found(&database, "unused-index", Duration::from_secs(30 * 86_400)).await;
    assert_eq!(objects(&of_a_month), [""; 0]);

    database
        .client
        .batch_execute(
            "SET enable_seqscan = off;
             SELECT FROM events WHERE at = now() - interval '1 year';
             SELECT pg_stat_force_next_flush();",
        )
        .await
        .unwrap();
    assert_eq!(objects(&found(&database, "unused-index", AT_ONCE).await), [""; 0]);
}

#[tokio::test]
async fn an_index_on_a_few_common_values_is_found_and_one_with_a_rare_value_is_not() {
    let database = Database::after(
        "CREATE TABLE orders (
             id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
             is_gift boolean NOT NULL,
             status text NOT NULL,
             year integer NOT NULL
         );
         CREATE INDEX orders_is_gift_idx ON orders (is_gift);
         CREATE INDEX orders_status_idx ON orders (status);
         CREATE INDEX orders_year_idx ON orders (year);
         CREATE INDEX orders_gift_year_idx ON orders (is_gift, year);
         INSERT INTO orders (is_gift, status, year)
         SELECT hashint4(number) % 2 = 0,
             CASE WHEN hashint4(number) % 500 = 0 THEN 'open' ELSE 'done' END,
             2000 + number / 5000
         FROM generate_series(1, 20000) AS number;
         ANALYZE orders;",
    )
    .await;
    // A rare status is worth an index, and years lie in the order of the table.
    let found = found(&database, "low-cardinality-index", AT_ONCE).await;
    assert_eq!(objects(&found), ["public.orders_is_gift_idx"]);
}

#[tokio::test]
async fn an_index_that_is_mostly_empty_is_estimated_to_be_so() {
    let database = Database::after(
        "CREATE TABLE jobs (id integer NOT NULL, kept integer NOT NULL);
         INSERT INTO jobs SELECT number, number FROM generate_series(1, 600000) AS number;
         CREATE INDEX jobs_id_idx ON jobs (id);",
    )
    .await;
    database.client.batch_execute("ANALYZE jobs").await.unwrap();
    assert_eq!(objects(&found(&database, "bloated-index", AT_ONCE).await), [""; 0]);

    database.client.batch_execute("DELETE FROM jobs WHERE id % 50 <> 0").await.unwrap();
    database.client.batch_execute("VACUUM ANALYZE jobs").await.unwrap();
    let found = found(&database, "bloated-index", AT_ONCE).await;
    assert_eq!(objects(&found), ["public.jobs_id_idx"]);
    assert_eq!(found.first().unwrap().evidence.get("estimate"), Some(&true.into()));
}

#[tokio::test]
async fn statistics_prove_that_a_time_of_the_last_change_stands_still() {
    let database = Database::after(
        "CREATE TABLE pages (
             id integer PRIMARY KEY,
             created_at timestamptz NOT NULL,
             updated_at timestamptz NOT NULL,
             title text NOT NULL
         );
         CREATE TABLE notes (LIKE pages);
         INSERT INTO pages SELECT number, now() + number * interval '1 s', now() + number * interval '1 s', ''
         FROM generate_series(1, 1000) AS number;
         INSERT INTO notes SELECT * FROM pages;
         UPDATE pages SET title = 'x' WHERE id % 2 = 0;
         UPDATE notes SET title = 'x', updated_at = now() + interval '1 day' * id WHERE id % 2 = 0;
         ANALYZE pages, notes;
         SELECT pg_stat_force_next_flush();",
    )
    .await;
    // Neither has a default or a trigger: the application may set the time. Of one it is seen that it does not.
    let found = found(&database, "updated-at-stands-still", AT_ONCE).await;
    assert_eq!(objects(&found), ["public.pages.updated_at"]);
}
