//! Diesel's tables are the database's tables.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use homeroom::testing::TestDatabase;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// The name that Diesel has for a type of the database.
fn diesel_type(sql_type: &str) -> &str {
    match sql_type {
        "uuid" => "Uuid",
        "text" => "Text",
        "jsonb" => "Jsonb",
        "integer" => "Integer",
        "bigint" => "BigInt",
        "bytea" => "Bytea",
        "ltree" => "Ltree",
        "timestamp with time zone" => "Timestamptz",
        other => other,
    }
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    column: String,
    #[diesel(sql_type = Text)]
    sql_type: String,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    nullable: bool,
}

#[tokio::test]
async fn every_table_of_diesel_is_as_the_live_catalog_has_it() {
    let db = TestDatabase::create().await;
    let columns: Vec<Column> = diesel::sql_query(include_str!("schema/columns.sql"))
        .load(&mut &*db.conn().await.unwrap())
        .await
        .unwrap();
    let keys: Vec<Line> = diesel::sql_query(include_str!("schema/primary_keys.sql"))
        .load(&mut &*db.conn().await.unwrap())
        .await
        .unwrap();
    let mut live: BTreeMap<String, String> = BTreeMap::new();
    for key in keys {
        let table = key.line.split(' ').next().unwrap().to_owned();
        live.insert(table, format!("{} {{\n", key.line));
    }
    for Column { table, column, sql_type, nullable } in columns {
        let diesel_type = diesel_type(&sql_type);
        let declared =
            if nullable { format!("Nullable<{diesel_type}>") } else { diesel_type.to_owned() };
        let text = live.get_mut(&table).unwrap_or_else(|| panic!("{table} has no primary key"));
        writeln!(text, "{column} -> {declared},").unwrap();
    }
    let live: Vec<String> = live.into_values().map(|text| format!("{text}}}\n")).collect();
    assert_eq!(live.concat(), declared().concat(), "left: the catalog, right: src/schema.rs");
}

/// The tables of `schema.rs`, with the database's own column names, by name.
fn declared() -> Vec<String> {
    let mut tables = Vec::new();
    for part in include_str!("../../src/schema.rs").split("diesel::table! {").skip(1) {
        let mut text = String::new();
        let mut sql_name = None;
        for line in part.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix("#[sql_name = \"") {
                sql_name = name.strip_suffix("\"]").map(ToOwned::to_owned);
            } else if let Some((column, declared)) = line.split_once(" -> ") {
                let column = sql_name.take().unwrap_or_else(|| column.to_owned());
                writeln!(text, "{column} -> {declared}").unwrap();
            } else if line.ends_with(") {") {
                writeln!(text, "{line}").unwrap();
            } else if line == "}" {
                text.push_str("}\n");
                break;
            }
        }
        tables.push(text);
    }
    tables.sort();
    tables
}
