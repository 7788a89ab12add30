//! The migrations of two public projects, which are not kept here: what there is to find in them is known, and is found again.

use super::Folder;
use crate::{empty_database, homeroom, homeroom_at};

/// A public project's folder of migrations, at the commit for which the figures below hold.
struct Ground {
    repository: &'static str,
    commit: &'static str,
    folder: &'static str,
}

/// In Diesel's style.
const CRATES_IO: Ground = Ground {
    repository: "crates.io",
    commit: "57fa000662f511321daa61e6769f190ea0e80771",
    folder: "migrations",
};
/// In sqlx's style.
const DOCS_RS: Ground = Ground {
    repository: "docs.rs",
    commit: "ad3fc7932dccb6269ea893c3ca5681056a95e1f3",
    folder: "crates/lib/docs_rs_database/migrations",
};

impl Ground {
    /// `None`, and a line that says how to get it, where `HOMEROOM_TEST_PRACTICE` names no folder. In one that it names it has to be.
    fn find(&self) -> Option<Folder> {
        let Self { repository, commit, folder } = self;
        let Some(root) = std::env::var_os("HOMEROOM_TEST_PRACTICE") else {
            println!(
                "skipped: HOMEROOM_TEST_PRACTICE names no folder with the clone of \
                 `git clone https://github.com/rust-lang/{repository} && git -C {repository} checkout {commit}`"
            );
            return None;
        };
        let path = std::path::Path::new(&root).join(repository).join(folder);
        assert!(path.is_dir(), "there is no {}", path.display());
        Some(Folder { _root: None, path: path.to_str().unwrap().to_owned() })
    }
}

fn text(value: &serde_json::Value, key: &str) -> String {
    value.get(key).unwrap().as_str().unwrap().to_owned()
}

/// How many migrations are in each state, as `267 applied, 18 pending`.
fn states(url: &str, folder: &Folder) -> String {
    let status = homeroom_at(url, &["migrate", "status", "--json", "--dir", folder.path()]);
    let report: serde_json::Value = serde_json::from_str(&status.out).unwrap();
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    for entry in report.get("entries").unwrap().as_array().unwrap() {
        *counts.entry(text(entry, "state")).or_default() += 1;
    }
    let counts: Vec<String> =
        counts.iter().map(|(state, number)| format!("{number} {state}")).collect();
    format!("exit code {}: {}", status.code.unwrap(), counts.join(", "))
}

/// Each down that is not exact, a line, after the exit code.
fn verified(folder: &Folder) -> String {
    let verify = homeroom(&["migrate", "verify", "--json", "--dir", folder.path()]);
    assert_eq!(verify.err, "");
    let report: serde_json::Value = serde_json::from_str(&verify.out).unwrap();
    let migrations = report.get("migrations").unwrap().as_array().unwrap();
    let mut lines: Vec<String> = migrations
        .iter()
        .map(|one| format!("{} {}", text(one, "class"), text(one, "name")))
        .filter(|line| !line.starts_with("exact "))
        .collect();
    lines.sort();
    format!("exit code {}\n{}", verify.code.unwrap(), lines.join("\n"))
}

#[tokio::test]
async fn those_of_crates_io_go_up_and_as_far_down_and_up_again_as_their_sql_allows() {
    let Some(folder) = CRATES_IO.find() else { return };
    let database = empty_database().await;
    let url = database.url();
    let up = ["migrate", "up", "--json", "--dir", folder.path()];
    let report = homeroom_at(url, &up).json();
    assert_eq!(report["migrations"].as_array().unwrap().len(), 285);
    assert_eq!(states(url, &folder), "exit code 0: 285 applied");

    let down = ["migrate", "down", "--all", "--continue", "--yes", "--json", "--dir"];
    let down = homeroom_at(url, &[&down[..], &[folder.path()]].concat());
    assert_eq!(down.code, Some(1));
    let report: serde_json::Value = serde_json::from_str(&down.out).unwrap();
    assert_eq!(report["migrations"].as_array().unwrap().len(), 273);
    assert_eq!(report["left"].as_array().unwrap().len(), 12);
    assert_eq!(states(url, &folder), "exit code 2: 273 pending, 12 unfinished");

    // The triggers that it replaces went with their table, which an older down dropped; the function that 103 made stayed.
    let again = homeroom_at(url, &up);
    assert_eq!(again.code, Some(1));
    let report: serde_json::Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(report["error"]["failure"]["name"], "dumped_migration_104");
    assert_eq!(report["error"]["failure"]["code"], "42704");
}

