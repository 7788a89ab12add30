//! For build scripts: puts a folder of migrations into the program.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::folder;

/// The file in `OUT_DIR` that [`include_migrations!`](crate::include_migrations) reads.
const GENERATED: &str = "homeroom_migrations.rs";

/// Checks a folder of migrations and makes it ready for [`include_migrations!`](crate::include_migrations).
///
/// Call it in `build.rs` with the folder's path from the package's root. A changed, added or removed file rebuilds the
/// package; a fault of the folder fails the build with all faults listed.
///
/// ```no_run
/// // In the main function of build.rs, with `homeroom-migrate = { …, default-features = false }` in [build-dependencies]:
/// homeroom_migrate::build::embed_migrations("migrations");
/// ```
pub fn embed_migrations(folder: impl AsRef<Path>) {
    println!("cargo::rerun-if-changed={}", folder.as_ref().display());
    if let Err(message) = generate(folder.as_ref()) {
        // A directive is one line: a message of several lines becomes several.
        for line in message.lines() {
            println!("cargo::error={line}");
        }
    }
}

fn generate(folder: &Path) -> Result<(), String> {
    let variable = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .ok_or_else(|| format!("{name} is not set: call embed_migrations in a build script"))
    };
    let out = variable("OUT_DIR")?.join(GENERATED);
    let folder = variable("CARGO_MANIFEST_DIR")?.join(folder);
    let source = source(&folder)?;
    std::fs::write(&out, source).map_err(|error| format!("cannot write {}: {error}", out.display()))
}

/// The Rust expression that holds the folder's files.
fn source(folder: &Path) -> Result<String, String> {
    let name = folder.display().to_string();
    let files = folder::read(folder)
        .map_err(|error| format!("cannot read the migrations in {name}: {error}"))?;
    let contents = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    folder::parse(&name, contents).map_err(|error| error.to_string())?;
    let mut source = String::from("&[\n");
    for (file, _) in &files {
        let path = folder.join(file);
        if path.is_dir() {
            continue;
        }
        let path = path
            .to_str()
            .ok_or_else(|| format!("the path {} is not UTF-8: move the package", path.display()))?;
        let _ =
            writeln!(source, "    EmbeddedFile {{ name: {file:?}, sql: include_str!({path:?}) }},");
    }
    source.push_str("]\n");
    Ok(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generated_source_names_every_file_with_its_full_path() {
        let folder = tempfile::tempdir().unwrap();
        for side in ["up", "down"] {
            std::fs::write(folder.path().join(format!("0001_a.{side}.sql")), "select 1;").unwrap();
        }
        let source = source(folder.path()).unwrap();
        let path = folder.path().join("0001_a.up.sql");
        assert!(source.contains("name: \"0001_a.down.sql\""), "{source}");
        assert!(
            source.contains(&format!("include_str!({:?})", path.to_str().unwrap())),
            "{source}"
        );
    }

    #[test]
    fn the_folders_of_diesel_are_named_and_others_beside_them_are_not() {
        let folder = tempfile::tempdir().unwrap();
        for inner in ["2024-01-01-000000_a", "seeds"] {
            std::fs::create_dir(folder.path().join(inner)).unwrap();
        }
        std::fs::write(folder.path().join("2024-01-01-000000_a/up.sql"), "select 1;").unwrap();
        let source = source(folder.path()).unwrap();
        assert!(source.contains("name: \"2024-01-01-000000_a/up.sql\""), "{source}");
        assert_eq!(source.matches("EmbeddedFile").count(), 1);
    }

    #[test]
    fn a_folder_with_faults_gives_all_of_them_and_no_source() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("1_a.up.sql"), "select 1;").unwrap();
        std::fs::write(folder.path().join("0002_b.up.sql"), "").unwrap();
        let message = source(folder.path()).unwrap_err();
        assert!(message.contains("rename it to 0001_a.up.sql"), "{message}");
        assert!(message.contains("0002_b.up.sql has no 0002_b.down.sql"), "{message}");
        assert!(message.contains("0002_b.up.sql has no statement"), "{message}");
    }
}
