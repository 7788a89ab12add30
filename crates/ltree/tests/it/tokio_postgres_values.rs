//! The values of tokio-postgres, to the server and back.

use homeroom_ltree::{Lquery, Ltree, Ltxtquery};
use postgres_types_of_tokio::{FromSql, Type};
use tokio_postgres::types as postgres_types_of_tokio;

use crate::random::{lquery, ltxtquery, path, values};
use crate::server::client;

#[tokio::test]
async fn values_come_back_as_they_went() {
    let client = client().await;
    let paths: Vec<Ltree> =
        values(path(), 2_000).iter().map(|text| text.parse().unwrap()).collect();
    let queries: Vec<Lquery> =
        values(lquery(), 2_000).iter().map(|text| text.parse().unwrap()).collect();
    let text_queries: Vec<Ltxtquery> =
        values(ltxtquery(), 2_000).iter().map(|text| text.parse().unwrap()).collect();
    let row = client
        .query_one(
            "SELECT $1::ltree[], $2::lquery[], $3::ltxtquery[], $1::ltree[]::text[], $2::lquery[]::text[], $3::ltxtquery[]::text[]",
            &[&paths, &queries, &text_queries],
        )
        .await
        .unwrap();
    assert_eq!(row.get::<_, Vec<Ltree>>(0), paths);
    assert_eq!(row.get::<_, Vec<Lquery>>(1), queries);
    assert_eq!(row.get::<_, Vec<Ltxtquery>>(2), text_queries);
    assert_eq!(
        row.get::<_, Vec<String>>(3),
        paths.iter().map(Ltree::to_string).collect::<Vec<_>>()
    );
    assert_eq!(
        row.get::<_, Vec<String>>(4),
        queries.iter().map(Lquery::to_string).collect::<Vec<_>>()
    );
    assert_eq!(
        row.get::<_, Vec<String>>(5),
        text_queries.iter().map(Ltxtquery::to_string).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn null_is_none_and_the_empty_path_is_not() {
    let client = client().await;
    let row = client
        .query_one("SELECT NULL::ltree, ''::ltree, $1::ltree", &[&None::<Ltree>])
        .await
        .unwrap();
    assert_eq!(row.get::<_, Option<Ltree>>(0), None);
    assert_eq!(row.get::<_, Option<Ltree>>(1), Some(Ltree::new()));
    assert_eq!(row.get::<_, Option<Ltree>>(2), None);
}

#[tokio::test]
async fn another_type_is_refused() {
    let client = client().await;
    let row = client.query_one("SELECT 'a.b'::text", &[]).await.unwrap();
    assert!(row.try_get::<_, Ltree>(0).is_err());
}

#[test]
fn an_unknown_version_is_an_error() {
    let error = |raw: &[u8]| Ltree::from_sql(&Type::UNKNOWN, raw).unwrap_err().to_string();
    assert_eq!(error(b"\x02a.b"), "version 2 of the binary format is unknown, only version 1 is");
    assert_eq!(error(b""), "the binary value is empty: its version byte is missing");
    assert_eq!(
        error(b"\x01a.\xff"),
        "byte 3 of the text is not UTF-8: set client_encoding to UTF8"
    );
    assert_eq!(error(b"\x01a..b"), "the label at character 3 is empty");
    assert_eq!(Ltree::from_sql(&Type::UNKNOWN, b"\x01").unwrap(), Ltree::new());
}
