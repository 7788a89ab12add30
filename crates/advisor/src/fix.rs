//! Writes the suggestion of a finding as a migration.

use std::path::{Path, PathBuf};

use homeroom_migrate::create_migration;

use crate::finding::Finding;

/// Why a suggestion could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FixError {
    /// There is nothing to write.
    #[error("nothing is suggested for {object} that SQL could do: {mitigation}")]
    NoSuggestion {
        /// What the finding is about.
        object: String,
        /// What to do instead.
        mitigation: String,
    },
    /// The folder is at fault, or can't be written to.
    #[error(transparent)]
    Migrations(#[from] homeroom_migrate::Error),
    /// A file can't be written.
    #[error("{} can't be written", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Writes the suggestion of a finding into a folder of migrations, in the style of the folder and with the next version, and gives
/// the files. Nothing is run.
///
/// # Errors
/// [`FixError::NoSuggestion`], [`FixError::Migrations`] as `homeroom_migrate::create_migration`, and [`FixError::Write`].
pub fn write_fix(finding: &Finding, folder: impl AsRef<Path>) -> Result<Vec<PathBuf>, FixError> {
    let Some(suggestion) = &finding.suggestion else {
        return Err(FixError::NoSuggestion {
            object: finding.object.to_string(),
            mitigation: finding.mitigation.clone(),
        });
    };
    let mut files = create_migration(folder, &name(finding))?;
    let head = format!("-- {}.\n\n", finding.title);
    let is_apart = [Some(&suggestion.up), suggestion.down.as_ref()]
        .into_iter()
        .flatten()
        .any(|sql| sql.to_uppercase().contains(" CONCURRENTLY "));
    let up = format!("{head}{}\n", suggestion.up.trim_end());
    let down = match &suggestion.down {
        Some(down) => format!("{}\n", down.trim_end()),
        None => "-- irreversible: nothing can take it back\n".to_owned(),
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

/// `drop_users_email_idx` and the like: the rule and the last name of what it is about.
fn name(finding: &Finding) -> String {
    let object = finding.object.identity.split('(').next().unwrap_or_default();
    let object = object.rsplit('.').next().unwrap_or_default().trim_matches('"');
    format!("{}_{object}", finding.rule.replace('-', "_")).to_lowercase()
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
