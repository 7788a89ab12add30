//! Migrations that are part of the program.

use std::path::{Path, PathBuf};
use std::process::Command;

use homeroom_migrate::{EmbeddedFile, Error, Migrator, UpOptions};

use crate::database::TestDatabase;

#[tokio::test]
async fn embedded_files_are_applied_like_those_of_a_folder() {
    let database = TestDatabase::create().await;
    let mut client = database.connect().await;
    let files = [
        EmbeddedFile { name: "0001_a.down.sql", sql: "DROP TABLE a" },
        EmbeddedFile { name: "0001_a.up.sql", sql: "CREATE TABLE a ()" },
    ];
    let migrator = Migrator::embedded(&files).unwrap();
    assert_eq!(migrator.up(&mut client, &UpOptions::default()).await.unwrap().len(), 1);
    assert!(migrator.is_up_to_date(&client).await.unwrap());
}

#[test]
fn faults_of_embedded_files_are_reported_too() {
    let files = [EmbeddedFile { name: "0001_a.up.sql", sql: "" }];
    let error = Migrator::embedded(&files).unwrap_err();
    assert!(matches!(error, Error::Folder(error) if error.faults.len() == 2));
}

/// A package that embeds its migrations and prints them, built by a cargo of its own.
struct Program {
    folder: PathBuf,
}

impl Program {
    fn create() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("embedding");
        let migrate = env!("CARGO_MANIFEST_DIR");
        if folder.join("migrations").exists() {
            std::fs::remove_dir_all(folder.join("migrations")).unwrap();
        }
        std::fs::create_dir_all(folder.join("migrations")).unwrap();
        std::fs::create_dir_all(folder.join("src")).unwrap();
        let source = format!("path = {migrate:?}, default-features = false");
        // Under another name, because the macro must not rely on the crate's own.
        let manifest = format!(
            "[workspace]\n[package]\nname = \"embedding\"\nedition = \"2024\"\n
             [dependencies]\nrenamed = {{ package = \"homeroom-migrate\", {source} }}
             [build-dependencies]\nrenamed = {{ package = \"homeroom-migrate\", {source} }}\n"
        );
        let build = "fn main() { renamed::build::embed_migrations(\"migrations\"); }";
        let main = "fn main() { for file in renamed::include_migrations!() { println!(\"{}: {}\", file.name, file.sql); } }";
        std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        std::fs::write(folder.join("build.rs"), build).unwrap();
        std::fs::write(folder.join("src/main.rs"), main).unwrap();
        // The versions that the workspace has locked: nothing is to be downloaded.
        let lock = Path::new(migrate).join("../../Cargo.lock");
        std::fs::copy(lock, folder.join("Cargo.lock")).unwrap();
        Self { folder }
    }

    fn write(&self, name: &str, up: &str, down: &str) {
        for (side, sql) in [("up", up), ("down", down)] {
            let file = self.folder.join(format!("migrations/{name}.{side}.sql"));
            std::fs::write(file, sql).unwrap();
        }
    }

    /// What the program prints, or what cargo said against it.
    fn run(&self) -> Result<String, String> {
        let cargo = std::env::var_os("CARGO").expect("run by cargo");
        let output = Command::new(cargo)
            .args(["run", "--quiet", "--offline"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
    }
}

#[test]
fn an_added_or_changed_file_is_embedded_by_the_next_build_and_a_fault_fails_it() {
    let program = Program::create();
    assert_eq!(program.run().unwrap(), "");
    program.write("0001_a", "select 1", "select 2");
    assert_eq!(program.run().unwrap(), "0001_a.down.sql: select 2\n0001_a.up.sql: select 1\n");
    program.write("0001_a", "select 3", "select 4");
    assert_eq!(program.run().unwrap(), "0001_a.down.sql: select 4\n0001_a.up.sql: select 3\n");
    program.write("0002_b", "", "select 5");
    program.write("3_c", "select 6", "select 7");
    let said = program.run().unwrap_err();
    assert!(said.contains("0002_b.up.sql has no statement"), "{said}");
    assert!(said.contains("rename it to 0003_c.up.sql"), "{said}");
}
