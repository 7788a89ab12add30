//! Recording the statements of an application's tests, and what is found in them.

mod app;

use std::path::Path;

use diesel_async::{AsyncConnection as _, AsyncPgConnection};
use homeroom_advisor::statements::Recording;
use homeroom_advisor::{Finding, Options, advise};

use crate::database::Database;

/// The folder of the application that is recorded, as the recording names it.
const FOLDER: &str = "crates/advisor/tests/it/recording/";

async fn found(database: &Database, file: &Path, root: &Path) -> Vec<Finding> {
    let rules = ["n-plus-one", "row-by-row"].map(str::to_owned).to_vec();
    let options = Options {
        rules: Some(rules),
        statements: Some(file),
        source_root: Some(root),
        ..Options::default()
    };
    advise(&database.client, &options).await.unwrap().findings
}

#[tokio::test]
async fn a_loop_of_the_application_is_told_and_one_of_a_test_is_not() {
    let database = Database::after(
        "CREATE TABLE lessons (id bigint PRIMARY KEY, title text NOT NULL, views integer NOT NULL DEFAULT 0);
        INSERT INTO lessons (id, title) SELECT n, 'a secret ' || n FROM generate_series(1, 9) AS n",
    )
    .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("statements.jsonl");
    assert!(homeroom_statements::record(&file));
    assert!(!homeroom_statements::record(folder.path().join("other.jsonl")), "one file a program");

    let mut conn = AsyncPgConnection::establish(database.database.url()).await.unwrap();
    let ids = [1, 2, 3, 4, 5, 6, 7];
    assert_eq!(app::titles_one_by_one(&conn, &ids).await.len(), 7);
    assert_eq!(app::titles(&conn, &ids).await.len(), 7);
    conn.transaction(async |conn| {
        app::count_views(conn, &ids).await;
        Ok::<_, diesel::result::Error>(())
    })
    .await
    .unwrap();
    for number in 0..9 {
        app::is_title(&conn, &format!("a secret {number}")).await;
    }
    // The last connection that is closed writes the file.
    drop(conn);

    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains("secret"), "no value is kept: {text}");
    let recording = Recording::read(&file).unwrap();
    let calls = |part: &str| {
        let mut all = recording.statements.iter().filter(|one| one.statement.contains(part));
        all.next().map_or(0, |one| one.calls)
    };
    assert_eq!([calls("\"id\" = $1"), calls("COUNT(*)"), calls("UPDATE")], [7, 9, 7], "{text}");

    // As if the application were none of the tests of this crate.
    std::fs::write(&file, text.replace(FOLDER, "")).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/recording");
    let found = found(&database, &file, &root).await;
    let places: Vec<_> = found
        .iter()
        .map(|finding| {
            let place = finding.location.as_ref().unwrap();
            format!("{} {}:{} {}", finding.rule, place.file, place.line, place.text.trim())
        })
        .collect();
    assert_eq!(
        places,
        ["n-plus-one app.rs:17 for id in ids {", "row-by-row app.rs:39 for id in ids {"]
    );
    let title = &found[0].title;
    assert!(
        title.starts_with("7 times in a row from app.rs:17: SELECT \"lessons\".\"title\""),
        "{title}"
    );

    // Without the source nobody knows where the loop is.
    let nowhere = self::found(&database, &file, folder.path()).await;
    assert!(nowhere.iter().all(|finding| finding.certainty == homeroom_advisor::Certainty::Hint));
}
