//! What is in force at a group, and where it came from.

use homeroom::testing::TestDatabase;
use homeroom::{EffectiveSettings, Error, Group, GroupId, GroupType, NewGroup, Settings};
use serde_json::{Value, json};

async fn with_settings(
    db: &TestDatabase,
    kind: GroupType,
    parent: Option<GroupId>,
    settings: Value,
) -> GroupId {
    let settings: Settings = serde_json::from_value(settings).unwrap();
    let new = NewGroup::new(kind, parent, kind.to_string()).settings(settings);
    Group::create(&db.conn().await.unwrap(), &new).await.unwrap().id
}

#[tokio::test]
async fn a_child_wins_key_by_key_and_every_key_says_where_it_came_from() {
    let db = TestDatabase::create().await;
    let district = with_settings(
        &db,
        GroupType::District,
        None,
        json!({ "language": "en", "chat": { "max_turns": 50, "model": { "name": "small" } }, "theme": "plain" }),
    )
    .await;
    let school = with_settings(
        &db,
        GroupType::School,
        Some(district),
        json!({ "language": "es", "chat": { "max_turns": 20, "model": "none" }, "storage": { "storage_quota_bytes": 5 } }),
    )
    .await;
    let department = with_settings(
        &db,
        GroupType::Department,
        Some(school),
        json!({ "chat": { "hints": [1, 2] }, "theme": { "dark": true }, "empty": {} }),
    )
    .await;

    let effective =
        EffectiveSettings::of_group(&db.conn().await.unwrap(), department).await.unwrap();
    assert_eq!(
        serde_json::to_value(&effective.settings).unwrap(),
        json!({
            "storage": { "max_file_size_bytes": 10 << 20, "storage_quota_bytes": 5 },
            "language": "es",
            "chat": { "max_turns": 20, "model": "none", "hints": [1, 2] },
            "theme": { "dark": true },
        })
    );
    let lines: Vec<String> = effective
        .provenance
        .iter()
        .map(|(key, from)| {
            let path = from.path.as_ref().map_or("system default".to_owned(), ToString::to_string);
            format!("{key}: {path}")
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    chat.hints: district.school.department
    chat.max_turns: district.school
    chat.model: district.school
    language: district.school
    storage.max_file_size_bytes: system default
    storage.storage_quota_bytes: district.school
    theme.dark: district.school.department
    ");
}

#[tokio::test]
async fn a_group_that_is_not_there_has_no_settings() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let error = EffectiveSettings::of_group(&conn, GroupId::generate()).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { entity: "group", .. }), "{error:?}");
}

#[tokio::test]
async fn unknown_keys_are_preserved() {
    let db = TestDatabase::create().await;
    let settings = json!({ "storage": { "max_file_size_bytes": 7, "region": "eu" }, "x": [null, { "y": 1.5 }] });
    let id = with_settings(&db, GroupType::District, None, settings.clone()).await;
    let group = Group::get(&db.conn().await.unwrap(), id).await.unwrap();
    assert_eq!(serde_json::to_value(&group.settings).unwrap(), settings);
}
