//! The register: parsed and written, updated, merged, imported.

mod git;
mod import;
mod roundtrip;
mod update;

use chrono::NaiveDate;
use homeroom_advisor::{NewEntry, Options, Register, Report, advise};

use crate::database::Database;

/// A day of the year 2026.
fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

/// What the advisor says after a script.
async fn report_after(script: &str) -> Report {
    let database = Database::after(script).await;
    let rules = Some(vec!["duplicate-index".to_owned()]);
    advise(&database.client, &Options { rules, ..Options::default() }).await.unwrap()
}

/// A table with a superfluous index on each of these columns.
fn duplicates(columns: &[&str]) -> String {
    let mut script = "CREATE TABLE t (a int, b int, c int);".to_owned();
    for column in columns {
        for number in [1, 2] {
            script.push_str(&format!("CREATE INDEX t_{column}_idx{number} ON t ({column});"));
        }
    }
    script
}

fn new_entry(title: &str) -> NewEntry {
    NewEntry {
        issue: "Schema".to_owned(),
        priority: "High".to_owned(),
        title: title.to_owned(),
        impact: "Low".to_owned(),
        effort: "Small".to_owned(),
        tracking: None,
        source: None,
        description: None,
        effect: None,
        mitigation: None,
        blocking: None,
        check: None,
    }
}

/// The register as it is after it was written and read.
fn reread(register: &Register) -> Register {
    Register::parse(&register.to_toml()).unwrap()
}
