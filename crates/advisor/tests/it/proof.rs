//! Suggestions that are tried on a copy of the schema, and written as migrations.

use homeroom_advisor::{
    Finding, Fixture, Options, Proof, Prover, SchemaCopy, Suggestion, advise, rules,
    write_migration,
};
use homeroom_embed::Installation;
use homeroom_migrate::{Migrator, PgDump};

use crate::database::Database;
use crate::migrations::Databases;

async fn findings(database: &Database, rule: &str) -> Vec<Finding> {
    let options = Options { rules: Some(vec![rule.to_owned()]), ..Options::default() };
    advise(&database.client, &options).await.unwrap().findings
}

async fn copy(database: &Database) -> SchemaCopy {
    let program = Installation::find_or_fetch().unwrap().program("pg_dump").unwrap();
    let config: tokio_postgres::Config = database.database.url().parse().unwrap();
    let [tokio_postgres::config::Host::Unix(host)] = config.get_hosts() else {
        panic!("{config:?}")
    };
    let pg_dump = PgDump::new(program)
        .without_inherited()
        .env("PGHOST", host)
        .env("PGUSER", "postgres")
        .env("PGDATABASE", database.database.name());
    SchemaCopy::read(&database.client, &pg_dump).await.unwrap()
}

#[tokio::test]
async fn every_suggestion_mends_its_finding_and_can_be_taken_back() {
    let mut wrong = Vec::new();
    let mut proven = 0;
    for rule in rules::all() {
        let Fixture::Schema { fault, .. } = rule.fixture else { continue };
        let database = Database::after(fault).await;
        let findings = findings(&database, rule.id).await;
        if findings.iter().all(|finding| finding.suggestion.is_none()) {
            continue;
        }
        let scratch = Databases::new();
        let mut prover = Prover::new(&scratch, copy(&database).await);
        for mut finding in findings.into_iter().filter(|finding| finding.suggestion.is_some()) {
            let proof = prover.prove(&mut finding).await.unwrap();
            assert_eq!(finding.evidence["proof"], serde_json::to_value(&proof).unwrap());
            // A dump has no invalid indexes.
            let is_left_out = rule.id == "invalid-index" && matches!(proof, Proof::NotTried { .. });
            if proof == Proof::Proven {
                proven += 1;
            } else if !is_left_out {
                wrong.push(format!("{} {}: {proof}", rule.id, finding.object));
            }
        }
    }
    assert!(wrong.is_empty(), "{proven} are proven, these not:\n{}", wrong.join("\n"));
    assert!(proven > 10, "{proven}");
}

#[tokio::test]
async fn a_suggestion_that_does_not_hold_is_told_as_such() {
    let database = Database::after("CREATE TABLE notes (id bigint PRIMARY KEY, owner text); CREATE POLICY own ON notes USING (owner = current_user)").await;
    let [finding] = findings(&database, "policies-without-row-security").await.try_into().unwrap();
    let scratch = Databases::new();
    let mut prover = Prover::new(&scratch, copy(&database).await);
    let mut outcomes = Vec::new();
    for (up, down) in [
        (
            "ALTER TABLE notes ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE notes DISABLE ROW LEVEL SECURITY",
        ),
        ("ALTER TABLE notes ENABLE ROW LEVEL SECURITY", "COMMENT ON TABLE notes IS ''"),
        (
            "ALTER TABLE notes FORCE ROW LEVEL SECURITY",
            "ALTER TABLE notes NO FORCE ROW LEVEL SECURITY",
        ),
        ("ALTER TABLE nothing ENABLE ROW LEVEL SECURITY", "SELECT 1"),
    ] {
        let mut finding: Finding = finding.clone();
        finding.suggestion = Some(Suggestion { up: up.to_owned(), down: Some(down.to_owned()) });
        outcomes.push(prover.prove(&mut finding).await.unwrap());
    }
    assert!(
        matches!(
            &outcomes[..],
            [Proof::Proven, Proof::NotRestored { .. }, Proof::StillFound, Proof::Failed { .. }]
        ),
        "{outcomes:?}"
    );
    assert!(
        outcomes[3].to_string().contains("relation \"nothing\" does not exist"),
        "{}",
        outcomes[3]
    );
}

#[tokio::test]
async fn a_fix_is_written_in_the_style_of_the_folder_and_can_be_run() {
    let suggestion = Suggestion {
        up: "CREATE INDEX CONCURRENTLY notes_owner_idx ON public.notes (owner);".to_owned(),
        down: Some("DROP INDEX CONCURRENTLY public.notes_owner_idx;".to_owned()),
    };
    let table = "CREATE TABLE public.notes (owner text);";
    let both = |up: &str, down: &str| format!("{up}\n{table}\n{down}\nDROP TABLE public.notes;\n");
    let styles = [
        (
            vec![
                ("0001_notes.up.sql", table.to_owned()),
                ("0001_notes.down.sql", "DROP TABLE public.notes;".to_owned()),
            ],
            2,
        ),
        (
            vec![
                ("2024-01-01-000000_notes/up.sql", table.to_owned()),
                ("2024-01-01-000000_notes/down.sql", "DROP TABLE public.notes;".to_owned()),
            ],
            3,
        ),
        (
            vec![
                ("20240101000000_notes.up.sql", table.to_owned()),
                ("20240101000000_notes.down.sql", "DROP TABLE public.notes;".to_owned()),
            ],
            2,
        ),
        (vec![("20240101000000_notes.sql", both("-- migrate:up", "-- migrate:down"))], 1),
        (vec![("20240101000000_notes.sql", both("-- +migrate Up", "-- +migrate Down"))], 1),
    ];
    for (files, expected) in styles {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in &files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let written = write_migration(
            &suggestion,
            folder.path(),
            "index notes",
            "DB-7: notes are read by their owner",
        )
        .unwrap();
        assert_eq!(written.len(), expected, "{written:?}");
        assert!(written[0].to_str().unwrap().contains("index_notes"), "{written:?}");
        let migrator = Migrator::from_dir(folder.path()).unwrap();
        let mut database = Database::empty().await;
        migrator.up(&mut database.client, &Default::default()).await.unwrap();
        let index = "SELECT to_regclass('public.notes_owner_idx') IS NOT NULL";
        assert!(database.client.query_one(index, &[]).await.unwrap().get::<_, bool>(0));
        migrator.down(&mut database.client, &Default::default()).await.unwrap();
        assert!(!database.client.query_one(index, &[]).await.unwrap().get::<_, bool>(0));
    }
}
