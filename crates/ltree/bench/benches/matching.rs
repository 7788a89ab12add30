//! Matching beside the server's, in nanoseconds a row: 100,000 rows without an index. Of the server's time that of the same
//! query without the operator is taken off, so that only what the operator costs is left.

use std::hint::black_box;
use std::time::{Duration, Instant};

use homeroom_embed::testing::{TestCluster, TestDatabase};
use homeroom_ltree::{Lquery, Ltree, Ltxtquery};
use homeroom_ltree_bench::{PATHS, paths};
use tokio_postgres::NoTls;

const ROUNDS: usize = 15;

#[tokio::main]
async fn main() {
    let database = TestDatabase::empty(TestCluster::shared().unwrap()).await.unwrap();
    let (client, connection) = tokio_postgres::connect(database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
        .batch_execute(
            "CREATE EXTENSION ltree; CREATE TABLE paths (path ltree NOT NULL);
             SET max_parallel_workers_per_gather = 0; SET jit = off;",
        )
        .await
        .unwrap();
    let texts = paths();
    client
        .execute(
            "INSERT INTO paths SELECT path::ltree FROM unnest($1::text[]) AS t (path)",
            &[&texts],
        )
        .await
        .unwrap();
    client.batch_execute("VACUUM FREEZE ANALYZE paths").await.unwrap();
    let paths: Vec<Ltree> = texts.iter().map(|text| text.parse().unwrap()).collect();
    let district = paths[PATHS / 2].subltree(0, 2).unwrap();

    println!("{:44} {:>9} {:>9} {:>7} {:>8}", "", "here", "server", "ratio", "rows");
    let scan = "SELECT count(*) FROM paths WHERE path IS NOT NULL";
    let server_scan = least_server(&client, scan).await.0;
    for query in [
        format!("{district}.*"),
        "wa.*".to_owned(),
        "*.science".to_owned(),
        "*.lincoln*.*".to_owned(),
        "*{2}.high%*.*".to_owned(),
        "*.!mathematics|music".to_owned(),
        "wa|fl.*{1,2}.SCIENCE@".to_owned(),
        "*.school%.*.m*".to_owned(),
    ] {
        let ours: Lquery = query.parse().unwrap();
        let server =
            least_server(&client, &format!("SELECT count(*) FROM paths WHERE path ~ '{query}'"))
                .await;
        report(
            &format!("~ {query}"),
            least(|| count(&paths, |path| ours.matches(path))),
            server,
            server_scan,
        );
    }
    for query in [
        "science & wa",
        "school% & !music",
        "SCIENCE@ | lincoln*",
        "!(mathematics | music | library) & fl",
    ] {
        let ours: Ltxtquery = query.parse().unwrap();
        let server =
            least_server(&client, &format!("SELECT count(*) FROM paths WHERE path @ '{query}'"))
                .await;
        report(
            &format!("@ {query}"),
            least(|| count(&paths, |path| ours.matches(path))),
            server,
            server_scan,
        );
    }
    let server =
        least_server(&client, &format!("SELECT count(*) FROM paths WHERE path <@ '{district}'"))
            .await;
    report(
        "<@ a district",
        least(|| count(&paths, |path| path.is_descendant_of(&district))),
        server,
        server_scan,
    );
}

fn count(paths: &[Ltree], matches: impl Fn(&Ltree) -> bool) -> usize {
    black_box(paths).iter().filter(|path| matches(path)).count()
}

fn least(run: impl Fn() -> usize) -> (Duration, usize) {
    let mut least = (Duration::MAX, 0);
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        let rows = run();
        least = (least.0.min(begin.elapsed()), rows);
    }
    least
}

async fn least_server(client: &tokio_postgres::Client, statement: &str) -> (Duration, usize) {
    let statement = client.prepare(statement).await.unwrap();
    let mut least = (Duration::MAX, 0);
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        let rows: i64 = client.query_one(&statement, &[]).await.unwrap().get(0);
        least = (least.0.min(begin.elapsed()), usize::try_from(rows).unwrap());
    }
    least
}

fn report(what: &str, ours: (Duration, usize), server: (Duration, usize), scan: Duration) {
    assert_eq!(ours.1, server.1, "{what}");
    let row = |duration: Duration| duration.as_secs_f64() * 1e9 / PATHS as f64;
    let (here, there) = (row(ours.0), row(server.0.saturating_sub(scan)));
    println!("{what:44} {here:>6.0} ns {there:>6.0} ns {:>7.2} {:>8}", here / there, ours.1);
}
