//! Writes a suggestion as a migration.

use std::path::{Path, PathBuf};

use homeroom_migrate::create_migration;

use crate::finding::Suggestion;

/// Why a suggestion could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FixError {
    /// The folder is at fault, or can't be written to.
    #[error(transparent)]
    Migrations(#[from] homeroom_migrate::Error),
    /// A file can't be written.
    #[error("can't write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Writes a suggestion into a folder of migrations, in the style of the folder and with the next version, and gives the files.
/// Nothing is run. `comment`, one line, becomes the head of the up, and where nothing takes it back the reason in the down.
///
/// What can't run in a transaction (`CONCURRENTLY`) is marked as the tool of the folder wants it.
///
/// # Errors
/// [`FixError::Migrations`] as `homeroom_migrate::create_migration`, and [`FixError::Write`].
pub fn write_migration(
    suggestion: &Suggestion,
    folder: impl AsRef<Path>,
    name: &str,
    comment: &str,
) -> Result<Vec<PathBuf>, FixError> {
    let mut files = create_migration(folder, name)?;
    let is_apart = [Some(&suggestion.up), suggestion.down.as_ref()]
        .into_iter()
        .flatten()
        .any(|sql| sql.to_uppercase().contains(" CONCURRENTLY "));
    let up = format!("-- {comment}\n{}\n", suggestion.up.trim_end());
    let down = match &suggestion.down {
        Some(down) => format!("{}\n", down.trim_end()),
        None => format!("-- irreversible: {comment}\n"),
    };
    if let [both] = &files[..] {
        let text = both_sides(both, &up, &down, is_apart)?;
        write(both, &text)?;
        return Ok(files);
    }
    // Other tools than homeroom have to be told what can't run in a transaction.
    let is_diesel = files.iter().any(|file| file.ends_with("up.sql"));
    let is_own = files.iter().any(|file| version_digits(file) == 4);
    let mark = if is_apart && !is_own && !is_diesel { "-- no-transaction\n" } else { "" };
    for file in &files {
        let side = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let text = if side == "up.sql" || side.ends_with(".up.sql") { &up } else { &down };
        write(file, &format!("{mark}{text}"))?;
    }
    if is_diesel
        && is_apart
        && let Some(folder) = files.first().and_then(|file| file.parent())
    {
        let metadata = folder.join("metadata.toml");
        write(&metadata, "run_in_transaction = false\n")?;
        files.push(metadata);
    }
    Ok(files)
}

/// The text of a file that holds both sides, from the markers that are in it.
fn both_sides(file: &Path, up: &str, down: &str, is_apart: bool) -> Result<String, FixError> {
    let markers = std::fs::read_to_string(file)
        .map_err(|source| FixError::Write { path: file.to_owned(), source })?;
    let is_dbmate = markers.contains("migrate:up");
    let apart = match (is_apart, is_dbmate) {
        (true, true) => " transaction:false",
        (true, false) => " notransaction",
        (false, _) => "",
    };
    Ok(if is_dbmate {
        format!("-- migrate:up{apart}\n{up}\n-- migrate:down{apart}\n{down}")
    } else {
        format!("-- +migrate Up{apart}\n{up}\n-- +migrate Down{apart}\n{down}")
    })
}

fn version_digits(file: &Path) -> usize {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.chars().take_while(char::is_ascii_digit).count()
}

fn write(path: &Path, text: &str) -> Result<(), FixError> {
    std::fs::write(path, text).map_err(|source| FixError::Write { path: path.to_owned(), source })
}
