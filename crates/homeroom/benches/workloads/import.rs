//! Importing the roster of a large urban district, where the folder of the test data is there.

use std::path::PathBuf;
use std::time::Instant;

use homeroom::roster::{self, ImportOptions, Package};
use homeroom::{Database, DatabaseConfig};
use homeroom_migrate::UpOptions;
use serde::Serialize;

use crate::table::{Table, time};

#[derive(Debug, Serialize)]
pub(crate) struct Import {
    pub(crate) people: u64,
    pub(crate) classes: u64,
    pub(crate) enrolments: u64,
    /// Into an empty database.
    pub(crate) first: f64,
    /// The same package again, which changes nothing.
    pub(crate) again: f64,
}

impl Import {
    /// Into an empty database; `None` without the data, which `HOMEROOM_TEST_DATA` names or which lies beside the repository.
    pub(crate) async fn measure(url: &str) -> Option<Self> {
        let named = std::env::var_os("HOMEROOM_TEST_DATA").map(PathBuf::from);
        let folder = named.unwrap_or_else(|| {
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data")
        });
        let path = folder.join("roster/seattle-1.1.zip");
        if !path.exists() {
            println!("no import: there is no {}", path.display());
            return None;
        }
        let config = DatabaseConfig::builder(url).pool_min(0).pool_max(1).build().unwrap();
        let mut migrating = config.connect_client().await.unwrap();
        homeroom::migrator().unwrap().up(&mut migrating, &UpOptions::default()).await.unwrap();
        let db = Database::connect(config).await.unwrap();
        let mut times = Vec::new();
        let mut reports = Vec::new();
        for _ in 0..2 {
            let start = Instant::now();
            let package = Package::open(&path).unwrap();
            let mut conn = db.conn().await.unwrap();
            let options = ImportOptions::default();
            let report = roster::import(&mut conn, &package, &options, &|_| {}).await.unwrap();
            times.push(start.elapsed().as_secs_f64());
            reports.push(report);
        }
        assert!(reports[1].is_unchanged());
        Some(Self {
            people: reports[0].users.created,
            classes: reports[0].classes.created,
            enrolments: reports[0].enrolments.created,
            first: times[0],
            again: times[1],
        })
    }

    pub(crate) fn table(&self) -> Table {
        let mut table = Table::new(&[
            "Seattle's roster",
            "people",
            "classes",
            "enrolments",
            "first import",
            "the same again",
            "enrolments/s",
        ]);
        table.row([
            String::new(),
            self.people.to_string(),
            self.classes.to_string(),
            self.enrolments.to_string(),
            time(self.first),
            time(self.again),
            format!("{:.0}", self.enrolments as f64 / self.first),
        ]);
        table
    }
}
