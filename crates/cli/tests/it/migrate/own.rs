//! What CI asks of our own migrations.

use crate::{homeroom, newest};

#[test]
fn our_own_downs_are_right() {
    let verify = homeroom(&["migrate", "verify", "--json"]).json();
    assert_eq!(verify["sound"], true);
    assert_eq!(verify["migrations"].as_array().unwrap().len(), newest());
}

#[test]
fn our_own_migrations_are_without_findings() {
    let told = format!("{} migrations of the program read and run: nothing found\n", newest());
    assert_eq!(homeroom(&["migrate", "check"]).done(), told);
}

#[test]
fn schema_sql_is_what_our_own_migrations_make() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../homeroom/schema.sql");
    let check = homeroom(&["migrate", "dump", "--scratch", "--check", file]);
    assert_eq!(check.err, "");
    assert_eq!(
        check.code,
        Some(0),
        "{}\nwrite it: homeroom migrate dump --scratch --output crates/homeroom/schema.sql",
        check.out
    );
}
