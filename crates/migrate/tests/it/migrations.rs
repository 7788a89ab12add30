//! Small folders of migrations for the tests.

use homeroom_migrate::Migrator;
use tempfile::TempDir;

/// A folder that can be changed between two runs.
pub(crate) struct Folder(TempDir);

impl Folder {
    /// A folder of pairs: the name without its suffix, the up SQL, the down SQL.
    pub(crate) fn of(pairs: &[(&str, &str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, up, down) in pairs {
            folder.write(name, up, down);
        }
        folder
    }

    /// `count` migrations that each create a table `t1`, `t2`, … and drop it.
    pub(crate) fn of_tables(count: u32) -> Self {
        let folder = Self::of(&[]);
        for number in 1..=count {
            folder.write(
                &format!("{number:04}_t{number}"),
                &format!("CREATE TABLE t{number} (id bigint);"),
                &format!("DROP TABLE t{number};"),
            );
        }
        folder
    }

    pub(crate) fn write(&self, name: &str, up: &str, down: &str) {
        std::fs::write(self.0.path().join(format!("{name}.up.sql")), up).unwrap();
        std::fs::write(self.0.path().join(format!("{name}.down.sql")), down).unwrap();
    }

    pub(crate) fn remove(&self, name: &str) {
        for side in ["up", "down"] {
            std::fs::remove_file(self.0.path().join(format!("{name}.{side}.sql"))).unwrap();
        }
    }

    #[cfg(feature = "check")]
    pub(crate) fn path(&self) -> &std::path::Path {
        self.0.path()
    }

    pub(crate) fn migrator(&self) -> Migrator {
        Migrator::from_dir(self.0.path()).unwrap()
    }
}
