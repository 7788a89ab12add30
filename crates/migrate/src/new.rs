//! Writes the files of a new migration, in the style of the folder.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use chrono::Utc;

use crate::error::Error;
use crate::folder::{self, FolderStyle, Migration};
use crate::version::Version;

/// Writes the files of a new migration into a folder, in its style, and gives their paths. The version is the next number where the
/// versions are numbers, and the time of day where they are timestamps. Other characters of the name than letters, digits, `_` and
/// `-` become `_`.
///
/// The files have no statement yet: until they do, a folder of our own style is at fault.
///
/// # Errors
/// [`Error::Options`] for a name without a letter or digit, [`Error::ReadFolder`], [`Error::Folder`] when the folder has faults, and
/// [`Error::WriteFile`], also when a file is there already.
pub fn create_migration(folder: impl AsRef<Path>, name: &str) -> Result<Vec<PathBuf>, Error> {
    let folder = folder.as_ref();
    let name = file_name(name)?;
    let files = folder::read(folder)
        .map_err(|source| Error::ReadFolder { path: folder.to_owned(), source })?;
    let files: Vec<_> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let style = FolderStyle::of(&files);
    let migrations = folder::parse(&folder.display().to_string(), files)?;
    let version = next_version(migrations.last(), style);
    let mut written = Vec::new();
    for (file, text) in texts(style, &version, &name) {
        let path = folder.join(file);
        write(&path, &text).map_err(|source| Error::WriteFile { path: path.clone(), source })?;
        written.push(path);
    }
    Ok(written)
}

fn file_name(name: &str) -> Result<String, Error> {
    let is_kept = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let name: String = name.trim().chars().map(|c| if is_kept(c) { c } else { '_' }).collect();
    if name.contains(|c: char| c.is_ascii_alphanumeric()) {
        Ok(name)
    } else {
        Err(Error::Options("the name of a migration needs a letter or a digit"))
    }
}

/// Numbers go on, timestamps are of now.
fn next_version(newest: Option<&Migration>, style: FolderStyle) -> String {
    let now = || match style {
        FolderStyle::Diesel => Utc::now().format("%Y-%m-%d-%H%M%S").to_string(),
        _ => Utc::now().format("%Y%m%d%H%M%S").to_string(),
    };
    let Some(newest) = newest.map(Migration::version) else {
        return if style == FolderStyle::Own { Version::new(1).to_string() } else { now() };
    };
    if newest.digits() >= 10 {
        return now();
    }
    format!("{:0width$}", newest.get() + 1, width = newest.digits())
}

fn texts(style: FolderStyle, version: &str, name: &str) -> Vec<(String, String)> {
    let stem = format!("{version}_{name}");
    let empty = String::new();
    match style {
        FolderStyle::Own | FolderStyle::Numbered => {
            vec![(format!("{stem}.up.sql"), empty.clone()), (format!("{stem}.down.sql"), empty)]
        }
        FolderStyle::Diesel => {
            vec![(format!("{stem}/up.sql"), empty.clone()), (format!("{stem}/down.sql"), empty)]
        }
        FolderStyle::Dbmate => {
            vec![(format!("{stem}.sql"), "-- migrate:up\n\n-- migrate:down\n".to_owned())]
        }
        FolderStyle::SqlMigrate => {
            vec![(format!("{stem}.sql"), "-- +migrate Up\n\n-- +migrate Down\n".to_owned())]
        }
    }
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::File::create_new(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn created(existing: &[&str], name: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for file in existing {
            write(
                &folder.path().join(file),
                "-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;",
            )
            .unwrap();
        }
        let paths = create_migration(folder.path(), name).unwrap();
        let name = |path: &PathBuf| {
            assert!(path.exists());
            path.strip_prefix(folder.path()).unwrap().to_str().unwrap().to_owned()
        };
        paths.iter().map(name).collect()
    }

    #[test]
    fn numbers_go_on_with_as_many_digits() {
        assert_eq!(created(&[], "add users"), ["0001_add_users.up.sql", "0001_add_users.down.sql"]);
        let ours = ["0009_a.up.sql", "0009_a.down.sql"];
        assert_eq!(created(&ours, "b"), ["0010_b.up.sql", "0010_b.down.sql"]);
        assert_eq!(created(&["000009_a.up.sql"], "b"), ["000010_b.up.sql", "000010_b.down.sql"]);
        assert_eq!(created(&["9_a.sql"], "b"), ["10_b.sql"]);
    }

    #[test]
    fn timestamps_are_of_now() {
        let files = created(&["2019-11-11-162609_a/up.sql"], "b");
        let year = Utc::now().format("%Y-").to_string();
        assert!(files[0].starts_with(&year) && files[0].ends_with("_b/up.sql"), "{files:?}");
        assert_eq!(
            created(&["20230101000000_a.up.sql"], "b")[0].len(),
            "20230101000000_b.up.sql".len()
        );
    }

    #[test]
    fn a_name_of_nothing_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(create_migration(folder.path(), " / "), Err(Error::Options(_))));
    }
}
