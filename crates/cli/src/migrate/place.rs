//! Which migrations a command works with, and in which database of the private server.

use std::path::{Path, PathBuf};

use anyhow::Result;
use homeroom_migrate::Migrator;

use crate::cli::FolderArguments;
use crate::failure::Refusal;
use crate::target::DATABASE;

/// The server's own databases, and ours: none of them belongs to a folder.
const TAKEN: [&str; 4] = [DATABASE, "postgres", "template0", "template1"];
/// As much as PostgreSQL keeps of a name.
const LONGEST: usize = 63;

/// A set of migrations and where it came from.
pub(crate) struct Place {
    /// `None` for those of the program.
    folder: Option<PathBuf>,
    migrator: Migrator,
}

impl Place {
    /// Reads the migrations, with all their faults when there are any.
    pub(crate) fn open(arguments: &FolderArguments) -> Result<Self> {
        let Some(folder) = &arguments.dir else {
            return Ok(Self { folder: None, migrator: homeroom::migrator()? });
        };
        let shown = folder.display();
        match std::fs::metadata(folder) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => {
                let message = format!("{shown} is no folder");
                return Err(
                    Refusal::new(message, "name the folder of the migrations with --dir").into()
                );
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let help = format!(
                    "check --dir, or make it with the first migration: `homeroom migrate new NAME --dir {shown}`"
                );
                return Err(Refusal::new(format!("there is no folder {shown}"), help).into());
            }
            // Reading it says the same, with the cause.
            Err(_) => {}
        }
        let migrator = Migrator::from_dir(folder)?;
        if migrator.migrations().is_empty() {
            let help = format!(
                "check --dir, or write the first one: `homeroom migrate new NAME --dir {shown}`"
            );
            return Err(Refusal::new(format!("there are no migrations in {shown}"), help).into());
        }
        Ok(Self { folder: Some(folder.clone()), migrator })
    }

    /// The migrations.
    pub(crate) const fn migrator(&self) -> &Migrator {
        &self.migrator
    }

    /// The folder, as it was named; `None` for the migrations of the program.
    pub(super) fn folder(&self) -> Option<String> {
        self.folder.as_ref().map(|folder| folder.display().to_string())
    }

    /// The migrations, for people.
    pub(super) fn description(&self) -> String {
        self.folder().unwrap_or_else(|| "the program".to_owned())
    }

    /// The database of these migrations on the private server.
    pub(super) fn database(&self) -> String {
        self.folder.as_deref().map_or_else(|| DATABASE.to_owned(), database_of)
    }
}

/// The folder's name, or its parent's where it is only called `migrations`, made an identifier.
fn database_of(folder: &Path) -> String {
    let whole = folder.canonicalize();
    let whole = whole.as_deref().unwrap_or(folder);
    let mut names = whole.iter().rev().map(|name| identifier(&name.to_string_lossy()));
    let name = names.find(|name| !name.is_empty() && name != "migrations");
    let name = name.unwrap_or_else(|| "migrations".to_owned());
    if TAKEN.contains(&name.as_str()) { format!("{name}_migrations") } else { name }
}

/// Letters, digits and `_`, beginning with a letter.
fn identifier(name: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let name: String = name.chars().map(kept).collect();
    let parts: Vec<&str> = name.split('_').filter(|part| !part.is_empty()).collect();
    let name = parts.join("_");
    let name =
        if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name };
    name.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folders_database_has_its_name_or_that_of_its_parent() {
        let names = [
            ("/src/crates.io/migrations", "crates_io"),
            ("/src/app/db-changes", "db_changes"),
            ("/src/My App/migrations", "my_app"),
            ("/src/2024/", "_2024"),
            ("/migrations", "migrations"),
            ("/", "migrations"),
            ("/src/ünï/migrations", "n"),
        ];
        for (folder, name) in names {
            assert_eq!(database_of(Path::new(folder)), name, "{folder}");
        }
        assert_eq!(database_of(Path::new(&format!("/{}", "x".repeat(100)))).len(), LONGEST);
    }

    #[test]
    fn no_folder_is_given_the_database_of_the_program_or_of_the_server() {
        assert_eq!(database_of(Path::new("/src/homeroom/migrations")), "homeroom_migrations");
        assert_eq!(database_of(Path::new("/src/postgres")), "postgres_migrations");
    }
}
