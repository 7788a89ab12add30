//! `homeroom stats`.

use crate::aberdeen::{Aberdeen, SCHOOL, STUDENT, TEACHER};
use crate::{homeroom_with, settings};

#[tokio::test]
async fn everything_is_counted() {
    let aberdeen = Aberdeen::new().await;
    let class = aberdeen.id(&format!("class create Algebra --group {SCHOOL}"));
    aberdeen.line(&format!("class enrol {class} {STUDENT} --role student")).done();
    aberdeen.line(&format!("user suspend {TEACHER}")).done();
    aberdeen.line(&format!("group archive {SCHOOL}/maths --yes")).done();
    let out = aberdeen.line("stats").done();
    let mut same = settings(&[]);
    same.add_filter(r"takes \d+ MiB", "takes [bytes]");
    same.add_filter(r"(?m)^(\w+) +\d+ (bytes|KiB)$", "$1 [bytes]");
    // Which table is larger than another is PostgreSQL's matter.
    let (counts, _) = out.split_once("Largest tables").unwrap();
    same.bind(|| insta::assert_snapshot!(counts));
    let json = aberdeen.line("stats --json").json();
    assert_eq!((&json["users"]["suspended"], &json["groups"]["archived"]), (&1.into(), &1.into()));
    assert_eq!(json["largest_tables"].as_array().unwrap().len(), 10);
    assert!(json["database_bytes"].as_u64().unwrap() > 1_000_000);
}

#[tokio::test]
async fn what_takes_too_long_is_told_with_the_way_to_give_it_longer() {
    let aberdeen = Aberdeen::new().await;
    // Somebody keeps a table to themselves.
    let (holder, connection) =
        tokio_postgres::connect(aberdeen.url(), tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    holder.batch_execute("BEGIN; LOCK TABLE files").await.unwrap();
    let short = [("DATABASE_URL", aberdeen.url()), ("DATABASE_STATEMENT_TIMEOUT", "1s")];
    insta::assert_snapshot!(homeroom_with(&short, &["stats"]).failed(), @"
    exit code 1
    error: the server cancelled the statement: canceling statement due to statement timeout
    help: let it take longer: DATABASE_STATEMENT_TIMEOUT=10m
    ");
    drop(holder);
    connection.await.unwrap().unwrap();
}