#[tokio::test]
async fn those_of_docs_rs_go_up_and_all_the_way_down_and_up_again() {
    let Some(folder) = DOCS_RS.find() else { return };
    let database = empty_database().await;
    let url = database.url();
    for _ in 0..2 {
        let up = homeroom_at(url, &["migrate", "up", "--json", "--dir", folder.path()]).json();
        assert_eq!(up["migrations"].as_array().unwrap().len(), 33);
        assert_eq!(states(url, &folder), "exit code 0: 33 applied");
        let down = ["migrate", "down", "--all", "--continue", "--yes", "--json", "--dir"];
        let down = homeroom_at(url, &[&down[..], &[folder.path()]].concat()).json();
        assert_eq!(down["migrations"].as_array().unwrap().len(), 33);
        assert_eq!(states(url, &folder), "exit code 2: 33 pending");
    }
}

#[test]
fn of_the_downs_of_crates_io_3_fail_22_are_wrong_4_lose_and_11_change_the_order() {
    let Some(folder) = CRATES_IO.find() else { return };
    insta::assert_snapshot!(verified(&folder), @"
    exit code 2
    failing downloads_need_no_id
    failing make-unique-version-unique
    failing remove-downloads-column
    lossy delete-badges-table
    lossy drop_cache_tags_backfills
    lossy remove_readme_from_crates
    lossy remove_version_authors
    order_only dont_touch_timestamps_unless_row_changed
    order_only drop_semver_ord
    order_only drop_users_gh_avatar
    order_only drop_users_gh_encrypted_token
    order_only drop_versions_checksum
    order_only dumped_migration_105
    order_only dumped_migration_108
    order_only remove-obsolete-fn
    order_only remove-token-generated-at-column
    order_only remove_licenses_column_from_crates
    order_only remove_version_downloads_pk
    wrong change_api_token_to_bytea
    wrong crate_owners_does_not_need_id
    wrong drop_email_from_user
    wrong drop_gh_access_token
    wrong drop_schema_migrations
    wrong dumped_migration_12
    wrong dumped_migration_17
    wrong dumped_migration_19
    wrong dumped_migration_36
    wrong dumped_migration_89
    wrong fix-num-versions-trigger
    wrong fix_int_type_in_to_semver_no_prerelease
    wrong make_dependencies_schema_match_use
    wrong move_readme_rendering_onto_versions
    wrong move_tokens_to_emails_table
    wrong remove-semver-no-prerelease-column
    wrong remove_crate_downloads
    wrong remove_version_authors_user_id
    wrong stop_lying_to_schema
    wrong use_jsonb_for_features
    wrong version_downloads_needs_no_id
    wrong versions_tar_sha256_not_null
    ");
}

#[test]
fn of_the_downs_of_docs_rs_none_fails_6_are_wrong_2_lose_and_2_change_the_order() {
    let Some(folder) = DOCS_RS.find() else { return };
    insta::assert_snapshot!(verified(&folder), @"
    exit code 2
    lossy remove-cdn-invalidation-queue
    lossy remove-file-public
    order_only drop_releases_rustc_version
    order_only remove-queue-registry
    wrong build-logs
    wrong crate-version-name-field-length
    wrong drop_releases_build_status
    wrong initial
    wrong make_build_fields_optional
    wrong remove-release-files-archive
    ");
}
